import Foundation
import LogSumExp
import TestSupport
import Testing

@Suite("Softmax")
struct SoftmaxTests {
  @Test("the documented examples")
  func examples() {
    let expected = [0.2689414213699951, 0.7310585786300049]
    #expect(areClose(Matrix([1.0, 2.0], rows: 1, columns: 2).softmax().scalars, expected))
    #expect(areClose([1.0, 2.0].softmax(), expected))
    #expect(areClose([3.0, 1, 2][1...].softmax(), expected))
    let floats = Matrix<Float>([1, 2, 3, 4], rows: 2, columns: 2)
    #expect(areClose([floats.softmax()[0, 1]], [0.7310586]))
    #expect([Float]().softmax() == [])
  }

  @Test("the sum is 1 within 4 u", arguments: Configuration.distinct)
  func total(configuration: Configuration) {
    for family in RowFamily.allCases {
      for count in [1, 3, 16, 50, 400, 3000] {
        let row = family.row(Float.self, count: count, draw: 7)
        let shares = row.softmax(options: configuration.options())
        // In Double, where the sum of so few Floats has no error to speak of.
        let total = shares.reduce(0) { $0 + Double($1) }
        #expect(
          (total - 1).magnitude <= 4 * 0x1p-24, "\(family) \(configuration) \(count): \(total - 1)")
      }
    }
  }

  @Test("shares lie in [0, 1], in the order of the elements", arguments: Configuration.distinct)
  func order(configuration: Configuration) {
    for family in RowFamily.allCases {
      let row = family.row(Float.self, count: 300, draw: 1)
      let shares = row.softmax(options: configuration.options())
      #expect(shares.allSatisfy { $0 >= 0 && $0 <= 1 })
      let sorted = row.indices.sorted { row[$0] < row[$1] }
      for (a, b) in zip(sorted, sorted.dropFirst()) {
        let isInOrder =
          row[a] == row[b]
          ? shares[a] == shares[b] : shares[a] <= shares[b].nextUp
        #expect(isInOrder, "\(family) \(configuration): \(row[a]), \(row[b])")
      }
    }
  }

  @Test("softmax is exp of log-softmax within the bounds", arguments: Configuration.distinct)
  func logarithm(configuration: Configuration) {
    for family in RowFamily.allCases {
      for count in [1, 2, 7, 33, 500, 2500] {
        let row = family.row(Float.self, count: count, draw: 2)
        let shares = row.softmax(options: configuration.options())
        let logs = row.logSoftmax(options: configuration.options())
        for (share, log) in zip(shares, logs) {
          // An error of k ULP of the logarithm is one of k |log| u of its exponential.
          let expected = exp(Double(log))
          let error =
            configuration.bound(.softmax, Float.self) * Double(share.ulp)
            + configuration.bound(.logSoftmax, Float.self) * Double(log.ulp) * expected
          #expect(
            (Double(share) - expected).magnitude <= error || !log.isFinite && share == 0,
            "\(family) \(configuration) \(count): \(share), exp \(log)")
        }
      }
    }
  }
}
