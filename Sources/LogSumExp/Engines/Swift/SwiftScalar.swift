/// A scalar type of the Swift kernels: the constants of its format and its polynomial for exp.
///
/// Powers of two are made in the exponent field. A sum of exps is kept `bias` powers of two above its
/// value, so that a term far below the least normal number keeps all its bits, and a term `vanishing`
/// powers of two below the reference has the field 0: it is exactly 0, as are -inf and mask fills.
protocol SwiftScalar: BinaryFloatingPoint, BitwiseCopyable {
  /// What the kernels work with: 16 Floats or 8 Doubles, four registers of SSE2 or NEON.
  associatedtype Vector: SwiftVector where Vector.Scalar == Self
  /// One register, for a few rows or elements.
  associatedtype Narrow: SwiftVector where Narrow.Scalar == Self

  /// 1.5 * 2^p, p significand bits stored: adding it rounds to an integer, held by the low bits.
  static var rounder: Self { get }
  /// See above; `vanishing` = bias + the exponent bias of the format.
  static var bias: Int { get }
  /// 2^-bias.
  static var unbias: Self { get }
  static var vanishing: Int { get }
  /// Significant bits of the high part of d = T ln 2: n times it is exact for all n that occur.
  static var splitBits: Int { get }
  /// e^g for |g| <= ln(2) / 2 + 2^-16, in the operations of one chain.
  static func exp<V: SwiftVector>(reduced g: V) -> V where V.Scalar == Self
}

extension SwiftScalar {
  /// In softmax form rows with |a c| below this are shifted by an integer. From there on x - a is exact
  /// wherever exp is not 0: such x lie within a factor of 2 of a, by Sterbenz' lemma, once
  /// |a c| >= 2 * 150 (Float), 2 * 1075 (Double).
  @inline(__always)
  static var shiftLimit: Double { Self.self == Float.self ? 512 : 4096 }

  /// The high part of a factor for `SwiftMap.scale`: in Float rounded to Float, in Double the 26 leading
  /// bits, so that the products with both halves of an element are exact.
  @inline(__always)
  static func factor(_ x: Double) -> Double {
    Self.self == Float.self ? Double(Float(x)) : TwoPart.head(x)
  }
}

extension Float: SwiftScalar {
  typealias Vector = SIMD16<Float>
  typealias Narrow = SIMD4<Float>

  @inline(__always) static var rounder: Float { 0x1.8p23 }
  @inline(__always) static var bias: Int { 120 }
  @inline(__always) static var unbias: Float { 0x1p-120 }
  @inline(__always) static var vanishing: Int { 247 }
  @inline(__always) static var splitBits: Int { 13 }

  @inline(__always)
  static func exp<V: SwiftVector>(reduced g: V) -> V where V.Scalar == Float {
    var q = V(repeating: Constants.f32ExpD6Q4) * g + V(repeating: Constants.f32ExpD6Q3)
    q = q * g + V(repeating: Constants.f32ExpD6Q2)
    q = q * g + V(repeating: Constants.f32ExpD6Q1)
    q = q * g + V(repeating: Constants.f32ExpD6Q0)
    return (q * (g * g) + g) + V(repeating: 1)
  }
}

extension Double: SwiftScalar {
  typealias Vector = SIMD8<Double>
  typealias Narrow = SIMD2<Double>

  @inline(__always) static var rounder: Double { 0x1.8p52 }
  @inline(__always) static var bias: Int { 900 }
  @inline(__always) static var unbias: Double { 0x1p-900 }
  @inline(__always) static var vanishing: Int { 1923 }
  @inline(__always) static var splitBits: Int { 26 }

  @inline(__always)
  static func exp<V: SwiftVector>(reduced g: V) -> V where V.Scalar == Double {
    let g2 = g * g
    var even = V(repeating: Constants.f64ExpD11Q8) * g2 + V(repeating: Constants.f64ExpD11Q6)
    var odd = V(repeating: Constants.f64ExpD11Q9) * g2 + V(repeating: Constants.f64ExpD11Q7)
    even = even * g2 + V(repeating: Constants.f64ExpD11Q4)
    odd = odd * g2 + V(repeating: Constants.f64ExpD11Q5)
    even = even * g2 + V(repeating: Constants.f64ExpD11Q2)
    odd = odd * g2 + V(repeating: Constants.f64ExpD11Q3)
    even = even * g2 + V(repeating: Constants.f64ExpD11Q0)
    odd = odd * g2 + V(repeating: Constants.f64ExpD11Q1)
    return ((odd * g + even) * g2 + g) + V(repeating: 1)
  }
}
