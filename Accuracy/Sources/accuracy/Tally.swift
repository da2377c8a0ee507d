import Foundation

/// The largest error of some results, where it was met, and the mean.
struct Tally: Codable {
  var count = 0
  var sum = 0.0
  var max = 0.0
  /// How many results are not the nearest number of the type.
  var misrounded = 0
  /// Where `max` was met.
  var worst: Witness?

  @inline(__always)
  mutating func note(_ error: Double, _ witness: @autoclosure () -> Witness) {
    count &+= 1
    sum += error
    if !(error <= 0.5) { misrounded &+= 1 }
    if !(error <= max) {  // NaN too
      max = error
      worst = witness()
    }
  }

  mutating func merge(_ other: Tally) {
    count += other.count
    sum += other.sum
    misrounded += other.misrounded
    if !(other.max <= max) { (max, worst) = (other.max, other.worst) }
  }
}

/// One result and the input that it came from, numbers in hexadecimal.
struct Witness: Codable {
  /// The input: elements of the row, or the row's length, draw and column.
  let input: String
  let got: String
  let exact: String

  init(_ input: String, got: Double, exact: Double) {
    self.input = input
    self.got = hexadecimal(got)
    self.exact = hexadecimal(exact)
  }
}

/// The errors of some results in ULP of the exact value: the spacing of the numbers of the type around it.
struct Errors: Codable {
  /// Of exact values in the range of normal numbers.
  var normal = Tally()
  /// Of exact values below: the ULP is the least number of the type.
  var subnormal = Tally()

  @inline(__always)
  mutating func note(
    _ error: Double, isSubnormal: Bool, _ witness: @autoclosure () -> Witness
  ) {
    if isSubnormal { subnormal.note(error, witness()) } else { normal.note(error, witness()) }
  }

  mutating func merge(_ other: Errors) {
    normal.merge(other.normal)
    subnormal.merge(other.subnormal)
  }
}

func hexadecimal(_ x: Double) -> String { String(format: "%a", x) }
