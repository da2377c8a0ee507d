import LogSumExp
import TestSupport
import Testing

/// Rows of Float16 and BFloat16: every result is Float's for the same numbers, rounded once.
@Suite("16-bit rows")
struct SixteenBitTests {
  @Test("as Float, options together", arguments: Configuration.all, SixteenBitType.allCases)
  func combinations(configuration: Configuration, type: SixteenBitType) {
    type.run { combinations(configuration, $0) }
  }

  private func combinations<T: SixteenBit>(_ configuration: Configuration, _ type: T.Type) {
    for seed in 0..<(isDebug ? 40 : 200) {
      let combination = Combination(seed: seed)
      let (half, single) = (combination.input { T($0) }, combination.input { $0 })
      let (halfBias, bias) = (combination.bias { T($0) }, combination.bias { $0 })
      let (halfWeights, weights) = (combination.weights { T($0) }, combination.weights { $0 })
      let (mask, selection) = (combination.mask, combination.selection)
      let options = combination.options(configuration)
      let temperature = combination.temperature
      func expect(_ what: String, _ got: [T], _ expected: [Float]) {
        #expect(
          areSame(got.map(\.pattern), expected.map { T($0).pattern }),
          "\(T.self) \(what) \(configuration) \(combination): \(got), not \(expected)")
      }
      for operation in RowOperation.allCases {
        expect(
          "\(operation)",
          results(
            operation, of: half.view, mask: mask, bias: halfBias?.view, selecting: selection,
            temperature: temperature, options: options),
          results(
            operation, of: single.view, mask: mask, bias: bias?.view, selecting: selection,
            temperature: temperature, options: options))
      }
      expect(
        "mean",
        half.view.logMeanExp(
          mask: mask, bias: halfBias?.view, selecting: selection, temperature: temperature,
          options: options),
        single.view.logMeanExp(
          mask: mask, bias: bias?.view, selecting: selection, temperature: temperature,
          options: options))
      let halfSum = half.view.signedLogSumExp(
        weights: .perElement(halfWeights.view), mask: mask, bias: halfBias?.view,
        selecting: selection, temperature: temperature, options: options)
      let sum = single.view.signedLogSumExp(
        weights: .perElement(weights.view), mask: mask, bias: bias?.view, selecting: selection,
        temperature: temperature, options: options)
      expect("weighted", halfSum.values, sum.values)
      expect("sign", halfSum.signs, sum.signs)
      let halfPairs = half.view.maxAndLogSum(
        mask: mask, bias: halfBias?.view, selecting: selection, temperature: temperature,
        options: options)
      let pairs = single.view.maxAndLogSum(
        mask: mask, bias: bias?.view, selecting: selection, temperature: temperature,
        options: options)
      expect("max", halfPairs.map(\.max), pairs.map(\.max))
      expect("log-sum", halfPairs.map(\.logSum), pairs.map(\.logSum))
      if combination.shape.columns == 0 { continue }
      let halfBest = half.view.argmax(
        mask: mask, bias: halfBias?.view, selecting: selection, temperature: temperature,
        options: options)
      let best = single.view.argmax(
        mask: mask, bias: bias?.view, selecting: selection, temperature: temperature,
        options: options)
      #expect(halfBest.map(\.column) == best.map(\.column), "\(T.self) \(configuration)")
      expect("argmax", halfBest.map(\.logProbability), best.map(\.logProbability))
    }
  }

  @Test("as Float, every layout and length", arguments: Configuration.all, SixteenBitType.allCases)
  func layouts(configuration: Configuration, type: SixteenBitType) {
    type.run { layouts(configuration, $0) }
  }

  private func layouts<T: SixteenBit>(_ configuration: Configuration, _ type: T.Type) {
    let families: [RowFamily] = [.normal1, .normal5, .dominant, .cancelling, .someMinusInfinity]
    for (batches, rows, columns) in [
      (1, 40, 1), (1, 33, 2), (2, 19, 17), (1, 3, 70), (1, 1, 300), (1, 17, 2048), (1, 35, 4500),
    ] {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      let all = (0..<shape.totalRows).map { row in
        families[row % families.count].row(Float.self, count: columns, draw: row).map { T($0) }
      }
      let single = Laid<Float>(shape, filling: 0) { all[$0][$1].float }
      for operation in RowOperation.allCases {
        let options = configuration.options()
        let expected = results(operation, of: single.view, options: options).map { T($0).pattern }
        for layout in shape.arranged {
          let half = Laid<T>(layout, filling: T(0)) { all[$0][$1] }
          var what: String { "\(T.self) \(operation) \(configuration) \(layout)" }
          for threads in [1, 2] {
            let got = results(
              operation, of: half.view, options: configuration.options(threads: threads))
            #expect(areSame(got.map(\.pattern), expected), "\(what), \(threads) threads")
          }
          if operation == .logSumExp { continue }
          var view = half.mutableView
          view.form(operation, options: options)
          #expect(areSame(half.rows.flatMap { $0 }.map(\.pattern), expected), "\(what), in place")
        }
      }
    }
  }

  @Test("every number survives", arguments: Configuration.all, SixteenBitType.allCases)
  func everyNumber(configuration: Configuration, type: SixteenBitType) {
    type.run { everyNumber(configuration, $0) }
  }

  private func everyNumber<T: SixteenBit>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let all = (0...UInt16.max).map { T(bitPattern: $0) }
    let patterns = all.map(\.pattern)
    func expect(_ what: String, _ got: [T]) {
      #expect(
        zip(got, patterns).allSatisfy { Self.isSame($0.pattern, $1) }
          && got.count == patterns.count,
        "\(T.self) \(what) \(configuration)")
    }
    // LSE of one element is the element: alone, and beside -inf in another order of memory.
    expect("one", Matrix(all, rows: all.count, columns: 1).logSumExp(options: options))
    let two = all + all.map { _ in T(-.infinity) }
    two.withMatrixView(rows: 2, columns: all.count) { view in
      expect(
        "two, transposed",
        view.transposed.logSumExp(
          bias: nil, options: options
        ))
    }
    let beside = all.flatMap { [$0, T(-.infinity), T(-.infinity)] }
    expect("three", Matrix(beside, rows: all.count, columns: 3).logSumExp(options: options))
    // In long vectors of one row: x - 0 where every term but one vanishes.
    let least: [T] = all.filter { $0.float.isFinite && $0.float <= -200 }
    let row = Matrix([T(0)] + least, rows: 1, columns: least.count + 1)
    #expect(
      areSame(
        row.logSoftmax(options: options).scalars.dropFirst().map(\.pattern), least.map(\.pattern)))
  }

  /// True for equal patterns, and for 0 and -0.
  private static func isSame(_ a: UInt16, _ b: UInt16) -> Bool {
    a == b || (a & 0x7fff == 0 && b & 0x7fff == 0)
  }

  @Test("results are rounded to nearest, ties to even", arguments: SixteenBitType.allCases)
  func rounding(type: SixteenBitType) {
    type.run { rounding($0) }
  }

  private func rounding<T: SixteenBit>(_ type: T.Type) {
    for configuration in Configuration.distinct {
      // x + b is exact in Float where b is a half, or less or more, of the spacing at x.
      var (x, b, expected): ([T], [T], [UInt16]) = ([], [], [])
      for pattern in 0..<UInt16.max {
        let (low, high) = (T(bitPattern: pattern), T(bitPattern: pattern &+ 1))
        if pattern & 0x7fff == 0x7fff || !low.float.isFinite || !high.float.isFinite { continue }
        let gap = high.float - low.float
        for part in [0.25, 0.5, 0.75] as [Float] {
          let step = T(part * gap)
          // Where even a part of the spacing is no number of the type there is no such sum.
          if step.float != part * gap || low.float + step.float - low.float != step.float {
            continue
          }
          x.append(low)
          b.append(step)
          let isUp = part > 0.5 || (part == 0.5 && pattern & 1 == 1)
          expected.append(isUp ? high.bitPattern : low.bitPattern)
        }
      }
      #expect(x.count > 100_000)
      let matrix = Matrix(x, rows: x.count, columns: 1)
      let got = b.withMatrixView(rows: b.count, columns: 1) {
        matrix.logSumExp(bias: $0, options: configuration.options())
      }
      let wrong = got.indices.filter { !Self.isSame(got[$0].bitPattern, expected[$0]) }
      #expect(
        wrong.isEmpty,
        "\(T.self) \(configuration): \(wrong.count), \(wrong.prefix(3).map { (x[$0], b[$0], got[$0]) })"
      )
    }
  }

  @Test("70,000 equal zeros", arguments: Configuration.all)
  func zeros(configuration: Configuration) {
    let options = configuration.options()
    let zeros = [BFloat16](repeating: 0, count: 70_000)
    let got = Matrix(zeros, rows: 1, columns: zeros.count).logSumExp(options: options)
    #expect(got == [11.1875])
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      if #available(macOS 11, *) {
        let zeros = [Float16](repeating: 0, count: 70_000)
        let got = Matrix(zeros, rows: 1, columns: zeros.count).logSumExp(options: options)
        #expect(got == [11.15625])
      }
    #endif
  }

  @Test("BFloat16 is the upper half of a Float")
  func bfloat16() {
    for pattern in 0...UInt16.max {
      let value = BFloat16(bitPattern: pattern)
      let float = Float(value)
      #expect(float.isNaN || BFloat16(float).bitPattern == pattern)
      #expect(float.bitPattern == UInt32(pattern) << 16)
      #expect(Double(value).isNaN == float.isNaN && (float.isNaN || Double(value) == Double(float)))
    }
    #expect(BFloat16(.nan) != BFloat16(.nan) && BFloat16(0) == BFloat16(-0.0))
    #expect(Float(BFloat16(Float.greatestFiniteMagnitude)) == .infinity)
    #expect(Float(BFloat16(1.01)) == 1.0078125)
    #expect((1.5 as BFloat16).hashValue == BFloat16(1.5).hashValue && "\(2 as BFloat16)" == "2.0")
    #expect(Float(BFloat16(Float(bitPattern: 0x7f80_0001))).isNaN, "a NaN of few bits stays one")
  }
}
