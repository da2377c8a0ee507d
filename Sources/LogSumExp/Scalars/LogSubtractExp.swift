/// log(exp(x) - exp(y)) for x >= y, in nats.
///
/// ```swift
/// logSubtractExp(1.0, 0.0)  // 0.5413248546129181
/// ```
///
/// Stan's `log_diff_exp`, LogExpFunctions.jl's `logsubexp` (which takes |exp(x) - exp(y)|: see
/// `signedLogSubtractExp`).
///
/// **Edge cases:** x < y gives NaN; equal numbers, and both -inf, give -inf; both +inf give NaN; y = -inf
/// gives x; x = +inf above y gives +inf; NaN gives NaN.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logSubtractExp<T: RowScalar>(_ x: T, _ y: T) -> T {
  T(_narrowing: ScalarElementwise.logSubtractExp(x._widened, y._widened))
}

/// `logSubtractExp` of neighbours: result i is that of x[i] and y[i].
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func logSubtractExp<T: RowScalar>(
  _ x: [T], _ y: [T], options: RowOptions = .default
) -> [T] {
  elementwise(.logSubtractExp, x, y, options)
}

/// `logSubtractExp` of each element of x and one y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logSubtractExp<T: RowScalar>(_ x: [T], _ y: T, options: RowOptions = .default) -> [T] {
  elementwise(.logSubtractExp, x, y, options)
}

/// `logSubtractExp` of one x and each element of y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logSubtractExp<T: RowScalar>(_ x: T, _ y: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logSubtractExp, x, y, options)
}

/// `logSubtractExp` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x, y, or lies apart from both.
@inlinable
public func logSubtractExp<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  elementwise(.logSubtractExp, x, y, into: out, options)
}

/// `logSubtractExp` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logSubtractExp<T: RowScalar>(
  _ x: Span<T>, _ y: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in elementwise(.logSubtractExp, x, y, into: out, options) }
    }
  }
}

/// log|exp(x) - exp(y)| and the sign of the difference: 1, 0 or -1 (NaN beside NaN).
///
/// ```swift
/// signedLogSubtractExp(0.0, 1.0)  // (value: 0.5413248546129181, sign: -1.0)
/// ```
///
/// **Edge cases:** equal numbers, and both -inf, give (-inf, 0); both +inf give NaN twice.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func signedLogSubtractExp<T: RowScalar>(_ x: T, _ y: T) -> (value: T, sign: T) {
  let (a, b) = (x._widened, y._widened)
  let value =
    a < b ? ScalarElementwise.logSubtractExp(b, a) : ScalarElementwise.logSubtractExp(a, b)
  let sign: Double = value.isNaN ? .nan : a == b ? 0 : a < b ? -1 : 1
  return (T(_narrowing: value), T(_narrowing: sign))
}
