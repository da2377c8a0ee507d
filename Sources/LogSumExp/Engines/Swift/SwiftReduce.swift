/// `RowKernels.reduce` and `RowKernels.reduceStoring`.
struct SwiftReduce<Scalar: SwiftScalar> {
  let x: UnsafePointer<Scalar>
  let rows, columns, stride: Int
  let scale: ExpScale<Scalar>
  let state: UnsafeMutablePointer<Double>
  let capacity: Int

  /// Room for a chunk and a vector before and after it.
  typealias Chunk = InlineArray<10, Scalar.Vector>
  /// Room for the columns of a batch.
  typealias Batch = InlineArray<32, Scalar.Vector>
  typealias NarrowBatch = InlineArray<32, Scalar.Narrow>
  typealias Sums = InlineArray<16, Double>

  /// Puts down row `row`'s state; 1 for a special row.
  @inline(__always)
  func put(_ row: Int, _ maximum: Double, _ sum: TwoPart) {
    state[row] = maximum
    state[capacity &+ row] = sum.high
    state[2 &* capacity &+ row] = sum.low
  }

  // MARK: - LSE form

  @inline(__always)
  func reduce() -> Int {
    if columns <= SwiftRow<Scalar>.shortCount { return reduceShort() }
    return reduceLong()
  }

  @inline(__always)
  func reduceLong() -> Int {
    var chunk = Chunk(repeating: Scalar.Vector(repeating: 0))
    var sums = Sums(repeating: 0)
    return withUnsafeMutablePointer(to: &chunk) { chunk in
      withUnsafeMutablePointer(to: &sums) { sums in
        let tile = UnsafeMutableRawPointer(chunk).assumingMemoryBound(to: Scalar.self)
        let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self)
        var special = 0
        for row in 0..<rows {
          let line = SwiftRow(x: x + row &* stride, count: columns)
          let maximum = line.maximum(sums)
          if maximum.magnitude == .infinity {
            special &+= 1
            let state = line.special(maximum)
            put(row, state.0, state.1)
            continue
          }
          for lane in 0..<16 { sums[lane] = 0 }
          let ties = line.sum(
            scale, maximum: maximum, tile: tile + Scalar.Vector.lanes, sums: sums)
          var total = SwiftRow<Scalar>.total(sums).scaled(by: Double(Scalar.unbias))
          if ties > 1 { total.add(Double(ties &- 1)) }
          if total.high != total.high { special &+= 1 }
          put(row, Double(maximum), total)
        }
        return special
      }
    }
  }

  @inline(__always)
  func reduceShort() -> Int {
    var special = 0
    var row = 0
    if rows >= Scalar.Vector.lanes {
      var batch = Batch(repeating: Scalar.Vector(repeating: 0))
      withUnsafeMutablePointer(to: &batch) { batch in
        let tile = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Scalar.self)
        let lines = SwiftRows<Scalar.Vector>(count: columns, tile: tile)
        while row &+ Scalar.Vector.lanes <= rows {
          special &+= reduce(lines, from: row)
          row &+= Scalar.Vector.lanes
        }
      }
    }
    if row == rows { return special }
    var batch = NarrowBatch(repeating: Scalar.Narrow(repeating: 0))
    withUnsafeMutablePointer(to: &batch) { batch in
      let tile = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Scalar.self)
      let lines = SwiftRows<Scalar.Narrow>(count: columns, tile: tile)
      while row < rows {
        special &+= reduce(lines, from: row)
        row &+= Scalar.Narrow.lanes
      }
    }
    return special
  }

  /// The batch of rows from `first` on; returns its number of special rows.
  @inline(__always)
  func reduce<V: SwiftVector>(_ lines: SwiftRows<V>, from first: Int) -> Int
  where V.Scalar == Scalar {
    let count = min(V.lanes, rows &- first)
    lines.read(x + first &* stride, rows: count, stride: stride)
    let maximum = lines.maximum
    let ties = lines.remove(maximum)
    lines.exp(scale, maximum: maximum)
    var sums = Sums(repeating: 0)
    return withUnsafeMutablePointer(to: &sums) { sums in
      let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self)
      lines.add(to: sums)
      var special = 0
      for lane in 0..<count {
        let low = Scalar.self == Double.self ? sums[V.lanes &+ lane] : 0
        var total = TwoPart(sums[lane], low).scaled(by: Double(Scalar.unbias))
        total.add(Double(Int(truncatingIfNeeded: ties[lane]) &- 1))
        let sum = total.high
        put(first &+ lane, Double(maximum[lane]), total)
        if sum != sum || maximum[lane].magnitude == .infinity {
          special &+= 1
          let row = SwiftRow(x: x + (first &+ lane) &* stride, count: columns)
          if maximum[lane].magnitude == .infinity {
            let state = row.special(maximum[lane])
            put(first &+ lane, state.0, state.1)
          } else {
            put(first &+ lane, Double(maximum[lane]), TwoPart(.nan, .nan))
          }
        }
      }
      return special
    }
  }
}
