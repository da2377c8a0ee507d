import Foundation
import LogSumExp

/// An elementwise function with its forms, its reference and operands that are hard for it.
public struct ElementwiseFunction<T: RowScalar & BinaryFloatingPoint> {
  public typealias Buffer = UnsafeBufferPointer<T>
  public typealias Output = UnsafeMutableBufferPointer<T>

  public let name: String
  public let scalar: (T, T) -> T
  public let array: ([T], [T], RowOptions) -> [T]
  public let into: (Buffer, Buffer, Output, RowOptions) -> Void
  /// nil where the result is a special one.
  public let exact: (Double, Double) -> Exact<T>?
  /// Draws operands; the first argument counts families.
  public let operands: (Int, inout SplitMix64) -> (Double, Double)

  public init(
    name: String, scalar: @escaping (T, T) -> T,
    array: @escaping ([T], [T], RowOptions) -> [T],
    into: @escaping (Buffer, Buffer, Output, RowOptions) -> Void,
    exact: @escaping (Double, Double) -> Exact<T>?,
    operands: @escaping (Int, inout SplitMix64) -> (Double, Double)
  ) {
    self.name = name
    self.scalar = scalar
    self.array = array
    self.into = into
    self.exact = exact
    self.operands = operands
  }

  static func unary(
    _ name: String, _ scalar: @escaping (T) -> T, _ array: @escaping ([T], RowOptions) -> [T],
    _ into: @escaping (Buffer, Output, RowOptions) -> Void,
    _ exact: @escaping (Double) -> Exact<T>?,
    _ operand: @escaping (Int, inout SplitMix64) -> Double
  ) -> ElementwiseFunction {
    ElementwiseFunction(
      name: name, scalar: { x, _ in scalar(x) }, array: { x, _, options in array(x, options) },
      into: { x, _, out, options in into(x, out, options) }, exact: { x, _ in exact(x) },
      operands: { (operand($0, &$1), 0) })
  }

  public static var all: [ElementwiseFunction] {
    [
      ElementwiseFunction(
        name: "logAddExp", scalar: { logAddExp($0, $1) },
        array: { logAddExp($0, $1, options: $2) },
        into: { logAddExp($0, $1, into: $2, options: $3) },
        exact: { .some(ElementwiseReference.logAddExp($0, $1)) }, operands: sums),
      ElementwiseFunction(
        name: "logAddExp2", scalar: { logAddExp2($0, $1) },
        array: { logAddExp2($0, $1, options: $2) },
        into: { logAddExp2($0, $1, into: $2, options: $3) },
        exact: { .some(ElementwiseReference.logAddExp2($0, $1)) }, operands: sums),
      ElementwiseFunction(
        name: "logSubtractExp", scalar: { logSubtractExp($0, $1) },
        array: { logSubtractExp($0, $1, options: $2) },
        into: { logSubtractExp($0, $1, into: $2, options: $3) },
        exact: { $0 > $1 ? ElementwiseReference.logSubtractExp($0, $1) : nil },
        operands: differences),
      unary(
        "softplus", { softplus($0) }, { softplus($0, options: $1) },
        { softplus($0, into: $1, options: $2) },
        { .some(ElementwiseReference.logAddExp($0, 0)) }, line),
      unary(
        "logExpm1", { logExpm1($0) }, { logExpm1($0, options: $1) },
        { logExpm1($0, into: $1, options: $2) },
        { $0 > 0 ? ElementwiseReference.logSubtractExp($0, 0) : nil },
        {
          let near = [log(2.0) * (1 + 1e-3 * $1.normal()), log(2.0) * (1 + 1e-6 * $1.normal())]
          return $0 < 2 ? near[$0] : line($0, &$1).magnitude
        }),
      unary(
        "log1mExp", { log1mExp($0) }, { log1mExp($0, options: $1) },
        { log1mExp($0, into: $1, options: $2) },
        { $0 < 0 ? ElementwiseReference.logSubtractExp(0, $0) : nil },
        { -line($0, &$1).magnitude }),
      unary(
        "logistic", { logistic($0) }, { logistic($0, options: $1) },
        { logistic($0, into: $1, options: $2) },
        { .some(ElementwiseReference.logistic($0)) }, line),
      unary(
        "logLogistic", { logLogistic($0) }, { logLogistic($0, options: $1) },
        { logLogistic($0, into: $1, options: $2) },
        { Self.negative(ElementwiseReference.logAddExp(-$0, 0)) }, line),
      unary(
        "logit", { logit($0) }, { logit($0, options: $1) },
        { logit($0, into: $1, options: $2) },
        { $0 > 0 && $0 < 1 && $0 != 0.5 ? ElementwiseReference.logit($0) : nil }, probabilities),
      unary(
        "logCosh", { logCosh($0) }, { logCosh($0, options: $1) },
        { logCosh($0, into: $1, options: $2) },
        { $0.magnitude > 0x1p-400 ? ElementwiseReference.logCosh($0) : nil }, line),
      unary(
        "xLogX", { xLogX($0) }, { xLogX($0, options: $1) },
        { xLogX($0, into: $1, options: $2) },
        { $0 > 0x1p-900 && $0 < 0x1p900 ? ElementwiseReference.xLogY($0, $0) : nil },
        { $0 == 0 ? 1 + 1e-3 * $1.normal() : line($0, &$1).magnitude }),
      ElementwiseFunction(
        name: "xLogY", scalar: { xLogY($0, $1) }, array: { xLogY($0, $1, options: $2) },
        into: { xLogY($0, $1, into: $2, options: $3) },
        exact: {
          $1 > 0 && $0.magnitude > 0x1p-800 && $0.magnitude < 0x1p900
            ? ElementwiseReference.xLogY($0, $1) : nil
        },
        operands: {
          let y = $0 == 0 ? 1 + 1e-3 * $1.normal() : line($0, &$1).magnitude
          return (line($0 + 3, &$1), y)
        }),
      ElementwiseFunction(
        name: "xLog1pY", scalar: { xLog1pY($0, $1) }, array: { xLog1pY($0, $1, options: $2) },
        into: { xLog1pY($0, $1, into: $2, options: $3) },
        exact: {
          $1 > -1 && $0.magnitude > 0x1p-400 && $0.magnitude < 0x1p900 && $1.magnitude > 0x1p-400
            ? ElementwiseReference.xLog1pY($0, $1) : nil
        },
        operands: { (line($0 + 3, &$1), $0 == 0 ? -$1.uniform() : line($0, &$1)) }),
    ]
  }

  public static var families: Int { 9 }

  private static func negative(_ x: Exact<T>) -> Exact<T> { -x }

  private static var isFloat: Bool { T.self == Float.self }

  /// Numbers of the real line at every scale.
  static func line(_ family: Int, _ random: inout SplitMix64) -> Double {
    switch family % families {
    case 0: random.normal()
    case 1: random.normal(0, 0.1)
    case 2: random.normal(0, 20)
    case 3: random.normal(0, 1e4)
    case 4: random.normal() * exp(random.uniform(-80, 0))
    // Exponentials around the least normal number.
    case 5: isFloat ? random.uniform(-105, -86) : random.uniform(-746, -700)
    case 6: random.normal() * Double(T.leastNormalMagnitude)
    case 7: random.normal(0, 0.3) * Double(T.greatestFiniteMagnitude) * 0.1
    default: -exp(random.uniform(-6, isFloat ? 4.6 : 6.5))
    }
  }

  private static func sums(_ family: Int, _ random: inout SplitMix64) -> (Double, Double) {
    switch family % families {
    case 0: return (random.normal(), random.normal())
    // Log-probabilities that sum to nearly 1.
    case 1:
      let p = random.uniform()
      let off = 1e-4 * random.normal()
      return (log(p), log(1 - p) + off)
    case 2:
      let p = exp(-10 * random.uniform())
      return (log(p), log1p(-p))
    case 3:
      let far = random.normal(0, 1e4)
      return (far, far + random.normal(0, 3))
    default: return (line(family, &random), family % 2 == 0 ? 0 : line(family + 1, &random))
    }
  }

  private static func differences(_ family: Int, _ random: inout SplitMix64) -> (Double, Double) {
    switch family % families {
    case 0: return (random.normal(), random.normal())
    // Results near 0.
    case 1:
      let y = random.normal()
      return (log1p(exp(y)) * (1 + 1e-4 * random.normal()), y)
    case 2:
      let y = random.normal(0, 5)
      return (log1p(exp(y)), y)
    // Operands near each other.
    case 3:
      let x = random.normal(0, 10)
      return (x, x - exp(random.uniform(-30, 0)))
    default: return (line(family, &random), family % 2 == 0 ? 0 : line(family + 1, &random))
    }
  }

  private static func probabilities(_ family: Int, _ random: inout SplitMix64) -> Double {
    switch family % families {
    case 0, 1: random.uniform()
    case 2: 0.5 + 1e-3 * random.normal()
    case 3: 0.5 + 1e-7 * random.normal()
    case 4: 1 - random.uniform() * 1e-4
    case 5: Double(T.leastNormalMagnitude) * random.uniform()
    default: exp(-random.uniform(0, 80))
    }
  }
}
