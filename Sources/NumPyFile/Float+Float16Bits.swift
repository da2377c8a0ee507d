extension Float {
  /// The value of a half-precision number, given by its bits: sign 1, exponent 5, fraction 10.
  ///
  /// Exact for every number, without `Float16`, which Intel Macs lack. A NaN keeps its payload.
  init(float16BitPattern bits: UInt16) {
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
}
