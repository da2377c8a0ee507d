import Foundation

/// Input and output of one shape: page-aligned, the input filled with seeded draws of N(0, 1).
final class BenchmarkBuffers<Scalar: BinaryFloatingPoint> {
  let rows: Int
  let columns: Int
  let input: UnsafeMutablePointer<Scalar>
  let output: UnsafeMutablePointer<Scalar>

  /// Bytes of the elements; each buffer goes on to the end of the page.
  let byteCount: Int

  init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
    byteCount = rows * columns * MemoryLayout<Scalar>.stride
    let capacity = (byteCount + 4095) / 4096 * 4096 / MemoryLayout<Scalar>.stride
    func pages() -> UnsafeMutablePointer<Scalar> {
      let byteCount = capacity * MemoryLayout<Scalar>.stride
      let raw = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 4096)
      #if os(Linux)
        // As NumPy does for its arrays, so that neither side has the better pages.
        if byteCount >= 1 << 22 { madvise(raw, byteCount, MADV_HUGEPAGE) }
      #endif
      return raw.bindMemory(to: Scalar.self, capacity: capacity)
    }
    input = pages()
    output = pages()
    output.initialize(repeating: 0, count: capacity)
    var normal = NormalDraws(seed: 20)
    for i in 0..<capacity { (input + i).initialize(to: Scalar(normal.next())) }
  }

  deinit {
    input.deallocate()
    output.deallocate()
  }
}

/// Draws of N(0, 1) by the polar method of Marsaglia over SplitMix64.
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
