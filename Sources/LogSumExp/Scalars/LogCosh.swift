/// log(cosh(x)).
///
/// ```swift
/// logCosh(1e-4)  // 4.999999991666667e-9
/// ```
///
/// LogExpFunctions.jl's `logcosh`: near 0 it is x^2 / 2, far away |x| - log(2).
///
/// **Edge cases:** infinities give +inf, NaN NaN; it underflows gradually.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logCosh<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.logCosh(x._widened))
}

/// `logCosh` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logCosh<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logCosh, x, options)
}

/// `logCosh` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func logCosh<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.logCosh, x, into: out, options)
}

/// `logCosh` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logCosh<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.logCosh, x, into: out, options) }
  }
}
