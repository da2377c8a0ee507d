/// x log(y), and 0 where x = 0.
///
/// ```swift
/// xLogY(2.0, 3.0)  // 2.1972245773362196
/// ```
///
/// SciPy's and PyTorch's `xlogy`, Stan's `lmultiply`.
///
/// **Edge cases:** x = 0 gives 0 whatever y is, unless that is NaN; else y = 0 gives -inf times x, y < 0
/// NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func xLogY<T: RowScalar>(_ x: T, _ y: T) -> T {
  T(_narrowing: ScalarElementwise.xLogY(x._widened, y._widened))
}

/// `xLogY` of neighbours: result i is that of x[i] and y[i].
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func xLogY<T: RowScalar>(
  _ x: [T], _ y: [T], options: RowOptions = .default
) -> [T] {
  elementwise(.xLogY, x, y, options)
}

/// `xLogY` of each element of x and one y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func xLogY<T: RowScalar>(_ x: [T], _ y: T, options: RowOptions = .default) -> [T] {
  elementwise(.xLogY, x, y, options)
}

/// `xLogY` of one x and each element of y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func xLogY<T: RowScalar>(_ x: T, _ y: [T], options: RowOptions = .default) -> [T] {
  elementwise(.xLogY, x, y, options)
}

/// `xLogY` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x, y, or lies apart from both.
@inlinable
public func xLogY<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  elementwise(.xLogY, x, y, into: out, options)
}

/// `xLogY` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func xLogY<T: RowScalar>(
  _ x: Span<T>, _ y: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in elementwise(.xLogY, x, y, into: out, options) }
    }
  }
}

/// x log(1 + y), and 0 where x = 0.
///
/// ```swift
/// xLog1pY(2.0, 1e-20)  // 2e-20
/// ```
///
/// SciPy's `xlog1py`.
///
/// **Edge cases:** x = 0 gives 0 whatever y is, unless that is NaN; else y = -1 gives -inf times x, y < -1
/// NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func xLog1pY<T: RowScalar>(_ x: T, _ y: T) -> T {
  T(_narrowing: ScalarElementwise.xLog1pY(x._widened, y._widened))
}

/// `xLog1pY` of neighbours: result i is that of x[i] and y[i].
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func xLog1pY<T: RowScalar>(
  _ x: [T], _ y: [T], options: RowOptions = .default
) -> [T] {
  elementwise(.xLog1pY, x, y, options)
}

/// `xLog1pY` of each element of x and one y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func xLog1pY<T: RowScalar>(_ x: [T], _ y: T, options: RowOptions = .default) -> [T] {
  elementwise(.xLog1pY, x, y, options)
}

/// `xLog1pY` of one x and each element of y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func xLog1pY<T: RowScalar>(_ x: T, _ y: [T], options: RowOptions = .default) -> [T] {
  elementwise(.xLog1pY, x, y, options)
}

/// `xLog1pY` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x, y, or lies apart from both.
@inlinable
public func xLog1pY<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  elementwise(.xLog1pY, x, y, into: out, options)
}

/// `xLog1pY` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func xLog1pY<T: RowScalar>(
  _ x: Span<T>, _ y: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in elementwise(.xLog1pY, x, y, into: out, options) }
    }
  }
}

/// x log(x), and 0 where x = 0: the terms of an entropy.
///
/// ```swift
/// xLogX(0.0)  // 0.0
/// ```
///
/// LogExpFunctions.jl's `xlogx`.
///
/// **Edge cases:** x < 0 gives NaN, +inf +inf, NaN NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func xLogX<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.xLogX(x._widened))
}

/// `xLogX` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func xLogX<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.xLogX, x, options)
}

/// `xLogX` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func xLogX<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.xLogX, x, into: out, options)
}

/// `xLogX` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func xLogX<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.xLogX, x, into: out, options) }
  }
}
