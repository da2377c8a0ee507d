import LogSumExp
import TestSupport

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

extension Configuration {
  /// A sum's error where its logarithm may be negative, or log n is taken off: so many ULP of the result,
  /// and so many half ULP of 1 times T times `WideSum.condition`. Each term has the error of exp, of its
  /// product with the weight and of its distance from the max, which for a small term of large weight
  /// counts; terms of both signs keep their errors as they cancel.
  func sumBound<T: RowScalar>(_ type: T.Type) -> (ulps: Double, terms: Double) { (1, 2) }

  /// `sumBound` in ULP of a result.
  func sumBound<T: TestScalar>(_ sum: WideSum, _ exact: Exact<T>, temperature: Double) -> Double {
    let (ulps, terms) = sumBound(T.self)
    let unit = Double(T.ulpOfOne) / 2 * temperature.magnitude * sum.condition
    return ulps + terms * unit / Double(exact.rounded.ulp)
  }
}
