/// One row of at least one vector: its max, the sum of its exps, with or without storing them.
///
/// Sums: lane by lane, Float or Double within a chunk of `chunk` vectors, Double across chunks, in one
/// order that depends on the row's length alone.
struct SwiftRow<Scalar: SwiftScalar> {
  typealias Vector = Scalar.Vector

  let x: UnsafePointer<Scalar>
  let count: Int

  /// Vectors in a chunk.
  @inline(__always) static var chunk: Int { 8 }
  /// Columns up to which rows are computed side by side (SwiftRows.swift).
  @inline(__always) static var shortCount: Int { 2 &* Vector.lanes }

  /// Max of what is not NaN, -inf without any. `scratch` has room for a vector.
  @inline(__always)
  func maximum(_ scratch: UnsafeMutableRawPointer) -> Scalar {
    let lanes = Vector.lanes
    var maximum = Vector.larger(Vector(x + (count &- lanes)), Vector(repeating: -.infinity))
    var i = 0
    while i &+ lanes <= count {
      maximum = .larger(Vector(x + i), maximum)
      i &+= lanes
    }
    let scratch = scratch.assumingMemoryBound(to: Scalar.self)
    maximum.store(scratch)
    return Self.largest(scratch)
  }

  /// Max of a vector without NaN. Apart, so that the loop before keeps whole vectors.
  @inline(never)
  static func largest(_ lanes: UnsafePointer<Scalar>) -> Scalar { Vector(lanes).largest }

  /// Where the first vector starts in which an element equals `value`, as one does.
  @inline(__always)
  func firstVector(containing value: Scalar) -> Int {
    var i = 0
    while i &+ Vector.lanes <= count, !Vector(x + i).contains(value) { i &+= Vector.lanes }
    return min(i, count &- Vector.lanes)
  }

  /// True if an element is NaN.
  @inline(never)
  var hasNaN: Bool {
    var found = false
    for i in 0..<count { found = found || x[i] != x[i] }
    return found
  }

  /// The state of a row whose max is infinite: (max, sum).
  func special(_ maximum: Scalar) -> (Double, TwoPart) {
    (Double(maximum), TwoPart(maximum > 0 || hasNaN ? .nan : 0))
  }

  /// Sum of 2^bias exp((x_i - a) / T) over all i but those at which x_i = a in the first vector with
  /// such an i; returns how many these are. Chunk by chunk through `tile`, which holds a chunk and a
  /// vector before and after it.
  @inline(__always)
  func sum(
    _ scale: ExpScale<Scalar>, maximum: Scalar,
    tile: UnsafeMutablePointer<Scalar>, sums: UnsafeMutablePointer<Double>
  ) -> Int {
    let lanes = Vector.lanes
    let place = firstVector(containing: maximum)
    var counts = Vector.Counts()
    let values = scale.shift(by: maximum)
    let shift = Vector(repeating: maximum)
    let floor = Vector(repeating: values.floor)
    let rounder = Vector(repeating: values.rounder)
    var start = 0
    while start < count {
      let length = min(Self.chunk &* lanes, count &- start)
      var i = 0
      while i &+ lanes <= length {
        scale.exp(
          Vector(x + (start &+ i)), shift: shift, floor: floor, rounder: rounder
        ).store(tile + i)
        i &+= lanes
      }
      if i < length {
        let last = length &- lanes
        scale.exp(
          Vector(x + (start &+ last)), shift: shift, floor: floor, rounder: rounder
        ).store(tile + last)
        Vector(repeating: 0).store(tile + length)
        i &+= lanes
      }
      let end = place &+ lanes &- start
      if end > 0, end <= length {
        Vector(UnsafePointer(tile) + (end &- lanes)).removing(
          where: Vector(x + place), equals: shift, filler: Vector(repeating: 0), counting: &counts
        ).store(tile + (end &- lanes))
      }
      Self.add(tile, i, to: sums)
      start &+= length
    }
    return Int(truncatingIfNeeded: counts.wrappedSum())
  }

  /// 2^-reference exp((x_i - shift) / T) to `out`, and their sum.
  @inline(__always)
  func store(
    _ scale: ExpScale<Scalar>, _ values: ExpScale<Scalar>.Shift, out: UnsafeMutablePointer<Scalar>,
    sums: UnsafeMutablePointer<Double>
  ) {
    let lanes = Vector.lanes
    let shift = Vector(repeating: values.shift)
    let floor = Vector(repeating: values.floor)
    let rounder = Vector(repeating: values.rounder)
    let unbias = Vector(repeating: Scalar.unbias)
    // Read first: `out` may be `x`.
    let last = Vector(x + (count &- lanes))
    var i = 0
    while i &+ lanes <= count {
      (scale.exp(Vector(x + i), shift: shift, floor: floor, rounder: rounder) * unbias)
        .store(out + i)
      i &+= lanes
    }
    if i < count {
      (scale.exp(last, shift: shift, floor: floor, rounder: rounder) * unbias)
        .store(out + (count &- lanes))
    }
    var start = 0
    while start < i {
      let length = min(Self.chunk &* lanes, i &- start)
      Self.add(out + start, length, to: sums)
      start &+= length
    }
    for k in i..<count { sums[k &- i] += Double(out[k]) }
  }

  /// Adds `length` elements, lane by lane, to `sums`: groups of four vectors, then what remains.
  @inline(__always)
  static func add(
    _ tile: UnsafePointer<Scalar>, _ length: Int, to sums: UnsafeMutablePointer<Double>
  ) {
    let lanes = Vector.lanes
    var sum = Vector(repeating: 0)
    var i = 0
    while i &+ 4 &* lanes <= length {
      let first = Vector(tile + i) + Vector(tile + (i &+ lanes))
      sum = sum + (first + (Vector(tile + (i &+ 2 &* lanes)) + Vector(tile + (i &+ 3 &* lanes))))
      i &+= 4 &* lanes
    }
    while i < length {
      sum = sum + Vector(tile + i)
      i &+= lanes
    }
    sum.add(to: sums)
  }

  /// The sum over lanes; in two parts for Double.
  @inline(__always)
  static func total(_ sums: UnsafeMutablePointer<Double>) -> TwoPart {
    if Scalar.self == Double.self {
      var total = TwoPart(sums[0], sums[Vector.lanes])
      for lane in 1..<Vector.lanes { total.add(TwoPart(sums[lane], sums[Vector.lanes &+ lane])) }
      return total.normalized
    }
    var half = Vector.lanes / 2
    while half > 0 {
      for lane in 0..<half { sums[lane] += sums[lane &+ half] }
      half /= 2
    }
    return TwoPart(sums[0])
  }
}
