/// A batch of short rows side by side: lane = row, so that nothing is reduced across lanes.
///
/// The bits of a row do not depend on its lane, the other rows or the width of the vector: the same
/// operations are done for each lane.
struct SwiftRows<Vector: SwiftVector> {
  typealias Scalar = Vector.Scalar

  let count: Int
  /// `count` vectors, the columns of the batch.
  let tile: UnsafeMutablePointer<Scalar>

  /// Reads `rows` rows; lanes beyond repeat the last.
  @inline(__always)
  func read(_ x: UnsafePointer<Scalar>, rows: Int, stride: Int) {
    for column in 0..<count {
      var vector = Vector(repeating: 0)
      for lane in 0..<Vector.lanes { vector[lane] = x[min(lane, rows &- 1) &* stride &+ column] }
      vector.store(tile + column &* Vector.lanes)
    }
  }

  @inline(__always)
  func write(_ out: UnsafeMutablePointer<Scalar>, row lane: Int) {
    for column in 0..<count { out[column] = tile[column &* Vector.lanes &+ lane] }
  }

  @inline(__always)
  subscript(column: Int) -> Vector {
    Vector(UnsafePointer(tile) + column &* Vector.lanes)
  }

  @inline(__always)
  var maximum: Vector {
    var maximum = Vector(repeating: -.infinity)
    for column in 0..<count { maximum = .larger(self[column], maximum) }
    return maximum
  }

  /// Elements equal to `value` become -inf; returns how many each row had.
  @inline(__always)
  func remove(_ value: Vector) -> Vector.Counts {
    var counts = Vector.Counts()
    for column in 0..<count {
      let x = self[column]
      x.removing(
        where: x, equals: value, filler: Vector(repeating: -.infinity), counting: &counts
      ).store(tile + column &* Vector.lanes)
    }
    return counts
  }

  /// Elements become 2^bias exp((x - maximum) / T).
  @inline(__always)
  func exp(_ scale: ExpScale<Scalar>, maximum: Vector) {
    let values = scale.shift(by: 0)
    // -inf - -inf would be NaN.
    let shift = Vector.larger(maximum, Vector(repeating: -.greatestFiniteMagnitude))
    let floor = Vector(repeating: values.floor)
    let rounder = Vector(repeating: values.rounder)
    for column in 0..<count {
      scale.exp(self[column], shift: shift, floor: floor, rounder: rounder)
        .store(tile + column &* Vector.lanes)
    }
  }

  /// Elements become 2^-reference exp((x - shift) / T).
  @inline(__always)
  func exp(
    _ scale: ExpScale<Scalar>, shift: Vector, floor: Vector, rounder: Vector
  ) {
    let unbias = Vector(repeating: Scalar.unbias)
    for column in 0..<count {
      (scale.exp(self[column], shift: shift, floor: floor, rounder: rounder) * unbias)
        .store(tile + column &* Vector.lanes)
    }
  }

  /// Adds the elements of each row to its `sums`, four at a time and what remains one by one.
  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    var column = 0
    while column &+ 4 <= count {
      ((self[column] + self[column &+ 1]) + (self[column &+ 2] + self[column &+ 3])).add(to: sums)
      column &+= 4
    }
    while column < count {
      self[column].add(to: sums)
      column &+= 1
    }
  }
}
