import Foundation
import LogSumExp
import TestSupport
import Testing

@Suite("Log-softmax")
struct LogSoftmaxTests {
  @Test("the documented examples")
  func examples() {
    let expected = [-1.3132616875182228, -0.31326168751822286]
    #expect(areClose(Matrix([1.0, 2.0], rows: 1, columns: 2).logSoftmax().scalars, expected))
    #expect(areClose([1.0, 2.0].logSoftmax(), expected))
    #expect([Float]().logSoftmax() == [])
  }

  @Test("no log-probability is above 0, at any temperature", arguments: Configuration.distinct)
  func sign(configuration: Configuration) {
    for family in RowFamily.allCases {
      for temperature in [1, 0.7, 3, -2] {
        for count in [1, 2, 33, 2500] {
          let row = family.row(Float.self, count: count, draw: 4)
          if temperature < 0 && row.contains(-.infinity) { continue }
          let logs = row.logSoftmax(temperature: temperature, options: configuration.options())
          #expect(
            logs.allSatisfy { $0 <= 0 },
            "\(family) \(configuration) \(count) T=\(temperature): \(logs.max()!)")
        }
      }
    }
  }

  @Test("the largest element gives -log1p(rest), however small", arguments: Configuration.distinct)
  func dominant(configuration: Configuration) {
    for temperature in [1, 0.7, 3] {
      for gap in [20.0, 40, 80] {
        for a in [0.0, 1, 1e4, -3e5] {
          for count in [2, 20, 100, 3000] {
            var row = [Double](repeating: a - gap, count: count)
            row[count / 2] = a
            let logs = row.logSoftmax(temperature: temperature, options: configuration.options())
            let expected = RowReference(row, temperature: temperature).logSoftmax[count / 2]
            #expect(
              expected.error(of: logs[count / 2])
                <= configuration.bound(.logSoftmax, Double.self),
              "\(configuration) T=\(temperature) \(a), gap \(gap), \(count): \(logs[count / 2])")
          }
        }
      }
    }
  }

  @Test("LSE of log-softmax is 0", arguments: Configuration.distinct)
  func normalised(configuration: Configuration) {
    for count in [1, 2, 10, 100, 3000] {
      let logs = RowFamily.normal5.row(Double.self, count: count).logSoftmax(
        options: configuration.options())
      // Each of the logarithms is off by some ULP; their weighted mean is what LSE sees.
      let lse = logs.logSumExp(options: configuration.options())
      #expect(lse.magnitude <= 20 * 0x1p-53, "\(configuration) \(count): \(lse)")
    }
  }
}
