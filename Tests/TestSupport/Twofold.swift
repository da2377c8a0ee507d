import Foundation

/// A real number as the unevaluated sum of two Doubles, good to about 2^-104: the arithmetic of the
/// wide reference. Written apart from the library's own, so that neither hides the other's faults.
public struct Twofold: Sendable {
  public var high: Double
  public var low: Double

  public init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// The sum of two Doubles, exactly.
  public static func sum(_ a: Double, _ b: Double) -> Twofold {
    let s = a + b
    let aPart = s - b
    let bPart = s - aPart
    return Twofold(s, (a - aPart) + (b - bPart))
  }

  /// The product of two Doubles, exactly unless it underflows.
  public static func product(_ a: Double, _ b: Double) -> Twofold {
    let p = a * b
    return Twofold(p, (-p).addingProduct(a, b))
  }

  public static prefix func - (a: Twofold) -> Twofold { Twofold(-a.high, -a.low) }

  public static func + (a: Twofold, b: Twofold) -> Twofold {
    let highs = sum(a.high, b.high)
    let lows = sum(a.low, b.low)
    let first = sum(highs.high, highs.low + lows.high)
    return sum(first.high, first.low + lows.low)
  }

  public static func - (a: Twofold, b: Twofold) -> Twofold { a + -b }

  public static func * (a: Twofold, b: Twofold) -> Twofold {
    let p = product(a.high, b.high)
    return sum(p.high, p.low + (a.high * b.low + a.low * b.high))
  }

  /// Long division: each quotient digit is a Double.
  public static func / (a: Twofold, b: Twofold) -> Twofold {
    let q1 = a.high / b.high
    let r1 = a - b * Twofold(q1)
    let q2 = r1.high / b.high
    let r2 = r1 - b * Twofold(q2)
    return sum(q1, q2) + Twofold(r2.high / b.high)
  }

  /// The number times 2^n; exact unless it underflows.
  public func scaled(by n: Int) -> Twofold {
    Twofold(scalbn(high, n), scalbn(low, n))
  }
}

// MARK: - Exponential and logarithm

extension Twofold {
  /// ln 2 in three parts.
  private static let ln2 = (0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56, 0x1.7b57a079a1934p-111)

  /// e^z = 2^exponent (table + table p) with table = 2^(j / 32) and p = e^r - 1, |r| <= ln 2 / 64.
  private static func reduced(_ z: Twofold) -> (table: Twofold, p: Twofold, exponent: Int) {
    let n = (z.high * 32 / ln2.0).rounded()
    let r =
      z - product(n / 32, ln2.0) - product(n / 32, ln2.1) - Twofold(n / 32 * ln2.2)
    // Taylor: from the eighth term on a Double is enough.
    var tail = 1.0
    for k in stride(from: 15.0, through: 8, by: -1) { tail = 1 + r.high / k * tail }
    var p = Twofold(tail)
    for k in stride(from: 7.0, through: 2, by: -1) { p = Twofold(1) + r * p / Twofold(k) }
    p = r * p
    let index = Int(n) & 31
    return (powers[index], p, (Int(n) - index) / 32)
  }

  /// e^z as a number in [0.98, 2.1) and an exponent of two; 0 for z below -10,000.
  public static func exp(_ z: Twofold) -> (value: Twofold, exponent: Int) {
    if z.high < -10_000 { return (Twofold(0), 0) }
    let (table, p, exponent) = reduced(z)
    return (table + table * p, exponent)
  }

  /// e^z - 1, right relative to itself.
  public static func expMinusOne(_ z: Twofold) -> Twofold {
    let (table, p, exponent) = reduced(z)
    if exponent == 0 && table.high == 1 { return p }
    return (table + table * p).scaled(by: exponent) - Twofold(1)
  }

  /// log(1 + s) for s >= 0, right relative to itself: one step of Newton's method from the Double.
  public static func log(onePlus s: Twofold) -> Twofold {
    let y = Twofold(log1p(s.high))
    let inverse = exp(-y)
    let c = (s - expMinusOne(y)) * inverse.value.scaled(by: inverse.exponent)
    return y + (c - Twofold(0.5 * c.high * c.high))
  }
}
