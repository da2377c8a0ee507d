import LogSumExp
import Testing

/// Somebody else's matrix: eight lines give it every operation (README.md quotes them).
private struct Scores: RowWritable {
  var values: [Float]
  var columns: Int

  func withMatrixView<R, E: Error>(_ body: (MatrixView<Float>) throws(E) -> R) throws(E) -> R {
    try values.withMatrixView(rows: values.count / columns, columns: columns, body)
  }

  mutating func withMutableMatrixView<R, E: Error>(
    _ body: (MutableMatrixView<Float>) throws(E) -> R
  ) throws(E) -> R {
    try values.withMutableMatrixView(rows: values.count / columns, columns: columns, body)
  }
}

/// A matrix that is stored by column and can be read only.
private struct ByColumn: RowReadable {
  let columns: [Double]
  let rows: Int

  func withMatrixView<R, E: Error>(_ body: (MatrixView<Double>) throws(E) -> R) throws(E) -> R {
    try columns.withMatrixView(rows: columns.count / rows, columns: rows) { (view) throws(E) in
      try body(view.transposed)
    }
  }
}

@Suite("Foreign matrices")
struct ForeignMatrixTests {
  private let matrix = Matrix<Float>([1, 2, 3, 4, 5, 7], rows: 2, columns: 3)

  @Test("every operation")
  func everyOperation() {
    var scores = Scores(values: [1, 2, 3, 4, 5, 7], columns: 3)
    #expect(scores.logSumExp() == matrix.logSumExp())
    #expect(scores.softmax() == matrix.softmax())
    #expect(scores.logSoftmax() == matrix.logSoftmax())
    #expect(scores.softmax(temperature: -2) == matrix.softmax(temperature: -2))

    var sums = [Float](repeating: 0, count: 2)
    var span = sums.mutableSpan
    scores.logSumExp(into: &span)
    #expect(sums == matrix.logSumExp())

    var log = scores
    log.formLogSoftmax()
    #expect(log.values == matrix.logSoftmax().scalars)
    scores.formSoftmax()
    #expect(scores.values == matrix.softmax().scalars)
  }

  @Test("stored by column, as an existential too")
  func byColumn() {
    let stored = ByColumn(columns: [1, 4, 2, 5, 3, 7], rows: 2)
    let plain = Matrix<Double>([1, 2, 3, 4, 5, 7], rows: 2, columns: 3)
    #expect(stored.logSumExp() == plain.logSumExp())
    #expect(stored.softmax() == plain.softmax())
    let any: any RowReadable<Double> = stored
    #expect(any.logSoftmax() == plain.logSoftmax())
  }

  @Test("into memory of one's own")
  func into() {
    let scores = Scores(values: [1, 2, 3, 4, 5, 7], columns: 3)
    var out = [Float](repeating: 0, count: 6)
    out.withMutableMatrixView(rows: 2, columns: 3) { scores.softmax(into: $0) }
    #expect(out == matrix.softmax().scalars)
    out.withMutableMatrixView(rows: 2, columns: 3) { scores.logSoftmax(into: $0) }
    #expect(out == matrix.logSoftmax().scalars)
  }
}
