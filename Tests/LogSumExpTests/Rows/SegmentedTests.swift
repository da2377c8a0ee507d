import LogSumExp
import TestSupport
import Testing

/// Each segment has the bits of a row of its own.
@Suite("Segments")
struct SegmentedTests {
  @Test("as rows of their own", arguments: Configuration.distinct, ScalarType.allCases)
  func asRows(configuration: Configuration, type: ScalarType) {
    type.run { asRows(configuration, $0) }
  }

  private func asRows<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    // Empty ones, neighbours of one length, every length around a vector, and one of several blocks.
    let lengths = [0, 1, 3, 3, 3, 0, 0, 16, 17] + Array(0...40) + [5000, 1]
    let rows = lengths.enumerated().map { index, count in
      RowFamily.normal5.row(T.self, count: count, draw: index)
    }
    // Elements before the first and after the last segment belong to none.
    let outside: [T] = [.nan, 7]
    var offsets = [outside.count]
    for row in rows { offsets.append(offsets.last! + row.count) }
    let x = outside + rows.flatMap { $0 } + outside
    for temperature in [1.0, 0.7, -2] {
      for threads in [1, 2] {
        let options = configuration.options(threads: threads)
        let alone = { (operation: RowOperation) in
          rows.map { results(operation, of: $0, temperature: temperature, options: options) }
        }
        let lse = x.segmentedLogSumExp(offsets: offsets, temperature: temperature, options: options)
        #expect(lse.bits == alone(.logSumExp).flatMap { $0 }.bits, "\(configuration)")
        let softmax = x.segmentedSoftmax(
          offsets: offsets, temperature: temperature, options: options)
        let logSoftmax = x.segmentedLogSoftmax(
          offsets: offsets, temperature: temperature, options: options)
        let inside = offsets.first!..<offsets.last!
        #expect(softmax[inside].bits == alone(.softmax).flatMap { $0 }.bits, "\(configuration)")
        #expect(
          logSoftmax[inside].bits == alone(.logSoftmax).flatMap { $0 }.bits, "\(configuration)")
        for index in x.indices where !inside.contains(index) {
          #expect(softmax[index] == 0 && logSoftmax[index] == -.infinity)
        }
      }
    }
  }

  @Test("no elements, no segments")
  func nothing() {
    #expect([Double]().segmentedLogSumExp(offsets: [0, 0, 0]) == [-.infinity, -.infinity])
    #expect([Double]().segmentedLogSumExp(offsets: [0]).isEmpty)
    #expect([Double]().segmentedSoftmax(offsets: [0, 0]).isEmpty)
    #expect([1.0, 2].segmentedSoftmax(offsets: [1]) == [0, 0])
    #expect([0.0, 0, 5].segmentedLogSumExp(offsets: [0, 2, 2, 3])[1] == -.infinity)
  }
}
