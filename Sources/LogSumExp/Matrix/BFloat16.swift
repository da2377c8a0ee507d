/// A number of 16 bits with Float's range and 8 significant bits: the upper half of a Float.
///
/// For storage. Operations on rows compute in Float, with sums in Double, and round each result once.
///
/// ```swift
/// let x = BFloat16(1.01)
/// Float(x)   // 1.0078125
/// ```
public struct BFloat16: BitwiseCopyable, Sendable {
  /// Sign, 8 bits of exponent, 7 of fraction.
  public var bitPattern: UInt16

  /// The number that these bits stand for.
  @inlinable
  public init(bitPattern: UInt16) { self.bitPattern = bitPattern }

  /// The nearest number, of two equally near ones that with an even last bit. NaN stays NaN.
  @inlinable
  public init(_ value: Float) {
    let bits = value.bitPattern
    bitPattern = UInt16(
      truncatingIfNeeded: value.isNaN
        ? bits >> 16 | 0x40 : (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
  }
}

extension BFloat16: Equatable, Hashable {
  /// Equality of numbers: NaN is unequal to itself, 0 equal to -0.
  @inlinable
  public static func == (a: BFloat16, b: BFloat16) -> Bool { Float(a) == Float(b) }

  @inlinable
  public func hash(into hasher: inout Hasher) { hasher.combine(Float(self)) }
}

extension BFloat16: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  @inlinable
  public init(floatLiteral value: Float) { self.init(value) }

  @inlinable
  public init(integerLiteral value: Int) { self.init(Float(value)) }
}

extension BFloat16: CustomStringConvertible {
  public var description: String { "\(Float(self))" }
}

extension Float {
  /// The same number.
  @inlinable
  public init(_ value: BFloat16) { self.init(bitPattern: UInt32(value.bitPattern) << 16) }
}

extension Double {
  /// The same number.
  @inlinable
  public init(_ value: BFloat16) { self.init(Float(value)) }
}
