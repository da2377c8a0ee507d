/// `RowKernels.refine`: a small rest again, with x - a and its product with c in two parts.
///
/// Where one element dominates, -log1p(rest) is that element's log-softmax, and the rounding of x - a, a
/// relative error of |x - a| / 2 ULP in rest, would show there. So would what is
/// left of the max's own term's error where the rest was a sum less 1. Rows with rest of at least 2 are left.
struct SwiftRefine<Scalar: SwiftScalar> {
  let x: UnsafePointer<Scalar>
  let columns: Int
  let scale: DoubleDouble
  let maximum: Double

  /// Refines the rests of `rows` rows.
  static func refine(
    _ x: UnsafePointer<Scalar>, _ rows: Int, _ columns: Int, _ stride: Int,
    _ scaleHigh: Double, _ scaleLow: Double, _ state: UnsafeMutablePointer<Double>,
    _ capacity: Int
  ) {
    if columns == 1 { return }
    for row in 0..<rows where state[capacity &+ row] < 2 && state[row].isFinite {
      let refined = SwiftRefine(
        x: x + row &* stride, columns: columns, scale: DoubleDouble(scaleHigh, scaleLow),
        maximum: state[row]
      ).rest
      state[capacity &+ row] = refined.high
      state[2 &* capacity &+ row] = refined.low
    }
  }

  /// Sum of 2^((x - a) c) over all but one element equal to a. Its terms are 2^512 times too large, so that
  /// a subnormal rest keeps its bits until the end.
  private var rest: DoubleDouble {
    var total = TwoPart(0)
    var ties = -1.0
    for column in 0..<columns {
      let x = Double(x[column])
      if x == maximum {
        ties += 1
      } else if Scalar.self == Float.self {
        // No more than a Double is needed.
        let exponent = (x - maximum) * scale.value
        total.high += exponent > -1080 || x != x ? plainExp2(exponent + 512) : 0
      } else {
        total.add(term(TwoPart(sum: x, -maximum)))
      }
    }
    return DoubleDouble(total.high * 0x1p-512, total.low * 0x1p-512) + DoubleDouble(ties)
  }

  /// 2^(z c + 512) to the accuracy of the C library's exp2; 0 where z c is below -1080.
  @inline(__always)
  private func term(_ z: TwoPart) -> TwoPart {
    let product = TwoPart(product: z.high, scale.high)
    if !(product.high > -1080) { return TwoPart(z.high != z.high ? .nan : 0) }
    let exponent = TwoPart(sum: product.high, 512)
    let low = product.low + (z.high * scale.low + z.low * scale.high)
    let term = plainExp2(exponent.high)
    return TwoPart(term, term * ((exponent.low + low) * 0x1.62e42fefa39efp-1))
  }
}

extension DoubleDouble {
  /// 2^(self * scale) for a product at most 0, to the accuracy of the C library's exp2; 0 where the
  /// product is below -1080.
  func powerOfTwo(times scale: DoubleDouble) -> DoubleDouble {
    let exponent = self * scale
    if !(exponent.high > -1080) { return DoubleDouble(high.isNaN ? .nan : 0) }
    let term = plainExp2(exponent.high)
    return DoubleDouble(term, term * (exponent.low * 0x1.62e42fefa39efp-1))
  }
}
