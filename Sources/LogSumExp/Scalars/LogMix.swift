/// log(theta exp(a) + (1 - theta) exp(b)), in nats: a mixture of two densities.
///
/// ```swift
/// logMix(0.5, 0.0, 0.0)  // 0.0
/// ```
///
/// Stan's `log_mix`.
///
/// **Edge cases:** theta = 0 gives b and theta = 1 gives a, whatever the other is; theta outside 0...1 or
/// NaN gives NaN; else those of `logAddExp`.
///
/// **Error bound:** docs/accuracy.md; at most 1 ULP.
///
/// - Complexity: O(1).
@inlinable
public func logMix<T: RowScalar>(_ theta: T, _ a: T, _ b: T) -> T {
  T(_narrowing: ScalarElementwise.logMix(theta._widened, a._widened, b._widened))
}

/// `logMix` of one theta and neighbours.
///
/// **Error bound:** docs/scalars.md, for each type and engine. The bits of an element depend on its own
/// operands, the engine and the kernel alone.
///
/// - Complexity: O(count).
/// - Precondition: the arrays have the same count.
@inlinable
public func logMix<T: RowScalar>(
  _ theta: T, _ a: [T], _ b: [T], options: RowOptions = .default
) -> [T] {
  [T](unsafeUninitializedCapacity: a.count) { out, count in
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        logMix(theta, a, b, into: out.first(a.count), options: options)
      }
    }
    count = a.count
  }
}

/// `logMix` of one theta and neighbours, into memory of the caller's. Serial calls allocate nothing.
///
/// - Precondition: the counts are the same; `out` is a, b, or lies apart from both.
@inlinable
public func logMix<T: RowScalar>(
  _ theta: T, _ a: UnsafeBufferPointer<T>, _ b: UnsafeBufferPointer<T>,
  into out: UnsafeMutableBufferPointer<T>, options: RowOptions = .default
) {
  requireSameCount(a.count, b.count)
  withUnsafePointer(to: theta) { theta in
    ElementwiseCall.run(
      .logMix, T._format, .init(theta, isEach: false), .each(a), .each(b), count: a.count,
      into: out.baseAddress, outCount: out.count, options)
  }
}
