/// The check sum of zip archives: the remainder of division by a polynomial over the bits.
///
/// x³² + x²⁶ + x²³ + x²² + x¹⁶ + x¹² + x¹¹ + x¹⁰ + x⁸ + x⁷ + x⁵ + x⁴ + x² + x + 1, the lowest bit of
/// a byte first. Eight bytes at a time: `tables[256 * k + b]` is the remainder of byte `b` with `k`
/// zero bytes after it, and remainders add by exclusive or.
struct CRC32 {
  private static let tables: [UInt32] = {
    // The polynomial without x³², its highest power in the lowest bit.
    let polynomial: UInt32 = 0xEDB8_8320
    var tables = (0..<256 as Range<UInt32>).map { byte in
      (0..<8).reduce(byte) { rest, _ in rest >> 1 ^ (rest & 1 == 1 ? polynomial : 0) }
    }
    for index in 256..<(8 * 256) {
      let shorter = tables[index - 256]
      tables.append(shorter >> 8 ^ tables[Int(shorter & 0xFF)])
    }
    return tables
  }()

  private var remainder = ~UInt32(0)

  /// The check sum of all bytes so far.
  var value: UInt32 { ~remainder }

  /// Takes in `bytes` after those before.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { tables in
      let whole = bytes.count & ~7
      for offset in stride(from: 0, to: whole, by: 8) {
        let loaded = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let word = UInt64(littleEndian: loaded) ^ UInt64(remainder)
        remainder = 0
        for place in 0..<8 {
          let byte = Int(truncatingIfNeeded: word >> (8 * UInt64(place)) & 0xFF)
          remainder ^= tables[256 * (7 - place) + byte]
        }
      }
      for byte in bytes[whole...] {
        remainder = remainder >> 8 ^ tables[Int((remainder ^ UInt32(byte)) & 0xFF)]
      }
    }
  }
}
