import Foundation
import TestSupport

/// The exact exponentials of a batch of arguments, against which results are measured.
protocol ExactExponentials {
  associatedtype Scalar: MeasuredScalar & BinaryFloatingPoint

  init(capacity: Int)
  /// Takes e^x at `index`.
  mutating func set(_ index: Int, exponential x: Scalar)
  /// Takes 2^(x log2(e) - n) at `index`.
  mutating func set(_ index: Int, exponential x: Scalar, dividedByPower n: Double)
  /// Error of a result in ULP, and whether the exact value is subnormal.
  func error(of result: Double, at index: Int) -> (Double, Bool)
  /// The exact value, for messages.
  func value(at index: Int) -> Double
}

extension ExactExponentials {
  /// Adds the error of a result.
  @inline(__always)
  func note(
    _ result: Double, _ index: Int, _ errors: inout Errors, _ input: @autoclosure () -> String
  ) {
    let (error, isSubnormal) = error(of: result, at: index)
    errors.note(
      error, isSubnormal: isSubnormal, Witness(input(), got: result, exact: value(at: index)))
  }
}

/// In Double.
struct FloatExponentials: ExactExponentials {
  private var reference: FloatReference

  init(capacity: Int) { reference = FloatReference(capacity: capacity) }

  @inline(__always)
  mutating func set(_ index: Int, exponential x: Float) {
    // Far below the least Float the C library takes long.
    reference.values[index] = x > -700 ? exp(Double(x)) : 0
  }

  @inline(__always)
  mutating func set(_ index: Int, exponential x: Float, dividedByPower n: Double) {
    let x = Double(x)
    reference.values[index] = exp2((-n).addingProduct(x, LogOfE.high) + x * LogOfE.low)
  }

  @inline(__always)
  func error(of result: Double, at index: Int) -> (Double, Bool) {
    reference.error(of: result, at: index)
  }

  func value(at index: Int) -> Double { reference.values[index] }
}

/// In pairs of Doubles.
struct DoubleExponentials: ExactExponentials {
  private var values: [Exact<Double>]

  init(capacity: Int) { values = [Exact<Double>](repeating: Exact(Twofold(0)), count: capacity) }

  mutating func set(_ index: Int, exponential x: Double) { set(index, Twofold(x)) }

  mutating func set(_ index: Int, exponential x: Double, dividedByPower n: Double) {
    let high = Twofold.product(n, 0x1.62e42fefa39efp-1)
    let low = Twofold.product(n, 0x1.abc9e3b39803fp-56)
    set(index, (Twofold(x) - high) - low)
  }

  private mutating func set(_ index: Int, _ z: Twofold) {
    let (value, exponent) = Twofold.exp(z)
    values[index] = Exact(value, exponent: exponent)
  }

  func error(of result: Double, at index: Int) -> (Double, Bool) {
    (values[index].error(of: result), values[index].rounded < Double.leastNormalMagnitude)
  }

  func value(at index: Int) -> Double { values[index].rounded }
}
