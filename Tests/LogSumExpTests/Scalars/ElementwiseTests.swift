import LogSumExp
import TestSupport
import Testing

/// Special values, identities, and what the bits of an element depend on.
@Suite("Elementwise functions")
struct ElementwiseTests {
  @Test("special values")
  func specials() {
    let inf = Double.infinity
    let nan = Double.nan
    let table: [(Double, Double)] = [
      (logAddExp(-inf, -inf), -inf), (logAddExp(-inf, 3), 3), (logAddExp(inf, -inf), inf),
      (logAddExp(inf, inf), inf), (logAddExp(inf, nan), nan), (logAddExp(1e308, 1e308), 1e308),
      (logAddExp2(-inf, -inf), -inf), (logAddExp2(3, 3), 4), (logAddExp2(inf, -inf), inf),
      (logSubtractExp(1, 2), nan), (logSubtractExp(2, 2), -inf), (logSubtractExp(inf, inf), nan),
      (logSubtractExp(-inf, -inf), -inf), (logSubtractExp(3, -inf), 3),
      (logSubtractExp(inf, 1), inf), (logSubtractExp(nan, 1), nan),
      (softplus(-inf), 0), (softplus(inf), inf), (softplus(nan), nan),
      (logExpm1(0), -inf), (logExpm1(-1), nan), (logExpm1(inf), inf),
      (log1mExp(0), -inf), (log1mExp(1), nan), (log1mExp(-inf), 0),
      (logistic(-inf), 0), (logistic(inf), 1), (logistic(0), 0.5), (logistic(nan), nan),
      (logit(0), -inf), (logit(1), inf), (logit(0.5), 0), (logit(-1), nan), (logit(2), nan),
      (logLogistic(-inf), -inf), (logLogistic(inf), 0), (logLogistic(nan), nan),
      (logCosh(0), 0), (logCosh(-inf), inf), (logCosh(nan), nan),
      (logMix(0, inf, 2), 2), (logMix(1, 2, nan), 2), (logMix(0.5, -inf, -inf), -inf),
      (logMix(1.5, 0, 0), nan), (logMix(nan, 0, 0), nan), (logMix(0.5, inf, -inf), inf),
      (xLogX(0), 0), (xLogX(-1), nan), (xLogX(inf), inf), (xLogX(1), 0),
      (xLogY(0, 0), 0), (xLogY(0, inf), 0), (xLogY(0, nan), nan), (xLogY(2, 0), -inf),
      (xLogY(2, -1), nan), (xLog1pY(0, -1), 0), (xLog1pY(2, -1), -inf), (xLog1pY(2, 1e-20), 2e-20),
      (xLog1pY(1, .leastNonzeroMagnitude), .leastNonzeroMagnitude),
    ]
    for (index, (got, expected)) in table.enumerated() {
      #expect(isSame(got, expected), "line \(index): \(got), not \(expected)")
    }
    #expect(signedLogSubtractExp(1.0, 1.0) == (-inf, 0))
    #expect(signedLogSubtractExp(0.0, 1.0) == (logSubtractExp(1.0, 0.0), -1))
    #expect(signedLogSubtractExp(1.0, 0.0).sign == 1)
  }

  @Test("specials at every lane", arguments: Configuration.distinct, ScalarType.allCases)
  func lanes(configuration: Configuration, type: ScalarType) {
    type.run { lanes(configuration, $0) }
  }

  private func lanes<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let values: [T] = [.nan, .infinity, -.infinity, 0, 1, -1, .leastNonzeroMagnitude]
    for function in ElementwiseFunction<T>.all {
      for a in values {
        for b in values {
          let expected = function.scalar(a, b)
          for place in 0..<17 {
            var x = [T](repeating: 0.25, count: 17)
            var y = [T](repeating: 0.125, count: 17)
            (x[place], y[place]) = (a, b)
            let got = function.array(x, y, configuration.options())[place]
            #expect(
              isSame(got, expected) || (got - expected).magnitude <= 2 * expected.ulp,
              "\(T.self) \(function.name) \(configuration): \(a), \(b) at \(place): \(got)")
          }
        }
      }
    }
  }

  @Test(
    "count, position, alignment, threads, in place", arguments: Configuration.distinct,
    ScalarType.allCases)
  func invariance(configuration: Configuration, type: ScalarType) {
    type.run { invariance(configuration, $0) }
  }

  private func invariance<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    var random = SplitMix64(seed: 3)
    let x = (0..<40_000).map { _ in T(random.normal()) }
    let y = (0..<40_000).map { _ in T(random.normal()) }
    for function in ElementwiseFunction<T>.all {
      let serial = function.array(x, y, configuration.options()).bits
      let threads = function.array(x, y, configuration.options(threads: 2)).bits
      #expect(serial == threads, "\(T.self) \(function.name) \(configuration): threads")
      for count in Array(0...65) + [255, 256, 257, 600] {
        let start = count % 7
        let out = Guarded<T>(count: count, offset: count % 5, filling: -77)
        let part = (Array(x[start..<(start + count)]), Array(y[start..<(start + count)]))
        part.0.withUnsafeBufferPointer { x in
          part.1.withUnsafeBufferPointer { y in
            function.into(x, y, out.elements, configuration.options())
          }
        }
        let expected = Array(serial[start..<(start + count)])
        #expect(
          out.elements.bits == expected && out.isIntact,
          "\(T.self) \(function.name) \(configuration): \(count) from \(start)")
        for index in 0..<count { out.elements[index] = part.0[index] }
        part.1.withUnsafeBufferPointer { y in
          function.into(
            UnsafeBufferPointer(out.elements), y, out.elements, configuration.options())
        }
        #expect(
          out.elements.bits == expected && out.isIntact,
          "\(T.self) \(function.name) \(configuration): \(count) in place")
      }
    }
  }

  @Test("one number for all, spans")
  func broadcast() {
    let x = [0.5, -1, 3]
    #expect(logAddExp(x, 2) == logAddExp(x, [2, 2, 2]))
    #expect(logAddExp(2, x) == logAddExp([2, 2, 2], x))
    var out = [0.0, 0, 0]
    var span = out.mutableSpan
    softplus(x.span, into: &span)
    #expect(out == softplus(x))
  }

  @Test("identities")
  func identities() {
    var random = SplitMix64(seed: 4)
    for _ in 0..<2000 {
      let (x, y) = (random.normal(0, 5), random.normal(0, 5))
      #expect((logAddExp(x, y) - [x, y].logSumExp()).magnitude <= 2 * logAddExp(x, y).ulp)
      #expect(logAddExp(x, y) == logAddExp(y, x))
      #expect((softplus(logExpm1(x.magnitude)) - x.magnitude).magnitude <= 8 * x.magnitude.ulp)
      #expect(log1mExp(-x.magnitude) == logSubtractExp(0, -x.magnitude))
      #expect(logCosh(x) == logCosh(-x))
      #expect((logistic(logit(logistic(x))) - logistic(x)).magnitude <= 16 * logistic(x).ulp)
    }
  }
}
