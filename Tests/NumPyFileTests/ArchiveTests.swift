import Foundation
import NumPyFile
import Testing

@Suite("Archives that NumPy wrote")
struct ArchiveTests {
  @Test("each array", arguments: ["stored.npz", "deflated.npz", "wide.npz"])
  func arrays(file: String) throws {
    let archive = try NumPyArchive(contentsOf: Fixture.path(file))
    let expected: [(String, NumPyArray)] = [
      ("matrix", NumPyArray([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])),
      ("fortran", NumPyArray([0, 3, 1, 4, 2, 5.0], shape: [2, 3], isFortranOrder: true)),
      ("foreign", NumPyArray([0, 1, 2] as [Int32], shape: [3])),
      ("flags", NumPyArray([true, false, true], shape: [3])),
      ("empty", NumPyArray([] as [Float], shape: [0, 3])),
      ("number", NumPyArray(float16BitPatterns: [0x3E00], shape: [])),
      (
        "layers/0/größe",
        NumPyArray((0..<1000).map { Int64($0 % 7) }, shape: [10, 100])
      ),
    ]
    #expect(archive.names == expected.map(\.0))
    for (name, array) in expected {
      #expect(try archive.array(named: name).npyBytes() == array.npyBytes(), "\(name)")
      #expect(try archive.array(named: name + ".npy").npyBytes() == array.npyBytes(), "\(name)")
    }
  }

  @Test("each kind of deflated block")
  func blocks() throws {
    var frequencies = [1, 1]
    while frequencies.count < 15 { frequencies.append(frequencies.suffix(2).reduce(0, +)) }
    let sorted = frequencies.enumerated().flatMap { repeatElement(UInt8($0), count: $1) }
    let archive = try NumPyArchive(contentsOf: Fixture.path("blocks.npz"))
    #expect(archive.names == ["stored", "fixed", "dynamic", "symbols", "runs"])
    let stored = try archive.array(named: "stored").elements(as: UInt8.self)
    #expect(stored?.sorted() == sorted && stored != sorted)
    for name in ["fixed", "dynamic", "symbols"] {
      #expect(try archive.array(named: name).elements(as: UInt8.self) == stored, "\(name)")
    }
    #expect(try archive.array(named: "runs").elements(as: UInt8.self) == sorted)
  }

  @Test("from a path, from bytes, from a pipe")
  func sources() throws {
    let folder = try TemporaryFolder()
    let bytes = [UInt8](try Data(contentsOf: Fixture.url("deflated.npz")))
    #expect(try NumPyArchive(bytes: bytes, name: "x").array(named: "matrix").shape == [2, 3])
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    let path = folder("pipe")
    Thread.detachNewThread { try? Data(bytes).write(to: URL(fileURLWithPath: path)) }
    #expect(try NumPyArchive(contentsOf: path).array(named: "matrix").shape == [2, 3])
    #expect(
      fault { () throws(NumPyFileError) in try NumPyArchive(contentsOf: folder.path) }
        == "\(folder.path): cannot read: Is a directory")
    #expect(
      fault { () throws(NumPyFileError) in try NumPyArchive(contentsOf: folder("no")) }
        == folder("no") + ": cannot open: No such file or directory")
  }

  @Test("the file replaced meanwhile: the archive keeps the old one")
  func replaced() throws {
    let folder = try TemporaryFolder()
    try NumPyArchive.write([("a", sampleArray)], to: folder("a.npz"))
    let archive = try NumPyArchive(contentsOf: folder("a.npz"))
    try NumPyArchive.write([], to: folder("a.npz"))
    #expect(try archive.array(named: "a").npyBytes() == sampleArray.npyBytes())
    #expect(try NumPyArchive(contentsOf: folder("a.npz")).names == [])
  }

  @Test("a comment, also one that looks like an end record")
  func comment() throws {
    var archive = Archive(stored: sampleArray.npyBytes())
    for comment in [Array("a comment".utf8), Archive(stored: []).bytes.suffix(22) + [0]] {
      archive.comment = comment
      #expect(try archive.array().npyBytes() == sampleArray.npyBytes())
    }
    archive.comment = [UInt8](repeating: 0x50, count: 0xFFFF)
    #expect(archive.fault == "nothing")
  }

  @Test("members that are no arrays are left out")
  func otherMembers() throws {
    for name in ["readme.txt", "folder/", "npy", ""] {
      var archive = Archive(stored: [])
      archive.name = name
      #expect(try NumPyArchive(bytes: archive.bytes, name: "x").names == [])
    }
    var archive = Archive(stored: sampleArray.npyBytes())
    archive.name = "a.npy.npy"
    let read = try NumPyArchive(bytes: archive.bytes, name: "x")
    #expect(read.names == ["a.npy"])
    #expect(try read.array(named: "a.npy").shape == [3])
  }
}
