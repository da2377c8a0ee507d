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
  /// memcpy of the input to the output.
  case copy
  /// Reads the input and sums its words.
  case read

  /// The library's operation, if it is one.
  var operation: RowOperation? { RowOperation(rawValue: rawValue) }

  /// One call on `buffers`.
  func call<Scalar: RowScalar & BinaryFloatingPoint>(
    on buffers: BenchmarkBuffers<Scalar>, options: RowOptions
  ) -> () -> Void {
    if let operation {
      let layout = MatrixLayout(rows: buffers.rows, columns: buffers.columns)
      let view = MatrixView(UnsafePointer(buffers.input), layout: layout)
      let outLayout =
        operation == .logSumExp ? MatrixLayout(rows: buffers.rows, columns: 1) : layout
      let out = MutableMatrixView(buffers.output, layout: outLayout)
      return { operation.apply(to: view, into: out, options: options) }
    }
    nonisolated(unsafe) let input = UnsafeMutableRawPointer(buffers.input)
    nonisolated(unsafe) let output = UnsafeMutableRawPointer(buffers.output)
    let isCopy = self == .copy
    return {
      Self.inChunks(buffers.byteCount, threads: options.threads ?? 1) { range in
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
