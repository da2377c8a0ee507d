import CRowKernels
import Foundation

/// The exponentials of every kernel in C by themselves, in the three forms in which rows use them.
struct ExponentialSweep<E: ExactExponentials> {
  typealias T = E.Scalar

  static var batch: Int { 1 << 15 }
  private static var forms: [String] { ["LSE", "softmax", "blas"] }

  private(set) var groups: [ExponentialGroup]
  private let scale = LogOfE.parts(T.self)
  private var exact = E(capacity: 2 * batch)
  private var input = [T](repeating: 0, count: 2 * batch)
  private var output = [T](repeating: 0, count: 2 * batch)
  private var state = [Double](repeating: 0, count: 3 * batch)

  init() {
    groups = KernelVariant.all.flatMap { variant in
      Self.forms.map { ExponentialGroup(variant: variant.name, type: T.typeName, form: $0) }
    }
  }

  /// e^x of up to `batch` arguments below 0 in LSE form and as the blas plan takes it.
  mutating func measure(_ arguments: [T]) {
    let count = arguments.count
    for (index, x) in arguments.enumerated() {
      exact.set(index, exponential: x)
      input[2 * index] = 0
      input[2 * index + 1] = x
    }
    for (place, variant) in KernelVariant.all.enumerated() {
      let kernels = variant.kernels(T.self)
      // LSE form: the rest of a row [0, x].
      _ = kernels.reduce(
        input, count, 2, 2, nil, 0, scale.0, scale.1, &state, Self.batch)
      for (index, x) in arguments.enumerated() {
        let rest = state[Self.batch + index] + state[2 * Self.batch + index]
        exact.note(rest, index, &groups[3 * place].errors, hexadecimal(Double(x)))
      }
      // The blas plan's form, with a max of 0. Terms that are 1 are taken out: 0 stands for them.
      _ = kernels.exponentials(arguments, count, 0, scale.0, scale.1, 1, &output)
      for (index, x) in arguments.enumerated() {
        let term = output[index] == 0 && x > -1 ? 1 : output[index]
        exact.note(
          Double(term), index, &groups[3 * place + 2].errors, hexadecimal(Double(x)))
      }
    }
  }

  /// Softmax form: the terms of rows [a, x], 2^(x log2(e) - N) with N the integer near a log2(e).
  mutating func measure(pairs: [(a: T, x: T)]) {
    for (index, pair) in pairs.enumerated() {
      input[2 * index] = pair.a
      input[2 * index + 1] = pair.x
    }
    for (place, variant) in KernelVariant.all.enumerated() {
      let kernels = variant.kernels(T.self)
      var terms: [T] = [0, 0]
      for (index, pair) in pairs.enumerated() {
        _ = kernels.exponentials(
          [pair.a, pair.x], 2, Double(pair.a), scale.0, scale.1, 0, &terms)
        output.replaceSubrange((2 * index)..<(2 * index + 2), with: terms)
      }
      for index in 0..<(2 * pairs.count) {
        // The kernel's N: that for which the max's own term is within a factor of 2 of 1.
        let (a, top) = (Double(input[index & ~1]), Double(output[index & ~1]))
        let shift = (a * LogOfE.high - (top == 1 ? 0 : log2(top))).rounded()
        exact.set(index, exponential: input[index], dividedByPower: shift)
        exact.note(
          Double(output[index]), index, &groups[3 * place + 1].errors,
          "\(hexadecimal(Double(input[index]))) beside \(hexadecimal(a))")
      }
    }
  }
}
