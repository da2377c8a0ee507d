/// log(1 + r) for r = high + low >= 0 in two parts, for `width` rows.
///
/// 1 + r = 2^k m exactly in two parts, m in [sqrt(1/2), sqrt(2)), f = m - 1, s = f / (2 + f):
/// log(1 + f) = f - f^2 / 2 + s (f^2 / 2 + R(s^2)), with the 26 leading bits of f squared apart.
/// high + low is right to about 2^-58 of the result. For small r the relative accuracy is that of r.
struct SwiftLog {
  typealias Vector = SIMD4<Double>
  @inline(__always) static var width: Int { 4 }
  var high: Vector
  var low: Vector

  @inline(__always)
  init(onePlus rHigh: Vector, _ rLow: Vector) {
    let one = Vector(repeating: 1)
    let sum = one + rHigh
    let back = sum - one
    self.init(of: sum, ((one - (sum - back)) + (rHigh - back)) + rLow)
  }

  /// log(sum + rest) for a positive normal sum and a rest below its last bit.
  @inline(__always)
  init(of sum: Vector, _ rest: Vector) {
    let one = Vector(repeating: 1)
    // k and m from the bits; 0x3FE6A09E... is sqrt(1/2).
    typealias Bits = SIMD4<UInt64>
    let shifted =
      unsafeBitCast(sum, to: Bits.self)
      &+ Bits(repeating: 0x3FF0_0000_0000_0000 - 0x3FE6_A09E_0000_0000)
    let exponent = shifted &>> Bits(repeating: 52)
    let mantissa =
      (shifted &- exponent &* Bits(repeating: 1 << 52)) &+ Bits(repeating: 0x3FE6_A09E_0000_0000)
    let inverse = (Bits(repeating: 2046) &- exponent) &* Bits(repeating: 1 << 52)
    let k =
      unsafeBitCast(exponent &+ Bits(repeating: 0x4330_0000_0000_0000), to: Vector.self)
      - Vector(repeating: 0x1p52 + 1023)

    let m = unsafeBitCast(mantissa, to: Vector.self) - one
    let t = rest * unsafeBitCast(inverse, to: Vector.self)
    let f = m + t
    let c = f - m
    let fLow = (m - (f - c)) + (t - c)

    let head = Self.head(f)
    let half = Vector(repeating: 0.5)
    let square = half * head * head
    let squareLow = half * (f - head) * (f + head)
    let s = f / (f + Vector(repeating: 2))
    let z = s * s
    var p = Vector(repeating: Constants.f64LogP7) * z + Vector(repeating: Constants.f64LogP6)
    p = p * z + Vector(repeating: Constants.f64LogP5)
    p = p * z + Vector(repeating: Constants.f64LogP4)
    p = p * z + Vector(repeating: Constants.f64LogP3)
    p = p * z + Vector(repeating: Constants.f64LogP2)
    p = p * z + Vector(repeating: Constants.f64LogP1)
    p = p * z + Vector(repeating: Constants.f64LogP0)
    let correction = s * ((square + squareLow) + p * z)
    // d log(1 + f) = fLow / (1 + f), and 1 / (1 + f) = (1 - s) / (1 + s).
    let slope = one - (s + s) * (one - s * (one - s))

    let main = k * Vector(repeating: Constants.f64Ln2SplitHi)
    let first = main + f
    let firstLow = f - (first - main)
    let second = first - square
    let secondLow = (first - second) - square
    low =
      firstLow + secondLow + (correction - squareLow) + fLow * slope
      + k * Vector(repeating: Constants.f64Ln2SplitLo)
    high = second
  }

  /// log(1 + r) for r >= 0 to about 2^-36 of the result.
  @inline(__always)
  static func short(onePlus r: Vector) -> Vector {
    typealias Bits = SIMD4<UInt64>
    let one = Vector(repeating: 1)
    let sum = one + r
    let shifted =
      unsafeBitCast(sum, to: Bits.self)
      &+ Bits(repeating: 0x3FF0_0000_0000_0000 - 0x3FE6_A09E_0000_0000)
    let exponent = shifted &>> Bits(repeating: 52)
    let mantissa =
      (shifted &- exponent &* Bits(repeating: 1 << 52)) &+ Bits(repeating: 0x3FE6_A09E_0000_0000)
    let inverse = (Bits(repeating: 2046) &- exponent) &* Bits(repeating: 1 << 52)
    let k =
      unsafeBitCast(exponent &+ Bits(repeating: 0x4330_0000_0000_0000), to: Vector.self)
      - Vector(repeating: 0x1p52 + 1023)
    // What 1 + r lost, which is all of a small r. Where r > 1 it does not matter.
    let lost = (r - (sum - one)) * unsafeBitCast(inverse, to: Vector.self)
    let f = (unsafeBitCast(mantissa, to: Vector.self) - one) + lost
    let s = f / (f + Vector(repeating: 2))
    let z = s * s
    var p = Vector(repeating: Constants.f64f32LogP3) * z + Vector(repeating: Constants.f64f32LogP2)
    p = p * z + Vector(repeating: Constants.f64f32LogP1)
    p = p * z + Vector(repeating: Constants.f64f32LogP0)
    return k * Vector(repeating: Constants.f64Ln2Hi) + (s * (p * z) + (s + s))
  }

  /// The 26 leading bits of each lane.
  @inline(__always)
  static func head(_ x: Vector) -> Vector {
    typealias Mask = SIMDMask<SIMD4<Int64>>
    let bits = unsafeBitCast(SIMD4<Int64>(repeating: ~0x7FF_FFFF), to: Mask.self)
    return unsafeBitCast(unsafeBitCast(x, to: Mask.self) .& bits, to: Vector.self)
  }
}
