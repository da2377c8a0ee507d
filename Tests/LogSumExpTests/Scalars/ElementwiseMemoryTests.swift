import CInterposer
import LogSumExp
import TestSupport
import Testing

/// What the functions over arrays read, write and allocate, and 16-bit arrays.
@Suite("Elementwise memory")
struct ElementwiseMemoryTests {
  /// Every length of a last part up to four vectors of any kernel, and lengths around those of a chunk.
  private static let counts =
    Array(0...65) + [255, 256, 257, 511, 512, 513, 1025, 2047, 2049, 4095]

  @Test("fences", arguments: Configuration.distinct, ScalarType.allCases)
  func fences(configuration: Configuration, type: ScalarType) {
    type.run { fences(configuration, $0) }
  }

  /// Operands and results lie against pages that may not be touched.
  private func fences<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let most = Self.counts.max()!
    let (x, y, out) = (
      FencedMemory<T>(count: most), FencedMemory<T>(count: most), FencedMemory<T>(count: most)
    )
    for function in ElementwiseFunction<T>.all {
      // Lanes that are done again too: one in three cancels.
      let (a, b): ([T], [T]) = (
        (0..<most).map { T($0 % 3 == 0 ? -0.6931 : 0.25) },
        (0..<most).map { T($0 % 3 == 0 ? -0.6931 : 0.125) }
      )
      let expected = function.array(a, b, configuration.options()).bits
      for count in Self.counts {
        for isLast in [false, true] {
          let parts = [x, y, out].map { isLast ? $0.last(count) : $0.first(count) }
          for index in 0..<count {
            (parts[0][index], parts[1][index]) = (a[index], b[index])
          }
          let (left, right) = (UnsafeBufferPointer(parts[0]), UnsafeBufferPointer(parts[1]))
          function.into(left, right, parts[2], configuration.options())
          #expect(
            parts[2].bits.elementsEqual(expected[..<count]),
            "\(T.self) \(function.name) \(configuration): \(count), last \(isLast)")
          function.into(left, right, parts[0], configuration.options())
          #expect(
            parts[0].bits.elementsEqual(expected[..<count]),
            "\(T.self) \(function.name) \(configuration): \(count) in place, last \(isLast)")
        }
      }
    }
  }

  @Test(
    "no allocation", .enabled(if: counted_allocations_available() == 1 && !isDebug),
    arguments: Configuration.all, ScalarType.allCases)
  func allocations(configuration: Configuration, type: ScalarType) {
    type.run { allocations(configuration, $0) }
  }

  private func allocations<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    for function in ElementwiseFunction<T>.all {
      for count in [1, 20, 512, 5000, 100_000] {
        let x = [T](repeating: -0.6931, count: count)
        let y = [T](repeating: -0.6932, count: count)
        let out = Guarded<T>(count: count, filling: 0)
        x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in
            function.into(x, y, out.elements, options)  // Tables are made on the first call.
            let before = counted_allocations()
            function.into(x, y, out.elements, options)
            let made = counted_allocations() - before
            #expect(made == 0, "\(T.self) \(function.name) \(configuration) \(count): \(made)")
          }
        }
      }
    }
  }

  @Test("16-bit arrays", arguments: Configuration.distinct, SixteenBitType.allCases)
  func sixteenBit(configuration: Configuration, type: SixteenBitType) {
    type.run { sixteenBit(configuration, $0) }
  }

  /// They are computed in Float and rounded once more: hardly more than half a unit.
  private func sixteenBit<T: SixteenBit>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    var random = SplitMix64(seed: 6)
    for count in [1, 17, 600, 3000] {
      let x = (0..<count).map { _ in T(Float(random.normal(0, 2))) }
      let y = (0..<count).map { _ in T(Float(random.normal(0, 2))) }
      func check(_ name: String, _ got: [T], _ exact: (Double, Double) -> Double) {
        for index in 0..<count {
          let exact = exact(Double(x[index].float), Double(y[index].float))
          #expect(
            Self.isNear(got[index], exact),
            "\(T.self) \(name) \(configuration): \(x[index]), \(y[index]): \(got[index])")
        }
      }
      check("logAddExp", logAddExp(x, y, options: options)) { logAddExp($0, $1) }
      check("logAddExp2", logAddExp2(x, y, options: options)) { logAddExp2($0, $1) }
      check("logSubtractExp", logSubtractExp(x, y, options: options)) { logSubtractExp($0, $1) }
      check("softplus", softplus(x, options: options)) { x, _ in softplus(x) }
      check("logExpm1", logExpm1(x, options: options)) { x, _ in logExpm1(x) }
      check("log1mExp", log1mExp(x, options: options)) { x, _ in log1mExp(x) }
      check("logistic", logistic(x, options: options)) { x, _ in logistic(x) }
      check("logLogistic", logLogistic(x, options: options)) { x, _ in logLogistic(x) }
      check("logit", logit(x, options: options)) { x, _ in logit(x) }
      check("logCosh", logCosh(x, options: options)) { x, _ in logCosh(x) }
      check("xLogX", xLogX(x, options: options)) { x, _ in xLogX(x) }
      check("xLogY", xLogY(x, y, options: options)) { xLogY($0, $1) }
      check("xLog1pY", xLog1pY(x, y, options: options)) { xLog1pY($0, $1) }
    }
  }

  private static func isNear<T: SixteenBit>(_ got: T, _ exact: Double) -> Bool {
    let value = Double(got.float)
    if exact.isNaN || exact.isInfinite || value == exact { return isSame(value, exact) }
    // The distance to the next number away from 0.
    let unit = (Double(T(bitPattern: got.bitPattern &+ 1).float) - value).magnitude
    return (value - exact).magnitude <= 0.501 * unit
  }
}
