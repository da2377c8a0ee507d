/// log(1 - exp(x)) for x <= 0, in nats.
///
/// ```swift
/// log1mExp(-1e-20)  // -46.05170185988091
/// ```
///
/// LogExpFunctions.jl's `log1mexp` and Stan's `log1m_exp`; JAX's takes -x.
///
/// **Edge cases:** 0 gives -inf, x > 0 NaN, -inf -0, NaN NaN; it underflows gradually, to -0.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func log1mExp<T: RowScalar>(_ x: T) -> T {
  T(_narrowing: ScalarElementwise.log1mExp(x._widened))
}

/// `log1mExp` of each element.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func log1mExp<T: RowScalar>(_ x: [T], options: RowOptions = .default) -> [T] {
  elementwise(.log1mExp, x, options)
}

/// `log1mExp` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x or lies apart from it.
@inlinable
public func log1mExp<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, into out: UnsafeMutableBufferPointer<T>,
  options: RowOptions = .default
) {
  elementwise(.log1mExp, x, into: out, options)
}

/// `log1mExp` of each element, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func log1mExp<T: RowScalar>(
  _ x: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in elementwise(.log1mExp, x, into: out, options) }
  }
}
