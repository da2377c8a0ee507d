import Foundation
import LogSumExp
import TestSupport
import Testing

/// A row of docs/semantics.md: what an input gives.
private struct Meaning: CustomTestStringConvertible {
  let row: [Double]
  var temperature = 1.0
  var choose: @Sendable (inout RowOptions) -> Void = { _ in }
  var logSumExp: Double?
  var softmax: [Double]?
  var logSoftmax: [Double]?

  var testDescription: String { "\(row) T=\(temperature)" }
}

/// Every line of the table, for both types, on every engine, kernel and plan; each row alone and between
/// ordinary rows, into other memory and in place.
@Suite("Semantics")
struct SemanticsTests {
  @Test("LSE", arguments: Configuration.all)
  func logSumExp(configuration: Configuration) {
    check(Self.logSumExps, configuration)
  }

  @Test("softmax and log-softmax", arguments: Configuration.all)
  func softmax(configuration: Configuration) {
    check(Self.softmaxes, configuration)
  }

  @Test("no mass: every choice", arguments: Configuration.all)
  func noMass(configuration: Configuration) {
    check(Self.massless, configuration)
  }

  @Test("+inf: every choice", arguments: Configuration.all)
  func infinity(configuration: Configuration) {
    check(Self.infinite, configuration)
  }

  @Test("skipsNaN", arguments: Configuration.all)
  func skipsNaN(configuration: Configuration) {
    check(Self.skipping, configuration)
  }

  @Test("temperature", arguments: Configuration.all)
  func temperature(configuration: Configuration) {
    check(Self.tempered, configuration)
  }

  private static let inf = Double.infinity
  private static let nan = Double.nan
  private static let ln2 = 0.6931471805599453

  private static let logSumExps = [
    Meaning(row: [], logSumExp: -inf, softmax: [], logSoftmax: []),
    Meaning(row: [0], logSumExp: 0),
    Meaning(row: [-3.5], logSumExp: -3.5),
    Meaning(row: [1e30], logSumExp: 1e30),
    Meaning(row: [-inf], logSumExp: -inf),
    Meaning(row: [-inf, -inf, -inf], logSumExp: -inf),
    Meaning(row: [-inf, 9], logSumExp: 9),
    Meaning(row: [-inf, 0, -inf, 0], logSumExp: ln2),
    Meaning(row: [inf], logSumExp: inf),
    Meaning(row: [inf, -inf], logSumExp: inf),
    Meaning(row: [inf, inf], logSumExp: inf),
    Meaning(row: [inf, 9, -1e30], logSumExp: inf),
    Meaning(row: [nan], logSumExp: nan),
    Meaning(row: [nan, 1, 2], logSumExp: nan),
    Meaning(row: [1, nan], logSumExp: nan),
    Meaning(row: [inf, nan], logSumExp: nan),
    Meaning(row: [nan, inf, -inf], logSumExp: nan),
    Meaning(row: [nan, -inf], logSumExp: nan),
    Meaning(row: [0, 0], logSumExp: ln2),
    Meaning(row: [0, -40], logSumExp: 4.248354255291589e-18),
    Meaning(row: [1000, 1000], logSumExp: 1000.6931471805599),
    Meaning(row: [-1000, -1000], logSumExp: -999.3068528194401),
    Meaning(row: [1, 2, 3], logSumExp: 3.4076059644443806),
  ]

  private static let softmaxes = [
    Meaning(row: [7], softmax: [1], logSoftmax: [0]),
    Meaning(
      row: [1, 2], softmax: [0.2689414213699951, 0.7310585786300049],
      logSoftmax: [-1.3132616875182228, -0.3132616875182228]),
    Meaning(row: [5, 5, 5, 5], softmax: [0.25, 0.25, 0.25, 0.25]),
    // A dominant element: log-softmax is -log1p(rest), not 0.
    Meaning(
      row: [0, -40], softmax: [1, 4.248354255291589e-18], logSoftmax: [-4.248354255291589e-18, -40]),
    Meaning(row: [0, -inf], softmax: [1, 0], logSoftmax: [0, -inf]),
    Meaning(
      row: [-inf, 3, 3, -inf], softmax: [0, 0.5, 0.5, 0], logSoftmax: [-inf, -ln2, -ln2, -inf]),
    Meaning(row: [1, nan, 2], softmax: [nan, nan, nan], logSoftmax: [nan, nan, nan]),
    Meaning(row: [-inf, nan], softmax: [nan, nan], logSoftmax: [nan, nan]),
    Meaning(row: [inf, nan], softmax: [nan, nan], logSoftmax: [nan, nan]),
    Meaning(row: [1e8, 1e8, 1e8], softmax: [1 / 3, 1 / 3, 1 / 3]),
    Meaning(row: [-1e30, -1e30], softmax: [0.5, 0.5], logSoftmax: [-ln2, -ln2]),
  ]

  private static let massless: [Meaning] = [
    Meaning(row: [-inf], softmax: [nan], logSoftmax: [nan]),
    Meaning(row: [-inf, -inf], softmax: [nan, nan], logSoftmax: [nan, nan]),
    Meaning(
      row: [-inf, -inf], choose: { $0.unmaskedNoMass = .nan }, softmax: [nan, nan],
      logSoftmax: [nan, nan]),
    Meaning(
      row: [-inf, -inf], choose: { $0.unmaskedNoMass = .zero }, softmax: [0, 0],
      logSoftmax: [-inf, -inf]),
    Meaning(
      row: [-inf, -inf], choose: { $0.unmaskedNoMass = .uniform }, softmax: [0.5, 0.5],
      logSoftmax: [-ln2, -ln2]),
    // No choice for rows without mass changes a row with mass, or one with NaN.
    Meaning(
      row: [-inf, 2], choose: { $0.unmaskedNoMass = .uniform }, softmax: [0, 1],
      logSoftmax: [-inf, 0]),
    Meaning(
      row: [-inf, nan], choose: { $0.unmaskedNoMass = .zero }, softmax: [nan, nan],
      logSoftmax: [nan, nan]),
    Meaning(
      row: [-inf, -inf], choose: { $0.maskedNoMass = .uniform }, softmax: [nan, nan],
      logSoftmax: [nan, nan]),
  ]

  private static let infinite: [Meaning] = [
    Meaning(row: [inf, 1], softmax: [nan, nan], logSoftmax: [nan, nan]),
    Meaning(row: [inf], softmax: [nan], logSoftmax: [nan]),
    Meaning(row: [inf], choose: { $0.infinity = .limit }, softmax: [1], logSoftmax: [0]),
    Meaning(
      row: [1, inf, -inf, 2, inf], choose: { $0.infinity = .limit },
      softmax: [0, 0.5, 0, 0, 0.5], logSoftmax: [-inf, -ln2, -inf, -inf, -ln2]),
    Meaning(
      row: [inf, nan], choose: { $0.infinity = .limit }, softmax: [nan, nan],
      logSoftmax: [nan, nan]),
    Meaning(
      row: [-inf, 3], choose: { $0.infinity = .limit }, softmax: [0, 1], logSoftmax: [-inf, 0]),
    // Negated, -inf is what dominates.
    Meaning(
      row: [1, -inf], temperature: -2, choose: { $0.infinity = .limit }, logSumExp: -inf,
      softmax: [0, 1], logSoftmax: [-inf, 0]),
  ]

  private static let skipping: [Meaning] = [
    Meaning(
      row: [nan, 1, nan, 2], choose: { $0.skipsNaN = true }, logSumExp: 2.313261687518223,
      softmax: [0, 0.2689414213699951, 0, 0.7310585786300049],
      logSoftmax: [-inf, -1.3132616875182228, -inf, -0.3132616875182228]),
    Meaning(
      row: [nan, nan], choose: { $0.skipsNaN = true }, logSumExp: -inf, softmax: [0, 0],
      logSoftmax: [-inf, -inf]),
    Meaning(row: [nan, inf], choose: { $0.skipsNaN = true }, logSumExp: inf, softmax: [nan, nan]),
    Meaning(
      row: [nan, inf], choose: { ($0.skipsNaN, $0.infinity) = (true, .limit) }, softmax: [0, 1],
      logSoftmax: [-inf, 0]),
    Meaning(row: [nan, -inf], choose: { $0.skipsNaN = true }, logSumExp: -inf, softmax: [0, 0]),
    Meaning(
      row: [nan, -inf], choose: { ($0.skipsNaN, $0.maskedNoMass) = (true, .nan) },
      logSumExp: -inf, softmax: [nan, nan], logSoftmax: [nan, nan]),
    // Uniform over what takes part; over all if none does.
    Meaning(
      row: [nan, -inf, -inf], choose: { ($0.skipsNaN, $0.maskedNoMass) = (true, .uniform) },
      softmax: [0, 0.5, 0.5], logSoftmax: [-inf, -ln2, -ln2]),
    Meaning(
      row: [nan, nan], choose: { ($0.skipsNaN, $0.maskedNoMass) = (true, .uniform) },
      softmax: [0.5, 0.5], logSoftmax: [-ln2, -ln2]),
    Meaning(
      row: [nan, -inf], choose: { ($0.skipsNaN, $0.unmaskedNoMass) = (true, .nan) },
      softmax: [0, 0], logSoftmax: [-inf, -inf]),
    Meaning(
      row: [nan, 3, 5], temperature: -2, choose: { $0.skipsNaN = true },
      logSumExp: 2.3734766249635544, softmax: [0, 0.7310585786300049, 0.2689414213699951]),
    Meaning(row: [], choose: { $0.skipsNaN = true }, logSumExp: -inf, softmax: []),
  ]

  private static let tempered: [Meaning] = [
    Meaning(row: [], temperature: 3, logSumExp: -inf, softmax: []),
    // The soft minimum of nothing is the least of nothing.
    Meaning(row: [], temperature: -3, logSumExp: inf, softmax: []),
    Meaning(row: [4], temperature: 0.7, logSumExp: 4, softmax: [1], logSoftmax: [0]),
    Meaning(row: [4], temperature: -0.7, logSumExp: 4, softmax: [1], logSoftmax: [0]),
    Meaning(row: [2, 4], temperature: 2, logSumExp: 4.626523375036446),
    Meaning(row: [2, 4], temperature: -2, logSumExp: 1.3734766249635544),
    Meaning(
      row: [2, 4], temperature: -2, softmax: [0.7310585786300049, 0.2689414213699951],
      logSoftmax: [-0.3132616875182228, -1.3132616875182228]),
    Meaning(row: [inf, 1], temperature: -1, logSumExp: 1, softmax: [0, 1]),
    Meaning(row: [inf, inf], temperature: -1, logSumExp: inf, softmax: [nan, nan]),
    Meaning(row: [-inf, 1], temperature: -1, logSumExp: -inf, softmax: [nan, nan]),
    Meaning(row: [nan, 1], temperature: -1, logSumExp: nan, softmax: [nan, nan]),
    Meaning(row: [-inf, -inf], temperature: 3, logSumExp: -inf, softmax: [nan, nan]),
    // Extremes: the max alone, and no difference at all.
    Meaning(
      row: [1, 2], temperature: 1e-300, logSumExp: 2, softmax: [0, 1], logSoftmax: [-1e300, 0]),
    Meaning(
      row: [2, 2, 1], temperature: 1e-300, logSumExp: 2, softmax: [0.5, 0.5, 0]),
    Meaning(row: [1, 2], temperature: -1e-300, logSumExp: 1, softmax: [1, 0]),
    Meaning(
      row: [1, 2], temperature: 1e300, softmax: [0.5, 0.5], logSoftmax: [-ln2, -ln2]),
    Meaning(row: [-inf, 2], temperature: 1e300, logSumExp: 2, softmax: [0, 1]),
    Meaning(row: [nan, 2], temperature: 1e300, logSumExp: nan, softmax: [nan, nan]),
    Meaning(row: [inf, 2], temperature: 1e-300, logSumExp: inf, softmax: [nan, nan]),
    Meaning(row: [-inf, -inf], temperature: 1e-300, logSumExp: -inf, softmax: [nan, nan]),
    Meaning(row: [1, 2], temperature: 1e-40, logSumExp: 2, softmax: [0, 1]),
    Meaning(row: [1, 2], temperature: 1e40, softmax: [0.5, 0.5], logSoftmax: [-ln2, -ln2]),
  ]

  private func check(_ meanings: [Meaning], _ configuration: Configuration) {
    for meaning in meanings {
      check(meaning, configuration, Float.self)
      check(meaning, configuration, Double.self)
    }
  }

  private func check<T: TestScalar>(
    _ meaning: Meaning, _ configuration: Configuration, _ type: T.Type
  ) {
    let row = meaning.row.map { T($0) }
    let ordinary = row.indices.map { T($0 % 3) }
    var options = configuration.options()
    meaning.choose(&options)
    let expected: [(RowOperation, [Double]?)] = [
      (.logSumExp, meaning.logSumExp.map { [$0] }),
      (.softmax, meaning.softmax), (.logSoftmax, meaning.logSoftmax),
    ]
    for (operation, values) in expected {
      guard let values else { continue }
      for before in [0, 1, 20] {
        let rows = Array(repeating: ordinary, count: before) + [row] + [ordinary]
        let all = results(
          operation, of: rows, temperature: meaning.temperature, options: options)
        let got = all[before]
        #expect(
          got.count == values.count && zip(got, values).allSatisfy { isNear($0, $1) },
          "\(T.self) \(operation) of \(meaning.testDescription) after \(before) rows: \(got), not \(values)"
        )
        if operation == .logSumExp { continue }
        var matrix = Matrix(rows.flatMap { $0 }, rows: rows.count, columns: row.count)
        matrix.form(operation, temperature: meaning.temperature, options: options)
        #expect(
          matrix.scalars.bits == all.flatMap { $0 }.bits,
          "\(T.self) \(operation) of \(meaning.testDescription) after \(before) rows, in place")
      }
    }
  }

  private func isNear<T: TestScalar>(_ got: T, _ value: Double) -> Bool {
    // The widest bound and the literal's own half ULP.
    Exact<T>(Twofold(value)).error(of: got) <= 5
  }
}
