import Foundation

/// A weighted sum of exps, S = sum of w_i exp(x_i / T), right to about 2^-100 of its largest term: the
/// wide reference of weighted sums and means. For finite weights, and x that is finite or a term of 0.
public struct WideSum: Sendable {
  /// The x of the greatest term, about, and log |S exp(-x / T)|; nil where the terms cancel altogether,
  /// or there are none.
  private let top: Double
  public let logarithm: Twofold?
  private let temperature: Double
  /// 1, -1 or 0.
  public let sign: Double
  /// sum of |w_i| exp(x_i / T) (1 + (a - x_i) / T) over |S|, a the max of x: by how much errors of the
  /// terms, and of their distances from the max, grow in S.
  public let condition: Double

  /// - Parameter weights: nil for all 1.
  public init(_ x: [Double], weights: [Double]? = nil, temperature: Double = 1) {
    self.temperature = temperature
    let zero = temperature < 0 ? Double.infinity : -.infinity
    let terms = zip(x, weights ?? x.map { _ in 1 }).filter { $1 != 0 && $0 != zero }
    let greatest = terms.max {
      ($0.0 - $1.0) / temperature + (log($0.1.magnitude) - log($1.1.magnitude)) < 0
    }
    let (top, power) = (greatest?.0 ?? 0, Int(greatest?.1.exponent ?? 0))
    self.top = top
    let maximum = terms.map { $0.0 }.max { $0 / temperature < $1 / temperature } ?? 0
    var sum = Twofold(0)
    var size = 0.0
    for (x, w) in terms {
      let difference = Twofold.sum(x, -top)
      let z = temperature == 1 ? difference : difference / Twofold(temperature)
      if !(z.high > -10_000) { continue }
      let e = Twofold.exp(z)
      let exponent = e.exponent + Int(w.exponent) - power
      let term = (e.value * Twofold(w.significand)).scaled(by: max(-3000, exponent))
      sum = w < 0 ? sum - term : sum + term
      size += term.high * (1 + (maximum - x) / temperature)
    }
    if sum.high == 0 {
      (logarithm, sign, condition) = (nil, 0, .infinity)
      return
    }
    sign = sum.high < 0 ? -1 : 1
    let magnitude = sign < 0 ? -sum : sum
    condition = size / magnitude.high
    logarithm = Twofold.log(magnitude) + Twofold(Double(power)) * Twofold.log2
  }

  /// T (log |S| - log n).
  public func value<T: BinaryFloatingPoint & Sendable>(count n: Int = 1) -> Exact<T> {
    guard let logarithm else { return Exact(Twofold(-temperature * .infinity)) }
    let log = n == 1 ? logarithm : logarithm - Twofold.log(Twofold(Double(n)))
    return Exact(Twofold(top) + Twofold(temperature) * log)
  }
}

extension Twofold {
  /// log 2.
  fileprivate static let log2 = Twofold(0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56)

  /// The natural logarithm of a positive number.
  public static func log(_ x: Twofold) -> Twofold {
    // x = 2^k m with m in [3/4, 3/2), where the logarithm of m cancels none of k log 2.
    var k = Int(x.high.exponent)
    if x.high.significand >= 1.5 { k += 1 }
    let m = x.scaled(by: -k)
    return log(onePlus: m - Twofold(1)) + Twofold(Double(k)) * log2
  }
}
