/// `RowKernels.reduce` for Float at T = 1, where LSE spends its time; rows it is not made for go to
/// `SwiftReduce`.
///
/// exp(z) with z = x - base: n = round(z log2 e), g = z - n ln(2), e^z = 2^n e^g. ln(2) in one Float of 21
/// bits is right to 2^-29, and n times it is exact where |n| <= 8, that is, for the terms that count.
/// Longer rows are read once: their base is a multiple of 8 near their max, and is guessed
/// (`Guess`). A row whose max asks for another is read again.
///
/// The reduction and the polynomial are loops of their own: two short chains keep the processor's units
/// busier than one long one.
struct SwiftFloatReduce {
  typealias Vector = SIMD4<Float>
  typealias Bits = SIMD4<Int32>
  typealias Mask = SIMDMask<Bits>
  typealias Doubles = SIMD4<Double>

  let x: UnsafePointer<Float>
  let rows, columns, stride: Int
  let state: UnsafeMutablePointer<Double>
  let capacity: Int

  /// Columns up to which four rows are computed side by side.
  @inline(__always) static var shortCount: Int { 16 }
  /// Columns up to which all of four rows is in the tile at once.
  @inline(__always) static var mediumCount: Int { 64 }
  /// Elements in a chunk, whose terms are added up in Float.
  @inline(__always) static var chunk: Int { 128 }
  /// 1.5 * 2^23.
  @inline(__always) static var magic: Float { 0x1.8p23 }
  /// A z below counts as this, as that of -inf does: too little to show.
  @inline(__always) static var floor: Float { -86 }
  /// A rest of a short row below is computed by `SwiftReduce`.
  @inline(__always) static var least: Double { 0x1p-80 }
  /// Maxima from here on are their rows' bases. Bases guessed are less.
  @inline(__always) static var large: Float { 0x1p23 }

  /// What a chunk, or four rows, need on their way: g and 2^(n + 1), 256 of each; and for each of four
  /// rows a vector of maxima and one of sums.
  struct Tile {
    typealias Memory = InlineArray<144, Vector>
    let base: UnsafeMutablePointer<Float>
    @inline(__always) var g: UnsafeMutablePointer<Float> { base }
    @inline(__always) var power: UnsafeMutablePointer<Float> { base + 256 }
    /// The elements of short rows, turned.
    @inline(__always) var x: UnsafeMutablePointer<Float> { base + 512 }
    @inline(__always) var largest: UnsafeMutablePointer<Float> { base + 512 }
    /// The sums of a chunk.
    @inline(__always) var vector: UnsafeMutablePointer<Float> { base + 528 }
    @inline(__always) var sums: UnsafeMutablePointer<Double> {
      UnsafeMutableRawPointer(base + 532).assumingMemoryBound(to: Double.self)
    }

    @inline(__always)
    func put(_ parts: (g: Vector, power: Bits), _ at: Int) {
      parts.g.store(g + at)
      unsafeBitCast(parts.power, to: Vector.self).store(power + at)
    }

    /// The row of one lane becomes that of another.
    @inline(__always)
    func copy(_ lane: Int, to other: Int) {
      Vector(UnsafePointer(largest) + 4 &* lane).store(largest + 4 &* other)
      Doubles(UnsafePointer(sums) + 4 &* lane).store(sums + 4 &* other)
    }
  }

  /// The sums, maxima and bases of rows from the `first` on.
  struct Ends {
    typealias Memory = InlineArray<16, Vector>
    let base: UnsafeMutableRawPointer
    var first = 0
    @inline(__always) static var rows: Int { 16 }
    @inline(__always) var sums: UnsafeMutablePointer<Double> {
      base.assumingMemoryBound(to: Double.self) + first
    }
    @inline(__always) var largest: UnsafeMutablePointer<Float> {
      (base + 128).assumingMemoryBound(to: Float.self) + first
    }
    @inline(__always) var bases: UnsafeMutablePointer<Float> {
      (base + 192).assumingMemoryBound(to: Float.self) + first
    }

    @inline(__always)
    static func + (ends: Ends, rows: Int) -> Ends {
      Ends(base: ends.base, first: ends.first &+ rows)
    }
  }

  // MARK: - A vector

  /// The first half of exp(z): g, and the bits of 2^(n + 1).
  @inline(__always)
  static func split(_ z: Vector) -> (g: Vector, power: Bits) {
    let z = Vector.larger(Vector(repeating: floor), z)  // in this order a NaN stays
    let rounder = Vector(repeating: magic + 128)
    let rounded = z * Vector(repeating: Constants.f32Log2eHi) + rounder
    let g = z - (rounded - rounder) * Vector(repeating: Constants.f32Ln2Hi)
    return (g, unsafeBitCast(rounded, to: Bits.self) &* Bits(repeating: 1 << 23))
  }

  /// A base of 0, where there is nothing to subtract.
  enum PlainTerms: SwiftFloatTerms {
    @inline(__always)
    static func split(_ x: Vector, _: Vector, _: inout Bits) -> (g: Vector, power: Bits) {
      SwiftFloatReduce.split(x)
    }
  }

  enum AllTerms: SwiftFloatTerms {
    @inline(__always)
    static func split(_ x: Vector, _ base: Vector, _: inout Bits) -> (g: Vector, power: Bits) {
      SwiftFloatReduce.split(x - base)
    }
  }

  /// Where x is the base the power is 0, and the lane's count rises.
  enum OtherTerms: SwiftFloatTerms {
    @inline(__always)
    static func split(
      _ x: Vector, _ base: Vector, _ ties: inout Bits
    ) -> (g: Vector, power: Bits) {
      let (g, power) = SwiftFloatReduce.split(x - base)
      let mask = x .== base
      ties = ties &- unsafeBitCast(mask, to: Bits.self)
      let others = unsafeBitCast(power, to: Mask.self) .& .!mask
      return (g, unsafeBitCast(others, to: Bits.self))
    }
  }

  /// The second half: e^g / 2 = 1/2 + g / (P - g), P = g coth(g / 2) a polynomial in g^2.
  @inline(__always)
  static func term(_ g: Vector, _ power: Vector) -> Vector {
    let square = g * g
    let p =
      (Vector(repeating: Constants.f32CothP2) * square + Vector(repeating: Constants.f32CothP1))
      * square + Vector(repeating: 2)
    return (Vector(repeating: 0.5) + g / (p - g)) * power
  }

  @inline(__always)
  static func term(_ tile: Tile, _ at: Int) -> Vector {
    term(Vector(UnsafePointer(tile.g) + at), Vector(UnsafePointer(tile.power) + at))
  }

  // MARK: - Rows

  @inline(__always)
  func reduce(_ scale: ExpScale<Float>) -> Int {
    var memory = Tile.Memory(repeating: Vector(repeating: 0))
    return withUnsafeMutablePointer(to: &memory) { memory in
      let tile = Tile(base: UnsafeMutableRawPointer(memory).assumingMemoryBound(to: Float.self))
      var special = 0
      var row = 0
      if columns <= Self.shortCount {
        while row < rows {
          special &+= short(row, tile, scale)
          row &+= 4
        }
      } else {
        var guess = Guess(Self.base(Self.maximum(x, 16)))
        var memory = Ends.Memory(repeating: Vector(repeating: 0))
        withUnsafeMutablePointer(to: &memory) { memory in
          let ends = Ends(base: UnsafeMutableRawPointer(memory))
          while row < rows {
            special &+= long(row, min(Ends.rows, rows &- row), tile, ends, &guess, scale)
            row &+= Ends.rows
          }
        }
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

  /// The base that rows may have; without one, rows are read for their max first.
  struct Guess {
    var base: Float?

    @inline(__always)
    init(_ base: Float? = nil) {
      if let base, base.magnitude < large { self.base = base }
    }
  }

  /// Where the max of a row lies beside the row's base.
  @inline(__always) static var lowest: Float { -2.5 }
  @inline(__always) static var highest: Float { 5.5 }

  /// The base of rows with max a: the multiple of 8 that it lies beside, or a itself where that is large.
  @inline(never)
  static func base(_ a: Float) -> Float {
    if !(a.magnitude < large) { return a }
    let base = (((a - 1.5) * 0.125 + magic) - magic) * 8
    if a - base < lowest { return base - 8 }
    return a - base < highest ? base : base + 8
  }

  /// `count` rows, up to `Ends.rows`, from `row` on. Their ends, from max and sum to a state, are done one
  /// after the other: each is a long chain, and while one waits the processor begins the next.
  @inline(__always)
  func long(
    _ row: Int, _ count: Int, _ tile: Tile, _ ends: Ends, _ guess: inout Guess,
    _ scale: ExpScale<Float>
  ) -> Int {
    for lane in 0..<count {
      ends.bases[lane] =
        guess.base ?? Self.base(Self.maximum(x + (row &+ lane) &* stride, columns))
    }
    var first = 0
    while first < count {
      let rows = min(4, count &- first)
      for lane in rows..<4 { ends.bases[first &+ lane] = ends.bases[first &+ rows &- 1] }
      if guess.base == 0 {
        sums(row &+ first, rows, tile, ends.bases + first, PlainTerms.self)
      } else {
        sums(row &+ first, rows, tile, ends.bases + first, AllTerms.self)
      }
      largest(tile).store(ends.largest + first)
      sums(tile).store(ends.sums + first)
      first &+= 4
    }

    let wasGuess = guess.base != nil
    var special = 0
    first = 0
    while first < count {
      let a = Vector(UnsafePointer(ends.largest) + first)
      let z = a - Vector(UnsafePointer(ends.bases) + first)
      let (g, power) = Self.split(z)
      let own = Self.term(g, unsafeBitCast(power, to: Vector.self))
      let sum = Doubles(UnsafePointer(ends.sums) + first) / Doubles(own)
      let wide = Doubles(a)
      put(row &+ first, min(4, count &- first), wide, sum - Doubles(repeating: 1))

      let isOwn = (z .>= Vector(repeating: Self.lowest)) .& (z .< Vector(repeating: Self.highest))
      let isFine = sum + (sum + wide) .>= Doubles(repeating: leastSum)
      if !(wasGuess && all(isOwn) && all(isFine)) {
        sum.store(ends.sums + first)
        special &+= others(
          row &+ first, min(4, count &- first), tile, ends + first, &guess, wasGuess, scale)
      }
      first &+= 4
    }
    return special
  }

  @inline(__always)
  func sums<T: SwiftFloatTerms>(
    _ row: Int, _ count: Int, _ tile: Tile, _ bases: UnsafePointer<Float>, _: T.Type
  ) {
    if columns <= Self.mediumCount {
      sumTogether(row, count, tile, bases, T.self)
    } else {
      _ = sum(row, count, tile, bases, T.self)
      for lane in count..<4 { tile.copy(count &- 1, to: lane) }
    }
  }

  /// What 2 sum + |a| is at least in rows whose sum, which has the max's own term, is fine enough.
  @inline(__always)
  var leastSum: Double { columns <= 32 ? 6 : 10 }

  /// What remains to be done for four rows if it is not nothing, by scalars alone: used by lanes, vectors
  /// would be taken apart everywhere.
  @inline(never)
  func others(
    _ row: Int, _ count: Int, _ tile: Tile, _ ends: Ends, _ guess: inout Guess, _ wasGuess: Bool,
    _ scale: ExpScale<Float>
  ) -> Int {
    let base = Self.base(ends.largest[0])
    var isOne = true
    var special = 0
    for lane in 0..<count {
      let (a, sum) = (ends.largest[lane], ends.sums[lane])
      let own = Self.base(a)
      if own != base { isOne = false }
      if own != ends.bases[lane] && wasGuess {
        special &+= again(row &+ lane, tile, scale)
      } else if !(sum + (sum + Double(a.magnitude)) >= leastSum) {
        special &+= close(row &+ lane, a, tile, scale)
      }
    }
    guess = Guess(isOne ? base : nil)
    return special
  }

  /// A row again, whose base is not the one that was guessed.
  @inline(never)
  func again(_ row: Int, _ tile: Tile, _ scale: ExpScale<Float>) -> Int {
    var none = Guess()
    var memory = Ends.Memory(repeating: Vector(repeating: 0))
    return withUnsafeMutablePointer(to: &memory) { memory in
      let ends = Ends(base: UnsafeMutableRawPointer(memory))
      return long(row, 1, tile, ends, &none, scale)
    }
  }

  /// A row with max a whose rest has to be right by itself: its terms are relative to a, and those that
  /// are 1 are taken out.
  @inline(never)
  func close(_ row: Int, _ a: Float, _ tile: Tile, _ scale: ExpScale<Float>) -> Int {
    var base = a
    let count = Double(sum(row, 1, tile, &base, OtherTerms.self).wrappedSum())
    let s = tile.sums
    let rest = ((s[0] + s[2]) + (s[1] + s[3])) + (count - 1)
    if !(rest >= Self.least) { return again(row, scale) }
    state[capacity &+ row] = rest
    return 0
  }

  /// Maxima, and the sums by lanes, of `count` rows; returns the counts of the terms left out.
  @inline(__always)
  func sum<T: SwiftFloatTerms>(
    _ row: Int, _ count: Int, _ tile: Tile, _ bases: UnsafePointer<Float>, _: T.Type
  ) -> Bits {
    var ties = Bits()
    for lane in 0..<count {
      let x = x + (row &+ lane) &* stride
      let base = Vector(repeating: bases[lane])
      let sums = tile.sums + 4 &* lane
      var largest = Vector(repeating: -.infinity)
      Doubles(repeating: 0).store(sums)
      var start = 0
      while start < columns {
        let count = min(Self.chunk, columns &- start)
        var i = 0
        while i &+ 4 <= count {
          let x = Vector(x + (start &+ i))
          largest = .larger(x, largest)
          tile.put(T.split(x, base, &ties), i)
          i &+= 4
        }
        if i < count {
          let x = last(row &+ lane)
          largest = .larger(x, largest)
          tile.put(T.split(x, base, &ties), i)
          i &+= 4
        }
        Self.sum(tile, i)
        (Doubles(UnsafePointer(sums)) + Doubles(Vector(UnsafePointer(tile.vector)))).store(sums)
        start &+= Self.chunk
      }
      largest.store(tile.largest + 4 &* lane)
    }
    return ties
  }

  /// `sum` for rows of up to `mediumCount` elements, four of them side by side; those beyond `count`
  /// repeat the last. A line is a vector of each row, a block four lines.
  @inline(__always)
  func sumTogether<T: SwiftFloatTerms>(
    _ row: Int, _ count: Int, _ tile: Tile, _ bases: UnsafePointer<Float>, _: T.Type
  ) {
    let x0 = x + row &* stride
    let x1 = x0 + min(1, count &- 1) &* stride
    let x2 = x0 + min(2, count &- 1) &* stride
    let x3 = x0 + (count &- 1) &* stride
    let b0 = Vector(repeating: bases[0])
    let b1 = Vector(repeating: bases[1])
    let b2 = Vector(repeating: bases[2])
    let b3 = Vector(repeating: bases[3])
    var ties = Bits()
    var m0 = Vector(repeating: -.infinity)
    var (m1, m2, m3) = (m0, m0, m0)
    // The sums of a row's terms in a block, and the terms of lines beyond, take the place of g.
    var (i, at, groups) = (0, 0, 0)
    let whole = columns / 4 &* 4
    let end = 4 &* whole
    while i < whole {
      let stop = min(i &+ 16, whole)
      while i < stop {
        let (y0, y1) = (Vector(x0 + i), Vector(x1 + i))
        m0 = .larger(y0, m0)
        m1 = .larger(y1, m1)
        tile.put(T.split(y0, b0, &ties), 4 &* i)
        tile.put(T.split(y1, b1, &ties), 4 &* i &+ 4)
        let (y2, y3) = (Vector(x2 + i), Vector(x3 + i))
        m2 = .larger(y2, m2)
        m3 = .larger(y3, m3)
        tile.put(T.split(y2, b2, &ties), 4 &* i &+ 8)
        tile.put(T.split(y3, b3, &ties), 4 &* i &+ 12)
        i &+= 4
      }
      if at &+ 64 <= end {
        var lane = 0
        while lane < 16 {
          let k = at &+ lane
          let first = Self.term(tile, k) + Self.term(tile, k &+ 16)
          (first + (Self.term(tile, k &+ 32) + Self.term(tile, k &+ 48))).store(tile.g + groups)
          groups &+= 4
          lane &+= 4
        }
        at &+= 64
      }
    }
    m0.store(tile.largest)
    m1.store(tile.largest + 4)
    m2.store(tile.largest + 8)
    m3.store(tile.largest + 12)
    if i < columns {
      for lane in 0..<4 {
        let y = last(row &+ min(lane, count &- 1))
        let largest = tile.largest + 4 &* lane
        Vector.larger(y, Vector(UnsafePointer(largest))).store(largest)
        tile.put(T.split(y, Vector(repeating: bases[lane]), &ties), end &+ 4 &* lane)
      }
      i &+= 4
    }
    while at < 4 &* i {
      Self.term(tile, at).store(tile.g + groups)
      groups &+= 4
      at &+= 4
    }
    for lane in 0..<4 {
      var sum = Doubles(repeating: 0)
      i = 4 &* lane
      while i < groups {
        sum = sum + Doubles(Vector(UnsafePointer(tile.g) + i))
        i &+= 16
      }
      sum.store(tile.sums + 4 &* lane)
    }
  }

  /// The elements of a row that are in none of its whole vectors, behind as many -inf as make a vector.
  @inline(__always)
  func last(_ row: Int) -> Vector {
    let x = Vector(x + (row &* stride &+ columns &- 4))
    let count = Vector(repeating: Float(4 &- columns % 4))
    let isNew = Vector(0, 1, 2, 3) .>= count
    let infinity = unsafeBitCast(Vector(repeating: -.infinity), to: Mask.self) .& .!isNew
    return unsafeBitCast(unsafeBitCast(x, to: Mask.self) .& isNew .| infinity, to: Vector.self)
  }

  /// The terms of `count` elements, by lanes, to `tile.vector`. Through memory: the optimiser takes a sum
  /// that is used in another form apart, lane by lane.
  @inline(__always)
  static func sum(_ tile: Tile, _ count: Int) {
    var i = 0
    if count >= 16 {
      var first = Vector(repeating: 0)
      var second = first
      repeat {
        first = first + (term(tile, i) + term(tile, i &+ 4))
        second = second + (term(tile, i &+ 8) + term(tile, i &+ 12))
        i &+= 16
      } while i &+ 16 <= count
      (first + second).store(tile.vector)
    } else {
      Vector(repeating: 0).store(tile.vector)
    }
    while i < count {
      (Vector(UnsafePointer(tile.vector)) + term(tile, i)).store(tile.vector)
      i &+= 4
    }
  }

  /// Max of what is not NaN, of at least 16 elements.
  @inline(__always)
  static func maximum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
    var largest = SIMD16<Float>.larger(
      SIMD16<Float>(x + (count &- 16)), SIMD16<Float>(repeating: -.infinity))
    var i = 0
    while i &+ 16 <= count {
      largest = .larger(SIMD16<Float>(x + i), largest)
      i &+= 16
    }
    return largest.largest
  }

  /// The maxima of four rows, from those by lanes.
  @inline(__always)
  func largest(_ tile: Tile) -> Vector {
    let base = UnsafePointer(tile.largest)
    let (a, b, c, d) = (Vector(base), Vector(base + 4), Vector(base + 8), Vector(base + 12))
    return .larger(
      .larger(Vector(a[3], b[3], c[3], d[3]), Vector(a[2], b[2], c[2], d[2])),
      .larger(Vector(a[1], b[1], c[1], d[1]), Vector(a[0], b[0], c[0], d[0])))
  }

  /// The sums of four rows, from those by lanes.
  @inline(__always)
  func sums(_ tile: Tile) -> Doubles {
    let s = UnsafePointer(tile.sums)
    return (Doubles(s[0], s[4], s[8], s[12]) + Doubles(s[2], s[6], s[10], s[14]))
      + (Doubles(s[1], s[5], s[9], s[13]) + Doubles(s[3], s[7], s[11], s[15]))
  }

  /// Puts down the states of `count` rows.
  @inline(__always)
  func put(_ row: Int, _ count: Int, _ a: Doubles, _ rest: Doubles) {
    if count < 4 { return put(by: row, count, a, rest) }
    a.store(state + row)
    rest.store(state + (capacity &+ row))
    Doubles(repeating: 0).store(state + (2 &* capacity &+ row))
  }

  @inline(never)
  func put(by row: Int, _ count: Int, _ a: Doubles, _ rest: Doubles) {
    for lane in 0..<count {
      state[row &+ lane] = a[lane]
      state[capacity &+ row &+ lane] = rest[lane]
      state[2 &* capacity &+ row &+ lane] = 0
    }
  }

  // MARK: Short rows

  /// Four rows side by side, from `row` on; lanes beyond repeat the last. Terms that are 1 are taken out.
  @inline(__always)
  func short(_ row: Int, _ tile: Tile, _ scale: ExpScale<Float>) -> Int {
    let count = min(4, rows &- row)
    let base = x + row &* stride
    let a = read(
      base, base + min(1, count &- 1) &* stride, base + min(2, count &- 1) &* stride,
      base + (count &- 1) &* stride, UnsafeMutablePointer(tile.x))
    let end = 4 &* columns
    var ties = Bits()
    var i = 0
    while i < end {
      tile.put(OtherTerms.split(Vector(UnsafePointer(tile.x) + i), a, &ties), i)
      i &+= 4
    }
    // The sums of four columns each, and of what remains, take the place of g.
    i = 0
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
    var sum = Doubles(repeating: 0)
    i = 0
    while i < groups {
      sum = sum + Doubles(Vector(UnsafePointer(tile.g) + i))
      i &+= 4
    }
    let rest = sum + (Doubles(ties) - Doubles(repeating: 1))
    put(row, count, Doubles(a), rest)
    if all(rest .>= Doubles(repeating: Self.least)) { return 0 }
    var special = 0
    for lane in 0..<count where !(state[capacity &+ row &+ lane] >= Self.least) {
      special &+= again(row &+ lane, scale)
    }
    return special
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

/// Which terms `SwiftFloatReduce` sums, by the first half of exp(x - base): a type, so that each way has
/// a loop without the other's operations.
protocol SwiftFloatTerms {
  static func split(
    _ x: SIMD4<Float>, _ base: SIMD4<Float>, _ ties: inout SIMD4<Int32>
  ) -> (g: SIMD4<Float>, power: SIMD4<Int32>)
}
