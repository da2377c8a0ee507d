/// `RowKernels.finishLogSumExp`, `.finishLogSoftmax` and `.finishSoftmax`: from states to results.
struct SwiftFinish<Scalar: SwiftScalar> {
  typealias Vector = SwiftLog.Vector
  let state: UnsafePointer<Double>
  let capacity, rows: Int

  /// Part `part` of the states of the eight rows from `first` on; lanes beyond repeat the last row.
  @inline(__always)
  func load(_ part: Int, _ first: Int) -> Vector {
    let base = state + part &* capacity
    if first &+ 8 <= rows { return Vector(base + first) }
    var result = Vector(repeating: 0)
    for lane in 0..<8 { result[lane] = base[min(first &+ lane, rows &- 1)] }
    return result
  }

  /// x y + addend, in two parts.
  @inline(__always)
  static func sum(_ addend: Vector, product x: Vector, _ y: Vector, low: Vector) -> (Vector, Vector) {
    let (xHead, yHead) = (head(x), head(y))
    let (xTail, yTail) = (x - xHead, y - yHead)
    let product = x * y
    let productLow = ((xHead * yHead - product) + xHead * yTail + xTail * yHead) + xTail * yTail
    let sum = addend + product
    let back = sum - addend
    let sumLow = (addend - (sum - back)) + (product - back)
    return (sum, sumLow + (productLow + low))
  }

  @inline(__always)
  static func head(_ x: Vector) -> Vector {
    unsafeBitCast(
      unsafeBitCast(x, to: SIMD8<UInt64>.self) & SIMD8<UInt64>(repeating: ~0x7FF_FFFF),
      to: Vector.self)
  }

  /// a + T log(1 + rest). Counts the rows with a < 0 and a result below T (Float) or T / 2 (Double):
  /// there cancellation lets the error of the sum through. For a >= 0 nothing cancels.
  @inline(__always)
  func logSumExp(_ temperature: Double, _ out: UnsafeMutablePointer<Scalar>, _ outStride: Int) -> Int {
    let limit = Scalar.self == Float.self ? temperature : temperature / 2
    let t = Vector(repeating: temperature)
    var near = 0
    var first = 0
    while first < rows {
      let a = load(0, first)
      let log = SwiftLog(onePlus: load(1, first), load(2, first))
      let (high, low) = Self.sum(a, product: t, log.high, low: t * log.low)
      let result = high + low
      for lane in 0..<min(8, rows &- first) {
        let row = first &+ lane
        var value = result[lane]
        if value != value, state[row].magnitude == .infinity {
          // The low part is NaN beside a NaN (`SwiftRow.special`).
          let isNaN = state[2 &* capacity &+ row] != state[2 &* capacity &+ row]
          value = isNaN ? .nan : state[row]
        }
        if value.magnitude < limit, state[row] < 0 { near &+= 1 }
        out[row &* outStride] = Scalar(value)
      }
      first &+= 8
    }
    return near
  }

  /// a and log(1 + rest), the latter in two parts: see `SwiftMap.subtract`.
  @inline(__always)
  func logSoftmax() {
    let state = UnsafeMutablePointer(mutating: state)
    var first = 0
    while first < rows {
      let log = SwiftLog(onePlus: load(1, first), load(2, first))
      for lane in 0..<min(8, rows &- first) {
        state[capacity &+ first &+ lane] = log.high[lane]
        state[2 &* capacity &+ first &+ lane] = log.low[lane]
      }
      first &+= 8
    }
  }

  /// 1 / sum.
  @inline(__always)
  func softmax() {
    let state = UnsafeMutablePointer(mutating: state)
    for row in 0..<rows {
      let inverse = TwoPart(state[capacity &+ row], state[2 &* capacity &+ row]).reciprocal
      let high = Scalar.factor(inverse.high)
      state[row] = high
      state[capacity &+ row] = (inverse.high - high) + inverse.low
    }
  }
}
