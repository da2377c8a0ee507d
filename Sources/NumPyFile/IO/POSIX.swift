#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Whole files through the system's calls: interrupted and partial transfers go on, failures are
/// thrown with the system's reason.
enum POSIX {
  /// No single call moves more than this; some systems refuse 2 GiB.
  private static let largestTransfer = 1 << 30

  /// What messages call the source at `path`.
  static func sourceName(_ path: String) -> String { path == "-" ? "standard input" : path }

  /// The bytes of the file at `path`, or of standard input if `path` is `-`.
  static func contents(of path: String) throws(NumPyFileError) -> [UInt8] {
    if path == "-" { return try readAll(from: 0, name: sourceName(path)) }
    let descriptor = try openFile(path, O_RDONLY)
    defer { close(descriptor) }
    return try readAll(from: descriptor, name: path)
  }

  /// Whether `path` leads to a regular file, neither a folder nor a pipe or device.
  static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  static func openFile(
    _ path: String, _ flags: Int32, name: String? = nil
  ) throws(NumPyFileError) -> Int32 {
    let descriptor = retrying { Int(open(path, flags | O_CLOEXEC)) }
    if descriptor < 0 { throw failure("open", name ?? path) }
    return Int32(descriptor)
  }

  /// What `descriptor` delivers until its end.
  static func readAll(from descriptor: Int32, name: String) throws(NumPyFileError) -> [UInt8] {
    var status = stat()
    let size = fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    var code: Int32 = 0

    // A file of known size goes straight to its place.
    var bytes = [UInt8](unsafeUninitializedCapacity: max(size, 0)) { buffer, count in
      while count < buffer.count {
        let rest = min(buffer.count - count, largestTransfer)
        let moved = retrying { read(descriptor, buffer.baseAddress! + count, rest) }
        if moved < 0 { code = errno }
        if moved <= 0 { break }
        count += moved
      }
    }

    // A pipe, or what a growing file has gained, comes in pieces.
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while code == 0 {
      let moved = retrying { read(descriptor, &piece, piece.count) }
      if moved < 0 { code = errno }
      if moved <= 0 { break }
      bytes.append(contentsOf: piece[..<moved])
    }
    if code != 0 { throw failure("read", name, code) }
    return bytes
  }

  static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, name: String
  ) throws(NumPyFileError) {
    var done = 0
    while done < bytes.count {
      let rest = min(bytes.count - done, largestTransfer)
      let moved = retrying { write(descriptor, bytes.baseAddress! + done, rest) }
      if moved < 0 { throw failure("write", name) }
      done += moved
    }
  }

  /// The result of `call`, which is repeated while a signal interrupts it.
  static func retrying(_ call: () -> Int) -> Int {
    while true {
      let result = call()
      if result != -1 || errno != EINTR { return result }
    }
  }

  /// "cannot open: No such file or directory"
  static func failure(
    _ action: String, _ name: String, _ code: Int32 = errno
  ) -> NumPyFileError {
    NumPyFileError(name, "cannot \(action): \(String(cString: strerror(code)))")
  }
}
