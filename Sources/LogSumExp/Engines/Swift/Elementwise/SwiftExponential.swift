/// exp(z) = scale (1 + high + low) for z = zHigh + zLow from -700 to 0, scale a power of two.
///
/// z = n ln 2 + r, |r| <= ln(2) / 2, and high + low = e^r - 1, right relative to itself: near 0, where
/// the scale is 1, it is exp(z) - 1. `wide` ones have an error below 2^-58 and the low part;
/// the others 2^-40, for Floats inside.
struct SwiftExponential {
  let scale, high, low: SwiftLanes

  @inline(__always)
  init(_ z: SwiftLanes, _ zLow: SwiftLanes, wide: Bool) {
    typealias V = SwiftLanes
    let rounder = V.all(0x1.8p52)
    let rounded = z * .all(Constants.f64Log2eHi) + rounder
    let n = rounded - rounder
    let bits = unsafeBitCast(rounded, to: SIMD4<Int64>.self) &+ SIMD4(repeating: 1023)
    scale = unsafeBitCast(bits &* SIMD4(repeating: 1 << 52), to: V.self)

    if !wide {
      let f = z * .all(Constants.f64Log2eHi) - n
      let f2 = f * f
      let b87 = f * .all(Constants.f64f32Exp2D8B8) + .all(Constants.f64f32Exp2D8B7)
      let b65 = f * .all(Constants.f64f32Exp2D8B6) + .all(Constants.f64f32Exp2D8B5)
      let b43 = f * .all(Constants.f64f32Exp2D8B4) + .all(Constants.f64f32Exp2D8B3)
      let b21 = f * .all(Constants.f64f32Exp2D8B2) + .all(Constants.f64f32Exp2D8B1)
      high = ((b87 * f2 + b65) * (f2 * f2) + (b43 * f2 + b21)) * f
      low = V.all(0)
      return
    }
    let a = z - n * .all(Constants.f64Ln2SplitHi)  // exact
    let b = n * .all(Constants.f64Ln2SplitLo)
    let main = a - b
    let tail = ((a - main) - b) + zLow
    let r = main + tail
    let rLow = (main - r) + tail
    var q = r * .all(Constants.f64ExpD13Q11) + .all(Constants.f64ExpD13Q10)
    q = q * r + .all(Constants.f64ExpD13Q9)
    q = q * r + .all(Constants.f64ExpD13Q8)
    q = q * r + .all(Constants.f64ExpD13Q7)
    q = q * r + .all(Constants.f64ExpD13Q6)
    q = q * r + .all(Constants.f64ExpD13Q5)
    q = q * r + .all(Constants.f64ExpD13Q4)
    q = q * r + .all(Constants.f64ExpD13Q3)
    q = q * r + .all(Constants.f64ExpD13Q2)
    q = q * r + .all(Constants.f64ExpD13Q1)
    // r^2 / 2 in two parts, the 26 leading bits squared exactly.
    let head = SwiftLog.head(r)
    let square = V.all(0.5) * head * head
    let squareLow = V.all(0.5) * (r - head) * (r + head)
    let first = r + square
    let rest = ((r - first) + square) + (squareLow + r * r * r * q + rLow * (V.all(1) + r))
    high = first + rest
    low = (first - high) + rest
  }

  /// The exponential in two parts: the products are exact.
  @inline(__always)
  var value: SwiftLanePair {
    let product = scale * high
    let sum = scale + product
    return SwiftLanePair(sum, ((scale - sum) + product) + scale * low)
  }
}

/// log(y) = high + low for y = sum + rest, a positive normal number: `SwiftLog` where `wide`, else to
/// 2^-36 and without low.
@inline(__always)
func swiftLog(_ sum: SwiftLanes, _ rest: SwiftLanes, wide: Bool) -> SwiftLanePair {
  if wide {
    let log = SwiftLog(of: sum, rest)
    return SwiftLanePair(log.high, log.low)
  }
  typealias Bits = SIMD4<UInt64>
  let one = SwiftLanes.all(1)
  let shifted =
    unsafeBitCast(sum, to: Bits.self)
    &+ Bits(repeating: 0x3FF0_0000_0000_0000 - 0x3FE6_A09E_0000_0000)
  let exponent = shifted &>> Bits(repeating: 52)
  let mantissa =
    (shifted &- exponent &* Bits(repeating: 1 << 52)) &+ Bits(repeating: 0x3FE6_A09E_0000_0000)
  let k =
    unsafeBitCast(exponent &+ Bits(repeating: 0x4330_0000_0000_0000), to: SwiftLanes.self)
    - .all(0x1p52 + 1023)
  let f = unsafeBitCast(mantissa, to: SwiftLanes.self) - one
  let half = SwiftLanes.all(0.5) * f * f
  let s = f / (f + .all(2))
  let z = s * s
  var p = z * .all(Constants.f64f32LogP3) + .all(Constants.f64f32LogP2)
  p = p * z + .all(Constants.f64f32LogP1)
  p = p * z + .all(Constants.f64f32LogP0)
  // The rest counts where the sum is near 1, with k 0.
  let log = (f - (half - s * (half + p * z))) + rest
  return SwiftLanePair(k * .all(Constants.f64Ln2Hi) + log, .all(0))
}
