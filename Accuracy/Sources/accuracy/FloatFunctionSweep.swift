import Foundation
import LogSumExp
import TestSupport

/// The functions of one argument over the Floats from one end of their domain to the other.
struct FloatFunctionSweep {
  private(set) var groups: [RowGroup] = []

  /// A function in Double.
  private struct Plain: Sendable {
    let name: String
    /// Bit patterns of the Floats that it is measured on.
    let domain: [ClosedRange<UInt32>]
    let value: @Sendable (Double) -> Double
  }

  private static let positive: ClosedRange<UInt32> = 1...0x7f7f_ffff
  private static let negative: ClosedRange<UInt32> = 0x8000_0001...0xff7f_ffff

  private static let functions = [
    Plain(name: "softplus", domain: [positive, negative]) { softplus($0) },
    Plain(name: "logExpm1", domain: [positive]) { x in
      // e^x - 1 = 1 + 2 (e^(x - log 2) - 1), which is right where the logarithm is near 0.
      if (x - M_LN2).magnitude < 0.1 {
        return log1p(2 * expm1((x - M_LN2) - 0x1.abc9e3b39803fp-56))
      }
      return x < 1 ? log(expm1(x)) : x + log1p(-exp(-x))
    },
    Plain(name: "log1mExp", domain: [negative]) { x in
      x > -M_LN2 ? log(-expm1(x)) : log1p(-exp(x))
    },
    Plain(name: "logistic", domain: [positive, negative]) { x in
      let e = exp(-x.magnitude)
      return (x < 0 ? e : 1) / (1 + e)
    },
    Plain(name: "logLogistic", domain: [positive, negative]) { -softplus(-$0) },
    Plain(name: "logit", domain: [1...(Float(1).bitPattern - 1)]) { p in
      p > 0.25 && p < 0.75 ? log1p((2 * p - 1) / (1 - p)) : log(p) - log1p(-p)
    },
    Plain(name: "logCosh", domain: [positive, negative]) { x in
      let a = x.magnitude
      if a > 1 { return a - M_LN2 + log1p(exp(-2 * a)) }
      let s = sinh(a)
      return 0.5 * log1p(s * s)
    },
    // Up to 2^120: greater results overflow.
    Plain(name: "xLogX", domain: [1...Float(0x1p120).bitPattern]) { $0 * log($0) },
  ]

  private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }

  /// Measures every `step`th Float.
  init(step: Int) {
    for plain in Self.functions {
      let function = ElementwiseFunction<Float>.all.first { $0.name == plain.name }!
      var errors = [Errors](repeating: Errors(), count: ElementwiseForm.all.count)
      for range in plain.domain {
        let batch = step << 14
        for start in stride(from: Int(range.lowerBound), through: Int(range.upperBound), by: batch)
        {
          let patterns = stride(
            from: start, through: min(start + batch - 1, Int(range.upperBound)), by: step)
          measure(
            patterns.map { Float(bitPattern: UInt32($0)) }, plain, function, &errors)
        }
      }
      for (form, errors) in zip(ElementwiseForm.all, errors) {
        groups.append(
          RowGroup(
            configuration: form.name, type: Float.typeName, operation: plain.name,
            family: "one of \(step) Floats", temperature: 1, length: 0, errors: errors))
      }
    }
  }

  private func measure(
    _ x: [Float], _ plain: Plain, _ function: ElementwiseFunction<Float>, _ errors: inout [Errors]
  ) {
    var exact = FloatReference(capacity: x.count)
    for index in x.indices { exact.values[index] = plain.value(Double(x[index])) }
    for (place, form) in ElementwiseForm.all.enumerated() {
      let got = form.results(function, x, x)
      for index in x.indices {
        let (error, isSubnormal) = exact.error(of: Double(got[index]), at: index)
        errors[place].note(
          error, isSubnormal: isSubnormal,
          Witness(
            hexadecimal(Double(x[index])), got: Double(got[index]), exact: exact.values[index]))
      }
    }
  }
}
