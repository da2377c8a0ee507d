import LogSumExp
import TestSupport

/// The exact results of one operation on some rows, one after another.
struct ExactResults<T: MeasuredScalar> {
  let values: [Exact<T>]
  let isSubnormal: [Bool]

  init(_ values: [Exact<T>]) {
    self.values = values
    isSubnormal = values.map { $0.rounded.magnitude < T.leastNormalMagnitude }
  }

  @inline(__always)
  func error(of result: T, at index: Int) -> Double { values[index].error(of: result) }

  func witness(_ input: String, got: T, at index: Int) -> Witness {
    Witness(input, got: Double(got), exact: Double(values[index].rounded))
  }
}

extension Exact where T: BinaryFloatingPoint {
  /// What the magnitude of `rounded` misses, in ULP.
  var offset: Double {
    let nearest = rounded
    let distance = error(of: nearest)
    let next = nearest.sign == .minus ? nearest.nextDown : nearest.nextUp
    return error(of: next) <= 1 ? distance : -distance
  }
}
