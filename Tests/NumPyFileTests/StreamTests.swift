import Foundation
import NumPyFile
import Testing

@Suite("Pipes")
struct StreamTests {
  @Test("an array larger than a pipe holds, written and read at once")
  func pipe() throws {
    let values = (0..<300_000).map(Double.init)
    let array = NumPyArray(values, shape: [values.count])
    let pipe = Pipe()
    let writer = Thread {
      try? array.write(toFileDescriptor: pipe.fileHandleForWriting.fileDescriptor, name: "pipe")
      try? pipe.fileHandleForWriting.close()
    }
    writer.start()
    let descriptor = pipe.fileHandleForReading.fileDescriptor
    let read = try NumPyArray(fileDescriptor: descriptor, name: "pipe")
    #expect(read.elements(as: Double.self) == values)
  }

  @Test("a named pipe by its path")
  func namedPipe() throws {
    let folder = try TemporaryFolder()
    let path = folder("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    let array = NumPyArray([1, 2, 3] as [Int32], shape: [3])
    let writer = Thread { try? array.write(to: path) }
    writer.start()
    #expect(try NumPyArray(contentsOf: path).elements(as: Int32.self) == [1, 2, 3])
    #expect(try folder.names == ["pipe"])
  }

  @Test("what cannot be read says why")
  func unreadable() throws {
    let folder = try TemporaryFolder()
    #expect(throws: NumPyFileError(folder("no"), "cannot open: No such file or directory")) {
      try NumPyArray(contentsOf: folder("no"))
    }
    #expect(throws: NumPyFileError(folder.path, "cannot read: Is a directory")) {
      try NumPyArray(contentsOf: folder.path)
    }
    #expect(throws: NumPyFileError("x", "cannot read: Bad file descriptor")) {
      try NumPyArray(fileDescriptor: -1, name: "x")
    }
  }
}
