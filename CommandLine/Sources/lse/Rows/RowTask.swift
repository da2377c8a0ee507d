import LogSumExp
import NumPyFile

/// One operation on each row or column of a file.
struct RowTask {
  let work: RowWork
  let each: MatrixOptions.Each
  let files: RowFiles
  let temperature: Double
  let options: RowOptions

  /// The results in C order, computed in `Scalar`.
  func results<Scalar: FileScalar>(for file: MatrixFile) -> [Scalar] {
    file.withView(as: Scalar.self, converted: Scalar.values) { view in
      files.withArguments(temperature: temperature, options: options) { results(view, $0) }
    }
  }

  private func results<Scalar: RowScalar>(
    _ view: MatrixView<Scalar>, _ arguments: RowArguments<Scalar>
  ) -> [Scalar] {
    let source = MatrixView(view.base, layout: each.rows(of: view.layout))
    var layout = MatrixLayout(rows: source.layout.totalRows, columns: work.resultsPerRow ?? 0)
    if work.resultsPerRow == nil {
      layout = MatrixLayout(batches: view.batches, rows: view.rows, columns: view.columns)
      layout = each.rows(of: layout)
    }
    return [Scalar](unsafeUninitializedCapacity: layout.count) { buffer, count in
      let base = buffer.baseAddress ?? UnsafeMutablePointer(mutating: nowhere())
      work.apply(to: source, into: MutableMatrixView(base, layout: layout), arguments)
      count = layout.count
    }
  }

  /// Shape of the results for a file of the given shape: a reduction drops its axis. A file of rank 1
  /// is one row: by column no axis of it is reduced.
  func shape(for shape: [Int]) -> [Int] {
    if case .pick(_, let shape) = work { return shape }
    let axis = shape.count - (each == .row ? 1 : 2)
    if work.resultsPerRow == nil || axis < 0 { return shape }
    return Array(shape[..<axis] + shape[(axis + 1)...])
  }
}
