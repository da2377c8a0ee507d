// The vectors of the two formats: 16 and 4 Floats, 8 and 2 Doubles. The same text four times, since the
// standard library's operations on whole vectors are found for concrete types alone.

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
    typealias Mask = SIMDMask<Counts>
    let mask = x .== value
    counts = counts &- unsafeBitCast(mask, to: Counts.self)
    let kept = unsafeBitCast(self, to: Mask.self) .& .!mask
    return unsafeBitCast(kept .| (unsafeBitCast(filler, to: Mask.self) .& mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD16<Int32>.self)
    return unsafeBitCast(bits &* SIMD16<Int32>(repeating: 1 << 23), to: Self.self)
  }

  @inline(__always)
  func add(to sums: UnsafeMutablePointer<Double>) {
    let sum = UnsafeRawPointer(sums).loadUnaligned(as: SIMD16<Double>.self)
    UnsafeMutableRawPointer(sums).storeBytes(
      of: sum + SIMD16<Double>(self), as: SIMD16<Double>.self)
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
    typealias Mask = SIMDMask<Counts>
    let mask = x .== value
    counts = counts &- unsafeBitCast(mask, to: Counts.self)
    let kept = unsafeBitCast(self, to: Mask.self) .& .!mask
    return unsafeBitCast(kept .| (unsafeBitCast(filler, to: Mask.self) .& mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD4<Int32>.self)
    return unsafeBitCast(bits &* SIMD4<Int32>(repeating: 1 << 23), to: Self.self)
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
    typealias Mask = SIMDMask<Counts>
    let mask = x .== value
    counts = counts &- unsafeBitCast(mask, to: Counts.self)
    let kept = unsafeBitCast(self, to: Mask.self) .& .!mask
    return unsafeBitCast(kept .| (unsafeBitCast(filler, to: Mask.self) .& mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD8<Int64>.self)
    return unsafeBitCast(bits &* SIMD8<Int64>(repeating: 1 << 52), to: Self.self)
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
    typealias Mask = SIMDMask<Counts>
    let mask = x .== value
    counts = counts &- unsafeBitCast(mask, to: Counts.self)
    let kept = unsafeBitCast(self, to: Mask.self) .& .!mask
    return unsafeBitCast(kept .| (unsafeBitCast(filler, to: Mask.self) .& mask), to: Self.self)
  }

  @inline(__always)
  static func powerOfTwo(_ rounded: Self) -> Self {
    let bits = unsafeBitCast(rounded, to: SIMD2<Int64>.self)
    return unsafeBitCast(bits &* SIMD2<Int64>(repeating: 1 << 52), to: Self.self)
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

extension SIMD4 where Scalar == Double {
  @inline(__always)
  init(_ base: UnsafePointer<Double>) {
    self = UnsafeRawPointer(base).loadUnaligned(as: Self.self)
  }

  @inline(__always)
  func store(_ base: UnsafeMutablePointer<Double>) {
    UnsafeMutableRawPointer(base).storeBytes(of: self, as: Self.self)
  }
}

extension SIMD4 where Scalar == Double {
  /// x > y ? x : y.
  @inline(__always)
  static func larger(_ x: Self, _ y: Self) -> Self {
    var result = y
    for i in 0..<4 { result[i] = x[i] > y[i] ? x[i] : y[i] }
    return result
  }
}
