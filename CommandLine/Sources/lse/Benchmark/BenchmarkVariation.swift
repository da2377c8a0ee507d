import ArgumentParser
import LogSumExp

/// What an operation on rows is given beside the matrix, or which way it goes.
enum BenchmarkVariation: String, CaseIterable, Codable, ExpressibleByArgument {
  case masked, causal, lengths, biased
  case weightedColumns = "weighted-columns"
  case weightedElements = "weighted-elements"
  /// On the transposed view of the matrix, results transposed too.
  case byColumn = "by-column"

  var isWeighted: Bool { self == .weightedColumns || self == .weightedElements }

  /// Puts what this variation adds into `arguments`.
  func set<Scalar: BenchmarkScalar>(
    _ arguments: inout RowArguments<Scalar>, from buffers: BenchmarkBuffers<Scalar>
  ) {
    let layout = MatrixLayout(rows: buffers.rows, columns: buffers.columns)
    switch self {
    case .masked: arguments.mask = .keeping(MatrixView(buffers.mask, layout: layout))
    case .causal: arguments.mask = .causal()
    case .lengths: arguments.mask = .lengths(buffers.lengths)
    case .biased: arguments.bias = MatrixView(buffers.second, layout: layout)
    case .weightedColumns:
      let weights = UnsafeBufferPointer(start: buffers.weights, count: buffers.columns)
      arguments.weights = .perColumn(Array(weights))
    case .weightedElements:
      arguments.weights = .perElement(MatrixView(buffers.weights, layout: layout))
    case .byColumn: break
    }
  }
}
