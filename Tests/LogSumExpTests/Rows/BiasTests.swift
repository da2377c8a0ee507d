import LogSumExp
import TestSupport
import Testing

/// A bias is x + T b, the product and the sum rounded, before anything else: to the last bit.
@Suite("Bias")
struct BiasTests {
  @Test("as added beforehand", arguments: Configuration.all, ScalarType.allCases)
  func asAdded(configuration: Configuration, type: ScalarType) {
    type.run { asAdded(configuration, $0) }
  }

  private func asAdded<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (batches, rows, columns) in [(1, 17, 1), (2, 5, 19), (1, 4, 200), (1, 2, 4500)] {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      let few = columns > 1000
      for layout in few ? [shape, shape.arranged[2]] : shape.arranged + shape.repeated {
        for input in few ? [shape, shape.arranged[3]] : shape.arranged {
          check(input, layout, .none, configuration, T.self)
        }
        check(shape, layout, .causal(offset: columns / 2), configuration, T.self)
      }
    }
  }

  private func check<T: TestScalar>(
    _ layout: MatrixLayout, _ biasLayout: MatrixLayout, _ mask: Mask,
    _ configuration: Configuration, _ type: T.Type
  ) {
    var random = SplitMix64(seed: layout.columns, layout.rows)
    let input = Laid<T>(layout, filling: .nan) { _, _ in T(random.normal(0, 5)) }
    let bias = Laid<T>(biasLayout, filling: .nan) { row, column in
      (row + column) % 7 == 3 ? -.infinity : T(random.normal(0, 4))
    }
    var options = configuration.options()
    (options.unmaskedNoMass, options.maskedNoMass) = (.uniform, .uniform)
    for temperature in [1, 0.7, -2] {
      let sums = (0..<layout.totalRows).map { row in
        (0..<layout.columns).map { column -> T in
          let product = T(temperature) * bias[row, column]
          return input[row, column] + product
        }
      }
      let packed = MatrixLayout(
        batches: layout.batches, rows: layout.rows, columns: layout.columns)
      let added = Laid<T>(packed, filling: 0) { sums[$0][$1] }
      for operation in RowOperation.allCases {
        let expected = results(
          operation, of: added.view, mask: mask, temperature: temperature, options: options)
        let got = results(
          operation, of: input.view, mask: mask, bias: bias.view, temperature: temperature,
          options: options)
        #expect(
          areSame(got.bits, expected.bits),
          "\(T.self) \(operation) \(configuration) T=\(temperature): \(layout), bias \(biasLayout)")
        if operation == .logSumExp { continue }
        let inPlace = Laid<T>(layout, filling: .nan) { input[$0, $1] }
        var view = inPlace.mutableView
        view.form(
          operation, mask: mask, bias: bias.view, temperature: temperature, options: options)
        #expect(
          areSame(inPlace.rows.flatMap(\.bits), expected.bits),
          "\(T.self) \(operation) \(configuration) T=\(temperature): in place, bias \(biasLayout)")
      }
    }
  }

  @Test("-inf masks, NaN does not", arguments: Configuration.all, ScalarType.allCases)
  func minusInfinity(configuration: Configuration, type: ScalarType) {
    type.run { minusInfinity(configuration, $0) }
  }

  private func minusInfinity<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let matrix = Matrix<T>([1, 50, 2, 1, 50, 2], rows: 2, columns: 3)
    let options = configuration.options()
    let two = [1, 2].map { T($0) }.softmax(options: options)
    ([0, -.infinity, 0, 0, .nan, 0] as [T]).withMatrixView(rows: 2, columns: 3) { bias in
      let softmax = matrix.softmax(bias: bias, options: options).scalars
      #expect(areClose(Array(softmax[0..<3]), [two[0], 0, two[1]]), "\(configuration) \(softmax)")
      #expect(softmax[3...].allSatisfy { $0.isNaN }, "\(configuration) \(softmax)")
      // What the bias makes NaN is skipped, and what is masked has no bias.
      var skipping = options
      skipping.skipsNaN = true
      let skipped = matrix.softmax(bias: bias, options: skipping).scalars
      #expect(areClose(Array(skipped[3...]), [two[0], 0, two[1]]), "\(configuration) \(skipped)")
      let masked = matrix.softmax(mask: .lengths([3, 1]), bias: bias, options: options).scalars
      #expect(Array(masked[3...]) == [1, 0, 0], "\(configuration) \(masked)")
    }
  }

  @Test("a soft minimum of biased scores")
  func softMinimum() {
    // T log(sum of exp(x / T + b)) at T = -1: -log(exp(-1 + 3) + exp(-2)).
    let value = Matrix<Double>([1, 2], rows: 1, columns: 2)
    ([3.0, 0.0] as [Double]).withMatrixView(rows: 1, columns: 2) { bias in
      let got = value.logSumExp(bias: bias, temperature: -1)[0]
      #expect(areClose([got], [-2.0181499279178094]), "\(got)")
    }
  }
}
