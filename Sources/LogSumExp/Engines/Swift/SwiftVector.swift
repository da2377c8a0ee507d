/// Neighbouring elements of a row, or one element each of several rows: what the kernels compute with.
///
/// The kernels are written once over this protocol and specialised at the tables (SwiftKernels.swift).
/// Two rules keep the machine code to one instruction per operation and four lanes. A loop's body is one
/// chain of operations on vectors of one width, from a load to a store: SIMD arithmetic is a loop over
/// lanes to the optimiser, which puts the lanes together again only then. Bits are combined by what
/// works on whole vectors in the standard library: comparisons, the wrapping `&+`, `&-`, `&*`, and
/// `.&`, `.|`, `.^` of masks (so bits pass for masks here), not `&`, `|`, `~`, `&<<`, `replacing`.
protocol SwiftVector {
  associatedtype Scalar: SwiftScalar
  /// Integers as wide as the scalars.
  associatedtype Counts: SIMD where Counts.Scalar: FixedWidthInteger

  init(repeating: Scalar)
  subscript(_ lane: Int) -> Scalar { get set }
  static func + (a: Self, b: Self) -> Self
  static func - (a: Self, b: Self) -> Self
  static func * (a: Self, b: Self) -> Self
  static func / (a: Self, b: Self) -> Self

  static var lanes: Int { get }
  /// 2^(n - reference + bias), where `rounded` = n + rounder(reference): 0 at the least n there is.
  static func powerOfTwo(_ rounded: Self) -> Self
  /// True if a lane equals x.
  func contains(_ x: Scalar) -> Bool
  /// `filler` where x equals `value`, the vector's own elsewhere; adds to the lane's count there.
  func removing(
    where x: Self, equals value: Self, filler: Self, counting: inout Counts
  ) -> Self
  /// Adds each lane to its own of `lanes` Doubles; Double lanes in two parts, the low ones behind.
  func add(to sums: UnsafeMutablePointer<Double>)
}

extension SwiftVector {
  /// Reads neighbouring elements from `base` on, at any alignment.
  @inline(__always)
  init(_ base: UnsafePointer<Scalar>) {
    self = UnsafeRawPointer(base).loadUnaligned(as: Self.self)
  }

  /// Writes neighbouring elements from `base` on, at any alignment.
  @inline(__always)
  func store(_ base: UnsafeMutablePointer<Scalar>) {
    UnsafeMutableRawPointer(base).storeBytes(of: self, as: Self.self)
  }

  /// All lanes `value`, rounded to the format.
  @inline(__always)
  static func all(_ value: Double) -> Self { Self(repeating: Scalar(value)) }

  /// x > y ? x : y, so y where x is NaN: one instruction, unlike `pointwiseMax`.
  @inline(__always)
  static func larger(_ x: Self, _ y: Self) -> Self {
    var result = y
    for i in 0..<lanes { result[i] = x[i] > y[i] ? x[i] : y[i] }
    return result
  }

  /// Max of the lanes, none of which is NaN.
  @inline(__always)
  var largest: Scalar {
    var result = self
    var half = Self.lanes / 2
    while half > 0 {
      for i in 0..<half {
        result[i] = result[i] > result[i &+ half] ? result[i] : result[i &+ half]
      }
      half /= 2
    }
    return result[0]
  }
}
