/// 1 / (1 + exp(-x)).
///
/// ```swift
/// logistic(0.0)  // 0.5
/// ```
///
/// `sigmoid` of PyTorch and JAX, Stan's `inv_logit`. Its inverse is `logit`.
///
/// **Edge cases:** -inf gives 0, +inf 1, NaN NaN; it underflows gradually.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logistic<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.logistic(x._widened))
}

/// `logistic` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logistic<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logistic, x, options)
}

/// `logistic` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func logistic<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.logistic, x, into: out, options)
}

/// `logistic` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logistic<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.logistic, x, into: out, options) }
  }
}

/// log(1 / (1 + exp(-x))) = -softplus(-x).
///
/// ```swift
/// logLogistic(40.0)  // -4.248354255291589e-18
/// ```
///
/// LogExpFunctions.jl's `loglogistic`, `logsigmoid` of PyTorch and `log_sigmoid` of JAX, Stan's
/// `log_inv_logit`.
///
/// **Edge cases:** -inf gives -inf, +inf -0, NaN NaN; it underflows gradually, to -0.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logLogistic<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.logLogistic(x._widened))
}

/// `logLogistic` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logLogistic<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logLogistic, x, options)
}

/// `logLogistic` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func logLogistic<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.logLogistic, x, into: out, options)
}

/// `logLogistic` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logLogistic<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.logLogistic, x, into: out, options) }
  }
}

/// log(p / (1 - p)) for p from 0 to 1: the inverse of `logistic`.
///
/// ```swift
/// logit(0.75)  // 1.0986122886681098
/// ```
///
/// **Edge cases:** 0 gives -inf, 1 +inf, other numbers outside 0...1 NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logit<T: RowScalar>(_ p: T) -> T {
  T(_narrowing: ScalarElementwise.logit(p._widened))
}

/// `logit` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logit<T: RowScalar>(_ p: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logit, p, options)
}

/// `logit` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is p or lies apart from it.
@inlinable
public func logit<T: RowScalar>(
  _ p: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.logit, p, into: out, options)
}

/// `logit` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logit<T: RowScalar>(
  _ p: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    p.withUnsafeBufferPointer { p in elementwise(.logit, p, into: out, options) }
  }
}
