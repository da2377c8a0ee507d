import LogSumExp
import TestSupport
import Testing

/// What is made of a row's max and log-sum: both by themselves, log-softmax of some columns, the largest.
@Suite("Summaries")
struct SummaryTests {
  private static let lengths = isDebug ? [1, 3, 17, 2049] : [1, 2, 3, 8, 17, 70, 513, 2049, 5000]

  // MARK: Max and log-sum

  @Test("max and log-sum", arguments: ScalarType.allCases)
  func maxAndLogSum(type: ScalarType) {
    type.run { maxAndLogSum($0) }
  }

  private func maxAndLogSum<T: TestScalar>(_ type: T.Type) {
    for family in [RowFamily.normal1, .normal20, .dominant, .offset1e8, .cancelling, .equal] {
      for count in Self.lengths {
        for temperature in [1, 0.7, -2] {
          let row = family.row(T.self, count: count)
          let greatest = temperature < 0 ? row.min()! : row.max()!
          // Shifted by a the log-sum is LSE, where x - a is exact.
          let shifted = row.map { Twofold.sum(Double($0), -Double(greatest)) }
          let isExact = shifted.allSatisfy { $0.low == 0 }
          let exact: Exact<T> = WideSum(shifted.map(\.high), temperature: temperature).value()
          // Below this the reference has not enough digits.
          let isResolved = exact.rounded.magnitude >= 0x1p-40
          for configuration in Configuration.distinct {
            let (a, logSum) = summary(row, configuration, temperature: temperature)
            var what: String { "\(T.self) \(configuration) \(family) \(count) T=\(temperature)" }
            #expect(a == greatest, "\(what): \(a)")
            if !isExact || !isResolved { continue }
            let error = exact.error(of: logSum)
            #expect(error <= 1.5, "\(what): log-sum \(logSum), not \(exact), \(error) ULP")
          }
        }
      }
    }
  }

  private func summary<T: TestScalar>(
    _ row: [T], _ configuration: Configuration, mask: Mask = .none, temperature: Double = 1,
    _ change: (inout RowOptions) -> Void = { _ in }
  ) -> (max: T, logSum: T) {
    var options = configuration.options()
    change(&options)
    return row.withMatrixView(rows: 1, columns: row.count) {
      $0.maxAndLogSum(mask: mask, temperature: temperature, options: options)[0]
    }
  }

  @Test("max and log-sum: the table", arguments: Configuration.all, ScalarType.allCases)
  func table(configuration: Configuration, type: ScalarType) {
    type.run { table(configuration, $0) }
  }

  private func table<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let (inf, nan) = (T.infinity, T.nan)
    func expect(
      _ row: [T], _ max: T, _ logSum: T, mask: Mask = .none, temperature: Double = 1,
      skipsNaN: Bool = false
    ) {
      for around in [0, 3000] {
        let filling = Array(repeating: temperature < 0 ? inf : -inf, count: around)
        if around > 0 && row.isEmpty { continue }
        let got = summary(row + filling, configuration, mask: mask, temperature: temperature) {
          $0.skipsNaN = skipsNaN
        }
        #expect(
          isSame(got.max, max) && isSame(got.logSum, logSum),
          "\(T.self) \(configuration) \(row) T=\(temperature): \(got)")
      }
    }
    expect([], -inf, -inf)
    expect([], inf, inf, temperature: -1)
    expect([3], 3, 0)
    expect([3], 3, 0, temperature: -0.5)
    expect([-inf], -inf, 0)
    expect([-inf, -inf], -inf, 0)
    expect([inf, 1], inf, 0)
    expect([inf, inf], inf, 0)
    expect([inf, nan], nan, nan)
    expect([nan, 1], nan, nan)
    expect([nan, 1], 1, 0, skipsNaN: true)
    expect([nan, nan], -inf, 0, skipsNaN: true)
    expect([4, 9, nan], 4, 0, mask: .causal())
    expect([4, 9], -inf, 0, mask: .causal(offset: -1))
    expect([1, -inf], -inf, 0, temperature: -2)
    expect([2, 2, -inf, 2, 2], 2, 2 * .ln2)
  }

  @Test("softmax and LSE at once", arguments: Configuration.all, ScalarType.allCases)
  func softmaxAndLogSumExp(configuration: Configuration, type: ScalarType) {
    type.run { type in
      for columns in [1, 17, 3000] {
        softmaxAndLogSumExp(configuration, type, columns)
      }
    }
  }

  private func softmaxAndLogSumExp<T: TestScalar>(
    _ configuration: Configuration, _ type: T.Type, _ columns: Int
  ) {
    let matrix = Matrix(
      RowFamily.normal5.row(T.self, count: 3 * columns), rows: 3, columns: columns)
    let options = configuration.options()
    let got = matrix.softmaxAndLogSumExp(mask: .causal(), temperature: 0.7, options: options)
    let softmax = matrix.softmax(mask: .causal(), temperature: 0.7, options: options)
    let logSumExp = matrix.logSumExp(mask: .causal(), temperature: 0.7, options: options)
    #expect(got.softmax.scalars.bits == softmax.scalars.bits)
    #expect(got.logSumExp.bits == logSumExp.bits)
  }

  // MARK: Log-probabilities

  @Test("log-probabilities", arguments: ScalarType.allCases)
  func logProbabilities(type: ScalarType) {
    type.run { logProbabilities($0) }
  }

  private func logProbabilities<T: TestScalar>(_ type: T.Type) {
    for family in [
      RowFamily.normal1, .normal20, .dominant, .offset1e8, .cancelling, .equal, .nearOverflow,
    ] {
      for count in Self.lengths {
        for temperature in [1, 0.7, -2, 5] {
          let row = family.row(T.self, count: count)
          let reference = RowReference(row, temperature: temperature)
          let columns = count < 100 ? Array(row.indices) : [0, 7, count / 2, count - 1, 7]
          for configuration in Configuration.distinct {
            let got = row.withMatrixView(rows: 1, columns: count) {
              $0.logProbabilities(
                of: columns, perRow: columns.count, temperature: temperature,
                options: configuration.options())
            }
            #expect(got.rows == 1 && got.columns == columns.count)
            for (value, column) in zip(got.scalars, columns) {
              let error = reference.logSoftmax[column].error(of: value)
              #expect(
                error <= 1.5,
                "\(T.self) \(configuration) \(family) \(count) T=\(temperature): \(error) ULP")
            }
          }
        }
      }
    }
  }

  /// Rows with every kind of special value, ordinary ones between them.
  private static func specialRows<T: TestScalar>(_ type: T.Type, _ columns: Int) -> [[T]] {
    (0..<24).map { draw in
      var row = RowFamily.normal5.row(T.self, count: columns, draw: draw)
      if draw % 6 == 5 { row = row.map { _ in -.infinity } }
      for place in 0..<(draw % 4) {
        row[(draw * 7 + place * 31) % columns] =
          [.nan, .infinity, -.infinity, 9][(draw + place) % 4]
      }
      return row
    }
  }

  @Test("picks and largest of special rows", arguments: Configuration.all, ScalarType.allCases)
  func specials(configuration: Configuration, type: ScalarType) {
    type.run { specials(configuration, $0) }
  }

  private func specials<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for columns in [1, 6, 40, 2500] {
      let rows = Self.specialRows(T.self, columns)
      let matrix = Matrix(rows.flatMap { $0 }, rows: rows.count, columns: columns)
      for choice in columns > 100 ? [3, 5] : Array(0..<8) {
        var options = configuration.options()
        options.skipsNaN = choice & 1 != 0
        options.infinity = choice & 2 != 0 ? .limit : .nan
        options.maskedNoMass = choice & 4 != 0 ? .uniform : .nan
        options.unmaskedNoMass = choice & 4 != 0 ? .uniform : .zero
        let mask = choice == 5 ? Mask.causal(offset: columns / 2) : .none
        for temperature in [1.0, -2] {
          let all = matrix.logSoftmax(mask: mask, temperature: temperature, options: options)
          let wanted = rows.indices.map { ($0 * 13 + 1) % columns }
          let picked = matrix.logProbabilities(
            of: wanted, mask: mask, temperature: temperature, options: options)
          let k = min(columns, 5)
          let largest = matrix.largest(
            k, mask: mask, temperature: temperature, options: options)
          let best = matrix.argmax(mask: mask, temperature: temperature, options: options)
          for row in rows.indices {
            var what: String {
              "\(T.self) \(configuration) \(columns), \(choice), T=\(temperature), \(row)"
            }
            let kept = rows[row].indices.map { column -> T? in
              if choice == 5 && column > row + columns / 2 { return nil }
              let x = rows[row][column]
              if options.skipsNaN && x.isNaN { return nil }
              return temperature < 0 ? -x : x
            }
            let order = Self.order(kept)
            #expect(largest.columns[row] == Array(order.prefix(k)), "\(what)")
            #expect(best[row].column == order[0], "\(what)")
            let pairs =
              [(wanted[row], picked[row]), (order[0], best[row].logProbability)]
              + (0..<k).map { (largest.columns[row][$0], largest.logProbabilities[row, $0]) }
            for (column, value) in pairs {
              #expect(areClose([value], [all[row, column]]), "\(what), \(column)")
            }
          }
        }
      }
    }
  }

  /// Columns by size: NaN, then the largest, of equal ones the first; at last what takes no part.
  private static func order<T: TestScalar>(_ row: [T?]) -> [Int] {
    func rank(_ column: Int) -> (Int, T) {
      guard let x = row[column] else { return (2, 0) }
      return x.isNaN ? (0, 0) : (1, -x)
    }
    return row.indices.sorted {
      let (a, b) = (rank($0), rank($1))
      return a.0 != b.0 ? a.0 < b.0 : a.1 != b.1 ? a.1 < b.1 : $0 < $1
    }
  }

  @Test("ties", arguments: Configuration.distinct)
  func ties(configuration: Configuration) {
    for columns in [1, 2, 5, 64, 2500] {
      let row = (0..<columns).map { Double(($0 * 7) % 4) }
      let order = Self.order(row.map { $0 })
      let matrix = Matrix(row, rows: 1, columns: columns)
      for k in Set([1, 2, 3, columns / 2, columns - 1, columns]) where k >= 1 && k <= columns {
        let got = matrix.largest(k, options: configuration.options())
        #expect(got.columns == [Array(order.prefix(k))], "\(configuration) \(k) of \(columns)")
      }
    }
  }

  @Test("mask, bias, selection and layout", arguments: Configuration.all)
  func inputs(configuration: Configuration) {
    let options = configuration.options()
    for columns in [7, 2300] {
      let shape = MatrixLayout(batches: 2, rows: 5, columns: columns)
      let selected = Selection(rows: [9, 0, 3, 3], columns: Array(0..<columns).reversed())
      for layout in shape.arranged {
        let x = Laid<Double>(layout, filling: .nan) { Double(($0 * 37 + $1 * 11) % 101) / 8 }
        let flags = Laid<Bool>(MatrixLayout(rows: 4, columns: columns).arranged[3], filling: true) {
          ($0 + $1) % 3 > 0
        }
        let bias = Laid<Double>(MatrixLayout(rows: 4, columns: columns), filling: 0) {
          Double($0) - Double($1 % 4)
        }
        let (mask, wanted) = (Mask.keeping(flags.view), [1, 2, 0, 5, 4, 3, 6, 6])
        let all = x.view.logSoftmax(
          mask: mask, bias: bias.view, selecting: selected, options: options)
        let got = x.view.logProbabilities(
          of: wanted, perRow: 2, mask: mask, bias: bias.view, selecting: selected, options: options)
        let expected = wanted.enumerated().map { all[$0.offset / 2, $0.element] }
        #expect(areClose(got.scalars, expected), "\(configuration) \(layout)")
        let best = x.view.argmax(
          mask: mask, bias: bias.view, selecting: selected, options: options)
        for row in 0..<4 {
          let greatest = all[row: row].max()!
          #expect(areClose([best[row].logProbability], [greatest]))
          #expect(areClose([all[row, best[row].column]], [greatest]))
        }
        let pairs = x.view.maxAndLogSum(
          mask: mask, bias: bias.view, selecting: selected, options: options)
        let sums = x.view.logSumExp(
          mask: mask, bias: bias.view, selecting: selected, options: options)
        #expect(areClose(pairs.map { $0.max + $0.logSum }, sums), "\(configuration) \(layout)")
      }
    }
  }

  @Test("threads", arguments: Configuration.distinct)
  func threads(configuration: Configuration) {
    for (rows, columns) in [(3000, 40), (1, 150_001)] {
      let matrix = Matrix(
        RowFamily.normal5.row(Float.self, count: rows * columns), rows: rows, columns: columns)
      let (serial, two) = (configuration.options(), configuration.options(threads: 2))
      #expect(matrix.largest(3, options: serial) == matrix.largest(3, options: two))
      let wanted = (0..<rows).map { $0 % columns }
      #expect(
        matrix.logProbabilities(of: wanted, options: serial)
          == matrix.logProbabilities(of: wanted, options: two))
    }
  }

  @Test("nothing to pick")
  func nothing() {
    let matrix = Matrix<Float>([1, 2, 3, 4], rows: 2, columns: 2)
    #expect(matrix.logProbabilities(of: [], perRow: 0).scalars == [])
    #expect(Matrix<Float>([], rows: 0, columns: 2).logProbabilities(of: []) == [])
    #expect(Matrix<Float>([], rows: 0, columns: 2).argmax().isEmpty)
  }
}
