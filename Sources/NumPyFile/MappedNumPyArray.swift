/// An array whose elements stay in their `.npy` file and are paged in when they are touched.
///
/// ```swift
/// let scores = try MappedNumPyArray(contentsOf: "large.npy")
/// scores.withUnsafeElements(of: Float.self) { $0.max() }
/// ```
///
/// The mapping is private and read-only, and ends with the object. The elements' bytes are used as
/// they lie in the file; a file in the other byte order must be read into a ``NumPyArray``.
///
/// The file must not be shortened while it is mapped: the system stops a program that touches a
/// page that is gone. A file replaced by renaming, as ``NumPyReadable/write(to:)`` does, is safe.
public final class MappedNumPyArray: NumPyReadable {
  private let mapping: FileMapping
  private let header: NumPyHeader

  /// The type of the elements.
  public var type: NumPyType { header.type }
  /// The length of each axis: none for a single number, at most three.
  public var shape: [Int] { header.shape }
  /// Whether the first axis varies fastest in memory (Fortran order) instead of the last (C order).
  public var isFortranOrder: Bool { header.isFortranOrder }

  /// Maps the `.npy` file at `path`.
  ///
  /// - Throws: ``NumPyFileError`` if the file is malformed, is no regular file, or holds its
  ///   elements in the other byte order or off their alignment.
  public init(contentsOf path: String) throws(NumPyFileError) {
    mapping = try FileMapping(path)
    header = try NumPyHeader(reading: mapping.bytes, name: path)
    let width = header.type.byteCount
    if header.isForeignByteOrder {
      throw NumPyFileError(
        path, at: .headerKey("descr"),
        "the other byte order cannot be mapped; read the file into memory instead")
    }
    if header.dataOffset % width != 0 {
      throw NumPyFileError(
        path, at: .byte(header.dataOffset),
        "data that begin off a multiple of \(width) bytes cannot be mapped; read the file into "
          + "memory instead")
    }
  }

  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    defer { withExtendedLifetime(self) {} }
    return try body(UnsafeRawBufferPointer(rebasing: mapping.bytes[header.dataOffset...]))
  }
}
