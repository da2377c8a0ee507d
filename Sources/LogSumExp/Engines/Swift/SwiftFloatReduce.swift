/// `RowKernels.reduce` for Float at T = 1, where LSE spends its time; rows it is not made for go to
/// `SwiftReduce`.
///
/// exp(z), z = x - a <= 0: n = round(z log2 e), g = z - n ln(2), e^z = 2^n e^g. ln(2) in one Float of 21
/// bits is right to 2^-29, and n times it is exact where n < 12, that is, for the terms above e^-8. The
/// sum of n and 127 goes into the exponent by an integer addition. It has to lie in 0 to 127; the bits of
/// all sums together tell whether one does not, as happens where z is below -88, infinite or NaN.
///
/// The reduction and the polynomial are loops of their own: two short chains keep the processor's units
/// busier than one long one. Terms come 2^60 too large.
struct SwiftFloatReduce {
  typealias Vector = SIMD4<Float>
  typealias Bits = SIMD4<Int32>
  typealias Mask = SIMDMask<Bits>

  let x: UnsafePointer<Float>
  let rows, columns, stride: Int
  let state: UnsafeMutablePointer<Double>
  let capacity: Int

  /// Elements in a chunk, whose terms are added up in Float.
  @inline(__always) static var chunk: Int { 128 }
  /// 1.5 * 2^23 + 127.
  @inline(__always) static var rounder: Float { 0x1.8p23 + 127 }
  /// A rest below is computed by `SwiftReduce`.
  @inline(__always) static var least: Double { 0x1p-80 }

  /// What a chunk needs on its way: its elements, g, and what is added to the bits of e^g.
  struct Tile {
    typealias Memory = InlineArray<448, Float>
    let base: UnsafeMutablePointer<Float>
    @inline(__always) var x: UnsafeMutablePointer<Float> { base }
    @inline(__always) var g: UnsafeMutablePointer<Float> { base + 128 }
    @inline(__always) var power: UnsafeMutablePointer<Float> { base + 256 }
    /// The largest elements of each chunk of a row, a vector each.
    @inline(__always) var largest: UnsafeMutablePointer<Float> { base + 384 }
  }

  // MARK: - A vector

  /// The bits that some of the sums 1.5 * 2^23 + n + 127 had, and those that all of them had.
  struct Used {
    private var some = Bits()
    private var all = Bits(repeating: -1)

    @inline(__always)
    mutating func add(_ bits: Mask) {
      let some = unsafeBitCast(some, to: Mask.self) .| bits
      let all = unsafeBitCast(all, to: Mask.self) .& bits
      self.some = unsafeBitCast(some, to: Bits.self)
      self.all = unsafeBitCast(all, to: Bits.self)
    }

    /// True for the lanes in which an n + 127 was not in 0 to 127.
    @inline(__always)
    var isOut: Mask {
      let high = unsafeBitCast(Bits(repeating: ~0x7F), to: Mask.self)
      let some = unsafeBitCast(some, to: Mask.self) .& high
      let all = unsafeBitCast(all, to: Mask.self) .& high
      let number = Bits(repeating: 0x4B40_0000)
      return (unsafeBitCast(some, to: Bits.self) .!= number)
        .| (unsafeBitCast(all, to: Bits.self) .!= number)
    }
  }

  /// The first half of exp(x - a), put down at `at`; `used` gathers the bits of n + 127. Where x = a, with
  /// `ties`, n + 127 becomes 0, which makes the term 2^-127, and the lane's count rises. A z below `floor`
  /// counts as `floor`.
  @inline(__always)
  static func split(
    _ x: Vector, _ a: Vector, _ tile: Tile, _ at: Int, _ used: inout Used,
    ties: UnsafeMutablePointer<Bits>? = nil, floor: Vector? = nil
  ) {
    var z = x - a
    if let floor { z = .larger(floor, z) }  // in this order a NaN stays
    let rounded = z * Vector(repeating: Constants.f32Log2eHi) + Vector(repeating: rounder)
    let n = rounded - Vector(repeating: rounder)
    (z - n * Vector(repeating: Constants.f32Ln2Hi)).store(tile.g + at)
    used.add(unsafeBitCast(rounded, to: Mask.self))
    var bits = unsafeBitCast(rounded, to: Bits.self)
    if let ties {
      let mask = x .== a
      ties.pointee = ties.pointee &- unsafeBitCast(mask, to: Bits.self)
      bits = unsafeBitCast(unsafeBitCast(bits, to: Mask.self) .& .!mask, to: Bits.self)
    }
    let power = bits &* Bits(repeating: 1 << 23) &+ Bits(repeating: -68 << 23)
    unsafeBitCast(power, to: Vector.self).store(tile.power + at)
  }

  /// The second half: 2^60 e^z, with e^g = 1 + 2 g / (P - g), P = g coth(g / 2) a polynomial in g^2.
  @inline(__always)
  static func term(_ tile: Tile, _ at: Int) -> Vector {
    let g = Vector(UnsafePointer(tile.g) + at)
    let square = g * g
    let p =
      (Vector(repeating: Constants.f32CothP2) * square + Vector(repeating: Constants.f32CothP1))
      * square + Vector(repeating: 2)
    // 4 g by the exponent; a g of 0 becomes 2^-126, which does not show beside 2.
    let four = unsafeBitCast(g, to: Bits.self) &+ Bits(repeating: 2 << 23)
    let twice = Vector(repeating: 2) + unsafeBitCast(four, to: Vector.self) / (p - g)
    let power = unsafeBitCast(Vector(UnsafePointer(tile.power) + at), to: Bits.self)
    return unsafeBitCast(unsafeBitCast(twice, to: Bits.self) &+ power, to: Vector.self)
  }

  // MARK: - Rows

  @inline(__always)
  func reduce(_ scale: ExpScale<Float>) -> Int {
    var memory = Tile.Memory(repeating: 0)
    return withUnsafeMutablePointer(to: &memory) { memory in
      let tile = Tile(base: UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Float.self))
      var special = 0
      if columns <= SwiftRow<Float>.shortCount {
        var row = 0
        while row < rows {
          special &+= short(row, tile, scale)
          row &+= 4
        }
      } else {
        for row in 0..<rows { special &+= long(row, tile, scale) }
      }
      return special
    }
  }

  /// The rows that this is not made for, one at a time.
  @inline(never)
  func again(_ row: Int, _ scale: ExpScale<Float>) -> Int {
    SwiftReduce<Float>(
      x: x + row &* stride, rows: 1, columns: columns, stride: stride, scale: scale,
      state: state + row, capacity: capacity
    ).reduce()
  }

  // MARK: Long rows

  @inline(__always)
  func long(_ row: Int, _ tile: Tile, _ scale: ExpScale<Float>) -> Int {
    let x = x + row &* stride
    let a = maximum(x, tile)
    guard let rest = rest(x, a, tile) ?? restOfFar(x, a, tile), rest >= Self.least else {
      return again(row, scale)
    }
    state[row] = Double(a)
    state[capacity &+ row] = rest
    state[2 &* capacity &+ row] = 0
    return 0
  }

  /// The rest with terms below e^-87 taken for as much, as those of -inf: too little to show in a rest of
  /// at least `least`.
  @inline(never)
  func restOfFar(_ x: UnsafePointer<Float>, _ a: Float, _ tile: Tile) -> Double? {
    rest(x, a, tile, floor: Vector(repeating: -87))
  }

  /// Sum of all terms but one that is 1; nil where an n + 127 is out of range.
  @inline(__always)
  func rest(
    _ x: UnsafePointer<Float>, _ a: Float, _ tile: Tile, floor: Vector? = nil
  ) -> Double? {
    let shift = Vector(repeating: a)
    var used = Used()
    var ties = Bits()
    var sum = SIMD4<Double>(repeating: 0)
    var start = 0
    while start &+ Self.chunk <= columns {
      var i = 0
      if any(Vector(UnsafePointer(tile.largest) + start / 32) .== shift) {
        while i < Self.chunk {
          Self.split(
            Vector(x + (start &+ i)), shift, tile, i, &used, ties: &ties, floor: floor)
          i &+= 4
        }
      } else {
        while i < Self.chunk {
          Self.split(Vector(x + (start &+ i)), shift, tile, i, &used, floor: floor)
          i &+= 4
        }
      }
      if any(used.isOut) { return nil }
      sum = sum + SIMD4<Double>(Self.sum(tile, Self.chunk))
      start &+= Self.chunk
    }
    var filled = 0
    if start < columns {
      // Filled up with a, whose terms are taken out.
      let count = columns &- start
      var end = 0
      while end < count {
        tile.x[end] = x[start &+ end]
        end &+= 1
      }
      while end & 15 != 0 {
        tile.x[end] = a
        end &+= 1
      }
      filled = end &- count
      var i = 0
      while i < end {
        Self.split(
          Vector(UnsafePointer(tile.x) + i), shift, tile, i, &used, ties: &ties, floor: floor)
        i &+= 4
      }
      if any(used.isOut) { return nil }
      sum = sum + SIMD4<Double>(Self.sum(tile, end))
    }
    let count = Int(truncatingIfNeeded: ties.wrappedSum()) &- filled &- 1
    return ((sum[0] + sum[2]) + (sum[1] + sum[3])) * 0x1p-60 + Double(count)
  }

  /// Max of what is not NaN; that of each whole chunk goes to `tile.largest`.
  @inline(__always)
  func maximum(_ x: UnsafePointer<Float>, _ tile: Tile) -> Float {
    var maximum = Vector(repeating: -.infinity)
    var start = 0
    while start &+ Self.chunk <= columns {
      var most = SIMD16<Float>(x + start)
      var i = 16
      while i < Self.chunk {
        most = .larger(SIMD16<Float>(x + (start &+ i)), most)
        i &+= 16
      }
      most.store(tile.g)
      let largest = Self.fold(UnsafePointer(tile.g)) { Vector.larger($0, $1) }
      largest.store(tile.largest + start / 32)
      maximum = .larger(largest, maximum)
      start &+= Self.chunk
    }
    while start &+ 4 <= columns {
      maximum = .larger(Vector(x + start), maximum)
      start &+= 4
    }
    if start < columns { maximum = .larger(Vector(x + (columns &- 4)), maximum) }
    return maximum.largest
  }

  /// Four vectors to one.
  @inline(__always)
  static func fold(
    _ base: UnsafePointer<Float>, _ body: (Vector, Vector) -> Vector
  ) -> Vector {
    body(
      body(Vector(base), Vector(base + 4)), body(Vector(base + 8), Vector(base + 12)))
  }

  /// The terms of `count` elements, a multiple of 16, by lanes.
  @inline(__always)
  static func sum(_ tile: Tile, _ count: Int) -> Vector {
    var first = Vector(repeating: 0)
    var second = first
    var i = 0
    while i < count {
      first = first + (term(tile, i) + term(tile, i &+ 4))
      second = second + (term(tile, i &+ 8) + term(tile, i &+ 12))
      i &+= 16
    }
    return first + second
  }

  // MARK: Short rows

  /// Four rows side by side, from `row` on; lanes beyond repeat the last.
  @inline(__always)
  func short(_ row: Int, _ tile: Tile, _ scale: ExpScale<Float>) -> Int {
    let count = min(4, rows &- row)
    let base = x + row &* stride
    let a = read(
      base, base + min(1, count &- 1) &* stride, base + min(2, count &- 1) &* stride,
      base + (count &- 1) &* stride, UnsafeMutablePointer(tile.x))
    let end = 4 &* columns
    var ties = Bits()
    var out = split(end, a, tile, &ties)
    if any(out) {
      // As in `restOfFar`, in the lanes that need it.
      var floor = Vector(repeating: -.infinity)
      for lane in 0..<4 where out[lane] { floor[lane] = -87 }
      ties = Bits()
      out = split(end, a, tile, &ties, floor: floor)
    }
    // The sums of four columns each, and of what remains, take the place of g.
    var i = 0
    var groups = 0
    while i &+ 16 <= end {
      let first = Self.term(tile, i) + Self.term(tile, i &+ 4)
      (first + (Self.term(tile, i &+ 8) + Self.term(tile, i &+ 12))).store(tile.g + groups)
      i &+= 16
      groups &+= 4
    }
    while i < end {
      Self.term(tile, i).store(tile.g + groups)
      i &+= 4
      groups &+= 4
    }
    var sum = SIMD4<Double>(repeating: 0)
    i = 0
    while i < groups {
      sum = sum + SIMD4<Double>(Vector(UnsafePointer(tile.g) + i))
      i &+= 4
    }
    sum = sum * SIMD4<Double>(repeating: 0x1p-60)
    let rest = sum + (SIMD4<Double>(ties) - SIMD4<Double>(repeating: 1))
    if count == 4 {
      SIMD4<Double>(a).store(state + row)
      rest.store(state + (capacity &+ row))
      SIMD4<Double>(repeating: 0).store(state + (2 &* capacity &+ row))
    } else {
      for lane in 0..<count {
        state[row &+ lane] = Double(a[lane])
        state[capacity &+ row &+ lane] = rest[lane]
        state[2 &* capacity &+ row &+ lane] = 0
      }
    }
    if !any(out) && all(rest .>= SIMD4<Double>(repeating: Self.least)) { return 0 }
    var special = 0
    for lane in 0..<count where out[lane] || !(rest[lane] >= Self.least) {
      special &+= again(row &+ lane, scale)
    }
    return special
  }

  /// The first half for the columns of four rows; true for the lanes that are out of range.
  @inline(__always)
  func split(_ end: Int, _ a: Vector, _ tile: Tile, _ ties: inout Bits, floor: Vector? = nil)
    -> Mask
  {
    var used = Used()
    var i = 0
    while i < end {
      Self.split(Vector(UnsafePointer(tile.x) + i), a, tile, i, &used, ties: &ties, floor: floor)
      i &+= 4
    }
    return used.isOut
  }

  /// Turns four rows, and gives their maxima.
  @inline(__always)
  func read(
    _ x0: UnsafePointer<Float>, _ x1: UnsafePointer<Float>, _ x2: UnsafePointer<Float>,
    _ x3: UnsafePointer<Float>, _ tile: UnsafeMutablePointer<Float>
  ) -> Vector {
    var maximum = Vector(repeating: -.infinity)
    if columns < 4 {
      for i in 0..<columns {
        let x = Vector(x0[i], x1[i], x2[i], x3[i])
        x.store(tile + 4 &* i)
        maximum = .larger(x, maximum)
      }
      return maximum
    }
    var i = 0
    while true {
      let (a, b) = (Vector(x0 + i), Vector(x1 + i))
      let (c, d) = (Vector(x2 + i), Vector(x3 + i))
      let y0 = Vector(a[0], b[0], c[0], d[0])
      let y1 = Vector(a[1], b[1], c[1], d[1])
      let y2 = Vector(a[2], b[2], c[2], d[2])
      let y3 = Vector(a[3], b[3], c[3], d[3])
      y0.store(tile + 4 &* i)
      y1.store(tile + (4 &* i &+ 4))
      y2.store(tile + (4 &* i &+ 8))
      y3.store(tile + (4 &* i &+ 12))
      maximum = .larger(.larger(y3, y2), .larger(y1, .larger(y0, maximum)))
      if i &+ 4 == columns { return maximum }
      i = min(i &+ 4, columns &- 4)
    }
  }
}
