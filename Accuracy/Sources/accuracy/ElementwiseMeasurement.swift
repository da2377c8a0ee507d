import Foundation
import LogSumExp
import TestSupport

/// How an elementwise function is called: by itself, or over arrays by the kernels of a configuration.
struct ElementwiseForm {
  /// `alone`, `avx512`, `swift`.
  let name: String
  /// nil: alone.
  let options: RowOptions?

  static let all =
    [ElementwiseForm(name: "alone", options: nil)]
    + Configuration.all.filter { !$0.name.hasPrefix("blas") }.map {
      ElementwiseForm(
        name: $0.name.replacing("fused ", with: ""), options: $0.options)
    }

  func results<T: RowScalar>(_ function: ElementwiseFunction<T>, _ x: [T], _ y: [T]) -> [T] {
    guard let options else { return zip(x, y).map { function.scalar($0, $1) } }
    return function.array(x, y, options)
  }
}

extension ElementwiseFunction {
  /// The functions that are measured; one with a parameter stands here once for each of some.
  static var measured: [ElementwiseFunction] {
    all + [0.5, 0.3, 1e-5, 0.999].map { mixture(T($0)) }
  }

  /// Whether the parts of a result may cancel: those of x, and of what is taken from or added to it.
  var cancels: Bool {
    ["logAddExp", "logAddExp2", "logSubtractExp", "logExpm1", "logMix"].contains(name)
  }

  private static func mixture(_ theta: T) -> ElementwiseFunction {
    ElementwiseFunction(
      name: "logMix", scalar: { logMix(theta, $0, $1) },
      array: { logMix(theta, $0, $1, options: $2) },
      into: { logMix(theta, $0, $1, into: $2, options: $3) },
      exact: { .some(ElementwiseReference.logMix(Double(theta), $0, $1)) },
      operands: { mixed(Double(theta), $0, &$1) })
  }

  private static func mixed(
    _ theta: Double, _ family: Int, _ random: inout SplitMix64
  ) -> (Double, Double) {
    let deviation: Double = family % 2 == 0 ? 1 : 50
    let x = random.normal(0, deviation)
    let left = 1 - theta * exp(x)
    // One in three near a result of 0.
    if family % 3 == 0 && left > 0 {
      return (x, log(left / (1 - theta)) + 1e-5 * random.normal())
    }
    return (x, random.normal(0, deviation))
  }
}

/// The errors of one function on random operands, in every form.
struct ElementwiseMeasurement<T: MeasuredScalar & BinaryFloatingPoint> where T.Wide == T {
  private let function: ElementwiseFunction<T>
  private var x: [T] = []
  private var y: [T] = []
  private var exact: [Exact<T>] = []

  init(_ function: ElementwiseFunction<T>, count: Int) {
    self.function = function
    var random = SplitMix64(seed: 5, function.name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
    for index in 0..<count {
      let (a, b) = function.operands(index % ElementwiseFunction<T>.families, &random)
      let (x, y) = (T(a), T(b))
      guard x.isFinite, y.isFinite, let exact = function.exact(Double(x), Double(y)) else {
        continue
      }
      self.x.append(x)
      self.y.append(y)
      self.exact.append(exact)
    }
  }

  var groups: [RowGroup] {
    ElementwiseForm.all.map { form in
      var group = RowGroup(
        configuration: form.name, type: T.typeName, operation: function.name,
        family: "random operands", temperature: 1, length: 0)
      for (index, result) in form.results(function, x, y).enumerated() {
        note(result, index, &group)
      }
      return group
    }
  }

  private func note(_ result: T, _ index: Int, _ group: inout RowGroup) {
    let exact = exact[index]
    let error = exact.error(of: result)
    let value = Double(exact.rounded)
    func witness() -> Witness {
      let operands = [x[index], y[index]].map { hexadecimal(Double($0)) }
      return Witness(
        operands.joined(separator: ", "), got: Double(result), exact: Double(exact.rounded))
    }
    // Where the parts of Doubles cancel to less than 2^-47 the bound is one of absolute error.
    let part = Double(max(x[index], function.name == "logExpm1" ? 0 : y[index])).magnitude
    if T.isDouble && function.cancels && value.magnitude < 0x1p-47 && part > 2 * value.magnitude {
      group.nearZero.note(error * value.ulp, witness())
      return
    }
    group.errors.note(
      error, isSubnormal: exact.rounded.magnitude < T.leastNormalMagnitude, witness())
  }
}
