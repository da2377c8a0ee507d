/// log(1 + exp(x)), in nats.
///
/// ```swift
/// softplus(-40.0)  // 4.248354255291589e-18
/// ```
///
/// LogExpFunctions.jl's `log1pexp` and `softplus`, Stan's `log1p_exp`. Its inverse is `logExpm1`.
///
/// **Edge cases:** -inf gives 0, +inf +inf, NaN NaN; it underflows gradually.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func softplus<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.softplus(x._widened))
}

/// `softplus` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func softplus<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.softplus, x, options)
}

/// `softplus` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func softplus<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.softplus, x, into: out, options)
}

/// `softplus` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func softplus<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.softplus, x, into: out, options) }
  }
}

/// log(exp(x) - 1) for x >= 0, in nats: the inverse of `softplus`.
///
/// ```swift
/// logExpm1(softplus(3.0))  // 3.0
/// ```
///
/// LogExpFunctions.jl's `logexpm1` and `invsoftplus`.
///
/// **Edge cases:** 0 gives -inf, x < 0 NaN, +inf +inf, NaN NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logExpm1<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.logExpm1(x._widened))
}

/// `logExpm1` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logExpm1<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logExpm1, x, options)
}

/// `logExpm1` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func logExpm1<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.logExpm1, x, into: out, options)
}

/// `logExpm1` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logExpm1<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.logExpm1, x, into: out, options) }
  }
}
