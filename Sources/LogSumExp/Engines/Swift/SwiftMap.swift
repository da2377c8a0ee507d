/// `RowKernels.scale` and `RowKernels.subtract`, one row at a time.
///
/// Log-softmax is (x - a) / T - log(1 + rest): nothing cancels, so the result has a relative error of a
/// few units for any a and T, and x = a gives -log(1 + rest) itself. Softmax is e * (high + low).
enum SwiftMap {
  // MARK: - Float, in Double and rounded once

  @inline(__always)
  static func scale(
    _ out: UnsafeMutablePointer<Float>, _ count: Int, _ high: Double, _ low: Double
  ) {
    let factor = high + low
    var i = 0
    while i &+ 4 <= count {
      SIMD4<Float>(SIMD4<Double>(SIMD4<Float>(out + i)) * SIMD4<Double>(repeating: factor))
        .store(out + i)
      i &+= 4
    }
    while i < count {
      out[i] = Float(Double(out[i]) * factor)
      i &+= 1
    }
  }

  @inline(__always)
  static func subtract(
    _ x: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<Float>,
    _ inverse: TwoPart, _ maximum: Double, _ log: TwoPart
  ) {
    typealias V = SIMD4<Double>
    let factor = inverse.high + inverse.low
    let log = log.high + log.low
    var i = 0
    while i &+ 4 <= count {
      let z = (V(SIMD4<Float>(x + i)) - V(repeating: maximum)) * V(repeating: factor)
      SIMD4<Float>(z - V(repeating: log)).store(out + i)
      i &+= 4
    }
    while i < count {
      out[i] = Float((Double(x[i]) - maximum) * factor - log)
      i &+= 1
    }
  }

  // MARK: - Double

  /// `high` has 26 bits: e.head * high and e.tail * high are exact, and only the last sum rounds.
  @inline(__always)
  static func scale(
    _ out: UnsafeMutablePointer<Double>, _ count: Int, _ high: Double, _ low: Double
  ) {
    typealias V = SIMD2<Double>
    var i = 0
    while i &+ 2 <= count {
      let e = V(UnsafePointer(out) + i)
      let head = unsafeBitCast(
        unsafeBitCast(e, to: SIMD2<UInt64>.self) & SIMD2(repeating: ~0x7FF_FFFF), to: V.self)
      let tail = (e - head) * V(repeating: high) + e * V(repeating: low)
      (head * V(repeating: high) + tail).store(out + i)
      i &+= 2
    }
    while i < count {
      let head = TwoPart.head(out[i])
      out[i] = head * high + ((out[i] - head) * high + out[i] * low)
      i &+= 1
    }
  }

  @inline(__always)
  static func subtract(
    _ x: UnsafePointer<Double>, _ count: Int, _ out: UnsafeMutablePointer<Double>,
    _ inverse: TwoPart, _ maximum: Double, _ log: TwoPart
  ) {
    typealias V = SIMD2<Double>
    let log = log.high + log.low
    // With a temperature, halves of x and a, whose difference cannot overflow before it is divided.
    let half = inverse.high == 1 ? 1 : 0.5
    let maximum = maximum * half
    let factor = inverse.high / half
    var i = 0
    while i &+ 2 <= count {
      let z = (V(x + i) * V(repeating: half) - V(repeating: maximum)) * V(repeating: factor)
      (z - V(repeating: log)).store(out + i)
      i &+= 2
    }
    while i < count {
      out[i] = (x[i] * half - maximum) * factor - log
      i &+= 1
    }
  }
}
