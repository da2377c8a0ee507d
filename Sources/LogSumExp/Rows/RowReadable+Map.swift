// What the operations with as many results as elements share.

extension RowReadable {
  /// The results of `operation` in a matrix of their own, batch after batch.
  @inlinable
  func mappedRows(
    _ operation: RowOperation, _ temperature: Double, _ options: RowOptions
  ) -> Matrix<Scalar> {
    withMatrixView { view in
      Matrix(uninitializedRows: view.layout.totalRows, columns: view.columns) { out in
        let layout = MatrixLayout(batches: view.batches, rows: view.rows, columns: view.columns)
        view.mapRows(
          operation, into: MutableMatrixView(out.base, layout: layout), temperature, options)
      }
    }
  }

  /// The results of `operation` in the caller's memory.
  @inlinable
  func mapRows(
    _ operation: RowOperation, into out: MutableMatrixView<Scalar>, _ temperature: Double,
    _ options: RowOptions
  ) {
    withMatrixView { view in
      RowCall.run(
        operation, Scalar._format, from: view.base, view.layout, to: out.base, out.layout,
        temperature: temperature, options: options)
    }
  }
}
