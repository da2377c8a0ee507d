/// A prefix code of at most 15 bits, given by the lengths of its code words (RFC 1951, 3.2.2).
///
/// Words of one length are consecutive numbers in the order of their symbols, and begin, read as a
/// fraction, where the shorter ones end. In the data a word's highest bit comes first.
struct PrefixCode {
  private static let longest = 15
  /// Words up to this length are found by one look into `short`; few are longer.
  private static let shortBits = 10

  /// By the next `shortBits` bits: symbol · 16 + length of the word they begin with, or 0.
  private var short = [UInt16](repeating: 0, count: 1 << shortBits)
  /// By length: the first number that is no word of it but the beginning of longer ones.
  private var ends = [Int](repeating: 0, count: longest + 1)
  /// By length: what to add to a word to get its place in `symbols`.
  private var shifts = [Int](repeating: 0, count: longest + 1)
  /// The symbols that have words, by length, then by number.
  private var symbols: [UInt16] = []

  /// The code in which symbol `s` has a word of `lengths[s]` bits, or none if that is 0.
  ///
  /// Returns `nil` if there are no such words, or if bits are left that begin none; except that a
  /// code may be empty or have one word of one bit.
  init?(lengths: ArraySlice<UInt8>) {
    var counts = [Int](repeating: 0, count: Self.longest + 1)
    for length in lengths where length > 0 { counts[Int(length)] += 1 }
    var next = [Int](repeating: 0, count: Self.longest + 1)
    var places = next
    var (word, place) = (0, 0)
    for length in 1...Self.longest {
      word *= 2
      next[length] = word
      places[length] = place
      shifts[length] = place - word
      word += counts[length]
      place += counts[length]
      ends[length] = word
      if word > 1 << length { return nil }
    }
    let isWhole = word == 1 << Self.longest
    guard isWhole || place == 0 || place == 1 && counts[1] == 1 else { return nil }

    symbols = [UInt16](repeating: 0, count: place)
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let length = Int(length)
      symbols[places[length]] = UInt16(symbol)
      places[length] += 1
      if length <= Self.shortBits {
        let first = Self.reversed(next[length], bits: length)
        for index in stride(from: first, to: short.count, by: 1 << length) {
          short[index] = UInt16(symbol << 4 | length)
        }
      }
      next[length] += 1
    }
  }

  private static func reversed(_ word: Int, bits: Int) -> Int {
    (0..<bits).reduce(0) { result, bit in result << 1 | word >> bit & 1 }
  }

  /// Reads one word; `input` has just been refilled.
  @inline(__always)
  func symbol(from input: inout BitReader) throws(InflateFault) -> Int {
    let entry = Int(short[input.peek(Self.shortBits)])
    if entry == 0 { return try longSymbol(from: &input) }
    try input.skip(entry & 15)
    return entry >> 4
  }

  @inline(never)
  private func longSymbol(from input: inout BitReader) throws(InflateFault) -> Int {
    var word = 0
    for length in 1...Self.longest {
      word = word << 1 | (try input.take(1))
      if word < ends[length] { return Int(symbols[word + shifts[length]]) }
    }
    throw InflateFault(offset: input.offset, reason: "a code word that stands for nothing")
  }
}
