// The two prefix codes of a block.

extension Inflater {
  /// Bytes, end mark and lengths; distances.
  typealias Codes = (symbols: PrefixCode, distances: PrefixCode)

  /// The codes that need not be sent (RFC 1951, 3.2.6).
  static let fixedCodes: Codes = {
    let lengths = (0..<288).map { symbol -> UInt8 in
      switch symbol {
      case ..<144: 8
      case ..<256: 9
      case ..<280: 7
      default: 8
      }
    }
    let distances = [UInt8](repeating: 5, count: 32)
    return (PrefixCode(lengths: lengths[...])!, PrefixCode(lengths: distances[...])!)
  }()

  /// The order in which the lengths of the code of lengths are sent: the likely ones first.
  private static let lengthOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]

  /// The codes at the beginning of a block: the lengths of their words, these in a code of their
  /// own, whose lengths come first (RFC 1951, 3.2.7).
  mutating func readCodes() throws(InflateFault) -> Codes {
    input.refill()
    let symbolCount = try input.take(5) + 257
    let distanceCount = try input.take(5) + 1
    let lengthCount = try input.take(4) + 4
    guard symbolCount <= 286, distanceCount <= 30 else {
      throw fault("a code with more symbols than there are")
    }
    var lengths = [UInt8](repeating: 0, count: Self.lengthOrder.count)
    for symbol in Self.lengthOrder[..<lengthCount] {
      input.refill()
      lengths[symbol] = UInt8(try input.take(3))
    }
    guard let code = PrefixCode(lengths: lengths[...]) else { throw badCode("lengths") }
    lengths = try readLengths(symbolCount + distanceCount, in: code)
    guard lengths[256] > 0, let symbols = PrefixCode(lengths: lengths[..<symbolCount]) else {
      throw badCode("symbols")
    }
    guard let distances = PrefixCode(lengths: lengths[symbolCount...]) else {
      throw badCode("distances")
    }
    return (symbols, distances)
  }

  private func badCode(_ what: String) -> InflateFault {
    fault("the lengths of the code of \(what) are those of no code")
  }

  /// `count` lengths of words, among which runs are sent as one symbol and a number.
  private mutating func readLengths(
    _ count: Int, in code: PrefixCode
  ) throws(InflateFault) -> [UInt8] {
    var lengths: [UInt8] = []
    while lengths.count < count {
      input.refill()
      let symbol = try code.symbol(from: &input)
      var run = (length: UInt8(0), count: 1)
      switch symbol {
      case 16:
        guard let last = lengths.last else { throw fault("a repetition of no length") }
        run = (last, 3 + (try input.take(2)))
      case 17: run.count = 3 + (try input.take(3))
      case 18: run.count = 11 + (try input.take(7))
      default: run.length = UInt8(symbol)
      }
      guard run.count <= count - lengths.count else { throw fault("more lengths than symbols") }
      lengths.append(contentsOf: repeatElement(run.length, count: run.count))
    }
    return lengths
  }
}
