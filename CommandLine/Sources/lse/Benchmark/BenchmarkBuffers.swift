import Foundation

/// Input and output of one shape: page-aligned, the input filled with seeded draws of N(0, 1). What a
/// variation needs beside them is made when it is first asked for.
final class BenchmarkBuffers<Scalar: BenchmarkScalar> {
  let rows: Int
  let columns: Int
  let input: UnsafeMutablePointer<Scalar>
  let output: UnsafeMutablePointer<Scalar>

  /// Draws of N(0, 1) of their own: a bias, or a second operand.
  private(set) lazy var second = drawn(seed: 21) { Scalar.nearest($0) }
  /// Positive weights, exp of draws of N(0, 1).
  private(set) lazy var weights = drawn(seed: 22) { Scalar.nearest(exp($0)) }
  /// True for half of the elements, at random.
  private(set) lazy var mask = drawn(seed: 23) { $0 > 0 }
  /// A length for each row, uniform in 0 ... columns.
  private(set) lazy var lengths: [Int] = {
    var draws = NormalDraws(seed: 24)
    return (0..<rows).map { _ in Int((draws.uniform() + 1) / 2 * Double(columns + 1)) }
  }()

  /// Bytes of the elements; each buffer goes on to the end of the page.
  let byteCount: Int

  private var allocations: [UnsafeMutableRawPointer] = []

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    byteCount = rows * columns * MemoryLayout<Scalar>.stride
    let (input, output) = (Self.pages(byteCount), Self.pages(byteCount))
    allocations = [input.baseAddress!, output.baseAddress!]
    self.input = Self.filled(input, seed: 20) { Scalar.nearest($0) }
    self.output = output.bindMemory(to: Scalar.self).baseAddress!
    memset(self.output, 0, output.count)
  }

  deinit {
    for base in allocations { base.deallocate() }
  }

  /// A buffer of `rows * columns` values made of draws of N(0, 1).
  private func drawn<Value: BitwiseCopyable>(
    seed: UInt64, _ value: (Double) -> Value
  ) -> UnsafeMutablePointer<Value> {
    let pages = Self.pages(rows * columns * MemoryLayout<Value>.stride)
    allocations.append(pages.baseAddress!)
    return Self.filled(pages, seed: seed, value)
  }

  private static func filled<Value: BitwiseCopyable>(
    _ pages: UnsafeMutableRawBufferPointer, seed: UInt64, _ value: (Double) -> Value
  ) -> UnsafeMutablePointer<Value> {
    let values = pages.bindMemory(to: Value.self)
    var normal = NormalDraws(seed: seed)
    for i in values.indices { values.initializeElement(at: i, to: value(normal.next())) }
    return values.baseAddress!
  }

  /// Whole pages for so many bytes.
  private static func pages(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    let pages = UnsafeMutableRawBufferPointer.allocate(
      byteCount: (byteCount + 4095) / 4096 * 4096, alignment: 4096)
    #if os(Linux)
      // As NumPy does for its arrays, so that neither side has the better pages.
      if pages.count >= 1 << 22 { madvise(pages.baseAddress!, pages.count, MADV_HUGEPAGE) }
    #endif
    return pages
  }
}

/// Draws of N(0, 1) by the polar method of Marsaglia over SplitMix64.
struct NormalDraws {
  private var state: UInt64
  private var spare: Double?

  init(seed: UInt64) { state = seed }

  /// Uniform in -1 ..< 1.
  mutating func uniform() -> Double {
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
