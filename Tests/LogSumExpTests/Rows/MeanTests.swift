import Foundation
import LogSumExp
import TestSupport
import Testing

/// Means in the log domain: LSE less log n, n the number of elements that take part.
@Suite("Means")
struct MeanTests {
  private static let families: [RowFamily] = [
    .normal1, .normal5, .normal20, .equal, .offset1e4, .dominant, .cancelling, .someMinusInfinity,
    .subnormalTerms, .nearOverflow, .unequalBlocks,
  ]

  @Test("against the wide reference", arguments: Self.families, ScalarType.allCases)
  func reference(family: RowFamily, type: ScalarType) {
    type.run { reference(family, $0) }
  }

  private func reference<T: TestScalar>(_ family: RowFamily, _ type: T.Type) {
    var worst = 0.0
    let lengths =
      isDebug ? [1, 3, 17, 2049] : [1, 2, 3, 5, 8, 16, 17, 33, 64, 70, 513, 2049, 5000]
    for count in lengths {
      for temperature in count > 600 ? [1] : [1, 0.7, -2, 1e6] {
        let row = family.row(T.self, count: count)
        if row.contains(temperature < 0 ? -T.infinity : .infinity) { continue }
        let wide = WideSum(row.map { Double($0) }, temperature: temperature)
        let exact: Exact<T> = wide.value(count: count)
        let unit = Double(T.ulpOfOne) / 2 * temperature.magnitude * wide.condition
        for configuration in Configuration.distinct {
          let got = mean(row, configuration, temperature)
          let error = exact.error(of: got)
          worst = max(worst, (error - 1) * Double(exact.rounded.ulp) / unit)
          #expect(
            error <= configuration.sumBound(wide, exact, temperature: temperature),
            """
            \(T.self) \(configuration) \(family) \(count) T=\(temperature): \(got), not \(exact), \
            \(error) ULP
            """)
        }
      }
    }
    if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil {
      print("TERMS \(T.self) logMeanExp \(family): \(worst)")
    }
  }

  private func mean<T: TestScalar>(
    _ row: [T], _ configuration: Configuration, _ temperature: Double = 1
  ) -> T {
    row.withMatrixView(rows: 1, columns: row.count) {
      $0.logMeanExp(temperature: temperature, options: configuration.options())[0]
    }
  }

  @Test("equal elements give the element", arguments: Configuration.all, ScalarType.allCases)
  func equal(configuration: Configuration, type: ScalarType) {
    type.run { equal(configuration, $0) }
  }

  private func equal<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for value in [1, -1, 0, 0.1, 1e-5, 30, -1e6, 3e37].map({ T($0) }) {
      for count in [1, 2, 3, 17, 100, 3000] {
        for temperature in [1.0, -1, 0.3, 50] {
          let got = mean(Array(repeating: value, count: count), configuration, temperature)
          #expect(
            Exact<T>(Twofold(Double(value))).error(of: got) <= 1,
            "\(T.self) \(configuration) \(count) times \(value), T=\(temperature): \(got)")
        }
      }
    }
  }

  @Test("the table", arguments: Configuration.all, ScalarType.allCases)
  func table(configuration: Configuration, type: ScalarType) {
    type.run { table(configuration, $0) }
  }

  private func table<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let (inf, nan) = (T.infinity, T.nan)
    #expect(mean([T](), configuration).isNaN)
    #expect(mean([-inf], configuration) == -inf)
    #expect(mean([-inf, -inf, -inf], configuration) == -inf)
    #expect(mean([inf, 1], configuration) == inf)
    #expect(mean([inf, nan], configuration).isNaN)
    #expect(mean([inf, 1], configuration, -1) == T(1) + .ln2, "+inf is a term of 0, and counts")
    #expect(areClose([mean([-inf, 0], configuration)], [-.ln2]), "-inf counts")

    var options = configuration.options()
    options.skipsNaN = true
    let matrix = Matrix<T>([nan, 3, nan, 3, nan, nan, nan, nan], rows: 2, columns: 4)
    #expect(matrix.logMeanExp(options: options).bits == [T(3), nan].bits)
    #expect(matrix.logMeanExp(options: configuration.options()).bits == [nan, nan].bits)
    let masked = Matrix<T>([7, 7, nan, 7, nan, inf, 7, -inf, nan], rows: 3, columns: 3)
    #expect(
      matrix.logMeanExp(mask: .lengths([2, 0]), options: options).bits == [T(3), nan].bits)
    #expect(
      masked.logMeanExp(mask: .lengths([2, 1, 0]), options: configuration.options()).bits
        == [T(7), 7, nan].bits)
    let halves = masked.logMeanExp(mask: .lengths([2, 1, 2]), options: configuration.options())
    #expect(areClose([halves[2]], [T(7) - .ln2]), "-inf that is kept counts")
  }

  @Test("the mean of what takes part", arguments: Configuration.all, ScalarType.allCases)
  func parts(configuration: Configuration, type: ScalarType) {
    type.run { parts(configuration, $0) }
  }

  private func parts<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for count in [1, 5, 40, 3000] {
      let row = RowFamily.normal5.row(T.self, count: count)
      let flags = row.indices.map { $0 % 3 != 1 }
      let kept = row.indices.filter { flags[$0] }.map { row[$0] }
      let wide = WideSum(kept.map { Double($0) })
      let exact: Exact<T> = wide.value(count: kept.count)
      var spoilt = row
      for column in row.indices where !flags[column] { spoilt[column] = .nan }
      let options = configuration.options()
      var skipping = options
      skipping.skipsNaN = true
      let bound = configuration.sumBound(wide, exact, temperature: 1)
      let skipped = spoilt.withMatrixView(rows: 1, columns: count) {
        $0.logMeanExp(options: skipping)[0]
      }
      #expect(exact.error(of: skipped) <= bound, "\(T.self) \(configuration) \(count)")
      let masked = spoilt.withMatrixView(rows: 1, columns: count) { view in
        flags.withMatrixView(rows: 1, columns: count) {
          view.logMeanExp(mask: .keeping($0), options: options)[0]
        }
      }
      #expect(masked.bits == skipped.bits, "\(T.self) \(configuration) \(count)")
      let columns = row.indices.filter { flags[$0] }
      let selected = spoilt.withMatrixView(rows: 1, columns: count) {
        $0.logMeanExp(selecting: .columns(columns), options: options)[0]
      }
      #expect(exact.error(of: selected) <= bound, "\(T.self) \(configuration) \(count)")
    }
  }

  @Test("the harmonic mean", arguments: Configuration.all, ScalarType.allCases)
  func harmonic(configuration: Configuration, type: ScalarType) {
    type.run { harmonic(configuration, $0) }
  }

  private func harmonic<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    for count in [1, 4, 50, 3000] {
      let row = RowFamily.normal1.row(T.self, count: count)
      let matrix = Matrix(row, rows: 1, columns: count)
      let negated = Matrix(row.map { -$0 }, rows: 1, columns: count)
      let got = matrix.logHarmonicMeanExp(options: options)
      #expect(got == negated.logMeanExp(options: options).map { -$0 }, "\(configuration) \(count)")
      let arithmetic = matrix.logMeanExp(options: options)
      #expect(got[0] <= arithmetic[0], "harmonic is at most arithmetic")
    }
    // 2 / (1/2 + 1/6) = 3.
    let two = Matrix<T>([T(0.6931471805599453), T(1.791759469228055)], rows: 1, columns: 2)
    #expect(areClose(two.logHarmonicMeanExp(options: options), [.ln3]))
  }

  @Test("into, layouts and threads", arguments: Configuration.all, ScalarType.allCases)
  func layouts(configuration: Configuration, type: ScalarType) {
    type.run { layouts(configuration, $0) }
  }

  private func layouts<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (batches, rows, columns) in [(1, 20, 3), (2, 7, 19), (1, 18, 4100)] {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      for layout in shape.arranged {
        let x = Laid<T>(layout, filling: .nan) { T(($0 * 37 + $1 * 11) % 101) / 8 }
        let alone = x.rows.map { mean($0, configuration) }
        for threads in [1, 2] {
          let got = x.view.logMeanExp(options: configuration.options(threads: threads))
          #expect(
            got.bits == alone.bits, "\(T.self) \(configuration) \(layout), \(threads) threads")
        }
        let out = Guarded<T>(count: shape.totalRows, filling: -77)
        x.view.logMeanExp(into: out.elements, options: configuration.options())
        #expect(out.elements.bits == alone.bits && out.isIntact)
      }
    }
  }
}
