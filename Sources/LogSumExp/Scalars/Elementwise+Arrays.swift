// From the public functions to the one elementwise driver (`ElementwiseCall`).

extension RowScalar {
  /// The number as a Double.
  @inlinable @inline(__always)
  var _widened: Double {
    switch Self._format {
    case .float32: Double(unsafeBitCast(self, to: Float.self))
    case .float64: unsafeBitCast(self, to: Double.self)
    case .float16, .bfloat16: _loaded(self)
    }
  }

  /// A Double rounded to the type.
  @inlinable @inline(__always)
  init(_narrowing x: Double) {
    self =
      switch Self._format {
      case .float32: unsafeBitCast(Float(x), to: Self.self)
      case .float64: unsafeBitCast(x, to: Self.self)
      case .float16, .bfloat16: _stored(x)
      }
  }
}

@usableFromInline
func _loaded<T: RowScalar>(_ x: T) -> Double {
  withUnsafeBytes(of: x) { T._format.load($0.baseAddress!, 0) }
}

@usableFromInline
func _stored<T: RowScalar>(_ x: Double) -> T {
  var bytes = 0.0
  return withUnsafeMutableBytes(of: &bytes) { bytes in
    T._format.store(x, bytes.baseAddress!, 0)
    return bytes.load(as: T.self)
  }
}

extension ElementwiseCall.Operand {
  /// The elements of a buffer.
  @inlinable
  static func each<T>(_ x: UnsafeBufferPointer<T>) -> Self {
    Self(x.baseAddress ?? UnsafePointer(bitPattern: 64)!, isEach: true)
  }
}

@usableFromInline
func requireSameCount(_ x: Int, _ y: Int) {
  require(x == y, "operands of \(x) and \(y) elements; their counts must be the same")
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  _ options: RowOptions
) {
  ElementwiseCall.run(
    function, T._format, .each(x), count: x.count, into: out.baseAddress, outCount: out.count,
    options)
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, _ options: RowOptions
) {
  requireSameCount(x.count, y.count)
  ElementwiseCall.run(
    function, T._format, .each(x), .each(y), count: x.count, into: out.baseAddress,
    outCount: out.count, options)
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: [T], _ options: RowOptions
) -> [T] {
  [T](unsafeUninitializedCapacity: x.count) { out, count in
    x.withUnsafeBufferPointer { elementwise(function, $0, into: out.first(x.count), options) }
    count = x.count
  }
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: [T], _ y: [T], _ options: RowOptions
) -> [T] {
  requireSameCount(x.count, y.count)
  return [T](unsafeUninitializedCapacity: x.count) { out, count in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in
        elementwise(function, x, y, into: out.first(x.count), options)
      }
    }
    count = x.count
  }
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: [T], _ y: T, _ options: RowOptions
) -> [T] {
  [T](unsafeUninitializedCapacity: x.count) { out, count in
    x.withUnsafeBufferPointer { x in
      withUnsafePointer(to: y) { y in
        ElementwiseCall.run(
          function, T._format, .each(x), .init(y, isEach: false), count: x.count,
          into: out.baseAddress, outCount: x.count, options)
      }
    }
    count = x.count
  }
}

@inlinable
func elementwise<T: RowScalar>(
  _ function: Elementwise, _ x: T, _ y: [T], _ options: RowOptions
) -> [T] {
  [T](unsafeUninitializedCapacity: y.count) { out, count in
    y.withUnsafeBufferPointer { y in
      withUnsafePointer(to: x) { x in
        ElementwiseCall.run(
          function, T._format, .init(x, isEach: false), .each(y), count: y.count,
          into: out.baseAddress, outCount: y.count, options)
      }
    }
    count = y.count
  }
}

extension UnsafeMutableBufferPointer {
  /// The first `count` elements as a buffer of their own.
  @inlinable
  func first(_ count: Int) -> Self { Self(rebasing: self[..<count]) }
}
