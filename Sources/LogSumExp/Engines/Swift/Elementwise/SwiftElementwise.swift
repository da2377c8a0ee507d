/// The elementwise functions on four lanes. One lane of the `wide` form is the scalar function; the
/// other form is for Floats, computed in Double and rounded once.
///
/// A result comes with a mask of the lanes in which it is not good enough: where parts cancel that
/// are right to a few bits less than the wide reference, or underflow. `WideElementwise` has those.
struct SwiftElementwise {
  typealias V = SwiftLanes

  let value: V
  let again: SwiftLaneMask

  @inline(__always)
  init(_ value: V, again: SwiftLaneMask) {
    self.value = value
    self.again = again
  }

  /// exp is 0 below this, and clamped at `least` from below: a term of which no other number knows.
  @inline(__always) static var vanishing: Double { -746 }
  @inline(__always) static var least: Double { -700 }

  /// Part of its parts at which a difference of them is done again: errors of 2^-56 and 2^-35.
  @inline(__always)
  static func cancelling(_ wide: Bool) -> V { .all(wide ? 0.5 : 0x1p-9) }

  /// z = -|x - y|, exact in two parts, 0 for equal infinities.
  @inline(__always)
  static func distance(_ x: V, _ y: V, wide: Bool) -> SwiftLanePair {
    let d = x - y
    let isUp = d .> .all(0)
    let high = V.select(x .== y, .all(0), d.negated(where: isUp))
    if !wide { return SwiftLanePair(high, .all(0)) }
    let back = d - x
    let low = (x - (d - back)) - (y + back)
    return SwiftLanePair(
      high, low.negated(where: isUp).keeping((high .> .all(vanishing)) .& (d .== d)))
  }

  @inline(__always)
  static func exponential(_ z: SwiftLanePair, wide: Bool) -> SwiftExponential {
    SwiftExponential(.select(z.high .< .all(least), .all(least), z.high), z.low, wide: wide)
  }

  /// log(1 + exp(z)), z <= 0; 0 where exp(z) is.
  @inline(__always)
  static func softplus(_ z: SwiftLanePair, wide: Bool) -> SwiftLanePair {
    let e = exponential(z, wide: wide).value
    let one = V.all(1)
    let sum = one + e.high
    let rest = (e.high - (sum - one)) + e.low
    var l = swiftLog(sum, rest, wide: wide)
    if wide {
      // A small e keeps its low part in e - e^2 / 2 + e^3 / 3.
      let half = V.all(0.5) - e.high * .all(1 / 3.0)
      let small = SwiftLanePair(e.high, e.low - e.high * e.high * half)
      l = .select(e.high .< .all(0x1p-30), small, l)
    }
    return l.keeping(.!(z.high .< .all(vanishing)))
  }

  /// True where a term is subnormal beside something so small that it shows.
  @inline(__always)
  static func isSubnormal(_ z: V, beside m: V) -> SwiftLaneMask {
    (z .< .all(least)) .& (z .> .all(vanishing)) .& (m.absolute .< .all(0x1p-900))
  }

  // MARK: - Sums and differences

  @inline(__always)
  static func logAddExp(_ x: V, _ y: V, wide: Bool) -> SwiftElementwise {
    let m = V.select(x .> y, x, y)
    let z = distance(x, y, wide: wide)
    let g = softplus(z, wide: wide)
    let value = g.rounded(adding: m)
    let cancels = (m .< .all(0)) .& (value.absolute .< cancelling(wide) * g.high)
    return SwiftElementwise(
      value, again: wide ? cancels .| isSubnormal(z.high, beside: m) : cancels)
  }

  @inline(__always)
  static func logAddExp2(_ x: V, _ y: V, wide: Bool) -> SwiftElementwise {
    let m = V.select(x .> y, x, y)
    let d = distance(x, y, wide: true)
    let isFar = d.high .< .all(-1080)
    let near = SwiftLanePair(V.select(isFar, .all(-1080), d.high), d.low)
    let z = near * SwiftLanePair(.all(Constants.f64Ln2Hi), .all(Constants.f64Ln2Lo))
    let inverse = SwiftLanePair(.all(Constants.f64Log2eHi), .all(Constants.f64Log2eLo))
    let g = softplus(z, wide: true) * inverse
    let value = g.rounded(adding: m)
    // With the errors of two more products.
    let cancels = (m .< .all(0)) .& (value.absolute .< .all(0.75) * g.high)
    return SwiftElementwise(value, again: cancels .| isSubnormal(z.high, beside: m))
  }

  @inline(__always)
  static func logSubtractExp(_ x: V, _ y: V, wide: Bool) -> SwiftElementwise {
    let d = distance(x, y, wide: wide)
    let isValid = x .> y
    let isFar = d.high .< .all(vanishing)
    let e = exponential(d.keeping(isValid), wide: wide)
    let value = e.value
    // 1 - e, near z = 0 from e^z - 1.
    let isNear = e.scale .== .all(1)
    let sum = V.all(1) - value.high
    let rest = ((V.all(1) - sum) - value.high) - value.low
    let miss = SwiftLanePair.select(
      isNear, SwiftLanePair(V.all(0) - e.high, V.all(0) - e.low), SwiftLanePair(sum, rest))
    let l = swiftLog(miss.high, miss.low, wide: wide).keeping(.!isFar)
    let result = l.rounded(adding: x)
    let cancels = (x .> .all(0)) .& (result.absolute .< cancelling(wide) * l.high.absolute)
    let again = cancels .| (miss.high .< .all(0x1p-1000)) .| isSubnormal(d.high, beside: x)
    let equal = V.select((x .== y) .& (x .< .all(.infinity)), .all(-.infinity), .all(.nan))
    return SwiftElementwise(.select(isValid, result, equal), again: again .& isValid)
  }

  // MARK: - Logistic functions

  @inline(__always)
  static func logistic(_ x: V, wide: Bool) -> SwiftElementwise {
    let z = SwiftLanePair(V.all(0) - x.absolute, .all(0))
    let e = exponential(z, wide: wide).value.keeping(.!(z.high .< .all(vanishing)))
    let one = V.all(1)
    let isUp = x .>= .all(0)
    let top = SwiftLanePair(.select(isUp, one, e.high), e.low.keeping(.!isUp))
    let sum = one + e.high
    if !wide { return SwiftElementwise(top.high / sum, again: x .< x) }
    let bottom = SwiftLanePair(sum, (e.high - (sum - one)) + e.low)
    let quotient = top / bottom
    return SwiftElementwise(
      quotient.high + quotient.low, again: (x .< .all(least)) .& (x .> .all(vanishing)))
  }

  /// log(p / (1 - p)): near 1/2 as log(1 + (2 p - 1) / (1 - p)), where 2 p - 1 is exact.
  @inline(__always)
  static func logit(_ p: V) -> SwiftElementwise {
    let one = V.all(1)
    let isMiddle = (p .> .all(0.25)) .& (p .< .all(0.75))
    let rest = one - p
    let bottom = SwiftLanePair(rest, (one - rest) - p)
    let top = V.select(isMiddle, (p - .all(0.5)) + (p - .all(0.5)), p)
    let h = SwiftLanePair(top, .all(0)) / bottom
    let sum = SwiftLanePair(sum: one, h.high)
    let y = SwiftLanePair.select(isMiddle, SwiftLanePair(sum.high, sum.low + h.low), h)
    let l = swiftLog(y.high, y.low, wide: true)
    let isInside = (p .> .all(0)) .& (p .< one)
    let ends = V.select(
      p .== .all(0), .all(-.infinity), V.select(p .== one, .all(.infinity), .all(.nan)))
    return SwiftElementwise(
      .select(isInside, l.high + l.low, ends), again: isInside .& (p .< .all(0x1p-1000)))
  }

  /// log((exp(x) + exp(-x)) / 2), a = |x|, e = exp(-a): up to 1 as log(1 + (1 - e)^2 / (2 e)), beyond as
  /// a + log((1 + e^2) / 2).
  @inline(__always)
  static func logCosh(_ x: V) -> SwiftElementwise {
    let one = V.all(1)
    let a = x.absolute
    let e = exponential(SwiftLanePair(V.all(0) - a, .all(0)), wide: true)
    let value = e.value
    let isSmall = a .< one
    // 1 - e
    let isNear = e.scale .== one
    let difference = one - value.high
    let differenceRest = ((one - difference) - value.high) - value.low
    let miss = SwiftLanePair.select(
      isNear, SwiftLanePair(e.high, e.low), SwiftLanePair(difference, differenceRest))
    let h = (miss * miss) / SwiftLanePair(value.high + value.high, value.low + value.low)
    let sum = SwiftLanePair(sum: one, h.high)
    let square = value * value
    let half = V.all(0.5)
    let large = SwiftLanePair(sum: half, half * square.high)
    let y = SwiftLanePair.select(
      isSmall, SwiftLanePair(sum.high, sum.low + h.low),
      SwiftLanePair(large.high, large.low + half * square.low))
    let l = swiftLog(y.high, y.low, wide: true)
    let again = (a .< .all(0x1p-400)) .& (a .> .all(0))
    return SwiftElementwise(
      l.rounded(adding: V.select(isSmall, .all(0), a)), again: again)
  }

  // MARK: - Mixtures and entropies

  /// m + log(1 + w expm1(z)), m the larger of a and b, w the weight of the other.
  @inline(__always)
  static func logMix(_ theta: V, _ a: V, _ b: V) -> SwiftElementwise {
    let one = V.all(1)
    let isFirst = a .> b
    let m = V.select(isFirst, a, b)
    let z = distance(a, b, wide: true)
    let e = exponential(z, wide: true)
    let value = e.value.keeping(.!(z.high .< .all(vanishing)))
    let other = SwiftLanePair(sum: one, V.all(0) - theta)
    let mine = SwiftLanePair(theta, .all(0))
    let w = SwiftLanePair.select(isFirst, other, mine)
    let u = SwiftLanePair.select(isFirst, mine, other)
    // 1 + w (e - 1) near 1, else u + w e
    let isNear = e.scale .== one
    let difference = SwiftLanePair(sum: value.high, V.all(-1))
    let h =
      w
      * .select(
        isNear, SwiftLanePair(e.high, e.low),
        SwiftLanePair(difference.high, difference.low + value.low))
    let sum = SwiftLanePair(sum: one, h.high)
    let term = w * value
    let whole = SwiftLanePair(sum: u.high, term.high)
    let y = SwiftLanePair.select(
      h.high .> .all(-0.5), SwiftLanePair(sum.high, sum.low + h.low),
      SwiftLanePair(whole.high, whole.low + (u.low + term.low)))
    let l = swiftLog(y.high, y.low, wide: true)
    let result = l.rounded(adding: m)
    let isInside = (theta .> .all(0)) .& (theta .< one)
    let cancels = (m .> .all(0)) .& (result.absolute .< .all(0.25) * l.high.absolute)
    // Weights of which the parts underflow, and ends, by themselves.
    let extreme =
      (theta .< .all(0x1p-400)) .| (y.high .< .all(0x1p-400))
      .| ((h.high .> .all(-0x1p-400)) .& (h.high .< .all(0)))
    let isEnd = (theta .== .all(0)) .| (theta .== one)
    let finite = (m.absolute .< .all(.infinity)) .| (a .!= a) .| (b .!= b)
    return SwiftElementwise(
      .select(isInside, result, .all(.nan)),
      again: (isInside .& finite .& (cancels .| extreme)) .| isEnd)
  }

  /// x log(y), 0 for x = 0 unless y is NaN.
  @inline(__always)
  static func xLogY(_ x: V, _ y: V) -> SwiftElementwise {
    product(x, swiftLog(y, .all(0), wide: true), of: y, zero: 0)
  }

  /// x log(1 + y), 0 for x = 0 unless y is NaN.
  @inline(__always)
  static func xLog1pY(_ x: V, _ y: V) -> SwiftElementwise {
    let sum = SwiftLanePair(sum: .all(1), y)
    let isFinite = y .< .all(.infinity)
    let l = swiftLog(
      .select(isFinite, sum.high, y), sum.low.keeping(isFinite), wide: true)
    return product(x, l, of: y, zero: -1)
  }

  /// x times a logarithm that is -inf at `zero` and inf at inf.
  @inline(__always)
  private static func product(
    _ x: V, _ l: SwiftLanePair, of y: V, zero: Double
  ) -> SwiftElementwise {
    // Parts of x that are out of range for the exact product, or arguments for the logarithm.
    let isOrdinary =
      (y .> .all(zero == 0 ? 0x1p-1000 : -1)) .& (y .< .all(.infinity))
      .& ((y .< .all(-0x1p-400)) .| (y .> .all(0x1p-400)))
      .& (x.absolute .> .all(0x1p-400)) .& (x.absolute .< .all(0x1p900))
    let p = SwiftLanePair(x, .all(0)) * l
    return SwiftElementwise(p.high + p.low, again: .!isOrdinary)
  }
}
