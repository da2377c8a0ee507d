/// Elementwise functions where their parts cancel, or underflow: in pairs of Doubles, about 2^-100
/// precise. Few numbers come here, and none of them is NaN or, unless it says so, infinite. Where
/// 2^-70 is enough, the shorter exponential and logarithm do.
enum WideElementwise {
  /// m + l, l right to 2^-70, unless that is too small for it.
  @inline(__always)
  private static func short(_ m: Double, _ l: DoubleDouble) -> Double? {
    let sum = DoubleDouble.sum(m, l.high)
    let value = sum.high + (sum.low + l.low)
    return value.magnitude > 0x1p-14 ? value : nil
  }

  /// log(1 + exp(z)) to 2^-70.
  @inline(__always)
  private static func shortSoftplus(_ z: DoubleDouble) -> DoubleDouble {
    let e = DoubleDouble.shortExp(z)
    let sum = DoubleDouble.sum(1, e.high)
    return DoubleDouble.shortLog(DoubleDouble(sum.high, sum.low + e.low))
  }

  /// log(exp(x) + exp(y)).
  @inline(never)
  static func logAddExp(_ x: Double, _ y: Double) -> Double {
    let m = max(x, y)
    let z = DoubleDouble.sum(min(x, y), -m)
    if z.high > -690, let value = short(m, shortSoftplus(z)) { return value }
    if z.high < -690 && m.magnitude < 0x1p-900 { return subnormal(m, z) }
    return (DoubleDouble(m) + softplus(z)).value
  }

  /// log2(2^x + 2^y).
  @inline(never)
  static func logAddExp2(_ x: Double, _ y: Double) -> Double {
    let m = max(x, y)
    let z = DoubleDouble.sum(min(x, y), -m) * DoubleDouble.ln2
    if z.high > -690 {
      let l = shortSoftplus(z)
      let p = DoubleDouble.product(l.high, Constants.f64Log2eHi)
      let low = l.low * Constants.f64Log2eHi + l.high * Constants.f64Log2eLo
      if let value = short(m, DoubleDouble(p.high, p.low + low)) { return value }
    }
    let g = softplus(z)
    if g.high.magnitude < 0x1p-900 { return m + g.high * 0x1.71547652b82fep0 }
    return (DoubleDouble(m) + g / DoubleDouble.ln2).value
  }

  /// log(exp(x) - exp(y)) for x > y.
  @inline(never)
  static func logSubtractExp(_ x: Double, _ y: Double) -> Double {
    let z = DoubleDouble.sum(y, -x)
    if z.high > -690 && z.high < -0.25 {
      let e = DoubleDouble.shortExp(z)
      let sum = DoubleDouble.sum(1, -e.high)
      let l = DoubleDouble.shortLog(DoubleDouble(sum.high, sum.low - e.low))
      if let value = short(x, l) { return value }
    }
    return (DoubleDouble(x) + logOneMinusExp(z)).value
  }

  /// exp(x) / (1 + exp(x)) where that is subnormal.
  @inline(never)
  static func logistic(_ x: Double) -> Double { plainExp(x) }

  /// log(p / (1 - p)) for a p that 1 - p does not know of.
  @inline(never)
  static func logit(_ p: Double) -> Double { DoubleDouble.log(DoubleDouble(p)).value }

  /// x^2 / 2 for a tiny x.
  @inline(never)
  static func logCosh(_ x: Double) -> Double { x * (x * 0.5) }

  /// log(theta exp(a) + (1 - theta) exp(b)), theta from 0 to 1; at its ends a or b may be anything.
  @inline(never)
  static func logMix(_ theta: Double, _ a: Double, _ b: Double) -> Double {
    if theta == 0 { return b }
    if theta == 1 { return a }
    let other = DoubleDouble.sum(1, -theta)
    let (m, w, u) =
      a > b ? (a, other, DoubleDouble(theta)) : (b, DoubleDouble(theta), other)
    let z = DoubleDouble.sum(min(a, b), -m)
    if !(z.high > -690) {
      // w exp(z) = exp(z + log(w)) may be all there is of the smaller one.
      let term = DoubleDouble.log(u)
      let rest = softplus(z + DoubleDouble.log(w) - term)
      return (DoubleDouble(m) + (u.high == 1 ? logOneMinus(w) : term) + rest).value
    }
    let h = times(w, DoubleDouble.expMinusOne(z))
    if h.high > -0.5 { return (DoubleDouble(m) + DoubleDouble.log1p(h)).value }
    // Both terms 2^300 too large, so that their low parts are there.
    let up = 0x1p300
    let sum =
      DoubleDouble(u.high * up, u.low * up)
      + DoubleDouble(w.high * up, w.low * up) * DoubleDouble.exp(z)
    return (DoubleDouble(m) + (DoubleDouble.log(sum) - DoubleDouble(300) * DoubleDouble.ln2)).value
  }

  /// x log(y), with every special value.
  @inline(never)
  static func xLogY(_ x: Double, _ y: Double) -> Double {
    if x == 0 && !y.isNaN { return 0 }
    if !(y > 0) || y == .infinity { return x * (y == 0 ? -.infinity : y < 0 ? .nan : y) }
    return times(x, y == 1 ? DoubleDouble(0) : logNear1(y))
  }

  /// x log(1 + y), with every special value.
  @inline(never)
  static func xLog1pY(_ x: Double, _ y: Double) -> Double {
    if x == 0 && !y.isNaN { return 0 }
    if !(y > -1) || y == .infinity { return x * (y == -1 ? -.infinity : y < -1 ? .nan : y) }
    if y.magnitude < 0x1p-60 { return times(x, DoubleDouble(y)) }
    return times(
      x, y < -0.5 || y > 1 ? DoubleDouble.log(.sum(1, y)) : DoubleDouble.log1p(DoubleDouble(y)))
  }

  // MARK: - Parts

  /// m + exp(z) where both are so small that the low part of neither is there: 2^600 times too large first.
  private static func subnormal(_ m: Double, _ z: DoubleDouble) -> Double {
    let up = DoubleDouble(600) * DoubleDouble.ln2
    return (DoubleDouble(m * 0x1p600) + DoubleDouble.exp(z + up)).value * 0x1p-600
  }

  /// log(1 + exp(z)), z <= 0.
  private static func softplus(_ z: DoubleDouble) -> DoubleDouble {
    z.high > -746 ? DoubleDouble.log1p(DoubleDouble.exp(z)) : DoubleDouble(0)
  }

  /// log(1 - exp(z)), z < 0.
  private static func logOneMinusExp(_ z: DoubleDouble) -> DoubleDouble {
    if z.high > -0.6 {
      let y = DoubleDouble.expMinusOne(z)
      return DoubleDouble.log(DoubleDouble(-y.high, -y.low))
    }
    return z.high > -746 ? logOneMinus(DoubleDouble.exp(z)) : DoubleDouble(0)
  }

  private static func logOneMinus(_ x: DoubleDouble) -> DoubleDouble {
    if x.high > 0.5 { return DoubleDouble.log(DoubleDouble(1) - x) }
    return DoubleDouble.log1p(DoubleDouble(-x.high, -x.low))
  }

  private static func logNear1(_ y: Double) -> DoubleDouble {
    y > 0.5 && y < 2
      ? DoubleDouble.log1p(DoubleDouble(y - 1)) : DoubleDouble.log(DoubleDouble(y))
  }

  /// a b, whether or not the low part of the product is there.
  private static func times(_ a: DoubleDouble, _ b: DoubleDouble) -> DoubleDouble {
    let high = a.high * b.high
    return high.magnitude < 0x1p-900 ? DoubleDouble(high) : a * b
  }

  /// x l rounded once, x perhaps too large or too small for the parts of a product.
  private static func times(_ x: Double, _ l: DoubleDouble) -> Double {
    if l.low == 0 || !x.isFinite { return x * l.high }
    // Both factors with their exponents apart.
    let shift = x.exponent + l.high.exponent
    let power = Double(sign: .plus, exponent: -Int(l.high.exponent), significand: 1)
    let product =
      DoubleDouble(x.sign == .minus ? -x.significand : x.significand)
      * DoubleDouble(l.high * power, l.low * power)
    if shift > -1000 {
      let half = Double(sign: .plus, exponent: Int(shift) / 2, significand: 1)
      let other = Double(sign: .plus, exponent: Int(shift) - Int(shift) / 2, significand: 1)
      return product.value * half * other
    }
    return Double(sign: .plus, exponent: Int(shift), significand: product.value)
  }
}
