/// log2(2^x + 2^y), in bits.
///
/// ```swift
/// logAddExp2(3.0, 3.0)  // 4.0
/// ```
///
/// NumPy's and PyTorch's `logaddexp2`.
///
/// **Edge cases:** those of `logAddExp`.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logAddExp2<T: RowScalar>(_ x: T, _ y: T) -> T {
  T(_narrowing: ScalarElementwise.logAddExp2(x._widened, y._widened))
}

/// `logAddExp2` of neighbours: result i is that of x[i] and y[i].
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func logAddExp2<T: RowScalar>(
  _ x: [T], _ y: [T], options: RowOptions = .default
) -> [T] {
  elementwise(.logAddExp2, x, y, options)
}

/// `logAddExp2` of each element of x and one y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logAddExp2<T: RowScalar>(_ x: [T], _ y: T, options: RowOptions = .default) -> [T] {
  elementwise(.logAddExp2, x, y, options)
}

/// `logAddExp2` of one x and each element of y.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
@inlinable
public func logAddExp2<T: RowScalar>(_ x: T, _ y: [T], options: RowOptions = .default) -> [T] {
  elementwise(.logAddExp2, x, y, options)
}

/// `logAddExp2` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is x, y, or lies apart from both.
@inlinable
public func logAddExp2<T: RowScalar>(
  _ x: UnsafeBufferPointer<T>, _ y: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  elementwise(.logAddExp2, x, y, into: out, options)
}

/// `logAddExp2` of neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same.
@inlinable
public func logAddExp2<T: RowScalar>(
  _ x: Span<T>, _ y: Span<T>, into out: inout MutableSpan<T>, options: RowOptions = .default
) {
  out.withUnsafeMutableBufferPointer { out in
    x.withUnsafeBufferPointer { x in
      y.withUnsafeBufferPointer { y in elementwise(.logAddExp2, x, y, into: out, options) }
    }
  }
}
