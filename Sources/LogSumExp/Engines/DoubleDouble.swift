/// A number as the unevaluated sum of two Doubles, about 2^-104 precise: for the few rows that Double
/// cannot do. Formulas: Dekker 1971, Knuth's TwoSum; Joldes, Muller and Popescu (2017) for the bounds.
struct DoubleDouble {
  var high: Double
  var low: Double

  @inline(__always)
  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// The number rounded to Double.
  @inline(__always)
  var value: Double { high + low }

  /// log 2.
  static var ln2: DoubleDouble { DoubleDouble(Constants.f64Ln2Hi, Constants.f64Ln2Lo) }

  /// a + b exactly.
  @inline(__always)
  static func sum(_ a: Double, _ b: Double) -> DoubleDouble {
    let s = a + b
    let bb = s - a
    return DoubleDouble(s, (a - (s - bb)) + (b - bb))
  }

  /// a b exactly.
  @inline(__always)
  static func product(_ a: Double, _ b: Double) -> DoubleDouble {
    let p = a * b
    return DoubleDouble(p, (-p).addingProduct(a, b))
  }

  /// high + low again in two parts that do not overlap, for |low| below |high|.
  @inline(__always)
  private static func renormalised(_ high: Double, _ low: Double) -> DoubleDouble {
    let s = high + low
    return DoubleDouble(s, low - (s - high))
  }

  static func + (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let s = sum(a.high, b.high)
    let t = sum(a.low, b.low)
    let u = renormalised(s.high, s.low + t.high)
    return renormalised(u.high, u.low + t.low)
  }

  static func - (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    a + DoubleDouble(-b.high, -b.low)
  }

  static func * (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let p = product(a.high, b.high)
    return renormalised(p.high, p.low + (a.high * b.low + a.low * b.high))
  }

  static func / (a: DoubleDouble, b: DoubleDouble) -> DoubleDouble {
    let q = a.high / b.high
    let r = a - b * DoubleDouble(q)
    let q2 = r.high / b.high
    let r2 = r - b * DoubleDouble(q2)
    return renormalised(q, q2) + DoubleDouble(r2.high / b.high)
  }

  /// exp of a number up to 1: to 2^-100, below -690 to the accuracy of Double.
  ///
  /// z = n ln 2 + 64 r with ln 2 in three parts and |r| < 0.0055; expm1(r) by its series, the first six
  /// terms in two parts and the rest (below 2^-52 of the result) in Double; then expm1(2 r) =
  /// expm1(r) (2 + expm1(r)) six times.
  static func exp(_ z: DoubleDouble) -> DoubleDouble {
    if z.high < -690 { return DoubleDouble(plainExp(z.high) * (1 + z.low)) }
    let (n, e) = reduced(z)
    let y = DoubleDouble(1) + e
    let power = Double(sign: .plus, exponent: Int(n), significand: 1)
    return DoubleDouble(y.high * power, y.low * power)
  }

  /// exp of a number from -690 to 690, to 2^-70 and quickly.
  ///
  /// z = (16 k + j) ln(2) / 16 + r, |r| < 0.022: 2^k T_j (1 + p), p = r + r^2 / 2 in two parts and the rest of
  /// the series, below 2^-19, in Double.
  static func shortExp(_ z: DoubleDouble) -> DoubleDouble {
    let magic = 0x1.8p48
    let t = z.high * Constants.f64Log2eHi + magic
    let n = t - magic
    let a = z.high - n * Constants.f64Ln2SplitHi  // exact
    let r = sum(a, -n * Constants.f64Ln2SplitLo)
    let x = r.high
    var tail = x * (1.0 / 3_628_800) + 1.0 / 362_880
    tail = tail * x + 1.0 / 40_320
    tail = tail * x + 1.0 / 5040
    tail = tail * x + 1.0 / 720
    tail = tail * x + 1.0 / 120
    tail = tail * x + 1.0 / 24
    tail = tail * x + 1.0 / 6
    let square = product(x, 0.5 * x)
    let first = sum(x, square.high)
    let low = first.low + (square.low + (r.low + z.low) * (1 + first.high) + x * x * x * tail)
    // T_j = high (1 + rest), the bits of high less j / 16 in the table.
    let j = Int(truncatingIfNeeded: t.bitPattern & 15)
    let high = Double(bitPattern: Constants.f64Table16Bits[j].bitPattern &+ t.bitPattern << 48)
    let p = product(high, first.high)
    let whole = sum(high, p.high)
    let rest = low + Constants.f64Table16Rest[j] * (1 + first.high)
    return renormalised(whole.high, whole.low + (p.low + high * rest))
  }

  /// exp(z) - 1 for z from -690 to 1, right relative to itself.
  static func expMinusOne(_ z: DoubleDouble) -> DoubleDouble {
    if z.high.magnitude < 0x1p-110 { return z }
    let (n, e) = reduced(z)
    return n == 0 ? e : exp(z) - DoubleDouble(1)
  }

  /// n and exp(z - n ln 2) - 1.
  private static func reduced(_ z: DoubleDouble) -> (n: Double, e: DoubleDouble) {
    let n = (z.high * 0x1.71547652b82fep0 + 0x1.8p52) - 0x1.8p52
    var r = DoubleDouble(z.high) - product(n, 0x1.62e42fefa39efp-1)
    r = r - product(n, 0x1.abc9e3b39803fp-56)
    r = r + sum(z.low, -n * 0x1.7b57a079a1934p-111)
    r = DoubleDouble(r.high * 0x1p-6, r.low * 0x1p-6)
    let x = r.high
    // 1/7! + x/8! + ... + x^5/12!
    var tail = 0x1.1eed8eff8d898p-29 * x + 0x1.ae64567f544e4p-26
    tail = tail * x + 0x1.27e4fb7789f5cp-22
    tail = tail * x + 0x1.71de3a556c734p-19
    tail = tail * x + 0x1.a01a01a01a01ap-16
    tail = tail * x + 0x1.a01a01a01a01ap-13
    var e = DoubleDouble(tail)
    for k in 0..<6 { e = inverseFactorials[k] + r * e }
    e = r * e
    for _ in 0..<6 { e = e * (DoubleDouble(2) + e) }
    return (n, e)
  }

  /// 1/6!, 1/5!, ..., 1/1!.
  private static let inverseFactorials: InlineArray<6, DoubleDouble> = [
    DoubleDouble(0x1.6c16c16c16c17p-10, -0x1.f49f49f49f49fp-65),
    DoubleDouble(0x1.1111111111111p-7, 0x1.1111111111111p-63),
    DoubleDouble(0x1.5555555555555p-5, 0x1.5555555555555p-59),
    DoubleDouble(0x1.5555555555555p-3, 0x1.5555555555555p-57),
    DoubleDouble(0.5),
    DoubleDouble(1),
  ]

  /// log(1 + r) for r from above -1 to 2^1000: for small r by its series, else by one step of Newton's
  /// method from the Double's.
  static func log1p(_ r: DoubleDouble) -> DoubleDouble {
    if r.high.magnitude < 0x1p-30 {
      return r - r * r * (DoubleDouble(0.5) - r * DoubleDouble(1.0 / 3))
    }
    let s = DoubleDouble(1) + r
    let y = plainLog(s.high)
    let e = s * exp(DoubleDouble(-y)) - DoubleDouble(1)
    return DoubleDouble(y) + (e - DoubleDouble(0.5 * e.high * e.high))
  }

  /// log(y) for y from 2^-900 to 2^900, to an absolute error of 2^-70 and quickly.
  static func shortLog(_ y: DoubleDouble) -> DoubleDouble {
    let first = plainLog(y.high)
    // y / exp(first) - 1, about 2^-53.
    let inverse = shortExp(DoubleDouble(-first))
    let p = product(y.high, inverse.high)
    return DoubleDouble(
      first, (p.high - 1) + (p.low + (y.high * inverse.low + y.low * inverse.high)))
  }

  /// log(y) for a positive y, away from 1: to 2^-100 of the result.
  static func log(_ y: DoubleDouble) -> DoubleDouble {
    // y = 2^k m, so that the exponential of -log(m) is near 1.
    let k = Double(y.high.exponent)
    let m = DoubleDouble(
      y.high.significand, y.low == 0 ? 0 : y.low / y.high * y.high.significand)
    let first = plainLog(m.high)
    let e = m * exp(DoubleDouble(-first)) - DoubleDouble(1)
    let log = DoubleDouble(first) + (e - DoubleDouble(0.5 * e.high * e.high))
    return product(k, 0x1.62e42fefa39efp-1) + product(k, 0x1.abc9e3b39803fp-56) + log
  }
}
