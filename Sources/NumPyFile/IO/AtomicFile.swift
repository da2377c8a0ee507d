#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Android)
  import Android
#endif

/// Files that appear whole or not at all.
package enum AtomicFile {
  /// Makes a file at `path` of what `body` writes to the descriptor it is given.
  ///
  /// The bytes go to a new file in the same folder, which is flushed to the disk and renamed to
  /// `path`. Whatever fails, including `body`, the old file stays and the new one is removed.
  package static func write(
    to path: String, _ body: (Int32) throws(NumPyFileError) -> Void
  ) throws(NumPyFileError) {
    let target = try followingLinks(path)
    var status = stat()
    let exists = stat(target, &status) == 0
    if exists {
      let kind = status.st_mode & S_IFMT
      if kind == S_IFDIR { throw NumPyFileError(path, "cannot write: is a directory") }
      if kind != S_IFREG { return try writeDirectly(to: target, name: path, body) }
      // Renaming would replace a file that may not be written; respect its owner's wish.
      if access(target, W_OK) != 0 { throw POSIX.failure("write", path) }
    }
    try replace(target, old: exists ? status : nil, name: path, body)
  }

  /// Writes a device or pipe, which cannot be renamed.
  private static func writeDirectly(
    to target: String, name: String, _ body: (Int32) throws(NumPyFileError) -> Void
  ) throws(NumPyFileError) {
    let descriptor = try POSIX.openFile(target, O_WRONLY, name: name)
    defer { close(descriptor) }
    try body(descriptor)
  }

  private static func replace(
    _ target: String, old: stat?, name: String,
    _ body: (Int32) throws(NumPyFileError) -> Void
  ) throws(NumPyFileError) {
    let folder = parent(of: target)
    let (temporary, descriptor) = try createTemporary(in: folder, name: name)
    do throws(NumPyFileError) {
      try fill(descriptor, old: old, name: name, body)
      if rename(temporary, target) != 0 { throw POSIX.failure("rename to its place", name) }
    } catch {
      unlink(temporary)
      throw error
    }
    // The file is in place; that the folder says so after a power cut is the best we can try.
    let folderDescriptor = open(folder, O_RDONLY | O_CLOEXEC)
    if folderDescriptor >= 0 {
      fsync(folderDescriptor)
      close(folderDescriptor)
    }
  }

  /// Has `body` write to `descriptor`, flushes it to the disk, and closes it in any case.
  private static func fill(
    _ descriptor: Int32, old: stat?, name: String,
    _ body: (Int32) throws(NumPyFileError) -> Void
  ) throws(NumPyFileError) {
    do throws(NumPyFileError) {
      try body(descriptor)
      if let old {
        // Only root may give files away; for others the new file is their own.
        _ = fchown(descriptor, old.st_uid, old.st_gid)
        if fchmod(descriptor, old.st_mode & 0o777) != 0 {
          throw POSIX.failure("set the permissions", name)
        }
      }
      // Some file systems know no flushing (EINVAL).
      if POSIX.retrying({ Int(fsync(descriptor)) }) != 0, errno != EINVAL {
        throw POSIX.failure("flush", name)
      }
    } catch {
      close(descriptor)
      throw error
    }
    if close(descriptor) != 0, errno != EINTR { throw POSIX.failure("close", name) }
  }

  /// A new empty file in `folder`, open for writing, with the permissions of any new file.
  private static func createTemporary(
    in folder: String, name: String
  ) throws(NumPyFileError) -> (path: String, descriptor: Int32) {
    while true {
      let suffix = String(UInt64.random(in: .min ... .max), radix: 16)
      let path = folder + "/.numpyfile-" + suffix
      let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
      if descriptor >= 0 { return (path, descriptor) }
      if errno != EEXIST && errno != EINTR {
        throw POSIX.failure("create a file in its folder", name)
      }
    }
  }
}
