#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

extension AtomicFile {
  /// Where the symbolic links that begin at `path` end, whether or not a file is there.
  static func followingLinks(_ path: String) throws(NumPyFileError) -> String {
    var target = path
    for _ in 0..<40 {
      var status = stat()
      guard lstat(target, &status) == 0, status.st_mode & S_IFMT == S_IFLNK else { return target }
      var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
      let length = bytes.withUnsafeMutableBytes {
        readlink(target, $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count)
      }
      if length < 0 { throw POSIX.failure("follow the link", path) }
      let link = String(decoding: bytes[..<length], as: UTF8.self)
      target = link.hasPrefix("/") ? link : parent(of: target) + "/" + link
    }
    throw NumPyFileError(path, "cannot write: more than 40 symbolic links")
  }

  /// The folder that holds `path`.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
