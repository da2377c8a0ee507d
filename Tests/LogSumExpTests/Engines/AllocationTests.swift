import CInterposer
import LogSumExp
import TestSupport
import Testing

/// Serial calls into the caller's memory allocate nothing. Unoptimised code does, in Swift's own
/// generics and closures.
@Suite("Allocations", .enabled(if: counted_allocations_available() == 1 && !isDebug))
struct AllocationTests {
  private static let shapes = [
    (1, 0), (1, 1), (1, 10), (3, 20), (64, 1000), (4, 100_000), (1, 2049),
  ]

  @Test("the counter counts")
  func counter() {
    let before = counted_allocations()
    let array = [Int](repeating: 1, count: 1000)
    blackHole(array)
    #expect(counted_allocations() > before)
  }

  @Test("into", arguments: Configuration.all, ScalarType.allCases)
  func into(configuration: Configuration, type: ScalarType) {
    type.run { type in
      for (rows, columns) in Self.shapes {
        for arrangement in [Arrangement.packed, .padded, .spread, .transposed] {
          check(configuration, type, rows, columns, arrangement)
        }
      }
    }
  }

  @Test("into, with weights, mask and bias", arguments: Configuration.all, ScalarType.allCases)
  func options(configuration: Configuration, type: ScalarType) {
    type.run { type in
      for (rows, columns) in [(1, 1), (3, 20), (64, 1000), (2, 5000)] {
        check(configuration, type, rows, columns)
      }
    }
  }

  private func check<T: TestScalar>(
    _ configuration: Configuration, _ type: T.Type, _ rows: Int, _ columns: Int
  ) {
    let shape = MatrixLayout(rows: rows, columns: columns)
    let x = Laid<T>(shape, filling: 0) { T(($0 * 7 + $1 * 3) % 11) }
    // Row 1 holds what is off the fast path.
    let bias = Laid<T>(shape, filling: 0) { $0 == 1 && $1 == 3 ? .nan : T(($0 + $1) % 5) }
    let spread = Laid<T>(shape.arranged[2], filling: 0) { T(($0 + $1) % 5) - 1 }
    let flags = Laid<Bool>(shape, filling: true) { ($0 + $1) % 3 > 0 }
    let out = Laid<T>(shape, filling: 0) { _, _ in 0 }
    let (sums, signs) = (Guarded<T>(count: rows, filling: 0), Guarded<T>(count: rows, filling: 0))
    let options = configuration.options()
    let (input, output, biasView) = (x.view, out.mutableView, bias.view)
    let weights = Weights.perColumn((0..<columns).map { T($0 % 4) - 1 })
    let weightsView = Weights.perElement(spread.view)
    let (keeping, lengths) = (
      Mask.keeping(flags.view), Mask.lengths((0..<rows).map { columns - $0 % 2 })
    )
    let calls: [(String, () -> Void)] = [
      (
        "logSumExp, mask",
        { input.logSumExp(into: sums.elements, mask: keeping, options: options) }
      ),
      (
        "logSumExp, bias",
        { input.logSumExp(into: sums.elements, mask: lengths, bias: biasView, options: options) }
      ),
      (
        "logSumExp, weights",
        {
          input.logSumExp(into: sums.elements, weights: weights, mask: .causal(), options: options)
        }
      ),
      (
        "signedLogSumExp",
        {
          input.signedLogSumExp(
            into: sums.elements, signs: signs.elements, weights: weightsView, bias: biasView,
            options: options)
        }
      ),
      ("logMeanExp", { input.logMeanExp(into: sums.elements, mask: keeping, options: options) }),
      (
        "softmax",
        { input.softmax(into: output, mask: keeping, bias: biasView, options: options) }
      ),
      (
        "logSoftmax",
        { input.logSoftmax(into: output, mask: lengths, bias: biasView, options: options) }
      ),
    ]
    for (name, call) in calls {
      call()
      let before = counted_allocations()
      call()
      let count = counted_allocations() - before
      #expect(count == 0, "\(T.self) \(name) \(configuration) \(rows) x \(columns): \(count)")
    }
  }

  @Test("LSE of rows of more than 512 blocks", arguments: Configuration.distinct)
  func longest(configuration: Configuration) {
    let row = [Double](repeating: 1, count: 600_000)
    var out = [0.0]
    row.withMatrixView(rows: 1, columns: row.count) { view in
      out.withUnsafeMutableBufferPointer { out in
        view.logSumExp(into: out, options: configuration.options())
        let before = counted_allocations()
        view.logSumExp(into: out, options: configuration.options())
        #expect(counted_allocations() == before, "\(configuration)")
      }
    }
  }

  private func check<T: TestScalar>(
    _ configuration: Configuration, _ type: T.Type, _ rows: Int, _ columns: Int,
    _ arrangement: Arrangement
  ) {
    let from = Arranged<T>(arrangement, rows: rows, columns: columns)!
    from.fill((0..<rows).map { RowFamily.normal1.row(T.self, count: columns, draw: $0 % 3) })
    let to = Arranged<T>(arrangement, rows: rows, columns: columns)!
    let sums = Guarded<T>(count: rows, filling: 0)
    let options = configuration.options()
    let (input, output, results) = (from.view.view, to.view, sums.elements)
    var inPlace = from.view

    let calls: [(String, () -> Void)] = [
      ("logSumExp", { input.logSumExp(into: results, options: options) }),
      ("logSumExp, T = -2", { input.logSumExp(into: results, temperature: -2, options: options) }),
      (
        "logSumExp into a span",
        {
          var span = MutableSpan(_unsafeElements: results)
          input.logSumExp(into: &span, options: options)
        }
      ),
      ("softmax", { input.softmax(into: output, options: options) }),
      ("logSoftmax", { input.logSoftmax(into: output, options: options) }),
      ("cumulativeLogSumExp", { input.cumulativeLogSumExp(into: output, options: options) }),
      ("formSoftmax", { inPlace.formSoftmax(options: options) }),
      ("formLogSoftmax", { inPlace.formLogSoftmax(options: options) }),
    ]
    for (name, call) in calls {
      call()  // Tables are made on the first call.
      let before = counted_allocations()
      call()
      let count = counted_allocations() - before
      #expect(
        count == 0,
        "\(T.self) \(name) \(configuration) \(rows) x \(columns) \(arrangement): \(count)")
    }
  }
}
