// What the public functions on rows share.

extension RowReadable {
  /// The results of a task with as many results as elements, in a matrix of their own.
  @inlinable
  func mappedRows(
    _ task: RowTask, _ inputs: RowInputs<Scalar>, _ temperature: Double, _ options: RowOptions
  ) -> Matrix<Scalar> {
    withMatrixView { view in
      let shape = inputs.shape(of: view.layout)
      return Matrix(uninitializedRows: shape.totalRows, columns: shape.columns) { out in
        view.mapRows(
          task, inputs, into: MutableMatrixView(out.base, layout: shape), temperature, options)
      }
    }
  }

  /// The same in the caller's memory.
  @inlinable
  func mapRows(
    _ task: RowTask, _ inputs: RowInputs<Scalar>, into out: MutableMatrixView<Scalar>,
    _ temperature: Double, _ options: RowOptions
  ) {
    withMatrixView { view in
      if inputs.isPlain {
        RowCall.run(
          task, Scalar._format, from: view.base, view.layout, to: out.base, out.layout,
          temperature: temperature, options: options)
      } else {
        view.runRows(task, inputs, into: out, temperature, options)
      }
    }
  }

  /// One result a row, in an array of its own.
  @inlinable
  func reducedRows(
    _ task: RowTask, _ inputs: RowInputs<Scalar>, _ temperature: Double, _ options: RowOptions
  ) -> [Scalar] {
    withMatrixView { view in
      let rows = inputs.shape(of: view.layout).totalRows
      return [Scalar](unsafeUninitializedCapacity: rows) { buffer, count in
        view.reduceRows(task, inputs, into: buffer, temperature, options)
        count = rows
      }
    }
  }
}

extension MatrixView where Element: RowScalar {
  /// One result a row, in the caller's memory.
  @inlinable
  func reduceRows(
    _ task: RowTask, _ inputs: RowInputs<Element>, into out: UnsafeMutableBufferPointer<Element>,
    _ temperature: Double, _ options: RowOptions
  ) {
    let base = out.baseAddress ?? UnsafeMutablePointer(mutating: emptyPointer())
    if inputs.isPlain {
      requireRowCount("into", out.count, layout)
      RowCall.run(
        task, Element._format, from: self.base, layout, to: base, layout.perRow(),
        temperature: temperature, options: options)
    } else {
      let rows = inputs.shape(of: layout)
      requireRowCount("into", out.count, rows)
      runRows(
        task, inputs, into: MutableMatrixView(base, layout: rows.perRow()), temperature, options)
    }
  }

  /// A task that takes more than the elements.
  @usableFromInline
  @specialized(where Element == Float)
  @specialized(where Element == Double)
  func runRows(
    _ task: RowTask, _ inputs: RowInputs<Element>, into out: MutableMatrixView<Element>,
    _ temperature: Double, _ options: RowOptions
  ) {
    RowCall.run(
      task, from: self, inputs, to: RowMemory(out.view), temperature: temperature,
      options: options)
  }
}

@usableFromInline
func requireRowCount(_ name: String, _ count: Int, _ layout: MatrixLayout) {
  require(
    count == layout.totalRows,
    "\(name): \(count) elements do not fit \(layout.totalRows) rows")
}

extension MatrixLayout {
  /// So many elements for each row, batch after batch.
  @usableFromInline
  func perRow(_ count: Int = 1) -> MatrixLayout {
    MatrixLayout(
      unchecked: batches, rows, count, batchStride: rows &* count, rowStride: count,
      columnStride: 1)
  }
}
