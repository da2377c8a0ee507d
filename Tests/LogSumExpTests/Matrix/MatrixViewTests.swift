import LogSumExp
import Testing

@Suite("MatrixView")
struct MatrixViewTests {
  /// 0, 1, 2, ... as two matrices of 3 x 4.
  private func withNumbers(_ body: (MatrixView<Double>) -> Void) {
    let numbers = (0..<24).map(Double.init)
    numbers.withUnsafeBufferPointer {
      body(MatrixView($0.baseAddress!, layout: MatrixLayout(batches: 2, rows: 3, columns: 4)))
    }
  }

  @Test("subscripts")
  func subscripts() {
    withNumbers { view in
      #expect(view.rows == 3 && view.columns == 4 && view.batches == 2)
      #expect(view[0, 0] == 0 && view[2, 3] == 11 && view[1, 2] == 6)
      #expect(view[batch: 1][0, 0] == 12 && view[batch: 1][2, 3] == 23)
      #expect(view[batch: 1].batches == 1)
    }
  }

  @Test("parts of each matrix")
  func parts() {
    withNumbers { view in
      let corner = view[rows: 1..<3, columns: 2..<4]
      #expect(corner.rows == 2 && corner.columns == 2 && corner.batches == 2)
      #expect(corner[0, 0] == 6 && corner[1, 1] == 11)
      #expect(corner[batch: 1][0, 0] == 18)
      #expect(view[rows: 2..<3][0, 1] == 9)
      #expect(view[columns: 3..<4][1, 0] == 7)
      #expect(view[rows: 1..<3][rows: 1..<2][0, 0] == 8)
      #expect(view[rows: 3..<3].layout.count == 0)
      #expect(view[rows: 0..<0, columns: 4..<4].layout.span == 0)
    }
  }

  @Test("transposes share the memory")
  func transposed() {
    withNumbers { view in
      let transposed = view.transposed
      #expect(transposed.rows == 4 && transposed.columns == 3)
      #expect(transposed[3, 1] == view[1, 3])
      #expect(transposed.base == view.base)
      #expect(view[rows: 0..<2, columns: 1..<3].transposed[1, 0] == 2)
    }
  }

  @Test("by column is by row of the transpose")
  func byColumn() {
    let columns = [[1.0, 4, 7], [2, 5, 8], [3, 6, 9]]
    let matrix = Matrix((1...9).map(Double.init), rows: 3, columns: 3)
    matrix.withMatrixView { view in
      #expect(view.transposed.logSumExp() == columns.map { $0.logSumExp() })
      #expect(view.transposed.softmax()[row: 1].elementsEqual(columns[1].softmax()))
    }
  }

  @Test("operations on a part see that part alone")
  func operationOnPart() {
    withNumbers { view in
      let part = view[rows: 1..<3, columns: 1..<3]
      let rows = [[5.0, 6], [9, 10], [17, 18], [21, 22]]
      #expect(part.logSumExp() == rows.map { $0.logSumExp() })
      let softmax = part.softmax()
      #expect(softmax.rows == 4 && softmax.columns == 2)
      #expect(softmax[row: 3].elementsEqual(rows[3].softmax()))
    }
  }

  @Test("a writable view writes through, and reads as a view")
  func mutable() {
    var numbers = (0..<24).map(Double.init)
    numbers.withUnsafeMutableBufferPointer { buffer in
      let view = MutableMatrixView(
        buffer.baseAddress!, layout: MatrixLayout(batches: 2, rows: 3, columns: 4))
      view[1, 2] = 100
      view[rows: 2..<3, columns: 0..<1][0, 0] = 200
      view[batch: 1].transposed[3, 0] = 300
      view[rows: 0..<1][0, 1] = 400
      view[columns: 1..<2][2, 0] = 500
      #expect(view[1, 2] == 100 && view.view[2, 0] == 200)
      #expect(view.rows == 3 && view.columns == 4 && view.batches == 2)
    }
    #expect(numbers[6] == 100 && numbers[8] == 200 && numbers[15] == 300 && numbers[1] == 400)
    #expect(numbers[9] == 500)
  }

  @Test("views on arrays, contiguous arrays, spans and buffers")
  func collections() {
    let expected = [[1.0, 2].logSumExp(), [3.0, 4].logSumExp()]
    var array = [1.0, 2, 3, 4]
    var contiguous = ContiguousArray(array)
    #expect(array.withMatrixView(rows: 2, columns: 2) { $0.logSumExp() } == expected)
    #expect(contiguous.withMatrixView(rows: 2, columns: 2) { $0.logSumExp() } == expected)
    #expect(array.span.withMatrixView(rows: 2, columns: 2) { $0.logSumExp() } == expected)
    array.withMutableMatrixView(rows: 2, columns: 2) { $0[1, 1] = 7 }
    contiguous.withMutableMatrixView(rows: 2, columns: 2) { $0[0, 1] = 8 }
    #expect(array == [1, 2, 3, 7] && contiguous == [1, 8, 3, 4])
    #expect([Double]().withMatrixView(rows: 0, columns: 5) { $0.logSumExp() } == [])
    #expect(
      [Double]().withMatrixView(rows: 2, columns: 0) { $0.logSumExp() } == [-.infinity, -.infinity])
  }

  @Test("what the body throws comes out with its type")
  func throwing() {
    struct Stop: Error, Equatable {}
    var array = [1.0]
    #expect(throws: Stop()) {
      try array.withMatrixView(rows: 1, columns: 1) { _ throws(Stop) in throw Stop() }
    }
    #expect(throws: Stop()) {
      try array.withMutableMatrixView(rows: 1, columns: 1) { _ throws(Stop) in throw Stop() }
    }
  }

  @Test("an output whose indices lie apart is accepted, in any nesting")
  func injective() {
    var memory = [Float](repeating: 1, count: 200)
    let layouts = [
      MatrixLayout(rows: 3, columns: 4, rowStride: 4),
      MatrixLayout(rows: 3, columns: 4, rowStride: 1, columnStride: 3),
      MatrixLayout(batches: 2, rows: 3, columns: 4, batchStride: 1, rowStride: 2, columnStride: 6),
      MatrixLayout(batches: 2, rows: 3, columns: 4, batchStride: 4, rowStride: 8),
      MatrixLayout(rows: 1, columns: 4, rowStride: 0),
      MatrixLayout(batches: 1, rows: 3, columns: 1, batchStride: 0, rowStride: 5, columnStride: 0),
      MatrixLayout(rows: 0, columns: 4, rowStride: 0, columnStride: 0),
    ]
    for layout in layouts {
      memory.withUnsafeMutableBufferPointer {
        let view = MutableMatrixView($0.baseAddress!, layout: layout)
        #expect(view.layout == layout)
      }
    }
  }
}
