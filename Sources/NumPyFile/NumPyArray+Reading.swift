extension NumPyArray {
  /// The array in the `.npy` file at `path`, or on standard input if `path` is `-`.
  ///
  /// ```swift
  /// do {
  ///   let scores = try NumPyArray(contentsOf: "scores.npy")
  /// } catch {
  ///   print(error)      // scores.npy: cannot open: No such file or directory
  /// }
  /// ```
  ///
  /// Format versions 1.0, 2.0 and 3.0, either byte order, C and Fortran order, at most three axes.
  /// The file must hold one array and nothing after it.
  ///
  /// - Throws: ``NumPyFileError`` that says what is wrong, and where.
  public init(contentsOf path: String) throws(NumPyFileError) {
    try self.init(bytes: POSIX.contents(of: path), name: POSIX.sourceName(path))
  }

  /// The array in `.npy` format that an open file, pipe or socket delivers until its end.
  ///
  /// - Throws: ``NumPyFileError``, in which `name` stands for the file.
  public init(fileDescriptor: Int32, name: String) throws(NumPyFileError) {
    try self.init(bytes: POSIX.readAll(from: fileDescriptor, name: name), name: name)
  }

  /// The array in the bytes of a `.npy` file.
  ///
  /// - Throws: ``NumPyFileError``, in which `name` stands for the file.
  public init(bytes: [UInt8], name: String) throws(NumPyFileError) {
    let header = try bytes.withUnsafeBufferPointer { (file) throws(NumPyFileError) in
      try NumPyHeader(reading: UnsafeRawBufferPointer(file), name: name)
    }
    var file = bytes
    if header.isForeignByteOrder {
      file.withUnsafeMutableBytes {
        swapBytes($0[header.dataOffset...], width: header.type.byteCount)
      }
    }
    // The memory of a Swift array is aligned for any element, so a header of whole words keeps the
    // data aligned as well; after any other header they move.
    let isAligned = header.dataOffset % header.type.byteCount == 0
    let payload = file[header.dataOffset...]
    self.init(
      type: header.type, shape: header.shape, isFortranOrder: header.isFortranOrder,
      payload: isAligned ? payload : Array(payload)[...])
  }
}

/// Turns around the bytes of each element of `width` bytes.
private func swapBytes(_ data: Slice<UnsafeMutableRawBufferPointer>, width: Int) {
  let bytes = UnsafeMutableRawBufferPointer(rebasing: data)
  switch width {
  case 2: swapBytes(bytes, as: UInt16.self)
  case 4: swapBytes(bytes, as: UInt32.self)
  case 8: swapBytes(bytes, as: UInt64.self)
  default: break
  }
}

@inline(__always)
private func swapBytes<Word: FixedWidthInteger & BitwiseCopyable>(
  _ bytes: UnsafeMutableRawBufferPointer, as _: Word.Type
) {
  for offset in stride(from: 0, to: bytes.count, by: MemoryLayout<Word>.size) {
    let word = bytes.loadUnaligned(fromByteOffset: offset, as: Word.self)
    bytes.storeBytes(of: word.byteSwapped, toByteOffset: offset, as: Word.self)
  }
}
