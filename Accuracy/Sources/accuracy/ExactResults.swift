import LogSumExp
import TestSupport

/// What a result is measured against.
struct Expected<Wide: BinaryFloatingPoint & Sendable> {
  /// nil: not measured.
  var value: Exact<Wide>?
  /// The stated bound in ULP, where it depends on the input's condition.
  var allowance: Double?
  /// Whether the condition is bad, and ULP say nothing.
  var isIllConditioned = false

  init(_ value: Exact<Wide>?) { self.value = value }

  init(_ value: Exact<Wide>, allowance: Double, isIllConditioned: Bool) {
    self.value = value
    self.allowance = allowance
    self.isIllConditioned = isIllConditioned
  }

  static var unmeasured: Self { Self(nil) }
}

/// The exact results of one operation on some rows, one after another.
struct ExactResults<T: MeasuredScalar> {
  let expected: [Expected<T.Wide>]

  /// Adds the error of a result.
  @inline(__always)
  func note(
    _ result: T, at index: Int, _ group: inout RowGroup, _ input: @autoclosure () -> String
  ) {
    guard let exact = expected[index].value else { return }
    let error = T.error(of: result, exact)
    func witness() -> Witness {
      Witness(input(), got: Double(result.wide), exact: Double(exact.rounded))
    }
    if let allowance = expected[index].allowance {
      group.share.note(error / allowance, witness())
      if expected[index].isIllConditioned { return }
    }
    group.errors.note(
      error, isSubnormal: Double(exact.rounded.magnitude) < T.leastNormal, witness())
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
