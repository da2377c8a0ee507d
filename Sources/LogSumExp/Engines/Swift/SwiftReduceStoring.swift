/// `RowKernels.reduceStoring`: the shifts of the softmax form, and its rows.
extension ExpScale {
  /// How a row with max `a` is shifted: by the integer N = round(a c), or by a itself where |a c| is
  /// beyond `shiftLimit`.
  @inline(__always)
  func shift(maximum a: Scalar) -> Shift {
    let exponent = Double(a) * scale.high
    if exponent.magnitude < Scalar.shiftLimit {
      return shift(by: 0, reference: Self.integer(exponent))
    }
    return shift(by: a)
  }

  /// x rounded to an integer; |x| < 2^31.
  @inline(__always)
  static func integer(_ x: Double) -> Int {
    let rounded = x + Double.rounder
    return Int(truncatingIfNeeded: rounded.bitPattern)
      &- Int(truncatingIfNeeded: Double.rounder.bitPattern)
  }
}

extension SwiftReduce {
  @inline(__always)
  func reduceStoring(_ out: UnsafeMutablePointer<Scalar>, _ outStride: Int) -> Int {
    if columns <= SwiftRow<Scalar>.shortCount { return storeShort(out, outStride) }
    return storeLong(out, outStride)
  }

  /// A row whose max is infinite: its state, and nothing stored.
  @inline(never)
  func putSpecial(_ row: Int, _ maximum: Scalar) {
    let state = SwiftRow(x: x + row &* stride, count: columns).special(maximum)
    put(row, state.0, state.1)
  }

  @inline(__always)
  func storeLong(_ out: UnsafeMutablePointer<Scalar>, _ outStride: Int) -> Int {
    var sums = Sums(repeating: 0)
    return withUnsafeMutablePointer(to: &sums) { sums in
      let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self)
      var special = 0
      for row in 0..<rows {
        let line = SwiftRow(x: x + row &* stride, count: columns)
        let maximum = line.maximum(sums)
        if maximum.magnitude == .infinity {
          special &+= 1
          putSpecial(row, maximum)
          continue
        }
        for lane in 0..<16 { sums[lane] = 0 }
        line.store(
          scale, scale.shift(maximum: maximum), out: out + row &* outStride, sums: sums)
        let total = SwiftRow<Scalar>.total(sums)
        if total.high != total.high { special &+= 1 }
        put(row, Double(maximum), total)
      }
      return special
    }
  }

  @inline(__always)
  func storeShort(_ out: UnsafeMutablePointer<Scalar>, _ outStride: Int) -> Int {
    var special = 0
    var row = 0
    // Sixteen shifts of Floats at once do not fit the registers.
    if Scalar.self == Double.self && rows >= Scalar.Vector.lanes {
      var batch = Batch(repeating: Scalar.Vector(repeating: 0))
      withUnsafeMutablePointer(to: &batch) { batch in
        let tile = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Scalar.self)
        let lines = SwiftRows<Scalar.Vector>(count: columns, tile: tile)
        while row &+ Scalar.Vector.lanes <= rows {
          special &+= store(lines, from: row, out, outStride)
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
        special &+= store(lines, from: row, out, outStride)
        row &+= Scalar.Narrow.lanes
      }
    }
    return special
  }

  /// The batch of rows from `first` on; returns its number of special rows.
  @inline(__always)
  func store<V: SwiftVector>(
    _ lines: SwiftRows<V>, from first: Int, _ out: UnsafeMutablePointer<Scalar>, _ outStride: Int
  ) -> Int where V.Scalar == Scalar {
    let count = min(V.lanes, rows &- first)
    lines.read(x + first &* stride, rows: count, stride: stride)
    let maximum = lines.maximum
    var shift = V(repeating: 0)
    var floor = shift
    var rounder = shift
    for lane in 0..<V.lanes {
      let a = maximum[lane].magnitude == .infinity ? 0 : maximum[lane]
      let values = scale.shift(maximum: a)
      shift[lane] = values.shift
      floor[lane] = values.floor
      rounder[lane] = values.rounder
    }
    lines.exp(scale, shift: shift, floor: floor, rounder: rounder)
    var sums = Sums(repeating: 0)
    return withUnsafeMutablePointer(to: &sums) { sums in
      let sums = UnsafeMutableRawPointer(sums).assumingMemoryBound(to: Double.self)
      lines.add(to: sums)
      var special = 0
      for lane in 0..<count {
        let row = first &+ lane
        if maximum[lane].magnitude == .infinity {
          special &+= 1
          putSpecial(row, maximum[lane])
        } else {
          if sums[lane] != sums[lane] { special &+= 1 }
          let low = Scalar.self == Double.self ? sums[V.lanes &+ lane] : 0
          put(row, Double(maximum[lane]), TwoPart(sums[lane], low))
          lines.write(out + row &* outStride, row: lane)
        }
      }
      return special
    }
  }
}
