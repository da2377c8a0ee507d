/// Four Doubles, and what the elementwise kernels do with them beside arithmetic.
typealias SwiftLanes = SIMD4<Double>
typealias SwiftLaneMask = SIMDMask<SIMD4<Int64>>

extension SwiftLanes {
  @inline(__always)
  static func all(_ x: Double) -> SwiftLanes { SwiftLanes(repeating: x) }

  @inline(__always)
  var asMask: SwiftLaneMask { unsafeBitCast(self, to: SwiftLaneMask.self) }

  /// `a` in the lanes of `mask`, `b` in the others.
  @inline(__always)
  static func select(_ mask: SwiftLaneMask, _ a: SwiftLanes, _ b: SwiftLanes) -> SwiftLanes {
    unsafeBitCast((a.asMask .& mask) .| (b.asMask .& .!mask), to: SwiftLanes.self)
  }

  /// The lanes of `mask`, 0 in the others.
  @inline(__always)
  func keeping(_ mask: SwiftLaneMask) -> SwiftLanes {
    unsafeBitCast(asMask .& mask, to: SwiftLanes.self)
  }

  @inline(__always)
  var absolute: SwiftLanes {
    keeping(unsafeBitCast(SIMD4<Int64>(repeating: .max), to: SwiftLaneMask.self))
  }

  /// The number with its sign turned in the lanes of `mask`.
  @inline(__always)
  func negated(where mask: SwiftLaneMask) -> SwiftLanes {
    unsafeBitCast(asMask .^ (SwiftLanes.all(-0.0).asMask .& mask), to: SwiftLanes.self)
  }
}

/// Numbers in two parts, lane by lane: `TwoPart` of four lanes.
struct SwiftLanePair {
  var high: SwiftLanes
  var low: SwiftLanes

  @inline(__always)
  init(_ high: SwiftLanes, _ low: SwiftLanes) {
    self.high = high
    self.low = low
  }

  /// a + b exactly (TwoSum).
  @inline(__always)
  init(sum a: SwiftLanes, _ b: SwiftLanes) {
    high = a + b
    let c = high - a
    low = (a - (high - c)) + (b - c)
  }

  /// a b exactly, barring underflow of the low part.
  @inline(__always)
  init(product a: SwiftLanes, _ b: SwiftLanes) {
    let (aHigh, bHigh) = (SwiftLog.head(a), SwiftLog.head(b))
    let (aLow, bLow) = (a - aHigh, b - bHigh)
    high = a * b
    low = ((aHigh * bHigh - high) + aHigh * bLow + aLow * bHigh) + aLow * bLow
  }

  @inline(__always)
  static func * (a: SwiftLanePair, b: SwiftLanePair) -> SwiftLanePair {
    let product = SwiftLanePair(product: a.high, b.high)
    return SwiftLanePair(product.high, product.low + (a.high * b.low + a.low * b.high))
  }

  @inline(__always)
  static func / (a: SwiftLanePair, b: SwiftLanePair) -> SwiftLanePair {
    let quotient = a.high / b.high
    let product = SwiftLanePair(product: quotient, b.high)
    let rest = ((a.high - product.high) - product.low) + (a.low - quotient * b.low)
    return SwiftLanePair(quotient, rest / b.high)
  }

  /// a + high + low, rounded once; a itself where it is infinite.
  @inline(__always)
  func rounded(adding a: SwiftLanes) -> SwiftLanes {
    let sum = SwiftLanePair(sum: a, high)
    return .select(sum.high.absolute .< .all(.infinity), sum.high + (sum.low + low), sum.high)
  }

  @inline(__always)
  func keeping(_ mask: SwiftLaneMask) -> SwiftLanePair {
    SwiftLanePair(high.keeping(mask), low.keeping(mask))
  }

  @inline(__always)
  static func select(
    _ mask: SwiftLaneMask, _ a: SwiftLanePair, _ b: SwiftLanePair
  ) -> SwiftLanePair {
    SwiftLanePair(.select(mask, a.high, b.high), .select(mask, a.low, b.low))
  }
}
