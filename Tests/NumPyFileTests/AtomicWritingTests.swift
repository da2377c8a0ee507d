import Foundation
import NumPyFile
import Testing

@Suite("A file appears whole or not at all")
struct AtomicWritingTests {
  private let array = NumPyArray([1, 2, 3] as [Float], shape: [3])

  @Test("written, read again, nothing left beside it")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    try array.write(to: folder("a.npy"))
    #expect(try folder.bytes("a.npy") == array.npyBytes())
    try NumPyArray([4.0], shape: []).write(to: folder("a.npy"))
    #expect(try NumPyArray(contentsOf: folder("a.npy")).values(as: Double.self) == [4])
    #expect(try folder.names == ["a.npy"])
  }

  @Test("a failure halfway leaves the old file, and no other")
  func failure() throws {
    let folder = try TemporaryFolder()
    try array.write(to: folder("a.npy"))
    for name in ["a.npy", "new.npy"] {
      #expect(throws: NumPyFileError("x", "disk full")) {
        try AtomicFile.write(to: folder(name)) { descriptor throws(NumPyFileError) in
          try NumPyArray([9], shape: [1]).write(toFileDescriptor: descriptor, name: "x")
          throw NumPyFileError("x", "disk full")
        }
      }
    }
    #expect(try folder.bytes("a.npy") == array.npyBytes())
    #expect(try folder.names == ["a.npy"])
  }

  @Test("a closed descriptor, a folder, no folder, a full device")
  func systemFailures() throws {
    let folder = try TemporaryFolder()
    func fault(_ path: String) -> String {
      do throws(NumPyFileError) {
        try array.write(to: path)
        return "nothing"
      } catch {
        return error.description
      }
    }
    #expect(fault(folder.path) == "\(folder.path): cannot write: is a directory")
    #expect(
      fault(folder("no/a.npy"))
        == folder("no/a.npy") + ": cannot create a file in its folder: No such file or directory")
    #expect(fault("").hasPrefix(": cannot "))
    #if os(Linux)
      #expect(fault("/dev/full") == "/dev/full: cannot write: No space left on device")
    #endif
    #expect(throws: NumPyFileError("x", "cannot write: Bad file descriptor")) {
      try array.write(toFileDescriptor: -1, name: "x")
    }
    #expect(fault("/dev/null") == "nothing")
    #expect(try folder.names == [])
  }

  @Test("a file that may not be written stays", .enabled(if: geteuid() != 0))
  func readOnly() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "a.npy")
    chmod(folder("a.npy"), 0o444)
    #expect(throws: NumPyFileError.self) { try array.write(to: folder("a.npy")) }
    #expect(try folder.bytes("a.npy") == [1])
  }

  @Test("permissions: those of the file replaced, else those of any new file")
  func permissions() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], to: "old")
    for mode in [0o600, 0o640, 0o755] as [mode_t] {
      chmod(folder("old"), mode)
      try array.write(to: folder("old"))
      #expect(try folder.permissions("old") == Int(mode))
    }
    #expect(FileManager.default.createFile(atPath: folder("plain"), contents: nil))
    try array.write(to: folder("new"))
    #expect(try folder.permissions("new") == folder.permissions("plain") & 0o666)
  }

  @Test("symbolic links are followed, into other folders and where no file is yet")
  func links() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder("sub"), withIntermediateDirectories: false)
    for (name, link, target) in [
      ("relative", "sub/a.npy", "sub/a.npy"), ("absolute", folder("sub/b.npy"), "sub/b.npy"),
      ("sub/up", "../c.npy", "c.npy"), ("chain", "relative", "sub/a.npy"),
    ] {
      symlink(link, folder(name))
      for old in [nil, [1, 2, 3]] as [[UInt8]?] {
        if let old { try folder.write(old, to: target) }
        try array.write(to: folder(name))
        #expect(try folder.bytes(target) == array.npyBytes(), "\(name)")
        #expect(
          try FileManager.default.destinationOfSymbolicLink(atPath: folder(name)) == link)
      }
    }
    symlink("loop", folder("loop"))
    #expect(throws: NumPyFileError(folder("loop"), "cannot write: more than 40 symbolic links")) {
      try array.write(to: folder("loop"))
    }
  }
}
