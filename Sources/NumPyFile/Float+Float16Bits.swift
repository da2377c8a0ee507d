// Half precision as bits (sign 1, exponent 5, fraction 10), without `Float16`, which Intel Macs lack.

extension Float {
  /// The value of a half-precision number, given by its bits.
  ///
  /// Exact for every number; a NaN keeps its sign and payload.
  public init(float16BitPattern bits: UInt16) {
    let sign = UInt32(bits >> 15) << 31
    let exponent = UInt32(bits >> 10) & 31
    let fraction = UInt32(bits) & 0x3FF
    switch exponent {
    case 0:
      // Subnormal: fraction · 2⁻²⁴, exact in single precision.
      let magnitude = Float(fraction) * 0x1p-24
      self = sign == 0 ? magnitude : -magnitude
    case 31:
      // Infinity or NaN: the largest exponent in both formats.
      self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default:
      // The exponent's bias grows from 15 to 127, the fraction from 10 bits to 23.
      self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
    }
  }

  /// The bits of the nearest half-precision number, ties to the even fraction.
  ///
  /// ```swift
  /// Float(0.1).float16BitPattern       // 0x2E66
  /// Float(65520).float16BitPattern     // 0x7C00, infinity
  /// ```
  ///
  /// Numbers from 65520 on become infinite, those up to 2⁻²⁵ zero of the same sign; those below
  /// 2⁻¹⁴ are rounded to a multiple of 2⁻²⁴. A NaN stays one, with its sign and the upper ten bits
  /// of its payload.
  public var float16BitPattern: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    return sign | UInt16(truncatingIfNeeded: Self.halved(bitPattern & 0x7FFF_FFFF))
  }

  /// Bits of the half-precision number nearest to the one of the bits `single`, which has no sign.
  private static func halved(_ single: UInt32) -> UInt32 {
    switch single {
    case 0x7F80_0001...:
      let payload = single >> 13 & 0x3FF
      // A payload in the lower bits alone must not leave an infinity.
      return 0x7C00 | (payload == 0 ? 0x200 : payload)
    case Float(65520).bitPattern...:
      return 0x7C00
    case Float(0x1p-14).bitPattern...:
      // A carry out of the fraction is the next exponent's first number, as it should be.
      return shiftedRounding(single - 112 << 23, by: 13)
    case Float(0x1p-25).bitPattern...:
      // The fraction with its leading one counts steps of 2^(exponent - 150), here of 2⁻²⁴.
      return shiftedRounding(single & 0x7F_FFFF | 0x80_0000, by: 126 - single >> 23)
    default:
      return 0
    }
  }

  /// `bits / 2^count`, rounded to the nearest, ties to even.
  private static func shiftedRounding(_ bits: UInt32, by count: UInt32) -> UInt32 {
    let isOdd = bits >> count & 1
    return (bits + (1 << (count - 1)) - 1 + isOdd) >> count
  }
}
