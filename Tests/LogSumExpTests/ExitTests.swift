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
  case maskShape, maskBatches, lengthsCount, lengthTooLong, lengthNegative
  case biasShape, weightsCount, weightsShape, signsCount, signedCount, meansCount
  case selectedRow, selectedColumn, selectedMaskShape, selectedOutput, selectedInPlace
  case picksCount, pickedColumn, picksPerRow, largestNone, largestTooMany, argmaxOfNothing
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
    default: runOptions(&floats, matrix)
    }
  }

  /// The arguments that say what takes part.
  private func runOptions(_ floats: inout [Float], _ matrix: Matrix<Float>) {
    let flags = [Bool](repeating: true, count: 8)
    let eight = [Float](repeating: 1, count: 8)
    switch self {
    case .maskShape:
      flags.withMatrixView(rows: 4, columns: 2) { _ = matrix.softmax(mask: .keeping($0)) }
    case .maskBatches:
      flags.withUnsafeBufferPointer {
        let layout = MatrixLayout(batches: 2, rows: 1, columns: 3)
        _ = matrix.logSumExp(mask: .keeping(MatrixView($0.baseAddress!, layout: layout)))
      }
    case .lengthsCount: _ = matrix.logSumExp(mask: .lengths([1, 2, 3]))
    case .lengthTooLong: _ = matrix.logSoftmax(mask: .lengths([3, 4]))
    case .lengthNegative: _ = matrix.logMeanExp(mask: .lengths([-1, 2]))
    case .biasShape:
      eight.withMatrixView(rows: 2, columns: 4) { _ = matrix.logSumExp(bias: $0) }
    case .weightsCount: _ = matrix.logSumExp(weights: .perColumn([1, 2]))
    case .weightsShape:
      eight.withMatrixView(rows: 2, columns: 4) {
        _ = matrix.signedLogSumExp(weights: .perElement($0))
      }
    case .signsCount:
      var values: [Float] = [0, 0]
      floats.withUnsafeMutableBufferPointer { signs in
        values.withUnsafeMutableBufferPointer {
          matrix.signedLogSumExp(into: $0, signs: signs, weights: .perColumn([1, 1, 1]))
        }
      }
    case .signedCount:
      var signs: [Float] = [0, 0]
      floats.withUnsafeMutableBufferPointer { values in
        signs.withUnsafeMutableBufferPointer {
          matrix.signedLogSumExp(into: values, signs: $0, weights: .perColumn([1, 1, 1]))
        }
      }
    case .meansCount: floats.withUnsafeMutableBufferPointer { matrix.logMeanExp(into: $0) }
    case .selectedRow: _ = matrix.logSumExp(selecting: .rows([0, 2]))
    case .selectedColumn: _ = matrix.softmax(selecting: .columns([-1]))
    case .selectedMaskShape:
      flags[0..<6].withUnsafeBufferPointer { flags in
        let view = MatrixView(flags, rows: 2, columns: 3)
        _ = matrix.softmax(mask: .keeping(view), selecting: .columns([0, 1]))
      }
    case .selectedOutput:
      floats.withUnsafeMutableBufferPointer {
        matrix.softmax(
          into: MutableMatrixView($0.baseAddress!, layout: MatrixLayout(rows: 2, columns: 3)),
          selecting: .rows([1]))
      }
    case .selectedInPlace:
      floats.withMutableMatrixView(rows: 8, columns: 8) { view in
        view.view.softmax(into: view, selecting: .rows([7, 6, 5, 4, 3, 2, 1, 0]))
      }
    case .picksCount: _ = matrix.logProbabilities(of: [0])
    case .pickedColumn: _ = matrix.logProbabilities(of: [0, 3])
    case .picksPerRow: _ = matrix.logProbabilities(of: [], perRow: -1)
    case .largestNone: _ = matrix.largest(0)
    case .largestTooMany: _ = matrix.largest(3, selecting: .columns([0, 1]))
    case .argmaxOfNothing: _ = Matrix<Float>([], rows: 2, columns: 0).argmax()
    default: break
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
    case .maskShape: "mask: 1 x 4 x 2 does not fit 1 x 2 x 3"
    case .maskBatches: "mask: 2 x 1 x 3 does not fit 1 x 2 x 3"
    case .lengthsCount: "mask: 3 lengths do not fit 2 rows"
    case .lengthTooLong: "mask: length 4 lies outside 0...3"
    case .lengthNegative: "mask: length -1 lies outside 0...3"
    case .biasShape: "bias: 1 x 2 x 4 does not fit 1 x 2 x 3"
    case .weightsCount: "weights: 2 elements do not fit 3 columns"
    case .weightsShape: "weights: 1 x 2 x 4 does not fit 1 x 2 x 3"
    case .signsCount: "signs: 64 elements do not fit 2 rows"
    case .signedCount, .meansCount: "into: 64 elements do not fit 2 rows"
    case .selectedRow: "selecting: row 2 lies outside 0..<2"
    case .selectedColumn: "selecting: column -1 lies outside 0..<3"
    case .selectedMaskShape: "mask: 1 x 2 x 3 does not fit 1 x 2 x 2"
    case .selectedOutput: "output of 1 x 2 x 3 does not fit input of 1 x 1 x 3"
    case .selectedInPlace: "output of 256 bytes overlaps input of 256 bytes"
    case .picksCount: "of: 1 columns are not 1 for each of 2 rows"
    case .pickedColumn: "of: column 3 lies outside 0..<3"
    case .picksPerRow: "perRow: -1 columns a row, must not be negative"
    case .largestNone: "largest: 0 elements of 3 columns, must be 1 to that many"
    case .largestTooMany: "largest: 3 elements of 2 columns, must be 1 to that many"
    case .argmaxOfNothing: "largest: 1 elements of 0 columns, must be 1 to that many"
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
