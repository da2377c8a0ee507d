import NumPyFile
import Testing

@Suite("Deflated data by hand")
struct InflateTests {
  private let contents = sampleArray.npyBytes()

  private func fault(_ write: (inout DeflateBits) -> Void) -> String {
    var bits = DeflateBits()
    write(&bits)
    let text = Archive(contents, data: bits.bytes).fault
    return text.replacing("member 'a.npy': ", with: "")
  }

  /// A block of bytes as they are.
  private func stored(_ bytes: ArraySlice<UInt8>, isLast: Bool, to bits: inout DeflateBits) {
    bits.number(isLast ? 1 : 0, 3)
    bits.fillByte()
    bits.number(bytes.count, 16)
    bits.number(~bytes.count, 16)
    for byte in bytes { bits.number(Int(byte), 8) }
  }

  /// A block in the fixed code that begins with the literals of `bytes`.
  private func fixed(_ bytes: ArraySlice<UInt8>, isLast: Bool, to bits: inout DeflateBits) {
    bits.number(isLast ? 1 : 0, 1)
    bits.number(1, 2)
    for byte in bytes {
      if byte < 144 {
        bits.word(0x30 + Int(byte), 8)
      } else {
        bits.word(0x190 + Int(byte) - 144, 9)
      }
    }
  }

  @Test("blocks of several kinds one after the other, split anywhere")
  func mixed() {
    for split in 0...contents.count {
      let text = fault { bits in
        stored(contents[..<split], isLast: false, to: &bits)
        fixed(contents[split...], isLast: false, to: &bits)
        bits.word(0, 7)
        stored([], isLast: false, to: &bits)
        fixed([], isLast: true, to: &bits)
        bits.word(0, 7)
      }
      #expect(text == "nothing", "\(split)")
    }
  }

  @Test("every length and distance, repeated bytes overlapping or not")
  func matches() throws {
    // A last byte of 1 + 8 · k makes the sizes those of the array's header.
    for distance in [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 64, 100, 128] {
      for length in [3, 4, 10, 11, 12, 13, 18, 19, 66, 67, 130, 131, 226, 227, 257, 258] {
        let start = (0..<128).map { UInt8($0 * 7 % 251) }
        var elements = start
        for _ in 0..<length { elements.append(elements[elements.count - distance]) }
        let file = NumPyArray(elements, shape: [elements.count]).npyBytes()
        var bits = DeflateBits()
        fixed(file[..<(file.count - length)], isLast: true, to: &bits)
        match(length, distance, to: &bits)
        bits.word(0, 7)
        let array = try Archive(file, data: bits.bytes).array()
        #expect(array.elements(as: UInt8.self) == elements, "\(length) from \(distance)")
      }
    }
  }

  /// A length and a distance in the fixed codes.
  private func match(_ length: Int, _ distance: Int, to bits: inout DeflateBits) {
    // (first length, extra bits) of the symbols 257 to 285, likewise of the distances.
    var lengths = (0..<8).map { ($0 + 3, 0) }
    for extra in 1...5 { for step in 0..<4 { lengths.append((3 + (4 + step) << extra, extra)) } }
    lengths.append((258, 0))
    var distances = (0..<4).map { ($0 + 1, 0) }
    for extra in 1...13 { for step in 0..<2 { distances.append((1 + (2 + step) << extra, extra)) } }
    let symbol = lengths.lastIndex { $0.0 <= length }!
    if symbol < 23 { bits.word(1 + symbol, 7) } else { bits.word(0xC0 + symbol - 23, 8) }
    bits.number(length - lengths[symbol].0, lengths[symbol].1)
    let place = distances.lastIndex { $0.0 <= distance }!
    bits.word(place, 5)
    bits.number(distance - distances[place].0, distances[place].1)
  }

  @Test("faults of blocks and symbols")
  func faults() {
    #expect(
      fault { $0.number(7, 3) }
        == "x: byte 35: a deflated block of the type 3, which does not exist")
    #expect(fault { $0.number(1, 8) } == "x: byte 36: the deflated data end early")
    #expect(
      fault { bits in
        bits.number(1, 8)
        bits.number(5, 16)
        bits.number(5, 16)
      } == "x: byte 40: the two lengths of a stored block differ")
    #expect(
      fault { bits in
        stored(contents[...], isLast: true, to: &bits)
        bits.number(0, 8)
      } == "x: byte 180: bytes after the end of the deflated data")
    #expect(
      fault { bits in stored(contents.dropLast(), isLast: true, to: &bits) }
        .hasSuffix("139 bytes inflated; 140 are stated"))
    #expect(
      fault { bits in stored(contents + [0], isLast: true, to: &bits) }
        .hasSuffix("more bytes inflated than the 140 that are stated"))
    #expect(
      fault { bits in
        fixed(contents + [0], isLast: true, to: &bits)
        bits.word(0, 7)
      }.hasSuffix("more bytes inflated than the 140 that are stated"))
    #expect(
      fault { bits in
        fixed(contents[...], isLast: true, to: &bits)
        match(3, 1, to: &bits)
        bits.word(0, 7)
      }.hasSuffix("more bytes inflated than the 140 that are stated"))
    #expect(
      fault { bits in
        fixed(contents[..<3], isLast: true, to: &bits)
        match(3, 4, to: &bits)
        bits.word(0, 7)
      }.hasSuffix("a repetition of bytes before the first"))
    for symbol in [286, 287] {
      #expect(
        fault { bits in
          fixed([1], isLast: true, to: &bits)
          bits.word(0xC0 + symbol - 280, 8)
          bits.word(0, 20)
        }.hasSuffix("a length symbol that does not exist"))
    }
    for symbol in [30, 31] {
      #expect(
        fault { bits in
          fixed([1], isLast: true, to: &bits)
          bits.word(1, 7)
          bits.word(symbol, 5)
          bits.word(0, 20)
        }.hasSuffix("a distance symbol that does not exist"))
    }
  }

  /// A block with codes of its own: the lengths of the code of lengths, then these words and numbers.
  private func dynamic(
    _ counts: (Int, Int), _ lengths: [Int: Int], _ rest: [(word: (Int, Int), extra: (Int, Int))]
  ) -> String {
    fault { bits in
      let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
      bits.number(5, 3)
      bits.number(counts.0 - 257, 5)
      bits.number(counts.1 - 1, 5)
      bits.number(15, 4)
      for symbol in order { bits.number(lengths[symbol] ?? 0, 3) }
      for part in rest {
        bits.word(part.word.0, part.word.1)
        bits.number(part.extra.0, part.extra.1)
      }
      bits.number(0, 64)
    }
  }

  @Test("faults of the codes that a block brings")
  func codes() {
    #expect(dynamic((287, 1), [:], []).hasSuffix("a code with more symbols than there are"))
    #expect(dynamic((257, 31), [:], []).hasSuffix("a code with more symbols than there are"))
    for lengths in [[0: 1, 1: 1, 2: 1], [0: 1, 1: 2], [0: 2], [0: 7, 1: 7]] {
      #expect(
        dynamic((257, 1), lengths, []).hasSuffix(
          "the lengths of the code of lengths are those of no code"), "\(lengths)")
    }
    #expect(dynamic((257, 1), [:], []).hasSuffix("a code word that stands for nothing"))
    // In this one 0: length 16 (the last again), 1: length 18 (zeros).
    let runs = [16: 1, 18: 1]
    #expect(dynamic((257, 1), runs, [((0, 1), (0, 2))]).hasSuffix("a repetition of no length"))
    #expect(
      dynamic((257, 1), runs, [((1, 1), (127, 7)), ((1, 1), (127, 7))])
        .hasSuffix("more lengths than symbols"))
    // All zeros: no end mark.
    #expect(
      dynamic((257, 1), runs, [((1, 1), (127, 7)), ((1, 1), (109, 7))])
        .hasSuffix("the lengths of the code of symbols are those of no code"))
    // 0: length 1, 1: zeros. End mark and one byte of one bit each, two distances of one bit.
    let ones = [1: 1, 18: 1]
    let start: [(word: (Int, Int), extra: (Int, Int))] = [
      ((0, 1), (0, 0)), ((1, 1), (127, 7)), ((1, 1), (106, 7)), ((0, 1), (0, 0)),
    ]
    #expect(
      dynamic((257, 3), ones, start + [((0, 1), (0, 0)), ((0, 1), (0, 0)), ((0, 1), (0, 0))])
        .hasSuffix("the lengths of the code of distances are those of no code"))
  }
}
