import LogSumExp
import TestSupport
import Testing

/// No kernel reads or writes outside the rows: they lie against pages that may not be touched, so that one
/// byte too far would end the test program.
@Suite("Fences")
struct FenceTests {
  private static let lengths = Array(1...70) + [511, 512, 513, 1025, 2047, 2049, 4097]

  @Test("at both ends", arguments: Configuration.distinct, ScalarType.allCases)
  func ends(configuration: Configuration, type: ScalarType) {
    type.run { ends(configuration, $0) }
  }

  private func ends<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    let (input, output, sums) = (
      FencedMemory<T>(count: 17 * 4097), FencedMemory<T>(count: 17 * 4097),
      FencedMemory<T>(count: 17)
    )
    for columns in Self.lengths {
      let row = RowFamily.normal1.row(T.self, count: columns)
      let expected = row.logSumExp(options: options)
      for rows in [1, 2, 3, 16, 17] {
        for isLast in [false, true] {
          let count = rows * columns
          let from = isLast ? input.last(count) : input.first(count)
          let to = isLast ? output.last(count) : output.first(count)
          let lse = isLast ? sums.last(rows) : sums.first(rows)
          for index in 0..<count { from[index] = row[index % columns] }
          let view = MatrixView(UnsafeBufferPointer(from), rows: rows, columns: columns)
          let out = MutableMatrixView(to, rows: rows, columns: columns)
          view.logSumExp(into: lse, options: options)
          view.softmax(into: out, options: options)
          view.logSoftmax(into: out, options: options)
          view.transposed.logSoftmax(into: out.transposed, options: options)
          view.cumulativeLogSumExp(into: out, options: options)
          view.cumulativeLogSumExp(.exclusive.reversed, into: out, options: options)
          #expect(
            lse.allSatisfy { $0 == expected },
            "\(T.self) \(configuration) \(rows) x \(columns)")
        }
      }
    }
  }
}
