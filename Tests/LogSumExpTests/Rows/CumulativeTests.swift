import Foundation
import LogSumExp
import TestSupport
import Testing

@Suite("Cumulative LSE")
struct CumulativeTests {
  static let lengths: [Int] = {
    let few = [1, 2, 3, 8, 9, 15, 16, 17, 33, 64, 65]
    return isDebug ? few : Array(0...65)
  }()

  @Test("the documented examples")
  func examples() {
    let scores = Matrix([1.0, 2, 3], rows: 1, columns: 3)
    let sums = [1.0, 2.313261687518223, 3.4076059644443806]
    #expect(areClose(scores.cumulativeLogSumExp().scalars, sums))
    #expect(
      areClose(scores.cumulativeLogSumExp(.exclusive).scalars, [-.infinity, sums[0], sums[1]]))
    let fromRight = scores.cumulativeLogSumExp(.inclusive.reversed).scalars
    #expect(areClose(fromRight, [sums[2], 3.313261687518223, 3]))
    #expect(Cumulation.exclusive.reversed.reversed == .exclusive)
    #expect(Cumulation(isExclusive: true, isReversed: true) == .exclusive.reversed)
  }

  // MARK: Against the wide reference

  @Test("every kind of row", arguments: RowFamily.allCases, ScalarType.allCases)
  func families(family: RowFamily, type: ScalarType) {
    type.run { families(family, $0) }
  }

  private func families<T: TestScalar>(_ family: RowFamily, _ type: T.Type) {
    for temperature in [1, 0.7, -2] {
      for count in isDebug ? [17] : [5, 17, 40] {
        let row = family.row(T.self, count: count, draw: 3)
        check(row, at: Array(0..<count), temperature, "\(family)")
      }
      if isDebug { continue }
      let row = family.row(T.self, count: 5003, draw: 1)
      check(row, at: [63, 64, 1023, 1024, 2047, 2048, 2049, 4999, 5002], temperature, "\(family)")
    }
  }

  @Test("small steps upwards: errors do not add up", arguments: ScalarType.allCases)
  func risingSlowly(type: ScalarType) {
    type.run { risingSlowly($0) }
  }

  private func risingSlowly<T: TestScalar>(_ type: T.Type) {
    let count = isDebug ? 3000 : 100_000
    for step in [1e-5, 1e-3, 0.1, -1e-3] {
      let row = (0..<count).map { T(Double($0) * step) }
      check(row, at: [10, 999, 2048, count / 2, count - 1], 1, "steps of \(step)")
    }
  }

  @Test("one max and small others", arguments: ScalarType.allCases)
  func dominated(type: ScalarType) {
    type.run { dominated($0) }
  }

  private func dominated<T: TestScalar>(_ type: T.Type) {
    for gap in [20.0, 40, 85, 100, 400, 720, 744] {
      let others = [T](repeating: T(-gap), count: 30)
      check([0] + others, at: [0, 1, 2, 15, 16, 30], 1, "0 before -\(gap)")
      check(others + [0], at: [0, 15, 29, 30], 1, "0 after -\(gap)")
    }
  }

  @Test("huge elements", arguments: ScalarType.allCases)
  func huge(type: ScalarType) {
    type.run { huge($0) }
  }

  private func huge<T: TestScalar>(_ type: T.Type) {
    let steps = [0, 0.25, 1, -1, 0, 2, 700, -700, 0, 5, 5, 1e4, 1e4, 0]
    for size in [0x1p47, 0x1p48, 0x1.62p48, 0x1p49, 0x1p50, 0x1p51, 0x1p53, 0x1p60, 0x1p100] {
      for sign in [1.0, -1] {
        let row = steps.map { T(sign * size + $0 * max(1, size * 0x1p-53)) }
        check(row + [-.infinity, 0, 1] + row, at: Array(0..<31), 1, "\(sign * size)")
      }
    }
  }

  @Test("extreme temperatures", arguments: ScalarType.allCases)
  func extremes(type: ScalarType) {
    type.run { extremes($0, $0 == Float.self ? [1e-30, 1e30, 1e-36] : [1e-250, 1e250, -1e-295]) }
  }

  private func extremes<T: TestScalar>(_ type: T.Type, _ temperatures: [Double]) {
    for temperature in temperatures {
      let row = RowFamily.normal5.row(T.self, count: 40).map { $0 * T(temperature.magnitude) }
      check(row, at: Array(0..<40), temperature, "normal5 T")
    }
  }

  /// Fails where a result is further from the exact one than the published bound.
  private func check<T: TestScalar>(
    _ row: [T], at columns: [Int], _ temperature: Double, _ what: String
  ) {
    let sign: T = temperature < 0 ? -1 : 1
    let exact = columns.map { RowReference.logSumExp(Array(row[...$0]), temperature: temperature) }
    for configuration in Configuration.distinct {
      let got = Matrix(row, rows: 1, columns: row.count).cumulativeLogSumExp(
        temperature: temperature, options: configuration.options()
      ).scalars
      var worst = (error: 0.0, column: 0, near: 0.0)
      for (column, exact) in zip(columns, exact) {
        let maximum = row[...column].lazy.map { sign * $0 }.max()!
        if maximum.isInfinite {
          #expect(got[column] == sign * maximum, "\(T.self) \(what) \(configuration) \(column)")
          continue
        }
        let error = exact.error(of: got[column])
        // Beyond the rounding: what the log-sum has lost, where it cancels the max.
        let value = exact.rounded
        let logSum = Double(sign * value - maximum)
        let absolute = max(error - 0.5, 0) * Double(value.ulp) / max(logSum, .leastNormalMagnitude)
        if error > configuration.bound(.cumulativeLogSumExp, T.self) {
          worst.near = max(worst.near, absolute)
          if absolute <= (T.self == Float.self ? 0x1p-31 : 0x1p-54) { continue }
        }
        if error > worst.error { worst = (error, column, worst.near) }
      }
      if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil {
        print("ULP", T.self, "cumulative", configuration, what, temperature, worst)
      }
      #expect(
        worst.error <= configuration.bound(.cumulativeLogSumExp, T.self),
        "\(T.self) \(configuration) \(what) T=\(temperature), \(row.count) columns: \(worst)")
    }
  }

  // MARK: Identities

  @Test("the last result is LSE", arguments: Configuration.distinct, ScalarType.allCases)
  func last(configuration: Configuration, type: ScalarType) {
    type.run { last(configuration, $0) }
  }

  private func last<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let bound =
      configuration.bound(.logSumExp, T.self) + configuration.bound(.cumulativeLogSumExp, T.self)
    for count in [1, 2, 7, 16, 70, 2050] {
      let row = RowFamily.normal5.row(T.self, count: count)
      let got = results(.cumulativeLogSumExp, of: row, options: options).last!
      let lse = row.logSumExp(options: options)
      #expect((got - lse).magnitude <= T(bound) * lse.ulp, "\(configuration) \(count)")
    }
  }

  @Test(
    "exclusive is inclusive one place on, reversed that of the reversed row",
    arguments: Configuration.distinct, ScalarType.allCases)
  func shifted(configuration: Configuration, type: ScalarType) {
    type.run { shifted(configuration, $0) }
  }

  private func shifted<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    for count in Self.lengths + [1025, 2049, 5001] {
      for rows in count > 70 ? [1, 17] : [1, 3, 5, 16, 18] {
        let matrix = (0..<rows).map { RowFamily.normal5.row(T.self, count: count, draw: $0) }
        for temperature in [1.0, -0.7] {
          let run = { (rows: [[T]], cumulation: Cumulation) -> [[UInt64]] in
            let out = Matrix(rows.flatMap { $0 }, rows: rows.count, columns: count)
              .cumulativeLogSumExp(cumulation, temperature: temperature, options: options)
            return rows.indices.map { Array(out.scalars[($0 * count)..<(($0 + 1) * count)]).bits }
          }
          let empty: T = temperature < 0 ? .infinity : -.infinity
          let inclusive = run(matrix, .inclusive)
          let exclusive = inclusive.map { Array(([empty.bits] + $0).prefix(count)) }
          #expect(run(matrix, .exclusive) == exclusive, "\(configuration) \(rows) x \(count)")
          let turned = matrix.map { Array($0.reversed()) }
          #expect(
            run(turned, .inclusive.reversed) == inclusive.map { Array($0.reversed()) },
            "\(configuration) \(rows) x \(count) reversed")
          #expect(
            run(turned, .exclusive.reversed) == exclusive.map { Array($0.reversed()) },
            "\(configuration) \(rows) x \(count) exclusive, reversed")
        }
      }
    }
  }

  @Test("a prefix has the bits of the row's beginning", arguments: Configuration.distinct)
  func prefixes(configuration: Configuration) {
    let row = RowFamily.normal20.row(Double.self, count: 3000)
    let options = configuration.options()
    let all = results(.cumulativeLogSumExp, of: row, options: options)
    for count in [1, 2, 15, 16, 17, 1000, 1024, 1025, 2999] {
      let part = results(.cumulativeLogSumExp, of: Array(row[..<count]), options: options)
      #expect(part.bits == Array(all[..<count]).bits, "\(configuration) \(count)")
    }
  }

  @Test("a prefix stands for its elements: LSE merges", arguments: Configuration.distinct)
  func merging(configuration: Configuration) {
    let options = configuration.options()
    for count in [2, 17, 1030] {
      let row = RowFamily.offset1e4.row(Double.self, count: count)
      let all = results(.cumulativeLogSumExp, of: row, options: options)
      for cut in [1, count / 2, count - 1] {
        let merged = [all[cut - 1]] + row[cut...]
        let rest = results(.cumulativeLogSumExp, of: merged, options: options)
        // The prefix, rounded to Double, enters each later sum with a weight of at most 1.
        let apart = zip(rest, all[(cut - 1)...]).map { ($0.0 - $0.1).magnitude / $0.1.ulp }
        #expect(apart.max()! <= 3, "\(configuration) \(count) cut at \(cut): \(apart.max()!)")
      }
    }
  }

  @Test("never falls, at T > 0", arguments: Configuration.distinct)
  func monotone(configuration: Configuration) {
    for family in [RowFamily.normal1, .normal20, .ascending, .descending, .equal] {
      let row = family.row(Float.self, count: 3000)
      let got = results(.cumulativeLogSumExp, of: row, options: configuration.options())
      #expect(zip(got, got.dropFirst()).allSatisfy { $0.0 <= $0.1 }, "\(family) \(configuration)")
      #expect(zip(got, row).allSatisfy { $0.0 >= $0.1 }, "\(family) \(configuration)")
    }
  }

  // MARK: Special elements

  @Test("NaN, +inf and -inf at every place", arguments: Configuration.distinct, ScalarType.allCases)
  func specials(configuration: Configuration, type: ScalarType) {
    type.run { specials(configuration, $0) }
  }

  private func specials<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for count in isDebug ? [5, 17] : [1, 2, 5, 16, 17, 33, 70] {
      let base = RowFamily.normal5.row(T.self, count: count)
      let plain = results(.cumulativeLogSumExp, of: base, options: configuration.options())
      var rows: [[T]] = []
      var expected: [[T]] = []
      for place in 0..<count {
        for special in T.specials {
          var row = base
          row[place] = special
          rows.append(row)
          expected.append(self.expected(row, place, special, plain, configuration))
          if place + 1 < count {
            for second in [T.nan, .infinity] where special != -.infinity {
              row[place + 1] = second
              rows.append(row)
              let later: T = special.isNaN || second.isNaN ? .nan : .infinity
              expected.append(
                Array(plain[..<place]) + [special]
                  + [T](repeating: later, count: count - place - 1))
            }
          }
        }
      }
      let got = results(.cumulativeLogSumExp, of: rows, options: configuration.options())
      for index in rows.indices {
        let shown = Array(got[index].prefix(20))
        #expect(
          got[index].bits == expected[index].bits,
          "\(T.self) \(configuration) \(rows[index]): \(shown)")
        let alone = results(.cumulativeLogSumExp, of: rows[index], options: configuration.options())
        #expect(alone.bits == got[index].bits, "\(T.self) \(configuration) \(rows[index]) alone")
      }
    }
  }

  /// -inf leaves the results of the row without it; the others stay.
  private func expected<T: TestScalar>(
    _ row: [T], _ place: Int, _ special: T, _ plain: [T], _ configuration: Configuration
  ) -> [T] {
    if special != -.infinity {
      return Array(plain[..<place]) + [T](repeating: special, count: row.count - place)
    }
    var without = row
    without.remove(at: place)
    var results = results(.cumulativeLogSumExp, of: without, options: configuration.options())
    results.insert(place == 0 ? -.infinity : results[place - 1], at: place)
    return results
  }

  @Test("skipsNaN, the soft minimum and empty rows", arguments: Configuration.distinct)
  func choices(configuration: Configuration) {
    var options = configuration.options()
    let matrix = Matrix([.nan, 1, .nan, 2.0], rows: 1, columns: 4)
    let sums = matrix.cumulativeLogSumExp(options: options).scalars
    #expect(sums.allSatisfy { $0.isNaN })
    options.skipsNaN = true
    let both = [1.0, 2].logSumExp(options: options)
    #expect(
      areClose(matrix.cumulativeLogSumExp(options: options).scalars, [-.infinity, 1, 1, both]))

    let minimum = Matrix([.infinity, 3, 3, -.infinity, 0.0], rows: 1, columns: 5)
    #expect(
      areClose(
        minimum.cumulativeLogSumExp(temperature: -1, options: options).scalars,
        [.infinity, 3, 3 - log(2), -.infinity, -.infinity]))
    let none = Matrix([Double](), rows: 3, columns: 0)
    #expect(none.cumulativeLogSumExp(options: options).scalars.isEmpty)
    let nothing = [Float](repeating: -.infinity, count: 40)
    let ofNothing = results(.cumulativeLogSumExp, of: nothing, options: options)
    #expect(ofNothing.allSatisfy { $0 == -.infinity })
  }

  // MARK: Layouts

  @Test(
    "exclusive and reversed, in every layout, in place and apart",
    arguments: Configuration.distinct, ScalarType.allCases)
  func layouts(configuration: Configuration, type: ScalarType) {
    type.run { layouts(configuration, $0) }
  }

  private func layouts<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    for columns in isDebug ? [17] : [1, 16, 65, 1100] {
      let rows = (0..<15).map { RowFamily.normal5.row(T.self, count: columns, draw: $0) }
      for cumulation in [Cumulation.exclusive, .inclusive.reversed, .exclusive.reversed] {
        for temperature in [1.0, -2] {
          let alone = rows.map { row in
            Matrix(row, rows: 1, columns: columns).cumulativeLogSumExp(
              cumulation, temperature: temperature, options: options
            ).scalars.bits
          }
          for arrangement in Arrangement.all {
            guard let memory = Arranged<T>(arrangement, rows: 15, columns: columns) else {
              continue
            }
            memory.fill(rows)
            let out = Matrix<T>(view: memory.view.view, cumulation, temperature, options)
            #expect(out.scalars.bits == alone.flatMap { $0 }, "\(configuration) \(arrangement)")
            var view = memory.view
            view.formCumulativeLogSumExp(cumulation, temperature: temperature, options: options)
            #expect(
              (0..<15).map { memory.row($0).bits } == alone && memory.isIntact,
              "\(T.self) \(configuration) \(cumulation) in place, \(arrangement), \(columns)")
          }
        }
      }
    }
  }
}

extension Matrix {
  fileprivate init(
    view: MatrixView<Scalar>, _ cumulation: Cumulation, _ temperature: Double, _ options: RowOptions
  ) {
    self = view.cumulativeLogSumExp(cumulation, temperature: temperature, options: options)
  }
}
