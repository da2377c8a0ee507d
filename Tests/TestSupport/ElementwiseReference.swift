/// The elementwise functions of finite numbers, right to about 2^-100: the wide reference.
public enum ElementwiseReference {
  private static let ln2 = Twofold(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)

  /// log(y), y > 0, right relative to itself unless y is within 2^-50 of 1 by its low part alone.
  public static func log(_ y: Twofold) -> Twofold {
    let k = y.high > 0.7 && y.high < 1.5 ? 0 : Int(y.high.exponent)
    let half = k / 2
    let m = y.scaled(by: -half).scaled(by: half - k)
    return Twofold(Double(k)) * ln2 + Twofold.log(onePlus: m - Twofold(1))
  }

  /// m + log(1 + 2^exponent e), the exponential perhaps far out of a Double's range.
  private static func adding<T>(
    _ m: Twofold, _ e: (value: Twofold, exponent: Int), sign: Double = 1,
    times factor: Twofold? = nil
  ) -> Exact<T> {
    if e.exponent < -900 {
      let l = Twofold(sign) * e.value * (factor ?? Twofold(1))
      if m.high == 0 { return Exact(l, exponent: e.exponent) }
      // Both times 2^900, m then being as large.
      if m.high.magnitude < 0x1p-800 {
        return Exact(m.scaled(by: 1000) + l.scaled(by: e.exponent + 1000), exponent: -1000)
      }
      return Exact(m)
    }
    let l = Twofold.log(onePlus: Twofold(sign) * e.value.scaled(by: e.exponent))
    return Exact(m + l * (factor ?? Twofold(1)))
  }

  public static func logAddExp<T>(_ x: Double, _ y: Double) -> Exact<T> {
    let m = max(x, y)
    return adding(Twofold(m), Twofold.exp(Twofold.sum(min(x, y), -m)))
  }

  public static func logAddExp2<T>(_ x: Double, _ y: Double) -> Exact<T> {
    let m = max(x, y)
    return adding(
      Twofold(m), Twofold.exp(Twofold.sum(min(x, y), -m) * ln2), times: Twofold(1) / ln2)
  }

  /// x > y.
  public static func logSubtractExp<T>(_ x: Double, _ y: Double) -> Exact<T> {
    let z = Twofold.sum(y, -x)
    if z.high.magnitude < 0x1p-900 { return Exact(Twofold(x) + log(-z)) }
    if z.high > -0.7 { return Exact(Twofold(x) + log(-Twofold.expMinusOne(z))) }
    return adding(Twofold(x), Twofold.exp(z), sign: -1)
  }

  public static func logistic<T>(_ x: Double) -> Exact<T> {
    if x < -800 { return Exact(Twofold(0)) }
    let e = Twofold.exp(Twofold(-x.magnitude))
    let small = e.exponent < -200 ? Twofold(0) : e.value.scaled(by: e.exponent)
    let bottom = Twofold(1) + small
    return x < 0
      ? Exact(e.value / bottom, exponent: e.exponent) : Exact(Twofold(1) / bottom)
  }

  public static func logit<T>(_ p: Double) -> Exact<T> {
    if p > 0.25 && p < 0.75 {
      let h = Twofold(2 * p - 1) / Twofold.sum(1, -p)
      return Exact(h.high > -0.5 ? Twofold.log(onePlus: h) : log(Twofold(1) + h))
    }
    return Exact(log(Twofold(p)) - log(Twofold.sum(1, -p)))
  }

  /// |x| >= 2^-400.
  public static func logCosh<T>(_ x: Double) -> Exact<T> {
    let a = x.magnitude
    if a < 1 {
      let e = Twofold.exp(Twofold(a))
      let m = Twofold.expMinusOne(Twofold(a))
      return Exact(
        Twofold.log(onePlus: m * m / (Twofold(2) * e.value.scaled(by: e.exponent))))
    }
    let e = Twofold.exp(Twofold(-2 * a))
    let small = e.exponent < -200 ? Twofold(0) : e.value.scaled(by: e.exponent)
    return Exact(Twofold(a) - ln2 + Twofold.log(onePlus: small))
  }

  /// 0 < theta < 1.
  public static func logMix<T>(_ theta: Double, _ a: Double, _ b: Double) -> Exact<T> {
    let x = Twofold(a) + log(Twofold(theta))
    let y = Twofold(b) + log(Twofold.sum(1, -theta))
    let (m, least) = x.high > y.high ? (x, y) : (y, x)
    return adding(m, Twofold.exp(least - m))
  }

  public static func xLogY<T>(_ x: Double, _ y: Double) -> Exact<T> {
    Exact(Twofold(x) * log(Twofold(y)))
  }

  public static func xLog1pY<T>(_ x: Double, _ y: Double) -> Exact<T> {
    if y.magnitude < 0x1p-120 { return Exact(Twofold.product(x, y)) }
    return Exact(
      Twofold(x) * (y < -0.5 ? log(Twofold.sum(1, y)) : Twofold.log(onePlus: Twofold(y))))
  }
}
