import LogSumExp

/// Error bounds in ULP that hold on the rows of these tests. Those published in docs/accuracy.md
/// come from many more rows, and are wider.
extension Configuration {
  func bound<T: RowScalar>(_ operation: RowOperation, _ type: T.Type) -> Double {
    let fused: Double =
      switch operation {
      case .logSumExp: T.self == Float.self ? 1 : 1.25
      case .softmax: 3
      case .logSoftmax: 1.75
      case .cumulativeLogSumExp: T.self == Float.self ? 0.6 : 1
      }
    if operation == .cumulativeLogSumExp { return fused }
    // OpenBLAS sums a block of Doubles plainly: terms that are equal miss the same part every time.
    if engine.plan == "blas" && operation == .softmax && T.self == Double.self { return 8 }
    // No fused multiply-add, or sums by BLAS.
    let isPlainer = engine.plan == "blas" || engine.kernel == "portable"
    return isPlainer ? 1.5 * fused : fused
  }

  /// Where max and log-sum of Doubles cancel down to |LSE| < 2^-47, the bound is one of absolute error.
  static let nearZero = (below: 0x1p-47, error: 0x1p-100)
}

/// Errors of sums relative to something other than the result.
extension Configuration {
  /// A weighted sum's error: so many ULP of the result, and so many half ULP of 1 times T sum |w| exp(x /
  /// T) / |S|. Each term has the error of exp and of its product with the weight, and sums of both signs
  /// keep the errors of their terms.
  func weightedBound<T: RowScalar>(_ type: T.Type) -> (ulps: Double, terms: Double) {
    (1, 4)
  }
}

extension Configuration {
  /// ULP of a log-mean: away from 0 the errors of LSE are below those of rounding the result, near 0 the
  /// row is computed again in wider arithmetic.
  func meanBound<T: RowScalar>(_ type: T.Type) -> Double { 2 }
}
