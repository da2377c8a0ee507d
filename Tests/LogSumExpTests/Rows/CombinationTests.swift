import LogSumExp
import TestSupport
import Testing

/// Options together: each result is what docs/semantics.md gives for the elements that take part, as
/// `Combination.rows` finds them one option after another.
@Suite("Options together")
struct CombinationTests {
  private static let seeds = 0..<(isDebug ? 60 : 400)

  @Test("against one after another", arguments: Configuration.all, ScalarType.allCases)
  func plain(configuration: Configuration, type: ScalarType) {
    for seed in Self.seeds { type.run { check(Combination(seed: seed), configuration, $0) } }
  }

  private func check<T: TestScalar>(
    _ combination: Combination, _ configuration: Configuration, _ type: T.Type
  ) {
    let input = combination.input { T($0) }
    let bias = combination.bias { T($0) }
    let options = combination.options(configuration)
    func run(_ operation: RowOperation) -> [T] {
      results(
        operation, of: input.view, mask: combination.mask, bias: bias?.view,
        selecting: combination.selection, temperature: combination.temperature, options: options)
    }
    let (lse, softmax, logSoftmax) = (run(.logSumExp), run(.softmax), run(.logSoftmax))
    let means = input.view.logMeanExp(
      mask: combination.mask, bias: bias?.view, selecting: combination.selection,
      temperature: combination.temperature, options: options)
    for (index, row) in combination.rows(T.self).enumerated() {
      let expected = Expected(row, combination)
      let places = (index * row.count)..<((index + 1) * row.count)
      let bound = { 1.5 * configuration.bound($0, T.self) }
      var isRight = expected.logSumExp.error(of: lse[index]) <= bound(.logSumExp)
      isRight =
        isRight && expected.mean.error(of: means[index]) <= expected.meanBound(configuration)
      for (exact, got) in zip(expected.softmax, softmax[places]) {
        isRight = isRight && exact.error(of: got) <= bound(.softmax)
      }
      for (exact, got) in zip(expected.logSoftmax, logSoftmax[places]) {
        isRight = isRight && exact.error(of: got) <= bound(.logSoftmax)
      }
      #expect(
        isRight,
        """
        \(T.self) \(configuration) \(combination), row \(index) \(row): \(lse[index]), not \
        \(expected.logSumExp), mean \(means[index]), not \(expected.mean), \(softmax[places]), not \
        \(expected.softmax), \(logSoftmax[places]), not \(expected.logSoftmax)
        """)
    }
  }

  @Test("weighted", arguments: Configuration.all, ScalarType.allCases)
  func weighted(configuration: Configuration, type: ScalarType) {
    for seed in Self.seeds { type.run { weighted(Combination(seed: seed), configuration, $0) } }
  }

  private func weighted<T: TestScalar>(
    _ combination: Combination, _ configuration: Configuration, _ type: T.Type
  ) {
    let (input, bias) = (combination.input { T($0) }, combination.bias { T($0) })
    let weights = combination.weights { T($0) }
    let temperature = combination.temperature
    let (values, signs) = input.view.signedLogSumExp(
      weights: .perElement(weights.view), mask: combination.mask, bias: bias?.view,
      selecting: combination.selection, temperature: temperature,
      options: combination.options(configuration))
    for (index, row) in combination.rows(T.self).enumerated() {
      let kept = row.indices.filter { row[$0] != nil && weights[index, $0] != 0 }
      let (x, w) = (kept.map { row[$0]! }, kept.map { weights[index, $0] })
      var what: String { "\(T.self) \(configuration) \(combination), row \(index): \(x), \(w)" }
      let infinity = temperature < 0 ? -T.infinity : .infinity
      let infinite = Set(zip(x, w).filter { $0.0 == infinity }.map { $0.1 < 0 ? T(-1) : 1 })
      if x.contains(where: \.isNaN) || infinite.count == 2 {
        #expect(values[index].isNaN && signs[index].isNaN, "\(what)")
      } else if let sign = infinite.first {
        #expect(values[index] == infinity && signs[index] == sign, "\(what)")
      } else {
        let wide = WideSum(
          x.map { Double($0) }, weights: w.map { Double($0) }, temperature: temperature)
        let exact: Exact<T> = wide.value()
        let bound = configuration.sumBound(wide, exact, temperature: temperature)
        let isRight =
          wide.logarithm == nil
          ? values[index] == -infinity
          : exact.error(of: values[index]) <= bound
        #expect(
          isRight && signs[index] == T(wide.sign),
          "\(what): \(values[index]), \(signs[index]), not \(exact), \(wide.sign)")
      }
    }
  }
}

/// What docs/semantics.md gives for the elements of a row that take part.
private struct Expected<T: TestScalar> {
  let logSumExp: Exact<T>
  let mean: Exact<T>
  /// The sum of an ordinary row.
  private var sum: WideSum?
  private let temperature: Double
  let softmax: [Exact<T>]
  let logSoftmax: [Exact<T>]

  init(_ row: [T?], _ combination: Combination) {
    let temperature = combination.temperature
    self.temperature = temperature
    let kept = row.compactMap { $0 }
    let sign: T = temperature < 0 ? -1 : 1
    let top = kept.map { sign * $0 }.max() ?? -.infinity
    func same(_ value: T) -> Exact<T> { Exact(Twofold(Double(value))) }
    func shares(_ takes: (T?) -> Bool) -> ([Exact<T>], [Exact<T>]) {
      let count = Double(max(1, row.count { takes($0) }))
      let (share, log) = (
        Exact<T>(Twofold(1) / Twofold(count)), Exact<T>(-Twofold.log(Twofold(count)))
      )
      return (
        row.map { takes($0) ? share : same(0) }, row.map { takes($0) ? log : same(-.infinity) }
      )
    }
    if kept.contains(where: \.isNaN) {
      (logSumExp, mean) = (same(.nan), same(.nan))
      (softmax, logSoftmax) = (row.map { _ in same(.nan) }, row.map { _ in same(.nan) })
    } else if top == -.infinity {
      logSumExp = same(-sign * .infinity)
      mean = kept.isEmpty ? same(.nan) : logSumExp
      switch combination.noMass {
      case .nan: (softmax, logSoftmax) = (row.map { _ in same(.nan) }, row.map { _ in same(.nan) })
      case .zero: (softmax, logSoftmax) = shares { _ in false }
      case .uniform: (softmax, logSoftmax) = shares { $0 != nil || kept.isEmpty }
      }
    } else if top == .infinity {
      (logSumExp, mean) = (same(sign * .infinity), same(sign * .infinity))
      if combination.infinity == .nan {
        (softmax, logSoftmax) = (row.map { _ in same(.nan) }, row.map { _ in same(.nan) })
      } else {
        (softmax, logSoftmax) = shares { $0 == sign * .infinity }
      }
    } else {
      let reference = RowReference(kept, temperature: temperature)
      logSumExp = reference.logSumExp
      let sum = WideSum(kept.map { Double($0) }, temperature: temperature)
      self.sum = sum
      mean = sum.value(count: kept.count)
      var (probabilities, logarithms) = (
        reference.softmax.makeIterator(), reference.logSoftmax.makeIterator()
      )
      softmax = row.map { $0 == nil ? same(0) : probabilities.next()! }
      logSoftmax = row.map { $0 == nil ? same(-.infinity) : logarithms.next()! }
    }
  }

  func meanBound(_ configuration: Configuration) -> Double {
    sum.map { configuration.sumBound($0, mean, temperature: temperature) } ?? 0
  }
}
