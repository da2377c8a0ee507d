import Foundation
import LogSumExp
import TestSupport
import Testing

@Suite("Log-sum-exp")
struct LogSumExpTests {
  @Test("the documented examples")
  func examples() {
    let rows = Matrix([1.0, 2.0, 3.0, -40.0, 0.0, -40.0], rows: 2, columns: 3)
    #expect(areClose(rows.logSumExp(), [3.40760596444438, 8.496708510583178e-18]))
    #expect(areClose([[1.0, 2.0].logSumExp()], [2.313261687518223]))
    #expect(areClose([[0.0, -40.0].logSumExp()], [4.248354255291589e-18]))
    let floats = Matrix<Float>([1, 2, 3, 4], rows: 2, columns: 2)
    #expect(areClose(floats.logSumExp(), [2.3132617, 4.3132615]))
  }

  @Test("a rest far below the max counts, where the max is 0", arguments: Configuration.all)
  func tinyRest(configuration: Configuration) {
    // log(1 + r) is r for such a rest r: exp(-414) = 2^-597, exp(-700), and a subnormal number.
    for distance in [40.0, 100, 414, 700, 740] {
      let expected = exp(-distance)
      let found = [0, -distance].logSumExp(options: configuration.options())
      #expect((found - expected).magnitude <= 2 * expected.ulp, "\(configuration) \(distance)")
    }
  }

  @Test("collections of every kind")
  func collections() {
    let numbers = [3.0, 1, 2]
    let expected = numbers.logSumExp()
    #expect(numbers[0...].logSumExp() == expected)
    #expect(ContiguousArray(numbers).logSumExp() == expected)
    #expect(([9.0] + numbers + [9])[1..<4].logSumExp() == expected)
    #expect(numbers.lazy.map { $0 + 0 }.logSumExp() == expected)
    #expect(CollectionOfOne(4.5).logSumExp() == 4.5)
    #expect([Float]().logSumExp() == -.infinity)
    #expect(EmptyCollection<Double>().logSumExp() == -.infinity)
    // In whatever order a set has them.
    #expect((Set(numbers).logSumExp() - expected).magnitude <= 2 * expected.ulp)
    #expect(areClose([[2.0, 4].logSumExp(temperature: -2)], [1.3734766249635544]))
  }

  @Test("into a span, into a buffer and returning have the same bits")
  func into() {
    let matrix = Matrix(RowFamily.normal5.row(Float.self, count: 300), rows: 20, columns: 15)
    let returned = matrix.logSumExp()
    var array = [Float](repeating: 0, count: 20)
    var span = array.mutableSpan
    matrix.logSumExp(into: &span)
    #expect(array == returned)
    array = [Float](repeating: 0, count: 20)
    array.withUnsafeMutableBufferPointer { matrix.logSumExp(into: $0) }
    #expect(array == returned)
    array = []
    array.withUnsafeMutableBufferPointer {
      Matrix<Float>([], rows: 0, columns: 4).logSumExp(into: $0)
    }
  }

  @Test("max <= LSE <= max + log n", arguments: Configuration.distinct)
  func between(configuration: Configuration) {
    for family in RowFamily.allCases where family != .nearOverflow {
      for count in [1, 2, 10, 100, 3000] {
        let row = family.row(Double.self, count: count, draw: 3)
        let maximum = row.max()!
        let lse = row.logSumExp(options: configuration.options())
        let limit = maximum + log(Double(count))
        #expect(
          lse >= maximum - slack(maximum) && lse <= limit + slack(limit),
          "\(family) \(configuration) \(count): \(maximum), \(lse), \(limit)")
      }
    }
  }

  /// The bound on LSE, of a number near it.
  private func slack(_ x: Double) -> Double { x.isFinite ? 3 * x.ulp : 0 }

  @Test("x + c gives LSE + c where the shift loses no bit", arguments: Configuration.distinct)
  func shift(configuration: Configuration) {
    let options = configuration.options()
    var random = SplitMix64(seed: 11)
    for count in [2, 9, 17, 64, 300, 5000] {
      // Multiples of 1/8 below 16, so that neither shift rounds.
      let row = (0..<count).map { _ in Double(Int(random.next() % 128)) / 8 }
      let base = row.logSumExp(options: options)
      for c in [16.0, 1024, -512, 1e6] {
        let shifted = row.map { $0 + c }.logSumExp(options: options)
        // Each is within its bound of exact values that differ by exactly c.
        let bound = configuration.bound(.logSumExp, Double.self) * (base.ulp + (base + c).ulp)
        #expect((shifted - c - base).magnitude <= bound, "\(configuration) \(count) + \(c)")
      }
      let shares = row.softmax(options: options)
      for c in [16.0, 1024, -512] {
        let shifted = row.map { $0 + c }.softmax(options: options)
        let bound = 2 * configuration.bound(.softmax, Double.self)
        #expect(zip(shares, shifted).allSatisfy { ($0 - $1).magnitude <= bound * $0.ulp })
      }
    }
  }

  @Test("the temperature: T LSE(x / T)", arguments: Configuration.distinct)
  func temperature(configuration: Configuration) {
    let options = configuration.options()
    for count in [1, 5, 33, 700, 3000] {
      let row = RowFamily.normal5.row(Double.self, count: count)
      for t in [0.5, 2, 4, 0x1p-10, 0x1p30] {
        // Powers of two divide exactly.
        let direct = row.logSumExp(temperature: t, options: options)
        let divided = t * row.map { $0 / t }.logSumExp(options: options)
        let bound = 2 * configuration.bound(.logSumExp, Double.self) * direct.ulp
        #expect((direct - divided).magnitude <= bound, "\(configuration) \(count) T=\(t)")
      }
    }
  }

  @Test("T < 0 is the soft minimum: -LSE(-x), to the bit", arguments: Configuration.distinct)
  func softMinimum(configuration: Configuration) {
    let options = configuration.options()
    for count in [1, 5, 33, 700, 3000] {
      let row = RowFamily.normal5.row(Float.self, count: count)
      let negated = row.map { -$0 }
      for t in [1, 0.7, 3] {
        #expect(
          row.logSumExp(temperature: -t, options: options)
            == -negated.logSumExp(temperature: t, options: options))
        #expect(
          row.softmax(temperature: -t, options: options)
            == negated.softmax(temperature: t, options: options))
        #expect(
          row.logSoftmax(temperature: -t, options: options)
            == negated.logSoftmax(temperature: t, options: options))
      }
    }
  }

  @Test("any order of the elements within twice the bound", arguments: Configuration.distinct)
  func permutation(configuration: Configuration) {
    let options = configuration.options()
    for count in [2, 10, 65, 1000, 5000] {
      var random = SplitMix64(seed: count)
      let row = RowFamily.normal5.row(Double.self, count: count)
      let lse = row.logSumExp(options: options)
      let shuffled = row.shuffled(using: &random).logSumExp(options: options)
      let bound = 2 * configuration.bound(.logSumExp, Double.self) * lse.ulp
      #expect((lse - shuffled).magnitude <= bound, "\(configuration) \(count)")
    }
  }

  @Test("monotone in every element", arguments: Configuration.distinct)
  func monotone(configuration: Configuration) {
    let options = configuration.options()
    for count in [2, 9, 40, 600, 2500] {
      var row = RowFamily.normal1.row(Float.self, count: count)
      var last = row.logSumExp(options: options)
      for step in 0..<20 {
        row[step * 7 % count] += 0.25
        let next = row.logSumExp(options: options)
        #expect(next >= last, "\(configuration) \(count)")
        last = next
      }
    }
  }
}
