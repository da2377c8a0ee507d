import LogSumExp
import TestSupport
import Testing

/// Draws from the softmax of each row.
@Suite("Sampling")
struct SampleTests {
  @Test("frequencies are the softmax's", arguments: [1.0, 0.5, -1.5])
  func frequencies(temperature: Double) {
    let row = [0.5, -1, 2, 0, 1.5]
    let count = 20_000
    let matrix = Matrix((0..<count).flatMap { _ in row }, rows: count, columns: row.count)
    var generator = SplitMix64(seed: 11, Int(temperature * 10))
    let drawn = matrix.sample(temperature: temperature, using: &generator)
    let shares = row.softmax(temperature: temperature)
    for (column, share) in shares.enumerated() {
      let seen = Double(drawn.count { $0 == column })
      let expected = Double(count) * share
      // Five standard deviations of a binomial count.
      #expect((seen - expected).magnitude <= 5 * (expected * (1 - share)).squareRoot())
    }
  }

  @Test("the same draws on every engine")
  func engines() {
    let matrix = Matrix(
      (0..<200).flatMap { RowFamily.normal5.row(Float.self, count: 9, draw: $0) }, rows: 200,
      columns: 9)
    let draws = Set(
      Configuration.distinct.map { configuration in
        var generator = SplitMix64(seed: 5)
        return matrix.sample(options: configuration.options(), using: &generator)
      })
    #expect(draws.count == 1)
  }

  @Test("what cannot be drawn")
  func special() {
    let inf = Double.infinity
    var generator = SplitMix64(seed: 3)
    func draws(_ row: [Double], mask: Mask = .none, skipsNaN: Bool = false) -> Set<Int?> {
      let matrix = Matrix(row, rows: 1, columns: row.count)
      let options = RowOptions(skipsNaN: skipsNaN)
      return Set(
        (0..<300).map { _ in
          matrix.sample(mask: mask, options: options, using: &generator)[0]
        })
    }
    #expect(draws([]) == [nil])
    #expect(draws([-inf, -inf]) == [nil])
    #expect(draws([1, .nan]) == [nil])
    #expect(draws([1, .nan], skipsNaN: true) == [0])
    #expect(draws([-inf, 0, -inf]) == [1])
    #expect(draws([5, inf, 0, inf]) == [1, 3])
    #expect(draws([0, 0, 90, .nan], mask: .lengths([2])) == [0, 1])
    #expect(draws([0, 0], mask: .lengths([0])) == [nil])
  }
}
