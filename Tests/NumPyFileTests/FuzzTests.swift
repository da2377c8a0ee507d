import NumPyFile
import Testing

@Suite("Damaged files throw or are read; they never stop the program")
struct FuzzTests {
  @Test("bytes changed, removed, inserted, repeated", arguments: [1, 2, 3, 4] as [UInt64])
  func mutations(seed: UInt64) throws {
    var random = SplitMix64(state: seed)
    let fixtures = try [NumPyType.float32, .int64, .bool].flatMap(Fixture.all)
    for _ in 0..<5_000 {
      var bytes = fixtures.randomElement(using: &random)!.bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
      read(bytes)
    }
  }

  @Test("headers of random pieces of the grammar", arguments: [5, 6] as [UInt64])
  func grammar(seed: UInt64) {
    var random = SplitMix64(state: seed)
    let pieces = [
      "{", "}", "[", "]", "(", ")", ",", ":", "'", "\"", "\\", " ", "\n", "'descr'", "'shape'",
      "'fortran_order'", "True", "False", "None", "'<f4'", "'>i8'", "(3,)", "()", "-", "0", "7L",
      "99999999999999999999", "u'", "é", "\0",
    ]
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...24, using: &random)
      let text = (0..<count).map { _ in pieces.randomElement(using: &random)! }.joined()
      read(npy("{" + text, version: (UInt8.random(in: 1...3, using: &random), 0)))
    }
  }

  @Test("random bytes as csv", arguments: [7, 8] as [UInt64])
  func csv(seed: UInt64) {
    var random = SplitMix64(state: seed)
    let alphabet = Array("0123456789.,,,\n\n\r\t eE+-naifx\"#\u{FF}".utf8) + [0, 0xEF, 0xBB, 0xBF]
    for _ in 0..<5_000 {
      let count = Int.random(in: 0...40, using: &random)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
      do throws(NumPyFileError) {
        let table = try NumPyArray.csv(bytes: bytes, name: "x")
        #expect(table.count == table.values(as: Double.self).count)
      } catch {
        #expect(!error.description.contains("\n"))
      }
    }
  }

  /// Reads `bytes`; what is read must be consistent, what is refused must say so in one line.
  private func read(_ bytes: [UInt8]) {
    do throws(NumPyFileError) {
      let array = try NumPyArray(bytes: bytes, name: "x")
      #expect(array.shape.count <= 3)
      #expect(array.values(as: Double.self).count == array.count)
      #expect(array.inCOrder().count == array.count)
      #expect(array.strides.count == array.shape.count)
    } catch {
      #expect(!error.description.contains("\n") && !error.reason.isEmpty)
    }
  }
}
