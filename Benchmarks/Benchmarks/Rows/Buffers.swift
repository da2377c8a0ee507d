import Foundation
import LogSumExp

/// Input, output and what an operation takes beside them, of one shape, made when first asked for.
final class Buffers<Scalar: Drawn> {
  let shape: Shape
  private var allocations: [UnsafeMutableRawBufferPointer] = []

  /// Seeded draws of N(0, 1).
  private(set) lazy var input = drawn(seed: 20) { Scalar(drawn: $0) }
  private(set) lazy var output = drawn(seed: 20) { Scalar(drawn: $0) }
  /// A bias, or a second operand.
  private(set) lazy var second = drawn(seed: 21) { Scalar(drawn: $0) }
  /// Positive weights.
  private(set) lazy var weights = drawn(seed: 22) { Scalar(drawn: exp($0)) }
  /// True for half of the elements.
  private(set) lazy var mask = drawn(seed: 23) { $0 > 0 }

  init(_ shape: Shape) { self.shape = shape }

  deinit {
    for allocation in allocations { allocation.deallocate() }
  }

  var view: MatrixView<Scalar> { view(of: input) }
  var outputView: MutableMatrixView<Scalar> {
    MutableMatrixView(output, rows: shape.rows, columns: shape.columns)
  }
  /// Places for a result a row.
  var rowResults: UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(rebasing: output[..<shape.rows])
  }
  /// Places for a result a column.
  var columnResults: UnsafeMutableBufferPointer<Scalar> {
    UnsafeMutableBufferPointer(rebasing: output[..<shape.columns])
  }

  func view<Value>(of buffer: UnsafeMutableBufferPointer<Value>) -> MatrixView<Value> {
    MatrixView(UnsafeBufferPointer(buffer), rows: shape.rows, columns: shape.columns)
  }

  /// Whole pages of values made of draws of N(0, 1).
  private func drawn<Value>(
    seed: UInt64, _ value: (Double) -> Value
  ) -> UnsafeMutableBufferPointer<Value> {
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: shape.count * MemoryLayout<Value>.stride, alignment: 4096)
    allocations.append(raw)
    let buffer = raw.bindMemory(to: Value.self)
    var normal = NormalDraws(seed: seed)
    for i in 0..<shape.count { buffer.initializeElement(at: i, to: value(normal.next())) }
    return buffer
  }
}

/// A type of element that is made of a draw.
protocol Drawn: RowScalar {
  init(drawn value: Double)
}

extension Float: Drawn {
  init(drawn value: Double) { self.init(value) }
}

extension Double: Drawn {
  init(drawn value: Double) { self = value }
}

extension BFloat16: Drawn {
  init(drawn value: Double) { self.init(Float(value)) }
}

#if !(os(macOS) && arch(x86_64))
  extension Float16: Drawn {
    init(drawn value: Double) { self.init(value) }
  }
#endif

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
