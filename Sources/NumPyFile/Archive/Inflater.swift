/// Inflates the data of one zip member into memory of the size that its directory states.
///
/// Deflated data are blocks, each either bytes as they are or symbols in two prefix codes: one of
/// bytes, an end mark and lengths, one of distances back to bytes to repeat.
///
/// Source: RFC 1951, "DEFLATE Compressed Data Format Specification version 1.3".
///
/// Every byte read and written is checked to be inside its memory; the time is linear in the sizes.
struct Inflater {
  var input: BitReader
  private let output: UnsafeMutableRawBufferPointer
  private var written = 0

  /// Fills `output` from `data`, which must give as many bytes and end with them.
  static func inflate(
    _ data: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(InflateFault) {
    var inflater = Inflater(input: BitReader(data), output: output)
    try inflater.inflateBlocks()
    inflater.input.skipToByte()
    if inflater.written < output.count {
      throw inflater.fault("\(inflater.written) bytes inflated; \(output.count) are stated")
    }
    if inflater.input.offset < data.count {
      throw inflater.fault("bytes after the end of the deflated data")
    }
  }

  func fault(_ reason: String) -> InflateFault {
    InflateFault(offset: input.offset, reason: reason)
  }

  private mutating func inflateBlocks() throws(InflateFault) {
    var isLast = false
    while !isLast {
      input.refill()
      isLast = try input.take(1) == 1
      switch try input.take(2) {
      case 0: try copyBytes()
      case 1: try inflateSymbols(Self.fixedCodes.symbols, Self.fixedCodes.distances)
      case 2:
        let codes = try readCodes()
        try inflateSymbols(codes.symbols, codes.distances)
      default: throw fault("a deflated block of the type 3, which does not exist")
      }
    }
  }

  /// A block of bytes as they are: their number, its complement, the bytes.
  private mutating func copyBytes() throws(InflateFault) {
    input.skipToByte()
    input.refill()
    let length = try input.take(16)
    guard try input.take(16) == length ^ 0xFFFF else {
      throw fault("the two lengths of a stored block differ")
    }
    let bytes = try input.takeBytes(length)
    try checkRoom(for: length)
    UnsafeMutableRawBufferPointer(rebasing: output[written...]).copyMemory(from: bytes)
    written += length
  }

  @inline(__always)
  private func checkRoom(for length: Int) throws(InflateFault) {
    guard length <= output.count - written else {
      throw fault("more bytes inflated than the \(output.count) that are stated")
    }
  }

  /// The symbols of a block up to its end mark.
  private mutating func inflateSymbols(
    _ symbols: PrefixCode, _ distances: PrefixCode
  ) throws(InflateFault) {
    while true {
      // At most 15 + 5 bits for a length and 15 + 13 for a distance: one refill lasts for both.
      input.refill()
      let symbol = try symbols.symbol(from: &input)
      switch symbol {
      case 0..<256:
        try checkRoom(for: 1)
        output[written] = UInt8(truncatingIfNeeded: symbol)
        written += 1
      case 256:
        return
      default:
        let length = try length(of: symbol - 257)
        let distance = try distance(of: distances.symbol(from: &input))
        try checkRoom(for: length)
        guard distance <= written else { throw fault("a repetition of bytes before the first") }
        repeatBytes(length, from: distance)
      }
    }
  }

  /// 3 to 10 by one symbol each, then four symbols for each number of extra bits; 258 has its own.
  @inline(__always)
  private mutating func length(of symbol: Int) throws(InflateFault) -> Int {
    if symbol < 8 { return 3 + symbol }
    if symbol == 28 { return 258 }
    guard symbol < 28 else { throw fault("a length symbol that does not exist") }
    let extra = symbol / 4 - 1
    return 3 + (4 + symbol % 4) << extra + (try input.take(extra))
  }

  /// 1 to 4 by one symbol each, then two symbols for each number of extra bits.
  @inline(__always)
  private mutating func distance(of symbol: Int) throws(InflateFault) -> Int {
    if symbol < 4 { return 1 + symbol }
    guard symbol < 30 else { throw fault("a distance symbol that does not exist") }
    let extra = symbol / 2 - 1
    return 1 + (2 + symbol % 2) << extra + (try input.take(extra))
  }

  /// Appends `length` bytes, each equal to the one `distance` before it; both have been checked.
  @inline(__always)
  private mutating func repeatBytes(_ length: Int, from distance: Int) {
    let target = output.baseAddress! + written
    let source = target - distance
    if distance >= length {
      target.copyMemory(from: source, byteCount: length)
    } else {
      // The bytes appended are themselves repeated.
      for index in 0..<length {
        let byte = source.load(fromByteOffset: index, as: UInt8.self)
        target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
      }
    }
    written += length
  }
}
