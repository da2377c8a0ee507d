import ArgumentParser
import Dispatch
import Foundation
import LogSumExp

/// What is timed: an operation of the library, or one of the machine's limits beside it.
enum BenchmarkWork: String, CaseIterable, Codable, ExpressibleByArgument {
  case logSumExp = "logsumexp"
  case softmax
  case logSoftmax = "log-softmax"
  case cumulative
  case logMeanExp = "log-mean-exp"
  /// Of two arrays, element by element.
  case logAddExp = "log-add-exp"
  /// Of one array, element by element.
  case softplus
  /// memcpy of the input to the output.
  case copy
  /// Reads the input and sums its words.
  case read

  /// The operation on rows, if it is one.
  var rows: RowWork? {
    switch self {
    case .logSumExp: .logSumExp
    case .softmax: .softmax
    case .logSoftmax: .logSoftmax
    case .cumulative: .cumulative(.inclusive)
    case .logMeanExp: .logMeanExp
    case .logAddExp, .softplus, .copy, .read: nil
    }
  }

  /// Whether it is one of the machine's limits and not of the library.
  var isLimit: Bool { self == .copy || self == .read }

  /// The plan that `engine` takes for rows of `columns` elements; nil where there are no plans.
  func plan<Scalar: RowScalar>(
    of engine: Engine, _ variation: BenchmarkVariation?, columns: Int, _ type: Scalar.Type
  ) -> String? {
    if rows == nil { return nil }
    // Weighted sums have one plan, as cumulative ones; log-mean-exp has those of LSE.
    let operation =
      variation?.isWeighted == true
      ? .cumulativeLogSumExp : RowOperation(rawValue: rawValue) ?? .logSumExp
    return engine.choice(for: operation, columns: columns, of: type).plan
  }

  /// One call on `buffers`.
  func call<Scalar: BenchmarkScalar>(
    on buffers: BenchmarkBuffers<Scalar>, _ variation: BenchmarkVariation? = nil,
    options: RowOptions
  ) -> () -> Void {
    if let rows {
      let layout = MatrixLayout(rows: buffers.rows, columns: buffers.columns)
      var view = MatrixView(UnsafePointer(buffers.input), layout: layout)
      if variation == .byColumn { view = view.transposed }
      let outLayout =
        rows.resultsPerRow.map { MatrixLayout(rows: view.rows, columns: $0) } ?? view.layout
      let out = MutableMatrixView(buffers.output, layout: outLayout)
      var arguments = RowArguments<Scalar>(options: options)
      variation?.set(&arguments, from: buffers)
      return { [arguments] in rows.apply(to: view, into: out, arguments) }
    }
    let count = buffers.rows * buffers.columns
    let x = UnsafeBufferPointer(start: buffers.input, count: count)
    let out = UnsafeMutableBufferPointer(start: buffers.output, count: count)
    switch self {
    case .logAddExp:
      let y = UnsafeBufferPointer(start: buffers.second, count: count)
      return { LogSumExp.logAddExp(x, y, into: out, options: options) }
    case .softplus: return { LogSumExp.softplus(x, into: out, options: options) }
    default: return limit(on: buffers, threads: options.threads ?? 1)
    }
  }

  private func limit<Scalar>(
    on buffers: BenchmarkBuffers<Scalar>, threads: Int
  ) -> () -> Void {
    nonisolated(unsafe) let input = UnsafeMutableRawPointer(buffers.input)
    nonisolated(unsafe) let output = UnsafeMutableRawPointer(buffers.output)
    let isCopy = self == .copy
    return {
      Self.inChunks(buffers.byteCount, threads: threads) { range in
        let (from, to) = (input + range.lowerBound, output + range.lowerBound)
        if isCopy {
          memcpy(to, from, range.count)
        } else {
          to.storeBytes(of: sum(from, byteCount: range.count), as: UInt64.self)
        }
      }
    }
  }

  /// Calls `body` for `threads` parts of `byteCount`, each of whole pages, at the same time.
  private static func inChunks(
    _ byteCount: Int, threads: Int, _ body: @Sendable (Range<Int>) -> Void
  ) {
    if threads == 1 { return body(0..<byteCount) }
    let pages = (byteCount + 4095) / 4096
    DispatchQueue.concurrentPerform(iterations: threads) { i in
      let start = min(pages * i / threads * 4096, byteCount)
      body(start..<min(pages * (i + 1) / threads * 4096, byteCount))
    }
  }
}

/// Sum of the words of `byteCount` bytes and those up to the next multiple of 256, which must be
/// there: as fast a stream of reads as there is.
private func sum(_ base: UnsafeRawPointer, byteCount: Int) -> UInt64 {
  var sums = (SIMD8<UInt64>(), SIMD8<UInt64>(), SIMD8<UInt64>(), SIMD8<UInt64>())
  for offset in stride(from: 0, to: byteCount, by: 256) {
    let words = base + offset
    sums.0 &+= words.load(as: SIMD8<UInt64>.self)
    sums.1 &+= words.load(fromByteOffset: 64, as: SIMD8<UInt64>.self)
    sums.2 &+= words.load(fromByteOffset: 128, as: SIMD8<UInt64>.self)
    sums.3 &+= words.load(fromByteOffset: 192, as: SIMD8<UInt64>.self)
  }
  return ((sums.0 &+ sums.1) &+ (sums.2 &+ sums.3)).wrappedSum()
}
