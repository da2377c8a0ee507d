extension NumPyHeader {
  /// The header of `file`, which is checked to hold exactly the data that the header announces.
  init(reading file: UnsafeRawBufferPointer, name: String) throws(NumPyFileError) {
    let text = try Self.dictionaryRange(in: file, name: name)
    var parser = PythonLiteralParser(Array(file[text]), at: text.lowerBound, name: name)
    let entries = try Self.entries(of: parser.parseWhole(), at: text.lowerBound, name: name)
    (type, isForeignByteOrder) = try Self.type(entries["descr"]!, name: name)
    isFortranOrder = try Self.order(entries["fortran_order"]!, name: name)
    shape = try Self.shape(entries["shape"]!, type: type, name: name)
    dataOffset = text.upperBound
    try checkDataLength(file.count - dataOffset, name: name)
  }

  /// Where the dictionary lies, from the magic string, the version and the length before it.
  private static func dictionaryRange(
    in file: UnsafeRawBufferPointer, name: String
  ) throws(NumPyFileError) -> Range<Int> {
    if file.isEmpty { throw NumPyFileError(name, at: .byte(0), "empty file, not a .npy file") }
    guard file.starts(with: magic.prefix(file.count)) else {
      let hint = file.starts(with: "PK".utf8) ? "a .npz or zip archive" : "not a .npy file"
      throw NumPyFileError(
        name, at: .byte(0), "\(hint): the first bytes are '\(excerpt(file.prefix(magic.count)))'")
    }
    guard file.count >= 8 else {
      throw NumPyFileError(
        name, at: .byte(file.count), "the file ends within the magic string and version")
    }
    guard (1...3).contains(file[6]), file[7] == 0 else {
      throw NumPyFileError(
        name, at: .byte(6), "format version \(file[6]).\(file[7]) is none of 1.0, 2.0, 3.0")
    }
    let start = file[6] == 1 ? 10 : 12
    guard file.count >= start else {
      throw NumPyFileError(name, at: .byte(file.count), "the file ends within the header's length")
    }
    let length = file[8..<start].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    guard length <= file.count - start else {
      throw NumPyFileError(
        name, at: .byte(8),
        "the header's length is \(length) bytes, but the file has only \(file.count - start) more")
    }
    return start..<(start + Int(length))
  }

  /// The three entries of the header's dictionary, by their keys.
  private static func entries(
    of literal: PythonLiteral, at offset: Int, name: String
  ) throws(NumPyFileError) -> [String: PythonLiteral] {
    guard case .dictionary(let pairs) = literal else {
      throw NumPyFileError(
        name, at: .byte(offset), "the header is \(literal.kind), not a dictionary")
    }
    var entries: [String: PythonLiteral] = [:]
    for (key, value) in pairs {
      guard case .string(let text) = key else {
        throw NumPyFileError(name, at: .byte(offset), "a header key is \(key.kind), not a string")
      }
      guard keys.contains(text) else {
        throw NumPyFileError(
          name, at: .headerKey(excerpt(text.utf8)),
          "unknown; the keys are descr, fortran_order, shape")
      }
      guard entries.updateValue(value, forKey: text) == nil else {
        throw NumPyFileError(name, at: .headerKey(text), "given twice")
      }
    }
    for key in keys where entries[key] == nil {
      throw NumPyFileError(name, at: .headerKey(key), "missing")
    }
    return entries
  }

  private func checkDataLength(_ found: Int, name: String) throws(NumPyFileError) {
    // `shape` has been checked not to overflow.
    let needed = shape.reduce(1, *) * type.byteCount
    let wanted = "shape \(tuple(shape)) of \(type.rawValue)"
    if found < needed {
      throw NumPyFileError(
        name, at: .byte(dataOffset),
        "\(counted(found, "byte")) of data; \(wanted) needs \(needed)")
    }
    if found > needed {
      throw NumPyFileError(
        name, at: .byte(dataOffset + needed),
        "\(counted(found - needed, "byte")) more than \(wanted) needs")
    }
  }
}
