import Foundation
import NumPyFile
import Testing

@Suite("Writing archives")
struct ArchiveWritingTests {
  private let arrays: [(name: String, array: any NumPyReadable)] = [
    ("matrix", NumPyArray([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3])),
    ("fortran", NumPyArray([0, 3, 1, 4, 2, 5.0], shape: [2, 3], isFortranOrder: true)),
    ("empty", NumPyArray([] as [Float], shape: [0, 3])),
    ("layers/0/größe", NumPyArray(roundingToFloat16: [0.1], shape: [])),
  ]

  private func expect(_ archive: NumPyArchive, line: Int = #line) throws {
    #expect(archive.names == arrays.map(\.name), "line \(line)")
    for (name, array) in arrays {
      #expect(try archive.array(named: name).npyBytes() == array.npyBytes(), "\(name), \(line)")
    }
  }

  @Test("what is written is read again, nothing left beside it")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    try NumPyArchive.write(arrays, to: folder("a.npz"))
    try expect(NumPyArchive(contentsOf: folder("a.npz")))
    #expect(try folder.names == ["a.npz"])
    let first = try folder.bytes("a.npz")
    try NumPyArchive.write(arrays, to: folder("a.npz"))
    #expect(try folder.bytes("a.npz") == first)
    try NumPyArchive.write([], to: folder("a.npz"))
    #expect(try NumPyArchive(contentsOf: folder("a.npz")).names == [])
  }

  @Test("numbers of 64 bits, for all or for some", arguments: [0, 1, 140, 150, 400, 1000])
  func wide(limit: Int) throws {
    var bytes: [UInt8] = []
    try NumPyArchive.write(arrays, limit: limit) { bytes += $0 }
    try expect(NumPyArchive(bytes: bytes, name: "x"))
  }

  @Test("more arrays than 16 bits count")
  func many() throws {
    let many = (0..<65_536).map { (name: "\($0)", array: sampleArray as any NumPyReadable) }
    var bytes: [UInt8] = []
    try NumPyArchive.write(many, limit: 0xFFFF_FFFF) { bytes += $0 }
    let archive = try NumPyArchive(bytes: bytes, name: "x")
    #expect(archive.names == many.map(\.name))
    #expect(try archive.array(named: "65535").npyBytes() == sampleArray.npyBytes())
  }

  @Test("a failure leaves the old file")
  func failure() throws {
    let folder = try TemporaryFolder()
    let path = folder("no/a.npz")
    #expect(
      fault { () throws(NumPyFileError) in try NumPyArchive.write(arrays, to: path) }
        == path + ": cannot create a file in its folder: No such file or directory")
    #if os(Linux)
      #expect(
        fault { () throws(NumPyFileError) in try NumPyArchive.write(arrays, to: "/dev/full") }
          == "/dev/full: cannot write: No space left on device")
    #endif
  }
}
