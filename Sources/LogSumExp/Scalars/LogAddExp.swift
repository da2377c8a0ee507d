/// log(exp(x) + exp(y)), in nats.
///
/// ```swift
/// logAddExp(0.0, 1.0)  // 1.3132616875182228
/// ```
///
/// Log-sum-exp of two numbers: NumPy's and PyTorch's `logaddexp`, Stan's `log_sum_exp`.
///
/// **Edge cases:** -inf takes no part; both -inf give -inf; +inf without NaN gives +inf; NaN gives NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logAddExp<T: RowScalar>(_ x: T, _ y: T) -> T {
  T(_narrowing: ScalarElementwise.logAddExp(x._widened, y._widened))
}

/// `logAddExp` of neighbours: result i is that of x[i] and y[i].
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func logAddExp<T: RowScalar>(
  _ x: [T], _ y: [T], options: RowOptions = .default
) -> [T] {
  elementwise(.logAddExp, x, y, options)
}

/// `logAddExp` of each element of x and one y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logAddExp<T: RowScalar>(_ x: [T], _ y: T, options: RowOptions = .default) -> [T] {
  elementwise(.logAddExp, x, y, options)
}

/// `logAddExp` of one x and each element of y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logAddExp<T: RowScalar>(_ x: T, _ y: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logAddExp, x, y, options)
}

/// `logAddExp` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x, y, or lies apart from both.
@inlinable
public func logAddExp<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  elementwise(.logAddExp, x, y, into: out, options)
}

/// `logAddExp` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logAddExp<T: RowScalar>(
  _ x: Span<T>, _ y: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in elementwise(.logAddExp, x, y, into: out, options) }
    }
  }
}
