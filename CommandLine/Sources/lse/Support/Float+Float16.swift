import Foundation

// Half precision without Float16, which Intel Macs lack.

extension Float {
  /// Bits of the nearest half-precision number, ties to even.
  var float16BitPattern: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    let x = magnitude
    if x.isNaN { return sign | 0x7E00 }
    // The first that rounds up to 2^16, which there is not.
    if x >= 65520 { return sign | 0x7C00 }
    // Adding 2^k rounds to multiples of 2^(k - 23): the subnormals' step is 2^-24, a normal number's
    // its exponent's less 10.
    let exponent = max(x == 0 ? -14 : Int(x.exponent), -14)
    let shift = Float(sign: .plus, exponent: exponent + 13, significand: 1)
    let rounded = x + shift - shift
    if rounded < 0x1p-14 { return sign | UInt16(rounded * 0x1p24) }
    // Exponent's bias from 127 to 15, fraction from 23 bits to 10.
    return sign | UInt16((rounded.bitPattern - 112 << 23) >> 13)
  }

  /// This half-precision number in the fewest digits that tell it from the others.
  var float16Description: String {
    for digits in 1...5 where isFinite && self != 0 {
      let text = shortest(digits: digits)
      if Float(text)?.float16BitPattern == float16BitPattern { return Float(text)!.description }
    }
    return description
  }

  private func shortest(digits: Int) -> String {
    String(format: "%.\(digits)g", Double(self))
  }
}
