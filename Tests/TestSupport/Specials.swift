extension BinaryFloatingPoint {
  /// NaN, +inf and -inf.
  public static var specials: [Self] { [.nan, .infinity, -.infinity] }
}

/// True for equal numbers and for two NaNs.
@inlinable
public func isSame<T: FloatingPoint>(_ a: T, _ b: T) -> Bool { a == b || (a.isNaN && b.isNaN) }
