import LogSumExp
import TestSupport

/// A way to lay rows out in memory.
struct Arrangement: Sendable, CustomStringConvertible {
  let name: String
  /// Distance of the first element from a 64-byte boundary.
  var offset = 0
  /// Layout for a number of rows and columns; nil if they do not fit.
  let layout: @Sendable (_ rows: Int, _ columns: Int) -> MatrixLayout?

  var description: String { offset == 0 ? name : "\(name), offset \(offset)" }

  static let packed = Arrangement(name: "packed") { MatrixLayout(rows: $0, columns: $1) }
  static let padded = Arrangement(name: "row stride > columns") {
    MatrixLayout(rows: $0, columns: $1, rowStride: $1 + 3)
  }
  static let spread = Arrangement(name: "column stride 2") {
    MatrixLayout(rows: $0, columns: $1, rowStride: 2 * $1 + 1, columnStride: 2)
  }
  static let transposed = Arrangement(name: "transposed") {
    MatrixLayout(rows: $1, columns: $0).transposed
  }
  static let paddedTransposed = Arrangement(name: "transposed, row stride > columns") {
    MatrixLayout(rows: $1, columns: $0, rowStride: $0 + 5).transposed
  }
  static let oddBatches = Arrangement(name: "batches of three rows, odd batch stride") {
    $0 % 3 == 0
      ? MatrixLayout(batches: $0 / 3, rows: 3, columns: $1, batchStride: 3 * $1 + 7) : nil
  }
  static let spreadBatches = Arrangement(name: "batches of five transposed rows") {
    $0 % 5 == 0
      ? MatrixLayout(
        batches: $0 / 5, rows: 5, columns: $1, batchStride: 5 * $1 + 3, rowStride: 1,
        columnStride: 5) : nil
  }

  static let all = [
    packed, padded, spread, transposed, paddedTransposed, oddBatches, spreadBatches,
  ]

  /// Packed at every distance from a boundary.
  static let unaligned = (0..<16).map { offset in
    var arrangement = packed
    arrangement.offset = offset
    return arrangement
  }
}

/// Memory of an arrangement, with a border that must stay as it is.
struct Arranged<T: TestScalar> {
  let memory: Guarded<T>
  let layout: MatrixLayout

  init?(_ arrangement: Arrangement, rows: Int, columns: Int) {
    guard let layout = arrangement.layout(rows, columns) else { return nil }
    self.layout = layout
    memory = Guarded(count: layout.span, offset: arrangement.offset, filling: -77)
  }

  var view: MutableMatrixView<T> { MutableMatrixView(memory.base, layout: layout) }

  /// Elements of row `row`, counted through the batches.
  func row(_ row: Int) -> [T] {
    (0..<layout.columns).map { memory.base[index(row, $0)] }
  }

  func fill(_ rows: [[T]]) {
    for (row, values) in rows.enumerated() {
      for (column, value) in values.enumerated() { memory.base[index(row, column)] = value }
    }
  }

  /// True if no element outside the layout was written.
  var isIntact: Bool {
    var used = [Bool](repeating: false, count: layout.span)
    for row in 0..<layout.totalRows {
      for column in 0..<layout.columns { used[index(row, column)] = true }
    }
    return memory.isIntact && used.indices.allSatisfy { used[$0] || memory.base[$0] == -77 }
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    let (batch, inside) = row.quotientAndRemainder(dividingBy: layout.rows)
    return batch * layout.batchStride + inside * layout.rowStride + column * layout.columnStride
  }
}
