import LogSumExp
import Testing

/// A call with an argument that is refused, and what the message must name.
enum RefusedCall: String, CaseIterable, Codable, Sendable {
  case temperatureZero, temperatureNaN, temperatureInfinite, softmaxTemperatureZero
  case noThreads, negativeThreads
  case matrixCount, viewCount, mutableViewCount
  case negativeRows, negativeColumns, negativeBatches
  case negativeRowStride, negativeColumnStride, negativeBatchStride
  case tooLarge, tooFar
  case outputRowStrideZero, outputColumnStrideZero, outputOverlapsItself
  case outputRows, outputColumns, outputBatches
  case sumsCount, sumsSpanCount
  case cumulativeTemperature, cumulativeThreads, cumulativeColumns, cumulativeOverlap
  case overlapShifted, overlapOtherLayout, sumsInInput
  case viewRow, viewColumn, mutableViewRow, matrixRow, matrixColumn, matrixSlice
  case partRows, partColumns, batchIndex
  case elementwiseThreads, elementwiseCount, elementwiseOverlap

  /// Does what must stop the program.
  func run() {
    var floats = [Float](repeating: 1, count: 64)
    let matrix = Matrix<Float>([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
    switch self {
    case .temperatureZero: _ = matrix.logSumExp(temperature: 0)
    case .temperatureNaN: _ = matrix.logSumExp(temperature: .nan)
    case .temperatureInfinite: _ = matrix.logSoftmax(temperature: -.infinity)
    case .softmaxTemperatureZero: _ = [1.0, 2].softmax(temperature: -0.0)
    case .noThreads: _ = matrix.logSumExp(options: RowOptions(threads: 0))
    case .negativeThreads: _ = matrix.softmax(options: RowOptions(threads: -3))
    case .elementwiseThreads: _ = softplus([1.0], options: RowOptions(threads: 0))
    case .elementwiseCount:
      floats.withUnsafeMutableBufferPointer {
        softplus(UnsafeBufferPointer(rebasing: $0[..<4]), into: .init(rebasing: $0[8..<11]))
      }
    case .elementwiseOverlap:
      floats.withUnsafeMutableBufferPointer {
        softplus(UnsafeBufferPointer(rebasing: $0[..<4]), into: .init(rebasing: $0[2..<6]))
      }
    case .matrixCount: _ = Matrix<Float>([1, 2, 3], rows: 2, columns: 2)
    case .viewCount: floats.withMatrixView(rows: 9, columns: 7) { _ in }
    case .mutableViewCount: floats.withMutableMatrixView(rows: 9, columns: 7) { _ in }
    case .negativeRows: _ = MatrixLayout(rows: -1, columns: 2)
    case .negativeColumns: _ = MatrixLayout(rows: 1, columns: -2)
    case .negativeBatches: _ = MatrixLayout(batches: -7, rows: 1, columns: 2)
    case .negativeRowStride: _ = MatrixLayout(rows: 1, columns: 2, rowStride: -4)
    case .negativeColumnStride: _ = MatrixLayout(rows: 1, columns: 2, columnStride: -5)
    case .negativeBatchStride: _ = MatrixLayout(rows: 1, columns: 2, batchStride: -6)
    case .tooLarge: _ = MatrixLayout(rows: Int.max / 2, columns: 3)
    case .tooFar: _ = MatrixLayout(rows: 3, columns: 1, batchStride: 1, rowStride: Int.max)
    case .outputRowStrideZero:
      let layout = MatrixLayout(rows: 2, columns: 3, rowStride: 0)
      floats.withUnsafeMutableBufferPointer {
        _ = MutableMatrixView($0.baseAddress!, layout: layout)
      }
    case .outputColumnStrideZero:
      let layout = MatrixLayout(rows: 2, columns: 3, rowStride: 1, columnStride: 0)
      floats.withUnsafeMutableBufferPointer {
        _ = MutableMatrixView($0.baseAddress!, layout: layout)
      }
    case .outputOverlapsItself:
      let layout = MatrixLayout(rows: 2, columns: 3, rowStride: 2)
      floats.withUnsafeMutableBufferPointer {
        _ = MutableMatrixView($0.baseAddress!, layout: layout)
      }
    case .outputRows: softmax(matrix, into: MatrixLayout(rows: 4, columns: 3))
    case .outputColumns: softmax(matrix, into: MatrixLayout(rows: 2, columns: 5))
    case .outputBatches: softmax(matrix, into: MatrixLayout(batches: 3, rows: 2, columns: 3))
    case .sumsCount:
      floats.withUnsafeMutableBufferPointer { matrix.logSumExp(into: $0) }
    case .sumsSpanCount:
      var span = floats.mutableSpan
      matrix.logSumExp(into: &span)
    case .cumulativeTemperature: _ = matrix.cumulativeLogSumExp(temperature: 0)
    case .cumulativeThreads:
      _ = matrix.cumulativeLogSumExp(.exclusive, options: RowOptions(threads: 0))
    case .cumulativeColumns:
      floats.withUnsafeMutableBufferPointer {
        let layout = MatrixLayout(rows: 2, columns: 5)
        matrix.cumulativeLogSumExp(into: MutableMatrixView($0.baseAddress!, layout: layout))
      }
    case .cumulativeOverlap:
      floats.withUnsafeMutableBufferPointer { buffer in
        let base = buffer.baseAddress!
        let layout = MatrixLayout(rows: 4, columns: 4)
        MatrixView(UnsafePointer(base), layout: layout).cumulativeLogSumExp(
          .inclusive.reversed, into: MutableMatrixView(base + 4, layout: layout))
      }
    case .overlapShifted: softmax(&floats, MatrixLayout(rows: 4, columns: 4), outputOffset: 4)
    case .overlapOtherLayout:
      softmax(
        &floats, MatrixLayout(rows: 4, columns: 4), outputOffset: 0,
        MatrixLayout(rows: 4, columns: 4).transposed)
    case .sumsInInput:
      floats.withUnsafeMutableBufferPointer { buffer in
        let view = MatrixView(UnsafeBufferPointer(buffer), rows: 8, columns: 8)
        view.logSumExp(into: UnsafeMutableBufferPointer(rebasing: buffer[56..<64]))
      }
    case .viewRow: matrix.withMatrixView { _ = $0[2, 0] }
    case .viewColumn: matrix.withMatrixView { _ = $0[0, -1] }
    case .mutableViewRow: floats.withMutableMatrixView(rows: 8, columns: 8) { $0[8, 0] = 1 }
    case .matrixRow: _ = matrix[-1, 0]
    case .matrixColumn: _ = matrix[1, 3]
    case .matrixSlice: _ = matrix[row: 2]
    case .partRows: matrix.withMatrixView { _ = $0[rows: 1..<3] }
    case .partColumns: matrix.withMatrixView { _ = $0[rows: 0..<1, columns: 2..<4] }
    case .batchIndex: matrix.withMatrixView { _ = $0[batch: 1] }
    }
  }

  private func softmax(_ matrix: Matrix<Float>, into layout: MatrixLayout) {
    var out = [Float](repeating: 0, count: 64)
    out.withUnsafeMutableBufferPointer {
      matrix.softmax(into: MutableMatrixView($0.baseAddress!, layout: layout))
    }
  }

  private func softmax(
    _ floats: inout [Float], _ layout: MatrixLayout, outputOffset: Int,
    _ outputLayout: MatrixLayout? = nil
  ) {
    floats.withUnsafeMutableBufferPointer { buffer in
      let base = buffer.baseAddress!
      MatrixView(UnsafePointer(base), layout: layout).softmax(
        into: MutableMatrixView(base + outputOffset, layout: outputLayout ?? layout))
    }
  }

  /// The argument and both values: what it is and what it must be or fit.
  var message: String {
    switch self {
    case .temperatureZero: "temperature is 0.0, must be finite and not 0"
    case .temperatureNaN: "temperature is nan, must be finite and not 0"
    case .temperatureInfinite: "temperature is -inf, must be finite and not 0"
    case .softmaxTemperatureZero: "temperature is -0.0, must be finite and not 0"
    case .noThreads: "options.threads is 0, must be at least 1"
    case .negativeThreads: "options.threads is -3, must be at least 1"
    case .matrixCount: "Matrix: 3 elements do not fill 2 rows of 2 columns"
    case .viewCount, .mutableViewCount: "64 elements do not fill 9 rows of 7 columns"
    case .negativeRows: "rows is -1, must not be negative"
    case .negativeColumns: "columns is -2, must not be negative"
    case .negativeBatches: "batches is -7, must not be negative"
    case .negativeRowStride: "rowStride is -4, must not be negative"
    case .negativeColumnStride: "columnStride is -5, must not be negative"
    case .negativeBatchStride: "batchStride is -6, must not be negative"
    case .tooLarge: "4611686018427387903"
    case .tooFar: "does not fit Int"
    case .outputRowStrideZero: "strides 0, 0, 1 put several of 1 x 2 x 3 elements"
    case .outputColumnStrideZero: "strides 2, 1, 0 put several of 1 x 2 x 3 elements"
    case .outputOverlapsItself: "strides 4, 2, 1 put several of 1 x 2 x 3 elements"
    case .outputRows: "output of 1 x 4 x 3 does not fit input of 1 x 2 x 3"
    case .outputColumns: "output of 1 x 2 x 5 does not fit input of 1 x 2 x 3"
    case .outputBatches: "output of 3 x 2 x 3 does not fit input of 1 x 2 x 3"
    case .sumsCount, .sumsSpanCount: "into: 64 elements do not fit 2 rows"
    case .cumulativeTemperature: "temperature is 0.0, must be finite and not 0"
    case .cumulativeThreads: "options.threads is 0, must be at least 1"
    case .cumulativeColumns: "output of 1 x 2 x 5 does not fit input of 1 x 2 x 3"
    case .cumulativeOverlap:
      "output of 64 bytes overlaps input of 64 bytes, 16 bytes from its start"
    case .overlapShifted: "output of 64 bytes overlaps input of 64 bytes, 16 bytes from its start"
    case .overlapOtherLayout:
      "output of 64 bytes overlaps input of 64 bytes, 0 bytes from its start"
    case .sumsInInput: "output of 32 bytes overlaps input of 256 bytes, 224 bytes from its start"
    case .viewRow, .matrixSlice: "row 2 lies outside 0..<2"
    case .viewColumn: "column -1 lies outside 0..<3"
    case .mutableViewRow: "row 8 lies outside 0..<8"
    case .matrixRow: "row -1 lies outside 0..<2"
    case .matrixColumn: "column 3 lies outside 0..<3"
    case .partRows: "rows 1..<3 lie outside 0..<2"
    case .partColumns: "columns 2..<4 lie outside 0..<3"
    case .batchIndex: "batch: 1 lies outside 0..<1"
    case .elementwiseThreads: "options.threads is 0, must be at least 1"
    case .elementwiseCount: "into: 3 elements do not fit 4 of the operands"
    case .elementwiseOverlap:
      "output of 16 bytes overlaps an operand, 8 bytes from its start"
    }
  }
}

/// Refused arguments stop the program, in debug and release, with a message that names them.
@Suite("Refused arguments")
struct ExitTests {
  @Test("stops and says why", arguments: RefusedCall.allCases)
  func refused(call: RefusedCall) async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [call] in
      call.run()
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains(call.message), "\(message.prefix(500))")
  }
}
