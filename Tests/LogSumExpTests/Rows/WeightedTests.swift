import Foundation
import LogSumExp
import TestSupport
import Testing

/// Weighted and signed sums.
@Suite("Weighted sums")
struct WeightedTests {
  /// Kinds of weights.
  enum Kind: String, CaseIterable, Sendable {
    case ones, positive, mixed, someZero, integers, wide, opposite

    func weights<T: TestScalar>(_ type: T.Type, _ count: Int) -> [T] {
      var random = SplitMix64(seed: count, Self.allCases.firstIndex(of: self)!)
      return (0..<count).map { index in
        switch self {
        case .ones: 1
        case .positive: T(random.uniform(0.01, 3))
        case .mixed: T(random.normal())
        case .someZero: random.uniform() < 0.4 ? 0 : T(random.uniform(-1, 2))
        case .integers: T(random.next() % 5)
        case .wide: T(scalbn(random.uniform(0.5, 1), Int(random.next() % 50) - 25))
        // Neighbours of nearly the same size: the sums cancel.
        case .opposite: (index % 2 == 0 ? 1 : -1) * T(1 + random.uniform(0, 1e-3))
        }
      }
    }
  }

  private static let families: [RowFamily] = [
    .normal1, .normal5, .normal20, .equal, .offset1e4, .dominant, .cancelling, .someMinusInfinity,
    .unequalBlocks,
  ]

  @Test("against the wide reference", arguments: Kind.allCases, ScalarType.allCases)
  func reference(kind: Kind, type: ScalarType) {
    type.run { reference(kind, $0) }
  }

  private func reference<T: TestScalar>(_ kind: Kind, _ type: T.Type) {
    var worst: [Configuration: (error: Double, what: String)] = [:]
    for family in Self.families {
      for count in isDebug
        ? [1, 3, 17, 2049] : [1, 2, 3, 5, 8, 16, 17, 33, 64, 70, 513, 2049, 5000]
      {
        for temperature in count > 600 ? [1] : [1, 0.7, -2] {
          let row = family.row(T.self, count: count)
          let weights = kind.weights(T.self, count)
          let wide = WideSum(
            row.map { Double($0) }, weights: weights.map { Double($0) }, temperature: temperature)
          let exact: Exact<T> = wide.value()
          let ulp = Double(exact.rounded.ulp)
          let unit = Double(T.ulpOfOne) / 2 * abs(temperature) * wide.condition
          for configuration in Configuration.distinct {
            let bound = configuration.sumBound(T.self)
            let got = signed(row, weights, configuration, temperature: temperature)
            var what: String {
              "\(family) \(count) T=\(temperature): \(got), exact \(exact), \(wide.sign)"
            }
            if wide.condition * unit > 0.01 * abs(temperature) {
              continue  // Nothing is left of the sum but errors.
            }
            #expect(got.sign == T(wide.sign), "\(T.self) \(kind) \(configuration) \(what)")
            if wide.logarithm == nil { continue }
            let excess = max(0, exact.error(of: got.value) - bound.ulps) * ulp / unit
            if excess > worst[configuration]?.error ?? -1 { worst[configuration] = (excess, what) }
          }
        }
      }
    }
    for (configuration, (error, what)) in worst {
      let line = "\(T.self) weights \(kind) \(configuration): \(error) units of terms, \(what)"
      if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil { print("TERMS", line) }
      #expect(error <= configuration.sumBound(T.self).terms, "\(line)")
    }
  }

  private func signed<T: TestScalar>(
    _ row: [T], _ weights: [T], _ configuration: Configuration, temperature: Double = 1
  ) -> (value: T, sign: T) {
    row.withMatrixView(rows: 1, columns: row.count) {
      let (values, signs) = $0.signedLogSumExp(
        weights: .perColumn(weights), temperature: temperature, options: configuration.options())
      return (values[0], signs[0])
    }
  }

  @Test("integer weights repeat their elements", arguments: Configuration.all, ScalarType.allCases)
  func integers(configuration: Configuration, type: ScalarType) {
    type.run { integers(configuration, $0) }
  }

  private func integers<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for count in [1, 2, 7, 40, 300, 2500] {
      let row = RowFamily.normal5.row(T.self, count: count)
      let weights = (0..<count).map { ($0 * 5 + 1) % 4 }
      let repeated = zip(row, weights).flatMap { Array(repeating: $0, count: $1) }
      let exact = RowReference.logSumExp(repeated)
      let got = signed(row, weights.map { T($0) }, configuration)
      #expect(
        exact.error(of: got.value) <= 3 && got.sign == 1, "\(T.self) \(configuration) \(count)")
    }
  }

  // MARK: The table

  private struct Meaning {
    let x: [Double]
    let w: [Double]
    var temperature = 1.0
    var skipsNaN = false
    let value: Double
    let sign: Double
  }

  private static let (inf, nan) = (Double.infinity, Double.nan)

  private static let meanings = [
    Meaning(x: [], w: [], value: -inf, sign: 0),
    Meaning(x: [], w: [], temperature: -1, value: inf, sign: 0),
    Meaning(x: [3], w: [1], value: 3, sign: 1),
    Meaning(x: [3], w: [-1], value: 3, sign: -1),
    // A weight of 0 removes its element.
    Meaning(x: [inf, 1], w: [0, 1], value: 1, sign: 1),
    Meaning(x: [nan, 1], w: [0, -1], value: 1, sign: -1),
    Meaning(x: [nan, inf], w: [0, -0.0], value: -inf, sign: 0),
    Meaning(x: [1000, 1], w: [0, 1], value: 1, sign: 1),
    Meaning(x: [1, 2], w: [0, 0], value: -inf, sign: 0),
    Meaning(x: [1, 2], w: [0, 0], temperature: -2, value: inf, sign: 0),
    // A sum of 0.
    Meaning(x: [-inf, -inf], w: [1, -1], value: -inf, sign: 0),
    Meaning(x: [-inf], w: [-3], value: -inf, sign: 0),
    Meaning(x: [1000, 1000], w: [1, -1], value: -inf, sign: 0),
    Meaning(x: [0.3, 0.3], w: [-2.5, 2.5], value: -inf, sign: 0),
    Meaning(x: [0.3, 0.3, -inf], w: [-2.5, 2.5, 1], value: -inf, sign: 0),
    // Infinite terms.
    Meaning(x: [inf], w: [1], value: inf, sign: 1),
    Meaning(x: [inf], w: [-1], value: inf, sign: -1),
    Meaning(x: [inf, 5, -inf], w: [-1, 7, 1], value: inf, sign: -1),
    Meaning(x: [inf, inf], w: [1, -1], value: nan, sign: nan),
    Meaning(x: [inf, inf], w: [-1, -2], value: inf, sign: -1),
    Meaning(x: [1, 2], w: [inf, 1], value: inf, sign: 1),
    Meaning(x: [1, 2], w: [1, -inf], value: inf, sign: -1),
    Meaning(x: [1, 2], w: [inf, -inf], value: nan, sign: nan),
    Meaning(x: [1, -inf], w: [1, inf], value: nan, sign: nan),
    Meaning(x: [inf, 1], w: [1, -inf], value: nan, sign: nan),
    Meaning(x: [inf, 1], w: [1, inf], value: inf, sign: 1),
    // NaN.
    Meaning(x: [nan, 1], w: [1, 1], value: nan, sign: nan),
    Meaning(x: [inf, nan], w: [1, 1], value: nan, sign: nan),
    Meaning(x: [1, 2], w: [1, nan], value: nan, sign: nan),
    Meaning(x: [1, -inf], w: [1, nan], value: nan, sign: nan),
    Meaning(x: [nan, 1], w: [1, 1], skipsNaN: true, value: 1, sign: 1),
    Meaning(x: [nan, 1], w: [nan, 1], skipsNaN: true, value: 1, sign: 1),
    Meaning(x: [nan], w: [1], skipsNaN: true, value: -inf, sign: 0),
    // Numbers.
    Meaning(x: [0, 1], w: [1, -1], value: 0.541324854612918, sign: -1),
    Meaning(x: [1, 0], w: [1, -1], value: 0.541324854612918, sign: 1),
    Meaning(x: [0, 0], w: [3, 5], value: 2.0794415416798357, sign: 1),
    Meaning(x: [2, 4], w: [1, 1], temperature: 2, value: 4.626523375036446, sign: 1),
    Meaning(x: [2, 4], w: [-1, -1], temperature: -2, value: 1.3734766249635544, sign: -1),
    Meaning(x: [inf, 1], w: [1, 1], temperature: -1, value: 1, sign: 1),
    Meaning(x: [-inf, 1], w: [-1, 1], temperature: -1, value: -inf, sign: -1),
    Meaning(x: [1, 2], w: [2, 1], temperature: 1e-300, value: 2, sign: 1),
    Meaning(x: [0, 0], w: [1e38, 1e38], value: 88.19138071433368, sign: 1),
    Meaning(x: [0, 0], w: [1e-38, -3e-38], value: -86.8050863532138, sign: -1),
    Meaning(x: [0, 1, 2], w: [0, 1e-36, 0], value: -81.89306334778564, sign: 1),
    Meaning(x: [3e38, 3e38], w: [1e38, 1e38], value: 3e38, sign: 1),
  ]

  @Test("every line of the table", arguments: Configuration.all, ScalarType.allCases)
  func table(configuration: Configuration, type: ScalarType) {
    for meaning in Self.meanings { type.run { check(meaning, configuration, $0) } }
  }

  private func check<T: TestScalar>(
    _ meaning: Meaning, _ configuration: Configuration, _ type: T.Type
  ) {
    let (x, w) = (meaning.x.map { T($0) }, meaning.w.map { T($0) })
    var options = configuration.options()
    options.skipsNaN = meaning.skipsNaN
    // Alone, between ordinary rows, and far inside a long row whose other weights are 0.
    for (before, padding) in [(0, 0), (5, 0), (0, 5000), (1, 2046)] {
      let filling = Array(repeating: T.nan, count: padding)
      let row = filling + x + filling
      let weights = filling.map { _ in T(0) } + w + filling.map { _ in T(0) }
      let ordinary = Array(repeating: row.indices.map { T($0 % 3) }, count: before)
      let matrix = Matrix<T>(
        (ordinary + [row] + ordinary).flatMap { $0 }, rows: 2 * before + 1, columns: row.count)
      let (values, signs) = matrix.signedLogSumExp(
        weights: .perColumn(weights), temperature: meaning.temperature, options: options)
      var what: String {
        "\(T.self) \(meaning.x), \(meaning.w) \(configuration) T=\(meaning.temperature), "
          + "\(before) before, \(padding) around"
      }
      let isRight =
        Exact<T>(Twofold(meaning.value)).error(of: values[before]) <= 5
        && isSame(signs[before], T(meaning.sign))
      #expect(isRight, "\(what): \(values[before]), \(signs[before])")
      // Without a sign a negative sum has no logarithm.
      let unsigned = matrix.logSumExp(
        weights: .perColumn(weights), temperature: meaning.temperature, options: options)
      let expected = meaning.sign < 0 ? T.nan : values[before]
      #expect(isSame(unsigned[before], expected), "\(what): without sign \(unsigned[before])")
    }
  }

  @Test("weights near the ends of the range", arguments: Configuration.all, ScalarType.allCases)
  func extremes(configuration: Configuration, type: ScalarType) {
    type.run { extremes(configuration, $0) }
  }

  private func extremes<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let (least, most) = (T.leastNonzeroMagnitude, T.greatestFiniteMagnitude)
    let cases: [([T], [T])] = [
      ([0, 0], [most, most]), ([0, 0, 0], [most, -most / 2, 1]), ([1, 2], [least, least]),
      ([-20, 3], [most, least]), ([80, -80, 3], [least, most, 1]), ([0, 1], [-most, least]),
      ([5, 6], [T.leastNormalMagnitude, -1]), ([1, 1, 1], [most / 2, most / 2, -least]),
    ]
    for (x, w) in cases {
      for count in [1, 1500] {
        // The same terms many times.
        let (x, w) = (Array(repeating: x, count: count), Array(repeating: w, count: count))
        let (row, weights) = (x.flatMap { $0 }, w.flatMap { $0 })
        let wide = WideSum(row.map { Double($0) }, weights: weights.map { Double($0) })
        let exact: Exact<T> = wide.value()
        let got = signed(row, weights, configuration)
        #expect(
          exact.error(of: got.value) <= 1 && got.sign == T(wide.sign),
          "\(T.self) \(configuration) \(x[0]), \(w[0]), \(count) times: \(got), not \(exact)")
      }
    }
  }

  @Test(
    "a weight of 0 hides what stands there", arguments: Configuration.distinct, ScalarType.allCases)
  func zeros(configuration: Configuration, type: ScalarType) {
    type.run { zeros(configuration, $0) }
  }

  private func zeros<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for count in [1, 5, 16, 33, 70, 2049] {
      let row = RowFamily.normal5.row(T.self, count: count)
      let weights = Kind.mixed.weights(T.self, count)
      let places = count < 100 ? Array(0..<count) : [0, 1, 1023, 1024, 2047, 2048]
      for place in places {
        var (hidden, without, fewer) = (row, row, weights)
        fewer[place] = 0
        without[place] = -.infinity
        let expected = signed(without, weights, configuration)
        for special in T.specials + [1e30] {
          hidden[place] = special
          let got = signed(hidden, fewer, configuration)
          #expect(
            got.value.bits == expected.value.bits && got.sign == expected.sign,
            "\(T.self) \(configuration) \(special) at \(place) of \(count): \(got), \(expected)")
        }
        hidden[place] = 0
        fewer[place] = .nan
        #expect(signed(hidden, fewer, configuration).value.isNaN)
      }
    }
  }

  @Test("rows of every kind together", arguments: Configuration.all, ScalarType.allCases)
  func together(configuration: Configuration, type: ScalarType) {
    type.run { together(configuration, $0) }
  }

  private func together<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let count = isDebug ? 14 : 61
    for columns in isDebug ? [33] : [3, 17, 64, 65, 200, 700] {
      for kinds in [[Kind.positive], Kind.allCases] {
        // Most rows alike, the others of every kind.
        let rows = (0..<count).map { index -> [T] in
          let family = index % 5 < 3 ? .normal5 : Self.families[index / 5 % Self.families.count]
          let row = family.row(T.self, count: columns, draw: index)
          return index % 7 == 6 ? row.map { $0 / 4 + T(index % 3 - 1) * 300 } : row
        }
        let weights = (0..<count).map { index in
          let scale: T = index % 11 == 5 ? 1 / T(columns) : 1  // results near 0
          return kinds[index / 3 % kinds.count].weights(T.self, columns).map { $0 * scale }
        }
        let shape = MatrixLayout(rows: count, columns: columns)
        let x = Laid<T>(shape, filling: 0) { rows[$0][$1] }
        let w = Laid<T>(shape.arranged[1], filling: .nan) { weights[$0][$1] }
        let (values, signs) = x.view.signedLogSumExp(
          weights: .perElement(w.view), options: configuration.options())
        for row in 0..<count {
          let alone = signed(rows[row], weights[row], configuration)
          #expect(
            isSame(values[row], alone.value) && isSame(signs[row], alone.sign),
            "\(T.self) \(configuration) row \(row) of \(columns): \(values[row]), not \(alone)")
        }
      }
    }
  }

  // MARK: Forms

  @Test("every layout of matrix and weights", arguments: Configuration.all, ScalarType.allCases)
  func layouts(configuration: Configuration, type: ScalarType) {
    type.run { layouts(configuration, $0) }
  }

  private static let shapes =
    isDebug
    ? [(1, 3, 1), (2, 3, 19), (1, 2, 2100)]
    : [(1, 20, 1), (2, 7, 19), (1, 5, 300), (1, 18, 4100)]

  private func layouts<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (batches, rows, columns) in Self.shapes {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      let all = Kind.mixed.weights(T.self, rows * batches * columns)
      for layout in shape.arranged + shape.repeated {
        let weights = Laid<T>(layout, filling: .nan) { all[$0 * columns + $1] }
        for input in [shape, shape.arranged[2], shape.arranged[3]] {
          let x = Laid<T>(input, filling: .nan) { row, column in
            T((row * 37 + column * 11) % 101) / 8
          }
          let options = configuration.options()
          for mask in [Mask.none, .causal(offset: columns / 2)] {
            let (values, signs) = x.view.signedLogSumExp(
              weights: .perElement(weights.view), mask: mask, options: options)
            var what: String { "\(T.self) \(configuration): \(input), weights \(layout)" }
            for row in 0..<shape.totalRows {
              var alone = x.rows[row]
              if case .causal(let offset) = mask {
                for column in alone.indices where column > row % rows + offset {
                  alone[column] = -.infinity
                }
              }
              let expected = signed(alone, weights.rows[row], configuration)
              #expect(
                values[row].bits == expected.value.bits && signs[row] == expected.sign,
                "\(what), row \(row): \(values[row]), not \(expected)")
            }
          }
        }
      }
    }
  }

  @Test("into memory of the caller's", arguments: Configuration.all, ScalarType.allCases)
  func into(configuration: Configuration, type: ScalarType) {
    type.run { into(configuration, $0) }
  }

  private func into<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (rows, columns) in [(1, 3), (130, 9), (3, 2500)] {
      let matrix = Matrix<T>(
        RowFamily.normal5.row(T.self, count: rows * columns), rows: rows, columns: columns)
      let weights = Weights.perColumn(Kind.mixed.weights(T.self, columns))
      let options = configuration.options()
      let (values, signs) = matrix.signedLogSumExp(weights: weights, options: options)
      let to = Guarded<T>(count: rows, filling: -77)
      let signsTo = Guarded<T>(count: rows, filling: -77)
      matrix.signedLogSumExp(
        into: to.elements, signs: signsTo.elements, weights: weights, options: options)
      #expect(to.elements.bits == values.bits && signsTo.elements.bits == signs.bits)
      #expect(to.isIntact && signsTo.isIntact)
      matrix.logSumExp(into: to.elements, weights: weights, options: options)
      let unsigned = matrix.logSumExp(weights: weights, options: options)
      #expect(to.elements.bits == unsigned.bits && to.isIntact)
      #expect(unsigned.bits == zip(values, signs).map { $1 < 0 ? T.nan : $0 }.bits)
      var array = [T](repeating: 0, count: rows)
      var span = array.mutableSpan
      matrix.logSumExp(into: &span, weights: weights, options: options)
      #expect(array.bits == unsigned.bits)
    }
  }

  @Test("threads", arguments: Configuration.distinct)
  func threads(configuration: Configuration) {
    for (rows, columns) in [(3000, 40), (2, 60_000), (1, 150_001)] {
      let row = RowFamily.normal5.row(Float.self, count: columns)
      let input = Laid<Float>(MatrixLayout(rows: rows, columns: columns), filling: 0) {
        row[($0 * 7 + $1) % columns]
      }
      let weights = Weights.perColumn(Kind.mixed.weights(Float.self, columns))
      let serial = input.view.signedLogSumExp(weights: weights, options: configuration.options())
      let got = input.view.signedLogSumExp(
        weights: weights, options: configuration.options(threads: 2))
      #expect(got.values == serial.values && got.signs == serial.signs)
    }
  }

  @Test("masked weights do not count", arguments: Configuration.all)
  func masked(configuration: Configuration) {
    let matrix = Matrix<Double>([1, 2, .nan, 4], rows: 1, columns: 4)
    let (values, signs) = matrix.signedLogSumExp(
      weights: .perColumn([1, 1, -1, .nan]), mask: .lengths([2]), options: configuration.options())
    #expect(areClose(values, [2.313261687518223]) && signs == [1], "\(configuration) \(values)")
  }
}
