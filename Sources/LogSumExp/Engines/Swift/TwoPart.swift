/// Sums and products in two parts without a fused multiply-add: value = high + low.
///
/// Knuth's and Dekker's exact transformations; the split takes the low 27 bits off instead of
/// multiplying by 2^27 + 1, so that it cannot overflow.
struct TwoPart {
  var high: Double
  var low: Double

  @inline(__always)
  init(_ high: Double, _ low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// a + b exactly (TwoSum).
  @inline(__always)
  init(sum a: Double, _ b: Double) {
    high = a + b
    let c = high - a
    low = (a - (high - c)) + (b - c)
  }

  /// a * b exactly, barring underflow of the low part.
  @inline(__always)
  init(product a: Double, _ b: Double) {
    let (aHigh, bHigh) = (Self.head(a), Self.head(b))
    let (aLow, bLow) = (a - aHigh, b - bHigh)
    high = a * b
    low = ((aHigh * bHigh - high) + aHigh * bLow + aLow * bHigh) + aLow * bLow
  }

  /// The 26 leading bits of x.
  @inline(__always)
  static func head(_ x: Double) -> Double {
    Double(bitPattern: x.bitPattern & ~0x7FF_FFFF)
  }

  /// The same value, with low at most half an ULP of high.
  @inline(__always)
  var normalized: TwoPart { TwoPart(sum: high, low) }

  @inline(__always)
  mutating func add(_ x: Double) {
    let sum = TwoPart(sum: high, x)
    high = sum.high
    low += sum.low
  }

  @inline(__always)
  mutating func add(_ x: TwoPart) {
    add(x.high)
    low += x.low
  }

  /// 1 / value.
  @inline(__always)
  var reciprocal: TwoPart {
    let quotient = 1 / high
    let product = TwoPart(product: quotient, high)
    let rest = ((1 - product.high) - product.low) - quotient * low
    return TwoPart(quotient, quotient * rest)
  }

  @inline(__always)
  static func * (a: TwoPart, b: TwoPart) -> TwoPart {
    let product = TwoPart(product: a.high, b.high)
    return TwoPart(product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  /// The value times a power of two.
  @inline(__always)
  func scaled(by power: Double) -> TwoPart { TwoPart(high * power, low * power) }
}
