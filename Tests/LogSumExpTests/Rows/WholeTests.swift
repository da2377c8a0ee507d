import LogSumExp
import TestSupport
import Testing

/// LSE of all elements of a matrix.
@Suite("LSE of the whole matrix")
struct WholeTests {
  @Test(
    "against the wide reference, the same bits in every layout", arguments: Configuration.distinct,
    ScalarType.allCases)
  func reference(configuration: Configuration, type: ScalarType) {
    type.run { reference(configuration, $0) }
  }

  private func reference<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (batches, rows, columns) in [(1, 1, 1), (1, 7, 5), (3, 4, 70), (1, 3, 5000)] {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      let elements = (0..<shape.totalRows).map {
        RowFamily.normal5.row(T.self, count: columns, draw: $0)
      }
      for temperature in [1.0, 0.7, -2] {
        let exact = RowReference<T>.logSumExp(elements.flatMap { $0 }, temperature: temperature)
        var bits: Set<UInt64> = []
        for layout in shape.arranged {
          let laid = Laid<T>(layout, filling: .nan) { elements[$0][$1] }
          for threads in [1, 2] {
            let got = laid.view.logSumExpOfAll(
              temperature: temperature, options: configuration.options(threads: threads))
            bits.insert(got.bits)
            #expect(
              exact.error(of: got) <= configuration.bound(.logSumExp, T.self) + 0.5,
              "\(T.self) \(configuration) \(layout) T=\(temperature): \(got), not \(exact)")
          }
        }
        #expect(bits.count == 1, "\(T.self) \(configuration) \(shape)")
      }
    }
  }

  @Test("special elements", arguments: Configuration.distinct)
  func special(configuration: Configuration) {
    let options = configuration.options()
    func all(_ elements: [Double], temperature: Double = 1) -> Double {
      Matrix(elements, rows: 2, columns: elements.count / 2)
        .logSumExpOfAll(temperature: temperature, options: options)
    }
    let inf = Double.infinity
    #expect(all([]) == -inf)
    #expect(all([-inf, -inf, -inf, -inf]) == -inf)
    #expect(all([-inf, -inf, 3, -inf]) == 3)
    #expect(all([1, inf, 2, -inf]) == inf)
    #expect(all([1, inf, .nan, 2]).isNaN)
    #expect(all([0, -inf, -inf, -40]) == 4.248354255291589e-18)
    #expect(all([1, -inf, 2, 3], temperature: -1) == -inf)
    let masked = Matrix([1.0, .nan, .nan, 1], rows: 2, columns: 2)
      .logSumExpOfAll(mask: .lengths([1, 0]), options: options)
    #expect(masked == 1)
  }
}
