extension NumPyReadable {
  /// Writes a `.npy` file to `path`, or to standard output if `path` is `-`.
  ///
  /// The bytes are those of `numpy.save` (NumPy 2): the elements keep their order, C or Fortran,
  /// and begin at a multiple of 64 bytes. ``inCOrder()`` makes it C.
  ///
  /// The file appears whole or not at all. It is written beside its final place, flushed to the
  /// disk and then renamed, so that on failure the old file stays as it was. A symbolic link is
  /// followed, and a file that is replaced hands on its permissions and, if the
  /// system lets it, its owner. Devices and pipes are written
  /// directly.
  ///
  /// - Throws: ``NumPyFileError`` with the system's reason.
  public func write(to path: String) throws(NumPyFileError) {
    if path == "-" {
      try write(toFileDescriptor: 1, name: "standard output")
    } else {
      try AtomicFile.write(to: path) { (descriptor) throws(NumPyFileError) in
        try write(toFileDescriptor: descriptor, name: path)
      }
    }
  }

  /// Writes a `.npy` file to an open file, pipe or socket.
  ///
  /// - Throws: ``NumPyFileError`` with the system's reason, in which `name` stands for the file.
  public func write(toFileDescriptor descriptor: Int32, name: String) throws(NumPyFileError) {
    let header = NumPyHeader.bytes(type: type, shape: shape, isFortranOrder: isFortranOrder)
    try header.withUnsafeBufferPointer { (bytes) throws(NumPyFileError) in
      try POSIX.writeAll(UnsafeRawBufferPointer(bytes), to: descriptor, name: name)
    }
    try withUnsafeBytes { (bytes) throws(NumPyFileError) in
      try POSIX.writeAll(bytes, to: descriptor, name: name)
    }
  }

  /// The bytes of the `.npy` file that ``write(to:)`` writes.
  ///
  /// - Complexity: O(`count`)
  public func npyBytes() -> [UInt8] {
    let header = NumPyHeader.bytes(type: type, shape: shape, isFortranOrder: isFortranOrder)
    return withUnsafeBytes { header + $0 }
  }
}
