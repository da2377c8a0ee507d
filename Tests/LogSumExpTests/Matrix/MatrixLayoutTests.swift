import LogSumExp
import Testing

@Suite("MatrixLayout")
struct MatrixLayoutTests {
  @Test("strides left out are those of packed rows")
  func defaults() {
    let layout = MatrixLayout(batches: 2, rows: 3, columns: 4)
    #expect(layout.rowStride == 4 && layout.batchStride == 12 && layout.columnStride == 1)
    let spread = MatrixLayout(batches: 2, rows: 3, columns: 4, columnStride: 2)
    #expect(spread.rowStride == 8 && spread.batchStride == 24)
    let padded = MatrixLayout(batches: 2, rows: 3, columns: 4, rowStride: 10)
    #expect(padded.batchStride == 30 && padded.columnStride == 1)
  }

  @Test("count, totalRows and span")
  func counts() {
    let layout = MatrixLayout(
      batches: 2, rows: 3, columns: 4, batchStride: 100, rowStride: 10, columnStride: 2)
    #expect(layout.count == 24 && layout.totalRows == 6)
    // 1 + 1 * 100 + 2 * 10 + 3 * 2
    #expect(layout.span == 127)
    #expect(MatrixLayout(rows: 1, columns: 1).span == 1)
    for (batches, rows, columns) in [(0, 3, 4), (2, 0, 4), (2, 3, 0)] {
      let empty = MatrixLayout(batches: batches, rows: rows, columns: columns)
      #expect(empty.span == 0 && empty.count == 0)
    }
    #expect(MatrixLayout(rows: 5, columns: 0).totalRows == 5)
    // Repeated rows: one row of memory.
    #expect(MatrixLayout(rows: 1000, columns: 3, rowStride: 0).span == 3)
  }

  @Test("transposing twice is nothing; it keeps batches")
  func transposed() {
    let layout = MatrixLayout(
      batches: 2, rows: 3, columns: 4, batchStride: 100, rowStride: 10, columnStride: 2)
    let transposed = layout.transposed
    #expect(transposed.rows == 4 && transposed.columns == 3 && transposed.batches == 2)
    #expect(transposed.rowStride == 2 && transposed.columnStride == 10)
    #expect(transposed.batchStride == 100 && transposed.span == layout.span)
    #expect(transposed.transposed == layout)
  }

  @Test("layouts are equal that say the same")
  func equality() {
    #expect(MatrixLayout(rows: 2, columns: 3) == MatrixLayout(rows: 2, columns: 3, rowStride: 3))
    #expect(MatrixLayout(rows: 2, columns: 3) != MatrixLayout(rows: 2, columns: 3, rowStride: 4))
    #expect(
      MatrixLayout(rows: 2, columns: 3).hashValue
        == MatrixLayout(batches: 1, rows: 2, columns: 3, columnStride: 1).hashValue)
  }

  @Test("a layout near the largest Int is sound as long as its span fits")
  func large() {
    let layout = MatrixLayout(rows: 2, columns: 1, batchStride: 0, rowStride: Int.max - 1)
    #expect(layout.span == Int.max)
  }
}
