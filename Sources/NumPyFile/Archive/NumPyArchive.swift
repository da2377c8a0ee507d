/// The arrays in a `.npz` file, a zip archive of `.npy` files.
///
/// ```swift
/// let archive = try NumPyArchive(contentsOf: "model.npz")
/// archive.names                                     // ["weights", "bias"]
/// let weights = try archive.array(named: "weights")
///
/// try NumPyArchive.write([("scores", scores), ("labels", labels)], to: "out.npz")
/// ```
///
/// Reads what `numpy.savez` and `numpy.savez_compressed` write: members stored or deflated, zip64
/// where the archive or a member is large.
///
/// A regular file is mapped, not read: only the members asked for are. It must not be shortened
/// while the value or a copy of it lives, as with ``MappedNumPyArray``.
public struct NumPyArchive: Sendable {
  private let source: Source
  private let name: String
  private let members: [String: ZipMember]
  /// The names of the arrays, in the archive's order: those of the members without `.npy`.
  ///
  /// Members whose names do not end in `.npy` are no arrays and are left out.
  public let names: [String]

  /// The archive at `path`, or on standard input if `path` is `-`.
  ///
  /// - Throws: ``NumPyFileError`` if the file cannot be read or has no whole zip directory.
  public init(contentsOf path: String) throws(NumPyFileError) {
    let isMapped = path != "-" && POSIX.isRegularFile(path)
    try self.init(
      isMapped ? .file(FileMapping(path)) : .memory(POSIX.contents(of: path)),
      name: POSIX.sourceName(path))
  }

  /// The archive in the bytes of a `.npz` file.
  ///
  /// - Throws: ``NumPyFileError``, in which `name` stands for the file.
  public init(bytes: [UInt8], name: String) throws(NumPyFileError) {
    try self.init(.memory(bytes), name: name)
  }

  private init(_ source: Source, name: String) throws(NumPyFileError) {
    let directory = try source.withUnsafeBytes { (bytes) throws(NumPyFileError) in
      try ZipDirectory(of: ZipFields(bytes: bytes, name: name))
    }
    var names: [String] = []
    var members: [String: ZipMember] = [:]
    for member in directory.members where member.name.ends(with: Self.suffix.utf8) {
      let arrayName = String(decoding: member.name.dropLast(Self.suffix.utf8.count), as: UTF8.self)
      guard members.updateValue(member, forKey: arrayName) == nil else {
        throw NumPyFileError(name, "holds two arrays of the name '\(excerpt(arrayName.utf8))'")
      }
      names.append(arrayName)
    }
    self.source = source
    self.name = name
    self.names = names
    self.members = members
  }

  static let suffix = ".npy"

  /// The array of the given name, with or without `.npy`.
  ///
  /// - Throws: ``NumPyFileError`` if there is none, with the names there are; or if its member is
  ///   damaged, encrypted, compressed in another way, or no `.npy` file.
  /// - Complexity: linear in the member's size.
  public func array(named arrayName: String) throws(NumPyFileError) -> NumPyArray {
    var key = arrayName
    if members[key] == nil && key.hasSuffix(Self.suffix) { key.removeLast(Self.suffix.count) }
    guard let member = members[key] else {
      throw NumPyFileError(name, "no array '\(arrayName)'; \(summary)")
    }
    let contents = try source.withUnsafeBytes { (bytes) throws(NumPyFileError) in
      try member.contents(in: ZipFields(bytes: bytes, name: name))
    }
    return try NumPyArray(bytes: contents, name: "\(name):\(key)")
  }

  /// "the archive holds a, b", for a message.
  private var summary: String {
    let shown = names.prefix(16).joined(separator: ", ")
    let rest = names.count - 16
    return "the archive holds " + (names.isEmpty ? "none" : shown)
      + (rest > 0 ? " and \(rest) more" : "")
  }
}

/// Where an archive's bytes are.
private enum Source: Sendable {
  case memory([UInt8])
  case file(FileMapping)

  func withUnsafeBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(NumPyFileError) -> R
  ) throws(NumPyFileError) -> R {
    switch self {
    case .memory(let bytes):
      return try bytes.withUnsafeBufferPointer { (buffer) throws(NumPyFileError) in
        try body(UnsafeRawBufferPointer(buffer))
      }
    case .file(let mapping):
      defer { withExtendedLifetime(mapping) {} }
      return try body(mapping.bytes)
    }
  }
}

extension Collection where Element == UInt8 {
  fileprivate func ends(with suffix: some Collection<UInt8>) -> Bool {
    count >= suffix.count && self.suffix(suffix.count).elementsEqual(suffix)
  }
}
