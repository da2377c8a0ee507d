import Foundation
import TestSupport

/// What the exponentials are measured on.
enum ExponentialArguments {
  /// Every `step`th Float below 0; from -128 on, where every result is 0, one of 353.
  static func measureFloats(_ sweep: inout ExponentialSweep<FloatExponentials>, step: Int) {
    let size = ExponentialSweep<FloatExponentials>.batch
    NegativeFloats.forEachBatch(
      from: -.leastNonzeroMagnitude, through: -128, step: step, size: size
    ) { sweep.measure($0) }
    NegativeFloats.forEachBatch(
      from: -128, through: -.greatestFiniteMagnitude, step: 353, size: size
    ) { sweep.measure($0) }
  }

  /// Random arguments, `count` of each kind, and the neighbourhood of every boundary of a table.
  static func measureDoubles(_ sweep: inout ExponentialSweep<DoubleExponentials>, count: Int) {
    var random = SplitMix64(seed: 1)
    measure(&sweep, count) { random.uniform(-746, 0) }
    measure(&sweep, count) { -exp2(random.uniform(-60, 9.54)) }
    measure(&sweep, count / 4) { random.uniform(-746, -707) }
    // x log2(e) near half-way between two entries of the table of 16, and between two integers.
    measure(&sweep, count / 4) { near((random.uniform(0, 17_220).rounded() + 0.5) / 16, &random) }
    measure(&sweep, count / 4) { near(random.uniform(0, 1076).rounded() + 0.5, &random) }
    measure(&sweep, count / 4) { near(random.uniform(0, 17_220).rounded() / 16, &random) }
  }

  /// -n ln 2, give or take a few numbers.
  private static func near(_ n: Double, _ random: inout SplitMix64) -> Double {
    let x = -n * M_LN2
    return x + x.ulp * random.uniform(-50, 50).rounded()
  }

  private static func measure(
    _ sweep: inout ExponentialSweep<DoubleExponentials>, _ count: Int, _ next: () -> Double
  ) {
    let batch = ExponentialSweep<DoubleExponentials>.batch
    for start in stride(from: 0, to: count, by: batch) {
      sweep.measure((0..<min(batch, count - start)).map { _ in min(next(), -0x1p-1000) })
    }
  }

  /// Random rows [a, x], x below a.
  static func measurePairs<E>(_ sweep: inout ExponentialSweep<E>, count: Int) {
    typealias T = E.Scalar
    let isFloat = T.self == Float.self
    var random = SplitMix64(seed: 2)
    for start in stride(from: 0, to: count, by: ExponentialSweep<E>.batch) {
      let pairs = (0..<min(ExponentialSweep<E>.batch, count - start)).map { index in
        // Beyond 2^17 (Float), 2^40 (Double) the kernels shift by the max itself.
        let size = index & 1 == 0 ? 64 : exp2(random.uniform(0, isFloat ? 16 : 39))
        let a = T(random.uniform(-size, size))
        let distance =
          index & 2 == 0
          ? random.uniform(0, isFloat ? 110 : 750) : exp2(random.uniform(-20, isFloat ? 7 : 9.5))
        return (a: a, x: a - T(distance))
      }
      sweep.measure(pairs: pairs)
    }
  }
}
