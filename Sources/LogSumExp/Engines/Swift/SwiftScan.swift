/// `RowKernels.cumulate` for one row: the recurrence of scan.h.
///
/// In pieces of 64 columns: exponentials side by side, then the sums one after the other, then logarithms
/// side by side. With y = x c, n the integer nearest y and N that of the running max a, a term is
/// 2^(y - n) 2^(n - N + bias), and r the sum of the terms without the max's own:
///
///     x <= a:  r += term(x)
///     x > a:   r = (r + term(a)) 2^(N - N'), a = x
///     out:     a + T log1p(r / term(a))
struct SwiftScan<Scalar: SwiftScalar> {
  private let scale: ScanScale<Scalar>
  private let state: UnsafeMutablePointer<Double>
  private let capacity: Int
  /// a and N.
  private var maximum, n: Double
  /// r, term(a) and 1 / term(a).
  private var rest, term, inverse: TwoPart
  private var isHuge: Bool

  /// `RowKernels.cumulate`.
  @inline(__always)
  static func cumulate(
    _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
    _ out: UnsafeMutableRawPointer, _ outStride: Int, isExclusive: Bool, isReversed: Bool,
    _ scale: ScanScale<Scalar>, _ state: UnsafeMutablePointer<Double>, _ capacity: Int
  ) {
    let x = x.assumingMemoryBound(to: Scalar.self)
    let out = out.assumingMemoryBound(to: Scalar.self)
    for row in 0..<rows {
      var scan = SwiftScan(scale, state + row, capacity)
      scan.run(
        x + row &* stride, columns, out + row &* outStride, isExclusive: isExclusive,
        isReversed: isReversed)
    }
  }

  @inline(__always)
  init(_ scale: ScanScale<Scalar>, _ state: UnsafeMutablePointer<Double>, _ capacity: Int) {
    self.scale = scale
    self.state = state
    self.capacity = capacity
    maximum = state[0]
    rest = TwoPart(state[capacity], state[2 &* capacity])
    (n, term) = scale.reference(maximum)
    inverse = Scalar.self == Float.self ? TwoPart(1 / term.high) : term.reciprocal
    isHuge = scale.isHuge(maximum)
  }

  /// Part by part: x, n, 2^(y - n) high and low; a, r high and low, 1 / term(a) high and low.
  typealias Piece = InlineArray<576, Double>
  static var width: Int { 64 }

  @inline(__always)
  mutating func run(
    _ x: UnsafePointer<Scalar>, _ columns: Int, _ out: UnsafeMutablePointer<Scalar>,
    isExclusive: Bool, isReversed: Bool
  ) {
    var piece = Piece(repeating: 0)
    withUnsafeMutablePointer(to: &piece) { piece in
      let piece = UnsafeMutableRawPointer(piece).assumingMemoryBound(to: Double.self)
      var done = 0
      while done < columns {
        let count = min(Self.width, columns &- done)
        // Place i of the piece, in the order of the recurrence, is column first + i step.
        let first = isReversed ? columns &- 1 &- done : done
        let step = isReversed ? -1 : 1
        for i in 0..<count { piece[i] = Double(x[first &+ i &* step]) }
        scale.exponentials(piece, count)
        sums(piece, count, isExclusive)
        scale.logarithms(piece, count)
        for i in 0..<count { out[first &+ i &* step] = Scalar(piece[256 &+ i]) }
        done &+= count
      }
    }
    state[0] = maximum
    state[capacity] = rest.high
    state[2 &* capacity] = rest.low
  }

  @inline(__always)
  private mutating func sums(
    _ piece: UnsafeMutablePointer<Double>, _ count: Int, _ isExclusive: Bool
  ) {
    // A copy that stays in registers from one new max to the next.
    var scan = self
    for i in 0..<count {
      if isExclusive { scan.put(piece + (256 &+ i)) }
      let (x, xn) = (piece[i], piece[64 &+ i])
      let power = TwoPart(piece[128 &+ i], piece[192 &+ i])
      if x > scan.maximum || scan.isHuge {
        self = scan
        rise(x, xn, power)
        scan = self
      } else {
        scan.add(scale.term(power, xn - scan.n))
      }
      if !isExclusive { scan.put(piece + (256 &+ i)) }
    }
    self = scan
  }

  @inline(__always)
  private func put(_ out: UnsafeMutablePointer<Double>) {
    out[0] = maximum
    out[64] = rest.high
    out[192] = inverse.high
    if Scalar.self == Double.self {
      out[128] = rest.low
      out[256] = inverse.low
    }
  }

  @inline(__always)
  private mutating func add(_ term: TwoPart) {
    if Scalar.self == Float.self { rest.high += term.high } else { rest.add(term) }
  }

  @inline(never)
  private mutating func rise(_ x: Double, _ xn: Double, _ power: TwoPart) {
    if scale.isHuge(x > maximum ? x : maximum) { return addHuge(x) }
    if x > maximum {
      // In two factors: either may be below the least number where the product with r is not.
      let first = ScanScale<Scalar>.power(max(n - xn, -1000), 0)
      let second = ScanScale<Scalar>.power(min(n - xn + 1000, 0), 0)
      rest = rest.scaled(by: first).scaled(by: second)
      add(term.scaled(by: first).scaled(by: second))
      term = scale.term(power, 0)
      inverse = Scalar.self == Float.self ? TwoPart(1 / term.high) : term.reciprocal
      maximum = x
      n = xn
    } else {
      add(scale.term(power, xn - n))
    }
    isHuge = false
  }

  /// The step where the max is so huge that y - n has no digits left. There one digit of log1p is as
  /// much as the result shows.
  private mutating func addHuge(_ x: Double) {
    var ratio = rest.high * inverse.high
    if x > maximum {
      ratio = maximum == -.infinity ? 0 : (ratio + 1) * scale.exp(maximum - x)
      maximum = x
    } else {
      ratio += scale.exp(x - maximum)
    }
    (n, term) = scale.reference(maximum)
    inverse = term.reciprocal
    rest = TwoPart(ratio * term.high)
    isHuge = true
  }
}

/// c = log2(e) / T and T for `SwiftScan`, and its exponentials and logarithms.
struct ScanScale<Scalar: SwiftScalar> {
  private typealias Vector = SIMD4<Double>
  private let high, low, temperature: Double

  @inline(__always)
  init(_ high: Double, _ low: Double, _ temperature: Double) {
    self.high = Scalar.self == Float.self ? high + low : high
    self.low = low
    self.temperature = temperature
  }

  private static var isFloat: Bool { Scalar.self == Float.self }
  /// Terms of Doubles are kept that much too large, so that those of 2^-1074 keep all their bits.
  private static var bias: Double { isFloat ? 0 : 600 }
  private static var magic: Double { 0x1.8p52 }
  /// Elements with |y| beyond this count as this.
  private static var limit: Double { 0x1p50 }

  /// True for a max beyond which y - n loses its digits. In Float such a max outweighs any log1p.
  @inline(__always)
  func isHuge(_ x: Double) -> Bool {
    !Self.isFloat && x.magnitude > 0x1p49 / high && x.magnitude < .infinity
  }

  /// 2^(d + bias) for integers d; 0 from -1023 - bias down, and for NaN.
  @inline(__always)
  static func power(_ d: Double, _ bias: Double) -> Double {
    let least = -1023 - bias
    let limited = d > least ? d : least
    return Double(bitPattern: (limited + (magic + 1023 + bias)).bitPattern &<< 52)
  }

  /// The term with 2^(y - n) = `power` and n - N = d.
  @inline(__always)
  func term(_ power: TwoPart, _ d: Double) -> TwoPart {
    power.scaled(by: Self.power(d, Self.bias))
  }

  /// n and the term of a max.
  func reference(_ maximum: Double) -> (Double, TwoPart) {
    let (n, power) = exponential(Vector(repeating: maximum))
    return (n[0], term(TwoPart(power.0[0], power.1[0]), 0))
  }

  /// exp(z / T), to the digits that `addHuge` needs.
  func exp(_ z: Double) -> Double {
    let (n, power) = exponential(Vector(repeating: z))
    return power.0[0] * Self.power(n[0], 0)
  }

  /// From x in a piece n and 2^(y - n).
  @inline(never)
  func exponentials(_ piece: UnsafeMutablePointer<Double>, _ count: Int) {
    var i = 0
    while i < count {
      let (n, power) = exponential(Vector(UnsafePointer(piece) + i))
      n.store(piece + (64 &+ i))
      power.0.store(piece + (128 &+ i))
      if !Self.isFloat { power.1.store(piece + (192 &+ i)) }
      i &+= 4
    }
  }

  @inline(__always)
  private func exponential(_ x: SIMD4<Double>) -> (SIMD4<Double>, (SIMD4<Double>, SIMD4<Double>)) {
    let magic = Vector(repeating: Self.magic)
    let limit = Vector(repeating: Self.isFloat ? Self.limit : Self.limit / high)
    // In this order a NaN in x stays.
    var y = Self.isFloat ? x * Vector(repeating: high) : x
    y = Self.larger(-limit, -Self.larger(-limit, -y))
    if Self.isFloat {
      let n = (y + magic) - magic
      let f = y - n
      let f2 = f * f
      let b76 = f * Vector(repeating: Constants.f64f32Exp2D7B7) + Constants.f64f32Exp2D7B6
      let b54 = f * Vector(repeating: Constants.f64f32Exp2D7B5) + Constants.f64f32Exp2D7B4
      let b32 = f * Vector(repeating: Constants.f64f32Exp2D7B3) + Constants.f64f32Exp2D7B2
      let b1 = f * Vector(repeating: Constants.f64f32Exp2D7B1) + 1
      return (n, (((b76 * f2 + b54) * f2 + b32) * f2 + b1, Vector()))
    }
    let c = Vector(repeating: high)
    let product = y * c
    let n = (product + magic) - magic
    let f = ((product - n) + Self.missed(y, c, product)) + y * Vector(repeating: low)
    // f ln2 in two parts.
    let ln2 = Vector(repeating: Constants.f64Ln2Hi)
    let r = f * ln2
    var rLow = Self.missed(f, ln2, r) + f * Vector(repeating: Constants.f64Ln2Lo)
    var q = r * Vector(repeating: Constants.f64ExpD12Q10) + Constants.f64ExpD12Q9
    q = q * r + Constants.f64ExpD12Q8
    q = q * r + Constants.f64ExpD12Q7
    q = q * r + Constants.f64ExpD12Q6
    q = q * r + Constants.f64ExpD12Q5
    q = q * r + Constants.f64ExpD12Q4
    q = q * r + Constants.f64ExpD12Q3
    q = q * r + Constants.f64ExpD12Q2
    q = q * r + Constants.f64ExpD12Q1
    q = q * r + Constants.f64ExpD12Q0
    rLow = (r * r) * q + rLow
    let one = r + 1
    rLow = (r - (one - 1)) + rLow
    let sum = one + rLow
    return (n, (sum, rLow - (sum - one)))
  }

  /// What the product of a and b misses of a b.
  @inline(__always)
  private static func missed(
    _ a: SIMD4<Double>, _ b: SIMD4<Double>, _ product: SIMD4<Double>
  ) -> SIMD4<Double> {
    let (aHead, bHead) = (SwiftLog.head(a), SwiftLog.head(b))
    let (aTail, bTail) = (a - aHead, b - bHead)
    return ((aHead * bHead - product) + aHead * bTail + aTail * bHead) + aTail * bTail
  }

  /// x > y ? x : y, so y where x is NaN.
  @inline(__always)
  private static func larger(_ x: SIMD4<Double>, _ y: SIMD4<Double>) -> SIMD4<Double> {
    var result = y
    for i in 0..<4 { result[i] = x[i] > y[i] ? x[i] : y[i] }
    return result
  }

  /// From what `SwiftScan.put` left in a piece, the results in the place of a.
  @inline(__always)
  func logarithms(_ piece: UnsafeMutablePointer<Double>, _ count: Int) {
    if Self.isFloat { floats(piece + 256, count) } else { doubles(piece + 256, count) }
  }

  /// a + T log(1 + s), the logarithm with an error below 2^-36 (finish.h has the formula).
  @inline(never)
  private func floats(_ out: UnsafeMutablePointer<Double>, _ count: Int) {
    typealias Bits = SIMD4<UInt64>
    let one = Vector(repeating: 1)
    var i = 0
    while i < count {
      let at = UnsafePointer(out) + i
      let s = Vector(at + 64) * Vector(at + 192)
      let y = one + s
      let correction = s - (y - one)
      let shifted =
        unsafeBitCast(y, to: Bits.self)
        &+ Bits(repeating: 0x3FF0_0000_0000_0000 - 0x3FE6_A09E_0000_0000)
      let exponent = shifted &>> Bits(repeating: 52)
      let mantissa =
        (shifted &- exponent &* Bits(repeating: 1 << 52))
        &+ Bits(repeating: 0x3FE6_A09E_0000_0000)
      let k =
        unsafeBitCast(exponent &+ Bits(repeating: 0x4330_0000_0000_0000), to: Vector.self)
        - Vector(repeating: 0x1p52 + 1023)
      let f = unsafeBitCast(mantissa, to: Vector.self) - one
      let q = f / (f + Vector(repeating: 2))
      let z = q * q
      let half = Vector(repeating: 0.5) * f * f
      var r = Vector(repeating: Constants.f64f32LogP3) * z
      r = (r + Vector(repeating: Constants.f64f32LogP2)) * z
      r = (r + Vector(repeating: Constants.f64f32LogP1)) * z
      r = (r + Vector(repeating: Constants.f64f32LogP0)) * z
      let log =
        k * Vector(repeating: Constants.f64Ln2Hi) + ((f - (half - q * (half + r))) + correction)
      (Vector(at) + Vector(repeating: temperature) * log).store(out + i)
      i &+= 4
    }
  }

  @inline(never)
  private func doubles(_ out: UnsafeMutablePointer<Double>, _ count: Int) {
    var batch = InlineArray<24, Double>(repeating: 0)
    withUnsafeMutablePointer(to: &batch) { batch in
      let batch = UnsafeMutableRawPointer(batch).assumingMemoryBound(to: Double.self)
      var i = 0
      while i < count {
        for part in 0..<2 {
          let at = UnsafePointer(out) + (i &+ 4 &* part)
          let lane = batch + 4 &* part
          Vector(at).store(lane)
          let (rest, inverse) = (Vector(at + 64), Vector(at + 192))
          let ratio = rest * inverse
          let more = rest * Vector(at + 256) + Vector(at + 128) * inverse
          ratio.store(lane + 8)
          (Self.missed(rest, inverse, ratio) + more).store(lane + 16)
        }
        SwiftLog.logSumExp(batch, 8, temperature)
        for lane in 0..<min(8, count &- i) {
          let a = out[i &+ lane]
          // Beside an infinite max only a NaN counts.
          out[i &+ lane] = a.isInfinite ? a + 0 * out[64 &+ i &+ lane] : batch[lane]
        }
        i &+= 8
      }
    }
  }
}
