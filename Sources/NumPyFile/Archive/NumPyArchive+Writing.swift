extension NumPyArchive {
  /// Writes a `.npz` file of the given arrays to `path`, or to standard output if `path` is `-`.
  ///
  /// ```swift
  /// try NumPyArchive.write([("scores", scores), ("labels", labels)], to: "out.npz")
  /// ```
  ///
  /// The members are stored, not compressed, as by `numpy.savez`, in the order given; zip64 numbers
  /// appear where something exceeds 32 bits. The same arrays make the same bytes. The file appears
  /// whole or not at all, see ``NumPyReadable/write(to:)``.
  ///
  /// - Throws: ``NumPyFileError`` with the system's reason.
  /// - Precondition: The names differ, and each has at most 65,531 bytes.
  public static func write(
    _ arrays: [(name: String, array: any NumPyReadable)], to path: String
  ) throws(NumPyFileError) {
    if path == "-" {
      try write(arrays, toFileDescriptor: 1, name: "standard output")
    } else {
      try AtomicFile.write(to: path) { (descriptor) throws(NumPyFileError) in
        try write(arrays, toFileDescriptor: descriptor, name: path)
      }
    }
  }

  /// Writes a `.npz` file of the given arrays to an open file, pipe or socket.
  ///
  /// - Throws: ``NumPyFileError`` with the system's reason, in which `name` stands for the file.
  /// - Precondition: The names differ, and each has at most 65,531 bytes.
  public static func write(
    _ arrays: [(name: String, array: any NumPyReadable)], toFileDescriptor descriptor: Int32,
    name: String
  ) throws(NumPyFileError) {
    try write(arrays, limit: 0xFFFF_FFFF) { (bytes) throws(NumPyFileError) in
      try POSIX.writeAll(bytes, to: descriptor, name: name)
    }
  }

  /// Gives the archive to `output` piece by piece; numbers from `limit` on are written wide.
  package static func write(
    _ arrays: [(name: String, array: any NumPyReadable)], limit: Int,
    to output: (UnsafeRawBufferPointer) throws(NumPyFileError) -> Void
  ) throws(NumPyFileError) {
    for name in arrays.map(\.name) {
      require(
        name.utf8.count <= 0xFFFF - suffix.utf8.count,
        "NumPyArchive: a name of \(name.utf8.count) bytes; at most 65531 may be")
    }
    require(
      Set(arrays.map(\.name)).count == arrays.count,
      "NumPyArchive: names \(arrays.map(\.name)) are not distinct")

    var directory = ZipRecord()
    var offset = 0
    func put(_ record: ZipRecord) throws(NumPyFileError) {
      offset += record.bytes.count
      try record.bytes.withUnsafeBufferPointer { (bytes) throws(NumPyFileError) in
        try output(UnsafeRawBufferPointer(bytes))
      }
    }

    for (name, array) in arrays {
      let member = ZipRecord.Member(name + suffix, array, offset: offset)
      try put(.header(of: member, limit: limit))
      try put(ZipRecord(bytes: member.arrayHeader))
      try array.withUnsafeBytes { (bytes) throws(NumPyFileError) in try output(bytes) }
      offset += member.count - member.arrayHeader.count
      directory.appendEntry(of: member, limit: limit)
    }
    let start = offset
    try put(directory)
    try put(.end(entries: arrays.count, directory: start..<offset, limit: limit))
  }
}
