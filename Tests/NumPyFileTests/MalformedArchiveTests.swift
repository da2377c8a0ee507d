import Foundation
import NumPyFile
import Testing

@Suite("Malformed archives are errors that say what and where")
struct MalformedArchiveTests {
  private let contents = sampleArray.npyBytes()

  private func bytes(_ file: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: Fixture.url(file)))
  }

  /// Reads all arrays.
  private func readAll(_ bytes: [UInt8]) throws(NumPyFileError) -> [[UInt8]] {
    let archive = try NumPyArchive(bytes: bytes, name: "x")
    var files: [[UInt8]] = []
    for name in archive.names { files.append(try archive.array(named: name).npyBytes()) }
    return files
  }

  @Test("every archive that ends too early", arguments: ["deflated.npz", "blocks.npz", "wide.npz"])
  func truncated(file: String) throws {
    let whole = try bytes(file)
    for count in 0..<whole.count where count < 1000 || count > whole.count - 1500 {
      let text = fault { () throws(NumPyFileError) in try readAll(Array(whole.prefix(count))) }
      #expect(text.hasPrefix("x: byte "), "\(count): \(text)")
    }
    #expect(fault { () throws(NumPyFileError) in try readAll(whole) } == "nothing")
    #expect(
      fault { () throws(NumPyFileError) in try readAll(whole.dropLast()) }
        == "x: byte \(whole.count - 1): the archive ends without an end record; it is not whole")
  }

  @Test(
    "a bit turned in any byte is an error, or changes no array",
    arguments: ["deflated.npz", "wide.npz"])
  func turnedBits(file: String) throws {
    let whole = try bytes(file)
    let archive = try NumPyArchive(bytes: whole, name: "x")
    let expected = try readAll(whole)
    var random = SplitMix64(state: 1)
    // The large array as it is has no more to say than deflated.
    for index in max(0, whole.count - 1500)..<whole.count {
      let bit = UInt8.random(in: 0..<8, using: &random)
      var damaged = whole
      damaged[index] ^= 1 << bit
      guard let read = try? NumPyArchive(bytes: damaged, name: "x") else { continue }
      for (name, file) in zip(archive.names, expected) {
        let array = try? read.array(named: name)
        #expect(array == nil || array!.npyBytes() == file, "\(name), byte \(index), bit \(bit)")
      }
    }
  }

  @Test("another format")
  func magic() {
    func fault(_ bytes: [UInt8]) -> String {
      NumPyFileTests.fault { () throws(NumPyFileError) in
        try NumPyArchive(bytes: bytes, name: "x")
      }
    }
    #expect(fault([]) == "x: byte 0: empty file, not a .npz archive")
    #expect(
      fault(contents) == "x: byte 0: not a .npz archive: the first bytes are '\u{FFFD}NUMPY'")
    #expect(fault([0x50]) == "x: byte 1: the archive ends without an end record; it is not whole")
  }

  @Test("a name that is not there")
  func missing() throws {
    let archive = try NumPyArchive(contentsOf: Fixture.path("blocks.npz"))
    let path = Fixture.path("blocks.npz")
    let text = fault { () throws(NumPyFileError) in try archive.array(named: "b") }
    #expect(
      text == "\(path): no array 'b'; the archive holds stored, fixed, dynamic, symbols, runs")
    var bytes: [UInt8] = []
    let many = (0..<18).map { (name: "\($0)", array: sampleArray as any NumPyReadable) }
    for count in [0, 16, 17] {
      bytes = []
      try NumPyArchive.write(Array(many[..<count]), limit: .max) { bytes += $0 }
      let archive = try NumPyArchive(bytes: bytes, name: "x")
      let text = fault { () throws(NumPyFileError) in try archive.array(named: "b") }
      #expect(text.hasSuffix(count == 0 ? "holds none" : count == 16 ? ", 15" : ", 15 and 1 more"))
    }
  }

  @Test("the same name twice")
  func twice() throws {
    var bytes: [UInt8] = []
    let arrays = [("a", sampleArray), ("b", sampleArray)] as [(String, any NumPyReadable)]
    try NumPyArchive.write(arrays, limit: .max) { bytes += $0 }
    for index in bytes.indices where bytes[index...].starts(with: "b.npy".utf8) {
      bytes[index] = UInt8(ascii: "a")
    }
    let text = fault { () throws(NumPyFileError) in try NumPyArchive(bytes: bytes, name: "x") }
    #expect(text == "x: holds two arrays of the name 'a'")
  }

  @Test("encrypted, or compressed in another way")
  func unsupported() {
    var archive = Archive(stored: contents)
    archive.flags = 1
    #expect(archive.fault == "x: byte 0: member 'a.npy': is encrypted")
    archive.flags = 0
    archive.method = 12
    #expect(
      archive.fault
        == "x: byte 0: member 'a.npy': compressed by method 12, neither 0 (stored) nor 8 (deflated)"
    )
  }

  @Test("a check sum or size that is not so")
  func wrongNumbers() {
    var archive = Archive(stored: contents)
    archive.checkSum ^= 1
    #expect(
      archive.fault
        == "x: byte 35: member 'a.npy': the data are damaged: their CRC-32 is not the one that is "
        + "stated")
    archive = Archive(stored: contents)
    archive.count += 1
    #expect(archive.fault == "x: byte 0: member 'a.npy': 141 bytes cannot be in 140 bytes")
    archive = Archive(contents, data: [3, 0])
    archive.count = 2064 + 1032
    #expect(archive.fault == "x: byte 0: member 'a.npy': 3096 bytes cannot be in 2 bytes")
    archive.count = 0xFFFF_FFFE
    #expect(archive.fault == "x: byte 0: member 'a.npy': 4294967294 bytes cannot be in 2 bytes")
  }

  @Test("a member that is no .npy file is named in the message")
  func notNpy() {
    #expect(
      Archive(stored: Array("1,2\n".utf8)).fault
        == "x:a: byte 0: not a .npy file: the first bytes are '1,2\\x0A'")
  }

  @Test("header and directory differ")
  func headers() {
    let archive = Archive(stored: contents)
    for (offset, text) in [
      (2, "no header of member 'a.npy'"), (8, "header and directory differ about member 'a.npy'"),
      (30, "header and directory differ about member 'a.npy'"),
    ] {
      var bytes = archive.bytes
      bytes[offset] ^= 1
      #expect(
        fault { () throws(NumPyFileError) in try readAll(bytes) } == "x: byte 0: \(text)")
    }
  }
}
