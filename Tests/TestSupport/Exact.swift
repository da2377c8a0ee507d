import Foundation

/// A result known far beyond the precision of `T`, against which results in `T` are measured.
///
/// The unit is the ULP of the exact value in `T`: the spacing of the numbers of `T` around it, which
/// is that of the subnormal numbers below the least normal one.
public struct Exact<T: BinaryFloatingPoint & Sendable>: Sendable {
  /// Exact value in ULP, in two parts.
  @usableFromInline let high: Double
  @usableFromInline let low: Double
  /// ULP to one: a power of two in two factors, as it may exceed Double's range.
  @usableFromInline let scale: (Double, Double)
  /// The only right result where there is no ULP to measure in.
  @usableFromInline let special: T?

  /// (high + low) 2^exponent.
  public init(_ value: Twofold, exponent: Int = 0) {
    let magnitude = value.high.magnitude
    var top = Int.min
    if magnitude > 0 && magnitude.isFinite {
      top = Int(magnitude.exponent) + exponent
      // Just below a power of two the spacing is that of the numbers below.
      if magnitude.significand == 1 && (value.low < 0) == (value.high > 0) && value.low != 0 {
        top -= 1
      }
    }
    let greatest = Int(T.greatestFiniteMagnitude.exponent)
    if top == .min || top > greatest {
      let sign: T = value.high < 0 ? -1 : 1
      special = value.high.isNaN ? .nan : magnitude == 0 ? 0 : sign * .infinity
      (high, low, scale) = (0, 0, (1, 1))
      return
    }
    special = nil
    let unit =
      max(top, Int(T.leastNormalMagnitude.exponent)) - T.significandBitCount
    let first = min(-unit, 500)
    scale = (scalbn(1, first), scalbn(1, -unit - first))
    high = scalbn(value.high, exponent - unit)
    low = scalbn(value.low, exponent - unit)
  }

  /// Distance of `result` from the exact value, in ULP.
  @inlinable
  public func error(of result: T) -> Double {
    if let special {
      return result == special || (result.isNaN && special.isNaN) ? 0 : .infinity
    }
    if result.isNaN { return .infinity }
    var x = Double(result)
    if result.isInfinite {
      // Overflow is right where the nearest number with an unlimited exponent is beyond the greatest.
      if T.significandBitCount == 52 {
        return ((high.sign == .plus) == (result > 0)) && high.magnitude >= 0x1.fffffffffffffp52
          ? 0.5 : .infinity
      }
      x = Double(T.greatestFiniteMagnitude) + Double(T.greatestFiniteMagnitude.ulp)
      if result < 0 { x = -x }
    }
    return ((x * scale.0 * scale.1 - high) - low).magnitude
  }

  /// The exact value negated.
  public static prefix func - (x: Exact) -> Exact { Exact(negating: x) }

  private init(negating x: Exact) {
    (high, low, scale, special) = (-x.high, -x.low, x.scale, x.special.map { -$0 })
  }

  /// The exact value rounded, for messages.
  public var rounded: T { special ?? T(high / scale.0 / scale.1) }
}

extension Exact: CustomStringConvertible {
  public var description: String { "\(rounded)" }
}
