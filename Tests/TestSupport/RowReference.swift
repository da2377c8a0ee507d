/// LSE, softmax and log-softmax of one row, right to about 2^-100: the wide reference.
///
/// For rows whose max is finite; what the others give is a table (docs/semantics.md).
public struct RowReference<T: BinaryFloatingPoint & Sendable>: Sendable {
  public let logSumExp: Exact<T>
  public let softmax: [Exact<T>]
  public let logSoftmax: [Exact<T>]
  /// T log(sum of exp((x - a) / T)), a the max: what LSE adds to it.
  public let logSum: Exact<T>

  /// The reference for x / T; a negative temperature gives the soft minimum.
  public init(_ row: [T], temperature: Double = 1) {
    let sums = RowSums(row.map { Double($0) }, temperature: temperature)
    logSumExp = sums.logSumExp()
    softmax = sums.softmax()
    logSoftmax = sums.logSoftmax()
    logSum = sums.scaledLogSum()
  }

  /// LSE alone.
  public static func logSumExp(_ row: [T], temperature: Double = 1) -> Exact<T> {
    RowSums(row.map { Double($0) }, temperature: temperature).logSumExp()
  }
}

/// The exact sums of a row: z_i = (x_i - a) / |T|, e_i = exp(z_i), rest = sum of e_i without one
/// that equals 1. x is -x for T < 0.
private struct RowSums {
  let sign: Double
  let temperature: Double
  let maximum: Double
  let z: [Twofold]
  let e: [(value: Twofold, exponent: Int)]
  /// rest 2^lift; lifted where rest is so small that its low part would underflow.
  let rest: Twofold
  let lift: Int

  init(_ row: [Double], temperature signed: Double) {
    sign = signed < 0 ? -1 : 1
    let sign = sign
    let temperature = signed.magnitude
    self.temperature = temperature
    let x = row.map { sign * $0 }
    let maximum = x.max() ?? -.infinity
    self.maximum = maximum
    let z = x.map { Self.quotient($0, maximum, temperature) }
    self.z = z
    let e = z.map { Twofold.exp($0) }
    self.e = e

    let largest = z.lazy.map(\.high).filter { $0 < 0 }.max() ?? -.infinity
    let ties = z.lazy.filter { $0.high == 0 }.count
    let lift = ties == 1 && largest < -300 && largest > -10_000 ? 600 : 0
    self.lift = lift
    var sum = Accumulator()
    for (z, e) in zip(z, e) where z.high < 0 { sum.add(e.value.scaled(by: e.exponent + lift)) }
    sum.add(Twofold(Double(ties - 1)))
    rest = sum.total
  }

  /// (x - a) / T.
  private static func quotient(_ x: Double, _ a: Double, _ temperature: Double) -> Twofold {
    if x == a { return Twofold(0) }
    let difference = Twofold.sum(x, -a)
    if difference.high.isFinite {
      if temperature == 1 { return difference }
      let z = difference / Twofold(temperature)
      if z.high.isFinite && z.low.isFinite { return z }
      return Twofold(difference.high / temperature)
    }
    let quarter = Twofold.sum(x / 4, -a / 4) / Twofold(temperature)
    let z = quarter.scaled(by: 2)
    return z.high.isFinite && z.low.isFinite ? z : Twofold(-.infinity)
  }

  /// log(1 + rest) 2^lift.
  private var logSum: Twofold { lift == 0 ? Twofold.log(onePlus: rest) : rest }

  func logSumExp<T>() -> Exact<T> {
    if maximum == -.infinity { return Exact(Twofold(-sign * .infinity)) }
    let log = Twofold(temperature) * logSum
    if !log.high.isFinite { return Exact(Twofold(sign * log.high)) }
    if lift == 0 || maximum.magnitude > 0x1p-300 {
      let sum = Twofold(maximum) + log.scaled(by: -lift)
      return Exact(sign < 0 ? -sum : sum)
    }
    let sum = Twofold(maximum).scaled(by: lift) + log
    return Exact(sign < 0 ? -sum : sum, exponent: -lift)
  }

  func scaledLogSum<T>() -> Exact<T> {
    let log = Twofold(sign * temperature) * logSum
    return Exact(log, exponent: -lift)
  }

  func softmax<T>() -> [Exact<T>] {
    let total = lift == 0 ? Twofold(1) + rest : Twofold(1)
    return e.map { e in Exact(e.value / total, exponent: e.exponent) }
  }

  func logSoftmax<T>() -> [Exact<T>] {
    let log = logSum
    return z.map { z in
      if z.high == 0 { return Exact(-log, exponent: -lift) }
      if !z.high.isFinite || lift != 0 { return Exact(z) }
      return Exact(z - log)
    }
  }
}

/// A sum in three Doubles, so that adding many terms loses nothing that two can hold.
private struct Accumulator {
  private var parts = (0.0, 0.0, 0.0)

  mutating func add(_ term: Twofold) {
    for x in [term.low, term.high] {
      let first = Twofold.sum(parts.0, x)
      let second = Twofold.sum(parts.1, first.low)
      parts = (first.high, second.high, parts.2 + second.low)
    }
  }

  var total: Twofold { Twofold(parts.0) + (Twofold(parts.1) + Twofold(parts.2)) }
}
