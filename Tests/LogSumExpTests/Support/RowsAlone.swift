import LogSumExp
import TestSupport
import Testing

/// Rows, and what each gives on its own, serially, from packed memory: the measure of invariance.
struct RowsAlone<T: TestScalar> {
  let rows: [[T]]
  private let columns: Int
  private let configuration: Configuration
  private let temperature: Double
  private let alone: [RowOperation: [[UInt64]]]

  /// Ordinary rows with a few of other kinds between them, a special one too.
  init(
    _ type: T.Type, _ count: Int, _ columns: Int, _ configuration: Configuration,
    temperature: Double = 1
  ) {
    let families: [RowFamily] = [.normal5, .normal5, .offset1e4, .dominant, .cancelling]
    let rows = (0..<count).map { row in
      row == 14
        ? [T](repeating: -.infinity, count: columns)
        : families[row % families.count].row(T.self, count: columns, draw: row)
    }
    self.rows = rows
    self.columns = columns
    self.configuration = configuration
    self.temperature = temperature
    let options = configuration.options()
    let alone = RowOperation.allCases.map { operation in
      let bits = rows.map {
        results(operation, of: $0, temperature: temperature, options: options).bits
      }
      return (operation, bits)
    }
    self.alone = Dictionary(uniqueKeysWithValues: alone)
  }

  /// The bits of each row's results.
  func bits(_ operation: RowOperation) -> [[UInt64]] { alone[operation]! }

  /// Fails where an operation from one arrangement into another gives other bits, or writes elsewhere.
  func check(_ input: Arrangement, _ output: Arrangement) {
    guard let from = Arranged<T>(input, rows: rows.count, columns: columns) else { return }
    from.fill(rows)
    for operation in RowOperation.allCases {
      let (got, isIntact) =
        operation == .logSumExp
        ? logSumExp(from, offset: output.offset) : map(operation, from, output)
      let expected = bits(operation)
      #expect(
        got == expected && isIntact,
        """
        \(T.self) \(operation) \(configuration) T=\(temperature): \(rows.count) x \(columns) from \
        \(input) into \(output)\(isIntact ? "" : ", and something else was written"), rows \
        \(got.indices.filter { got[$0] != expected[$0] }) differ
        """)
    }
  }

  private func logSumExp(_ from: Arranged<T>, offset: Int) -> ([[UInt64]], Bool) {
    let out = Guarded<T>(count: rows.count, offset: offset, filling: -77)
    from.view.logSumExp(
      into: out.elements, temperature: temperature, options: configuration.options())
    return (out.elements.map { [$0.bits] }, out.isIntact)
  }

  private func map(
    _ operation: RowOperation, _ from: Arranged<T>, _ output: Arrangement
  ) -> ([[UInt64]], Bool) {
    var to = Arranged<T>(output, rows: rows.count, columns: columns)
    if to?.layout.batches != from.layout.batches {
      // The shapes must be the same.
      let layout = from.layout
      let same = Arrangement(name: "as the input") { _, _ in layout }
      to = Arranged<T>(same, rows: rows.count, columns: columns)
    }
    let out = to!
    form(operation, from.view.view, out.view, temperature, configuration.options())
    return (rows.indices.map { out.row($0).bits }, out.isIntact)
  }
}
