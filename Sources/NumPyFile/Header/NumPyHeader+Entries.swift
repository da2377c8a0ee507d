// The meaning of the three entries of the header's dictionary.

extension NumPyHeader {
  /// `descr`: the byte order and the type of the elements, such as `<f4`.
  static func type(
    _ literal: PythonLiteral, name: String
  ) throws(NumPyFileError) -> (NumPyType, isForeign: Bool) {
    func fault(_ reason: String) -> NumPyFileError {
      NumPyFileError(name, at: .headerKey("descr"), reason)
    }
    if case .list = literal { throw fault("structured types are not supported") }
    guard case .string(let descr) = literal else {
      throw fault("\(literal.kind), not a string such as '<f4'")
    }
    let order = descr.first.flatMap { "<>|=".contains($0) ? $0 : nil }
    let code = order == nil ? descr[...] : descr.dropFirst()
    if code.first == "O" { throw fault("arrays of Python objects are not supported") }
    guard let type = NumPyType(rawValue: String(code)) else {
      let known = NumPyType.allCases.map(\.rawValue).joined(separator: ", ")
      throw fault("type '\(excerpt(descr.utf8))' is none of \(known)")
    }
    let foreign: Character = isLittleEndian ? ">" : "<"
    return (type, order == foreign && type.byteCount > 1)
  }

  /// `fortran_order`: whether the first axis varies fastest.
  static func order(_ literal: PythonLiteral, name: String) throws(NumPyFileError) -> Bool {
    guard case .bool(let isFortranOrder) = literal else {
      throw NumPyFileError(
        name, at: .headerKey("fortran_order"), "\(literal.kind), not True or False")
    }
    return isFortranOrder
  }

  /// `shape`: the length of each axis.
  static func shape(
    _ literal: PythonLiteral, type: NumPyType, name: String
  ) throws(NumPyFileError) -> [Int] {
    func fault(_ reason: String) -> NumPyFileError {
      NumPyFileError(name, at: .headerKey("shape"), reason)
    }
    guard case .tuple(let items) = literal else {
      throw fault("\(literal.kind), not a tuple of integers")
    }
    guard items.count <= maximalRank else {
      throw fault("\(items.count) axes; at most \(maximalRank) are supported")
    }
    var shape: [Int] = []
    for (axis, item) in items.enumerated() {
      guard case .integer(let length) = item else {
        throw fault("axis \(axis) is \(item.kind), not an integer")
      }
      guard length >= 0 else { throw fault("axis \(axis) is negative: \(length)") }
      shape.append(length)
    }
    guard elementCount(of: shape, byteCount: type.byteCount) != nil else {
      throw fault("\(tuple(shape)) of \(type.rawValue) is larger than any memory")
    }
    return shape
  }
}
