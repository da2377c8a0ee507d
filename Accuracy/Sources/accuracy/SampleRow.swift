import LogSumExp
import TestSupport

/// One row of a family with what operations take beside its elements.
struct SampleRow<T: MeasuredScalar> {
  let draw: Int
  let elements: [T]
  let temperature: Double
  /// Weights of both signs.
  let weights: [T]
  /// A column, in every other row that of the max.
  let pick: Int
  let maximum: Double
  let reference: RowReference<T.Wide>

  /// nil where the type has no room for the family's numbers, and they become infinite.
  init?(_ work: Workload.Case, draw: Int) {
    self.draw = draw
    elements = work.family.row(T.self, count: work.length, draw: draw)
    temperature = work.temperature
    let wide = elements.map(\.wide)
    if wide.contains(where: { $0.isNaN || $0 == .infinity }) || wide.max() == -.infinity {
      return nil
    }
    let top = wide.indices.max { wide[$0] < wide[$1] }!
    maximum = Double(wide[top])
    var random = SplitMix64(seed: work.length, draw, 7)
    pick = draw % 2 == 0 ? top : Int(random.next() % UInt64(work.length))
    weights = elements.indices.map { T(Self.weight($0, kind: draw % 4, &random)) }
    reference = RowReference(wide, temperature: work.temperature)
  }

  private static func weight(_ index: Int, kind: Int, _ random: inout SplitMix64) -> Double {
    switch kind {
    case 0: random.normal()
    // Many orders of magnitude.
    case 1: random.normal() * Double(sign: .plus, exponent: Int(random.next() % 50), significand: 1)
    case 2: random.uniform() < 0.4 ? 0 : random.uniform(-1, 2)
    // Neighbours of nearly the same size: the sums cancel.
    default: (index % 2 == 0 ? 1 : -1) * (1 + random.uniform(0, 1e-3))
    }
  }

  /// T (log |sum of w exp(x / T)| - log n), and the bound that docs/semantics.md states: 1 ULP, and 2 half
  /// ULP of 1 for each T times the sum's condition. A sum that is nothing but errors is not measured.
  func weighted(_ weights: [T]?, count n: Int = 1) -> (sign: Double, expected: Expected<T.Wide>) {
    let sum = WideSum(
      elements.map { Double($0.wide) }, weights: weights?.map { Double($0.wide) },
      temperature: temperature)
    let unit = T.roundoff * temperature.magnitude * sum.condition
    if sum.logarithm == nil || unit > 0.01 * temperature.magnitude { return (0, .unmeasured) }
    let exact: Exact<T.Wide> = sum.value(count: n)
    let allowance = 1 + 2 * unit / T.ulp(Double(exact.rounded))
    return (
      sum.sign, Expected(exact, allowance: allowance, isIllConditioned: allowance > 2)
    )
  }

  /// LSE of the elements up to some columns, and the bound that `cumulativeLogSumExp` states.
  var cumulative: [Expected<T.Wide>] {
    let (bound, part) = T.isDouble ? (1.5, 0x1p-53) : (0.6, 0x1p-31)
    let step = max(1, elements.count / 16)
    var maximum = -Double.infinity
    return elements.indices.map { column in
      maximum = max(maximum, Double(elements[column].wide))
      if elements.count > 64 && column % step != step - 1 { return .unmeasured }
      let exact = RowReference.logSumExp(
        elements[...column].map(\.wide), temperature: temperature)
      let value = Double(exact.rounded)
      if !value.isFinite { return Expected(exact) }
      let cancelled = 0.5 + part * (value - maximum) / T.ulp(value)
      return Expected(
        exact, allowance: max(bound, cancelled), isIllConditioned: cancelled > bound)
    }
  }
}
