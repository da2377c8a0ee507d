import LogSumExp
import NumPyFile

/// One operation on each row or column of a file.
struct RowTask {
  let work: RowWork
  let each: MatrixOptions.Each
  let temperature: Double
  let options: RowOptions

  /// The results in C order, computed in Float.
  func floats(_ file: MatrixFile) -> [Float] {
    file.withView(as: Float.self, converted: { $0.values(as: Float.self) }, results)
  }

  /// The results in C order, computed in Double.
  func doubles(_ file: MatrixFile) -> [Double] {
    file.withView(as: Double.self, converted: { $0.values(as: Double.self) }, results)
  }

  private func results<Scalar: RowScalar>(_ view: MatrixView<Scalar>) -> [Scalar] {
    let source = each == .row ? view : view.transposed
    var layout = MatrixLayout(rows: source.layout.totalRows, columns: 1)
    if !work.isReduction {
      layout = MatrixLayout(batches: view.batches, rows: view.rows, columns: view.columns)
      if each == .column { layout = layout.transposed }
    }
    return [Scalar](unsafeUninitializedCapacity: layout.count) { buffer, count in
      let base = buffer.baseAddress ?? UnsafeMutablePointer(mutating: nowhere())
      let out = MutableMatrixView(base, layout: layout)
      work.apply(
        to: source, into: out, RowArguments(temperature: temperature, options: options))
      count = layout.count
    }
  }

  /// Shape of the results for a file of the given shape: a reduction drops its axis. A file of rank 1
  /// is one row: by column no axis of it is reduced.
  func shape(for shape: [Int]) -> [Int] {
    let axis = shape.count - (each == .row ? 1 : 2)
    if !work.isReduction || axis < 0 { return shape }
    return Array(shape[..<axis] + shape[(axis + 1)...])
  }
}
