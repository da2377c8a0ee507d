/// `RowKernels.finishLogSumExp`, `.finishLogSoftmax` and `.finishSoftmax`: from states to results.
///
/// Eight rows at a time go through a batch in vectors; what remains is done row by row.
struct SwiftFinish<Scalar: SwiftScalar> {
  let state: UnsafeMutablePointer<Double>
  let capacity, rows: Int

  /// The state of eight rows, part by part: a, rest high, rest low, or results in their places.
  typealias Batch = InlineArray<24, Double>

  /// Reads `count` rows from `first` on; the rest of the batch keeps what it has.
  @inline(__always)
  func read(_ batch: UnsafeMutablePointer<Double>, _ first: Int, _ count: Int) {
    for row in 0..<count {
      batch[row] = state[first &+ row]
      batch[8 &+ row] = state[capacity &+ first &+ row]
      batch[16 &+ row] = state[2 &* capacity &+ first &+ row]
    }
  }

  /// Calls `body` with each batch, its first row and its number of rows.
  @inline(__always)
  func forEachBatch(_ body: (UnsafeMutablePointer<Double>, Int, Int) -> Void) {
    var batch = Batch(repeating: 0)
    withUnsafeMutablePointer(to: &batch) { batch in
      let batch = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Double.self)
      var first = 0
      while first < rows {
        let count = min(8, rows &- first)
        read(batch, first, count)
        body(batch, first, count)
        first &+= 8
      }
    }
  }

  /// a + T log(1 + rest). Counts the rows in which the errors of this path may show (`WideRow.isNear`).
  @inline(__always)
  func logSumExp(
    _ temperature: Double, _ out: UnsafeMutablePointer<Scalar>, _ outStride: Int
  ) -> Int {
    if Scalar.self == Float.self {
      return floatLogSumExp(temperature, UnsafeMutableRawPointer(out), outStride)
    }
    var near = 0
    forEachBatch { batch, first, count in
      SwiftLog.logSumExp(batch, count, temperature)
      for lane in 0..<count {
        let row = first &+ lane
        let value = batch[lane]
        if WideRow.isNear(value, state[row], temperature, slack: 1.01) { near &+= 1 }
        out[row &* outStride] = Scalar(value)
      }
    }
    return near
  }

  /// a + T log |sum|. Not 0 if that will not do for some row (`RowKernels.finishWeighted`).
  @inline(__always)
  func weighted(
    _ temperature: Double, _ out: UnsafeMutablePointer<Scalar>, _ outStride: Int
  ) -> Int {
    let format: _RowScalarFormat = Scalar.self == Float.self ? .float32 : .float64
    var again = 0
    forEachBatch { batch, first, count in
      for lane in 0..<count {
        let sum = batch[8 &+ lane]
        if sum < 0x1p-1000 { again &+= 1 }
        if sum < 0 { (batch[8 &+ lane], batch[16 &+ lane]) = (-sum, -batch[16 &+ lane]) }
      }
      SwiftLog.logSumExp(batch, count, temperature, isRest: false)
      for lane in 0..<count {
        let value = batch[lane]
        if WideRow.isNearZero(value, 1.01 * temperature, format) { again &+= 1 }
        out[(first &+ lane) &* outStride] = Scalar(value)
      }
    }
    return again
  }

  /// `logSumExp` for Float, in Double and rounded once: not 0 if some row is near.
  @inline(__always)
  func floatLogSumExp(
    _ temperature: Double, _ out: UnsafeMutableRawPointer, _ outStride: Int
  ) -> Int {
    typealias V = SIMD4<Double>
    let out = out.assumingMemoryBound(to: Float.self)
    let t = V(repeating: temperature)
    var batch = Batch(repeating: 0)
    return withUnsafeMutablePointer(to: &batch) { batch in
      let batch = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Double.self)
      var near = SIMDMask<SIMD4<Int64>>(repeating: false)
      var row = 0
      while row < rows {
        let count = min(4, rows &- row)
        var (a, rest) = (V(repeating: 1), V(repeating: 1))
        if count == 4 {
          a = V(UnsafePointer(state) + row)
          rest = V(UnsafePointer(state) + (capacity &+ row))
        } else {
          for lane in 0..<count {
            batch[lane] = state[row &+ lane]
            batch[8 &+ lane] = state[capacity &+ row &+ lane]
          }
          a = V(UnsafePointer(batch))
          rest = V(UnsafePointer(batch) + 8)
        }
        let log = t * SwiftLog.short(onePlus: rest)
        let value = a + log
        // Most rows are far from it: a is not negative, and the log-sum not small.
        let isSmall = log .< V(repeating: 0.404 * temperature)
        let isNegative = a .< V(repeating: 0)
        if any(isSmall .| isNegative) {
          let size = V.larger(value, V(repeating: 0) - value)
          let cancels = isNegative .& (size .< V(repeating: 4.04) * log)
          let found = near .| cancels .| (isSmall .& (size .< V(repeating: 16.16) * log))
          near = found
        }
        let result = SIMD4<Float>(value)
        if count == 4 && outStride == 1 {
          result.store(out + row)
        } else {
          for lane in 0..<count { out[(row &+ lane) &* outStride] = result[lane] }
        }
        row &+= 4
      }
      return any(near) ? 1 : 0
    }
  }

  /// a and log(1 + rest), the latter in two parts: see `SwiftMap.subtract`.
  @inline(__always)
  func logSoftmax() {
    forEachBatch { batch, first, count in
      SwiftLog.log1p(batch, count)
      for lane in 0..<count {
        state[capacity &+ first &+ lane] = batch[8 &+ lane]
        state[2 &* capacity &+ first &+ lane] = batch[16 &+ lane]
      }
    }
  }

  /// 1 / sum.
  @inline(__always)
  func softmax() {
    for row in 0..<rows {
      let inverse = TwoPart(state[capacity &+ row], state[2 &* capacity &+ row]).reciprocal
      let high = Scalar.factor(inverse.high)
      state[row] = high
      state[capacity &+ row] = (inverse.high - high) + inverse.low
    }
  }
}

extension SwiftLog {
  /// In a batch of states (`SwiftFinish.Batch`) rest becomes log(1 + rest).
  @inline(never)
  static func log1p(_ batch: UnsafeMutablePointer<Double>, _ count: Int) {
    var row = 0
    while row < count {
      let log = SwiftLog(onePlus: Vector(batch + (8 &+ row)), Vector(batch + (16 &+ row)))
      log.high.store(batch + (8 &+ row))
      log.low.store(batch + (16 &+ row))
      row &+= width
    }
  }

  /// In a batch of states a becomes a + T log(1 + rest), or without `isRest` a + T log(sum), by exact
  /// products and sums: the error is the last rounding's and the sum's.
  @inline(never)
  static func logSumExp(
    _ batch: UnsafeMutablePointer<Double>, _ count: Int, _ temperature: Double, isRest: Bool = true
  ) {
    let t = Vector(repeating: temperature)
    let tHead = Vector(repeating: TwoPart.head(temperature))
    let tTail = t - tHead
    var row = 0
    while row < count {
      let a = Vector(UnsafePointer(batch) + row)
      let (high, low) = (Vector(batch + (8 &+ row)), Vector(batch + (16 &+ row)))
      let log = isRest ? SwiftLog(onePlus: high, low) : SwiftLog(of: high, low)
      let logHead = head(log.high)
      let logTail = log.high - logHead
      let product = t * log.high
      let productLow =
        ((tHead * logHead - product) + tHead * logTail + tTail * logHead) + tTail * logTail
      let sum = a + product
      let back = sum - a
      let rest = ((a - (sum - back)) + (product - back)) + (productLow + t * log.low)
      (sum + rest).store(batch + row)
      row &+= width
    }
  }
}
