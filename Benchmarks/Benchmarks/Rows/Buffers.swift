import Foundation
import LogSumExp

/// Input and output of one shape, there only while a benchmark runs.
final class Buffers<Scalar: RowScalar & BinaryFloatingPoint> {
  let shape: Shape
  private var input = UnsafeMutableBufferPointer<Scalar>(start: nil, count: 0)
  private var output = UnsafeMutableBufferPointer<Scalar>(start: nil, count: 0)

  init(_ shape: Shape) { self.shape = shape }

  deinit { release() }

  /// Allocates both; the input holds seeded draws of N(0, 1).
  func fill() {
    release()
    var normal = NormalDraws(seed: 20)
    input = Self.pages(shape.count) { Scalar(normal.next()) }
    output = Self.pages(shape.count) { 0 }
  }

  func release() {
    input.deallocate()
    output.deallocate()
    input = UnsafeMutableBufferPointer(start: nil, count: 0)
    output = input
  }

  /// One call of the operation, into the output.
  func apply(_ operation: RowOperation, _ options: RowOptions) {
    let view = MatrixView(
      UnsafeBufferPointer(input), rows: shape.rows, columns: shape.columns)
    switch operation {
    case .logSumExp:
      view.logSumExp(
        into: UnsafeMutableBufferPointer(rebasing: output[..<shape.rows]), options: options)
    case .softmax: view.softmax(into: outputView, options: options)
    case .logSoftmax: view.logSoftmax(into: outputView, options: options)
    case .cumulativeLogSumExp: view.cumulativeLogSumExp(into: outputView, options: options)
    }
  }

  private var outputView: MutableMatrixView<Scalar> {
    MutableMatrixView(output, rows: shape.rows, columns: shape.columns)
  }

  private static func pages(
    _ count: Int, _ value: () -> Scalar
  ) -> UnsafeMutableBufferPointer<Scalar> {
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * MemoryLayout<Scalar>.stride, alignment: 4096)
    let buffer = raw.bindMemory(to: Scalar.self)
    for i in 0..<count { buffer.initializeElement(at: i, to: value()) }
    return buffer
  }
}

/// Draws of N(0, 1) by the polar method of Marsaglia over SplitMix64, as in `lse benchmark`.
struct NormalDraws {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// Uniform in -1 ..< 1.
  private mutating func uniform() -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((z ^ (z >> 31)) >> 11) * 0x1p-52 - 1
  }

  mutating func next() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    while true {
      let (u, v) = (uniform(), uniform())
      let s = u * u + v * v
      if s == 0 || s >= 1 { continue }
      let factor = (-2 * log(s) / s).squareRoot()
      spare = v * factor
      return u * factor
    }
  }
}
