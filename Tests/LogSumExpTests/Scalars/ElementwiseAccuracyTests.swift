import Foundation
import LogSumExp
import TestSupport
import Testing

/// Every elementwise function on every kind of operands against the wide reference. `LSE_PRINT_ACCURACY=1`
/// prints the largest errors.
@Suite("Elementwise accuracy")
struct ElementwiseAccuracyTests {
  private static let count = isDebug ? 500 : 20_000

  @Test("alone", arguments: ScalarType.allCases)
  func alone(type: ScalarType) { type.run { alone($0) } }

  private func alone<T: TestScalar>(_ type: T.Type) {
    for function in ElementwiseFunction<T>.all {
      let operands = Operands(function, Self.count / 4)
      let got = zip(operands.x, operands.y).map { function.scalar($0, $1) }
      operands.check(got, bound: 1, "alone")
    }
  }

  @Test("over arrays", arguments: Configuration.distinct, ScalarType.allCases)
  func arrays(configuration: Configuration, type: ScalarType) {
    type.run { arrays(configuration, $0) }
  }

  private func arrays<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for function in ElementwiseFunction<T>.all {
      let operands = Operands(function, Self.count)
      let got = function.array(operands.x, operands.y, configuration.options())
      operands.check(got, bound: 1, "\(configuration)")
    }
  }

  /// Logarithms of p and of 1 - p, whose sums are all near 0: whole chunks of lanes that cancel.
  @Test("chunks that cancel", arguments: Configuration.distinct)
  func cancelling(configuration: Configuration) {
    var random = SplitMix64(seed: 78)
    for count in [256, 512, 520, 1024, 3000] {
      let p = (0..<count).map { _ in random.uniform(0.001, 0.999) }
      let x = p.map { Float(log($0)) }
      let y = p.map { Float(log(1 - $0)) }
      let got = logAddExp(x, y, options: configuration.options())
      let worst = got.indices.map { index in
        let exact: Exact<Float> = ElementwiseReference.logAddExp(
          Double(x[index]), Double(y[index]))
        return Operands<Float>.error(exact, got[index])
      }
      #expect(worst.max()! <= 1, "\(configuration), \(count) elements")
    }
  }

  @Test("mixtures", arguments: ScalarType.allCases)
  func mixtures(type: ScalarType) { type.run { mixtures($0) } }

  private func mixtures<T: TestScalar>(_ type: T.Type) {
    var random = SplitMix64(seed: 77)
    var worst = (0.0, T(0), T(0), T(0))
    let theta = T(0.3)
    var a: [T] = []
    var b: [T] = []
    for index in 0..<Self.count {
      let t = index % 5 == 0 ? theta : T(exp(-random.uniform(0, 30)))
      if t <= 0 || t >= 1 { continue }
      let x = T(random.normal(0, index % 2 == 0 ? 1 : 50))
      // One in three near log-mix 0.
      let w = Double(t)
      let y =
        index % 3 == 0 && w * exp(Double(x)) < 1
        ? T(log((1 - w * exp(Double(x))) / (1 - w)) + 1e-5 * random.normal())
        : T(random.normal(0, index % 2 == 0 ? 1 : 50))
      let exact: Exact<T> = ElementwiseReference.logMix(Double(t), Double(x), Double(y))
      let error = Operands<T>.error(exact, logMix(t, x, y))
      if error > worst.0 { worst = (error, t, x, y) }
      a.append(x)
      b.append(y)
    }
    if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil {
      print("ULP \(T.self) logMix alone \(worst)")
    }
    #expect(worst.0 <= 1, "\(T.self) logMix \(worst)")
    for configuration in Configuration.distinct {
      let got = logMix(theta, a, b, options: configuration.options())
      let same = a.indices.allSatisfy {
        let exact: Exact<T> = ElementwiseReference.logMix(
          Double(theta), Double(a[$0]), Double(b[$0]))
        return Operands<T>.error(exact, got[$0]) <= 1
      }
      #expect(same, "\(T.self) logMix \(configuration)")
    }
  }
}

/// Operands of one function with their exact results.
private struct Operands<T: TestScalar> {
  let name: String
  var x: [T] = []
  var y: [T] = []
  private var exact: [Exact<T>] = []

  init(_ function: ElementwiseFunction<T>, _ count: Int) {
    name = function.name
    var random = SplitMix64(seed: 5, name.utf8.reduce(0) { $0 &* 31 &+ Int($1) })
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

  /// The error, in ULP; where parts of Doubles cancel nearly to nothing, 0 below an absolute one.
  static func error(_ exact: Exact<T>, _ got: T) -> Double {
    let error = exact.error(of: got)
    let near = Configuration.nearZero
    let value = Double(exact.rounded)
    if T.self == Double.self && value.magnitude < near.below && value.magnitude > 0x1p-120
      && error * value.ulp <= near.error
    {
      return 0
    }
    return error
  }

  /// Fails for an error above the bound.
  func check(_ got: [T], bound: Double, _ what: String) {
    var (worst, at) = (-1.0, 0)
    for index in got.indices {
      let error = Self.error(exact[index], got[index])
      if error > worst { (worst, at) = (error, index) }
    }
    let line =
      "\(T.self) \(name) \(what): \(worst) ULP of \(got.count), x \(x[at]), y \(y[at]), "
      + "got \(got[at]), exact \(exact[at])"
    if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil { print("ULP", line) }
    #expect(worst <= bound, "\(line)")
  }
}
