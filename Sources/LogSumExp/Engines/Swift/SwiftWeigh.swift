/// `RowKernels.reduceWeighted`: rows to (a, sum of w_i exp((x_i - a) / T)), a the max of x over the
/// weights that are not 0.
///
/// Sums as in `SwiftRow`, the last vector filled up with weights of 0. Terms come 2^bias too large; the
/// weights are taken down by as much.
struct SwiftWeigh<Scalar: SwiftScalar> {
  typealias Vector = Scalar.Vector

  let x: UnsafePointer<Scalar>
  let weights: UnsafePointer<Scalar>
  let count: Int

  static func reduce(
    _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int, _ weights: UnsafeRawPointer,
    _ weightsStride: Int, _ scale: ExpScale<Scalar>, _ state: UnsafeMutablePointer<Double>,
    _ capacity: Int
  ) -> Int {
    var special = 0
    var memory = InlineArray<10, Vector>(repeating: Vector(repeating: 0))
    withUnsafeMutablePointer(to: &memory) { memory in
      let tile = UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Scalar.self)
      for row in 0..<rows {
        let line = SwiftWeigh(
          x: x.assumingMemoryBound(to: Scalar.self) + row &* stride,
          weights: weights.assumingMemoryBound(to: Scalar.self) + row &* weightsStride,
          count: columns)
        let (maximum, sum) = line.state(scale, tile)
        state[row] = maximum
        state[capacity &+ row] = sum.high
        state[2 &* capacity &+ row] = sum.low
        if maximum.magnitude == .infinity || sum.high.isNaN { special &+= 1 }
      }
    }
    return special
  }

  /// Magnitudes of weights that leave no term or sum out of range.
  private static var range: ClosedRange<Scalar> {
    Scalar.self == Float.self ? 0x1p-30...0x1p30 : Scalar(0x1p-300)...Scalar(0x1p300)
  }

  private func state(
    _ scale: ExpScale<Scalar>, _ tile: UnsafeMutablePointer<Scalar>
  ) -> (Double, TwoPart) {
    var maximum = -Scalar.infinity
    var hasNaN = false
    for i in 0..<count where weights[i] != 0 {
      if !Self.range.contains(weights[i].magnitude) { return (0, TwoPart(.nan, .nan)) }
      if x[i] > maximum { maximum = x[i] }
      hasNaN = hasNaN || x[i].isNaN
    }
    if maximum.magnitude == .infinity || hasNaN {
      return (Double(maximum), TwoPart(maximum > 0 || hasNaN ? .nan : 0))
    }
    let lanes = Vector.lanes
    let values = scale.shift(by: maximum)
    let shift = Vector(repeating: maximum)
    let floor = Vector(repeating: values.floor)
    let rounder = Vector(repeating: values.rounder)
    let unbias = Vector(repeating: Scalar.unbias)
    var sums = InlineArray<16, Double>(repeating: 0)
    return withUnsafeMutablePointer(to: &sums) { sums in
      let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self)
      let other = tile + lanes
      var start = 0
      while start < count {
        let length = min(lanes, count &- start)
        for i in 0..<length {
          let takesPart = weights[start &+ i] != 0
          tile[i] = takesPart ? x[start &+ i] : -.infinity
          other[i] = weights[start &+ i]
        }
        for i in length..<lanes {
          tile[i] = -.infinity
          other[i] = 0
        }
        let term =
          scale.exp(Vector(UnsafePointer(tile)), shift: shift, floor: floor, rounder: rounder)
          * unbias
        (term * Vector(UnsafePointer(other))).add(to: sums)
        start &+= lanes
      }
      return (Double(maximum), SwiftRow<Scalar>.total(sums))
    }
  }
}
