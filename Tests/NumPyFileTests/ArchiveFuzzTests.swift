import Foundation
import NumPyFile
import Testing

@Suite("Damaged archives throw or are read; they never stop the program")
struct ArchiveFuzzTests {
  @Test("bytes changed, removed, inserted, repeated", arguments: [1, 2] as [UInt64])
  func mutations(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let files = try ["deflated.npz", "blocks.npz", "wide.npz"].map {
      [UInt8](try Data(contentsOf: Fixture.url($0)))
    }
    for _ in 0..<700 {
      var bytes = files.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
      read { () throws(NumPyFileError) in try NumPyArchive(bytes: bytes, name: "x") }
    }
  }

  @Test("records of random numbers", arguments: [3, 4] as [UInt64])
  func records(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let whole = [UInt8](try Data(contentsOf: Fixture.url("wide.npz")))
    let ends = [0, 1, 0x7F, 0x80, 0xFF] as [UInt8]
    for _ in 0..<700 {
      var bytes = whole
      // The directory and the end records are the last kilobyte.
      let start = bytes.count - Int.random(in: 1...1000, using: &random)
      for index in start..<min(start + Int.random(in: 1...8, using: &random), bytes.count) {
        bytes[index] = ends.randomElement(using: &random)!
      }
      read { () throws(NumPyFileError) in try NumPyArchive(bytes: bytes, name: "x") }
    }
  }

  @Test("deflated data changed under the right sizes", arguments: [5, 6] as [UInt64])
  func deflated(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let archive = [UInt8](try Data(contentsOf: Fixture.url("blocks.npz")))
    let contents = try NumPyArchive(bytes: archive, name: "x").array(named: "stored").npyBytes()
    // The members' data, one after the other; anything in them is tried as the beginning of some.
    let streams = archive.indices.filter { archive[$0...].starts(with: [0x50, 0x4B, 3, 4]) }
      .map { Array(archive[($0 + 30 + Int(archive[$0 + 26]))...].prefix(1100)) }
    for _ in 0..<2_000 {
      var data = streams.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 0...3, using: &random) { mutate(&data, &random) }
      read { () throws(NumPyFileError) in
        try NumPyArchive(bytes: Archive(contents, data: data).bytes, name: "x")
      }
    }
  }

  @Test("random bits as deflated data", arguments: [7, 8] as [UInt64])
  func bits(seed: UInt64) {
    var random = SplitMix64(state: seed)
    for _ in 0..<5_000 {
      var data = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      // A last block in a code of its own: the most to go wrong.
      if !data.isEmpty && Bool.random(using: &random) { data[0] = data[0] & 0xF8 | 5 }
      read { () throws(NumPyFileError) in
        try NumPyArchive(bytes: Archive(sampleArray.npyBytes(), data: data).bytes, name: "x")
      }
    }
  }

  /// Reads all arrays; what is refused must say so in one line.
  private func read(_ archive: () throws(NumPyFileError) -> NumPyArchive) {
    do throws(NumPyFileError) {
      let archive = try archive()
      for name in archive.names {
        let text = fault { () throws(NumPyFileError) in try archive.array(named: name) }
        #expect(!text.isEmpty && !text.contains("\n"))
      }
    } catch {
      #expect(!error.description.contains("\n") && !error.reason.isEmpty)
    }
  }
}
