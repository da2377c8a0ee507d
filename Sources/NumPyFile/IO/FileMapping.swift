#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// A regular file mapped into memory, private and read-only, for as long as the object lives.
///
/// Sendable: the memory is never written and the pointer never changes.
final class FileMapping: @unchecked Sendable {
  /// The whole file, beginning on a page.
  let bytes: UnsafeRawBufferPointer

  init(_ path: String) throws(NumPyFileError) {
    if path == "-" { throw NumPyFileError(path, "standard input cannot be mapped") }
    let descriptor = try POSIX.openFile(path, O_RDONLY | O_NONBLOCK)
    defer { close(descriptor) }
    var status = stat()
    if fstat(descriptor, &status) != 0 { throw POSIX.failure("map", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw NumPyFileError(path, "cannot map: not a regular file")
    }
    let count = Int(status.st_size)
    // The system maps no empty range; the header's reader says what is wrong with an empty file.
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
    guard let start, start != MAP_FAILED else { throw POSIX.failure("map", path) }
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
