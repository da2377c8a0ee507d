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
