/// exp(z / T) times 2^(bias - reference), for a row shifted by `shift`: z = x - shift.
///
/// With c = log2(e) / T and d = 1 / c: n = round(z c) and g = (z - n d) / T, so that
/// exp(z / T) = 2^n e^g with |g| <= ln(2) / 2. d has a high part short enough for n d to be exact, and
/// z - n d' is exact too (Cody and Waite). At T = 1, the common case, 1 / T drops out.
///
/// Maximum errors found among 2e7 random x a line, before the bias is taken out, in ULP:
///
///     Float   T = 1   0.983  x = 265.1619, shift by 2^400    T = 1000  1.308  x = -13489.521
///     Double  T = 1   1.014  x = -215.2119, shift by 2^400   T = 3     1.366  x = -2078.3863
///
/// and at most 0.94 where the result is subnormal once the bias is out.
struct ExpScale<Scalar: SwiftScalar> {
  let c, dHigh, dLow, inverse: Scalar
  /// T = 1.
  let isUnit: Bool
  /// d in Double, and c in two parts.
  let d: Double
  let scale: TwoPart

  @inline(__always)
  init(_ scaleHigh: Double, _ scaleLow: Double) {
    scale = TwoPart(scaleHigh, scaleLow)
    // The quotient's head has at most 26 bits, so its products with both halves of c are exact.
    let sum = TwoPart(sum: scaleHigh, scaleLow)
    d = 1 / sum.high
    let mask = ~((1 as UInt64) &<< UInt64(truncatingIfNeeded: 53 &- Scalar.splitBits) &- 1)
    let head = Double(bitPattern: d.bitPattern & mask)
    let product = TwoPart(product: head, sum.high)
    let rest = ((1 - product.high) - product.low) - head * sum.low
    dHigh = Scalar(head)
    dLow = Scalar(rest * d)
    c = Scalar(scaleHigh)
    let ratio = TwoPart(Constants.f64Ln2Hi, Constants.f64Ln2Lo) * sum
    inverse = Scalar(ratio.high + ratio.low)
    isUnit = inverse == 1
  }

  /// How a row is shifted.
  struct Shift {
    /// What is subtracted from x.
    var shift: Scalar
    /// The integer the exponent is lowered by.
    var reference: Int
    /// Below this z counts as this z, where the result is exactly 0.
    var floor: Scalar
    /// 1.5 * 2^p + vanishing - reference.
    var rounder: Scalar
  }

  @inline(__always)
  func shift(by shift: Scalar, reference: Int = 0) -> Shift {
    Shift(
      shift: shift, reference: reference,
      floor: Scalar(Double(reference &- Scalar.vanishing) * d),
      rounder: Scalar.rounder + Scalar(Scalar.vanishing &- reference))
  }

  /// 2^bias exp(x / T) / 2^(shift c + reference), in one chain of vector operations.
  @inline(__always)
  func exp<V: SwiftVector>(
    _ x: V, shift: V, floor: V, rounder: V
  ) -> V where V.Scalar == Scalar {
    // In this order a NaN in x stays.
    let z = V.larger(floor, x - shift)
    let rounded = z * V(repeating: c) + rounder
    let n = rounded - rounder
    var g = (z - n * V(repeating: dHigh)) - n * V(repeating: dLow)
    if !isUnit { g = g * V(repeating: inverse) }
    return Scalar.exp(reduced: g) * V.powerOfTwo(rounded)
  }
}
