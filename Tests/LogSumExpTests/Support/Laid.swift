import LogSumExp

/// Memory of a layout, batches, strides of 0 and all, for elements of any kind.
final class Laid<Element: BitwiseCopyable> {
  let layout: MatrixLayout
  private let memory: UnsafeMutablePointer<Element>

  /// What `element` gives for each row, counted through all batches, and column. Where places share
  /// memory the last one wins.
  init(_ layout: MatrixLayout, filling: Element, _ element: (Int, Int) -> Element) {
    self.layout = layout
    memory = .allocate(capacity: max(1, layout.span))
    memory.initialize(repeating: filling, count: layout.span)
    for row in 0..<layout.totalRows {
      for column in 0..<layout.columns { memory[offset(row, column)] = element(row, column) }
    }
  }

  deinit { memory.deallocate() }

  var view: MatrixView<Element> { MatrixView(memory, layout: layout) }
  var mutableView: MutableMatrixView<Element> { MutableMatrixView(memory, layout: layout) }

  subscript(row: Int, column: Int) -> Element { memory[offset(row, column)] }

  /// Every row, batch after batch.
  var rows: [[Element]] {
    (0..<layout.totalRows).map { row in (0..<layout.columns).map { self[row, $0] } }
  }

  private func offset(_ row: Int, _ column: Int) -> Int {
    let (batch, inside) = row.quotientAndRemainder(dividingBy: layout.rows)
    return batch * layout.batchStride + inside * layout.rowStride + column * layout.columnStride
  }
}

extension MatrixLayout {
  /// The same shape in memory of other kinds: packed, padded, spread and transposed.
  var arranged: [MatrixLayout] {
    [
      MatrixLayout(batches: batches, rows: rows, columns: columns),
      MatrixLayout(batches: batches, rows: rows, columns: columns, rowStride: columns + 3),
      MatrixLayout(
        batches: batches, rows: rows, columns: columns, batchStride: rows * (2 * columns + 1) + 5,
        rowStride: 2 * columns + 1, columnStride: 2),
      MatrixLayout(batches: batches, rows: columns, columns: rows).transposed,
    ]
  }

  /// The same shape out of fewer elements: one row for all, one element a row, one matrix for all
  /// batches, one element.
  var repeated: [MatrixLayout] {
    [
      MatrixLayout(batches: batches, rows: rows, columns: columns, batchStride: 0, rowStride: 0),
      MatrixLayout(
        batches: batches, rows: rows, columns: columns, batchStride: rows, rowStride: 1,
        columnStride: 0),
      MatrixLayout(batches: batches, rows: rows, columns: columns, batchStride: 0),
      MatrixLayout(
        batches: batches, rows: rows, columns: columns, batchStride: 0, rowStride: 0,
        columnStride: 0),
    ]
  }
}
