/// IEEE half precision as bits, so that no platform needs the type `Float16`.
enum HalfPrecision {
  /// The number, exactly.
  @inline(__always)
  static func float(_ bits: UInt16) -> Float {
    let magnitude = UInt32(bits & 0x7fff) &<< 13
    // Exponent and fraction in their places, times 2^112; the greatest exponent stays the greatest.
    var scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
    if magnitude >= 0x0f80_0000 { scaled |= 0x7f80_0000 }
    return Float(bitPattern: scaled | UInt32(bits & 0x8000) &<< 16)
  }

  /// The nearest half, ties to even.
  @inline(__always)
  static func bits(_ value: Float) -> UInt16 {
    let magnitude = value.bitPattern & 0x7fff_ffff
    let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
    let half: UInt32
    if magnitude >= 0x4780_0000 {
      half = magnitude > 0x7f80_0000 ? 0x7e00 | (magnitude >> 13 & 0x3ff) : 0x7c00
    } else if magnitude < 0x3880_0000 {
      half = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3f00_0000
    } else {
      half = (magnitude &+ 0xfff &+ (magnitude >> 13 & 1) &- 112 &<< 23) >> 13
    }
    return sign | UInt16(truncatingIfNeeded: half)
  }
}
