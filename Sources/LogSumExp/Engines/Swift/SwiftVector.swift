/// Neighbouring elements of a row, or one element each of several rows: what the kernels compute with.
///
/// The kernels are written once over this protocol and specialised at the tables (SwiftKernels.swift).
/// Two rules keep the machine code to one instruction per operation and four lanes. A loop's body is one
/// chain of operations on vectors of one width, from a load to a store: SIMD arithmetic is a loop over
/// lanes to the optimiser, which puts the lanes together again only then. And `removing`, which works
/// on bits, has a loop of its own, from memory to memory.
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

extension SIMD16: SwiftVector where Scalar == Float {
  typealias Counts = SIMD16<Int32>

  @inline(__always)
  static var lanes: Int { 16 }

  @inline(__always)
  func contains(_ x: Float) -> Bool { any(self .== Self(repeating: x)) }

  @inline(__always)
  func removing(
    where x: Self, equals value: Self, filler: Self, counting counts: inout Counts
  ) -> Self {
    let mask = unsafeBitCast(x .== value, to: Counts.self)
    counts = counts &- mask
    return unsafeBitCast(
      (unsafeBitCast(self, to: Counts.self) & ~mask)
        | (unsafeBitCast(filler, to: Counts.self) & mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD16<Int32>.self)
    return unsafeBitCast(bits &<< SIMD16<Int32>(repeating: 23), to: Self.self)
  }

  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    let sum = UnsafeRawPointer(sums).loadUnaligned(as: SIMD16<Double>.self)
    UnsafeMutableRawPointer(sums).storeBytes(of: sum + SIMD16<Double>(self), as: SIMD16<Double>.self)
  }
}

extension SIMD4: SwiftVector where Scalar == Float {
  typealias Counts = SIMD4<Int32>

  @inline(__always)
  static var lanes: Int { 4 }

  @inline(__always)
  func contains(_ x: Float) -> Bool { any(self .== Self(repeating: x)) }

  @inline(__always)
  func removing(
    where x: Self, equals value: Self, filler: Self, counting counts: inout Counts
  ) -> Self {
    let mask = unsafeBitCast(x .== value, to: Counts.self)
    counts = counts &- mask
    return unsafeBitCast(
      (unsafeBitCast(self, to: Counts.self) & ~mask)
        | (unsafeBitCast(filler, to: Counts.self) & mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD4<Int32>.self)
    return unsafeBitCast(bits &<< SIMD4<Int32>(repeating: 23), to: Self.self)
  }

  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    let sum = UnsafeRawPointer(sums).loadUnaligned(as: SIMD4<Double>.self)
    UnsafeMutableRawPointer(sums).storeBytes(of: sum + SIMD4<Double>(self), as: SIMD4<Double>.self)
  }
}

extension SIMD8: SwiftVector where Scalar == Double {
  typealias Counts = SIMD8<Int64>

  @inline(__always)
  static var lanes: Int { 8 }

  @inline(__always)
  func contains(_ x: Double) -> Bool { any(self .== Self(repeating: x)) }

  @inline(__always)
  func removing(
    where x: Self, equals value: Self, filler: Self, counting counts: inout Counts
  ) -> Self {
    let mask = unsafeBitCast(x .== value, to: Counts.self)
    counts = counts &- mask
    return unsafeBitCast(
      (unsafeBitCast(self, to: Counts.self) & ~mask)
        | (unsafeBitCast(filler, to: Counts.self) & mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD8<Int64>.self)
    return unsafeBitCast(bits &<< SIMD8<Int64>(repeating: 52), to: Self.self)
  }

  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    let sum = Self(sums)
    let total = sum + self
    let back = total - sum
    let low = (sum - (total - back)) + (self - back)
    total.store(sums)
    (Self(sums + Self.lanes) + low).store(sums + Self.lanes)
  }
}

extension SIMD2: SwiftVector where Scalar == Double {
  typealias Counts = SIMD2<Int64>

  @inline(__always)
  static var lanes: Int { 2 }

  @inline(__always)
  func contains(_ x: Double) -> Bool { any(self .== Self(repeating: x)) }

  @inline(__always)
  func removing(
    where x: Self, equals value: Self, filler: Self, counting counts: inout Counts
  ) -> Self {
    let mask = unsafeBitCast(x .== value, to: Counts.self)
    counts = counts &- mask
    return unsafeBitCast(
      (unsafeBitCast(self, to: Counts.self) & ~mask)
        | (unsafeBitCast(filler, to: Counts.self) & mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD2<Int64>.self)
    return unsafeBitCast(bits &<< SIMD2<Int64>(repeating: 52), to: Self.self)
  }

  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    let sum = Self(sums)
    let total = sum + self
    let back = total - sum
    let low = (sum - (total - back)) + (self - back)
    total.store(sums)
    (Self(sums + Self.lanes) + low).store(sums + Self.lanes)
  }
}
