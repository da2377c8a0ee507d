import LogSumExp
import TestSupport
import Testing

/// Selected rows and columns give the bits of the matrix that holds them alone.
@Suite("Selection")
struct SelectionTests {
  private struct Choice: CustomStringConvertible {
    let selection: Selection
    var description: String {
      let (rows, columns) = (selection.rows, selection.columns)
      return "\(rows?.count ?? -1) rows, \(columns?.count ?? -1) columns"
    }
  }

  private static func choices(_ rows: Int, _ columns: Int) -> [Choice] {
    var random = SplitMix64(seed: rows, columns)
    func draw(_ count: Int, of limit: Int) -> [Int] {
      (0..<count).map { _ in Int(random.next() % UInt64(limit)) }
    }
    return [
      .all, .rows([rows - 1]), .rows([0, 0, rows / 2, rows - 1, 1 % rows]), .rows([]),
      .rows(Array((0..<rows).reversed())), .columns([columns - 1]), .columns([]),
      .columns(draw(2 * columns, of: columns)), .columns(Array((0..<columns).reversed())),
      Selection(rows: draw(20, of: rows), columns: draw(max(1, columns / 2), of: columns)),
    ].map { Choice(selection: $0) }
  }

  @Test("as the gathered matrix", arguments: Configuration.all, ScalarType.allCases)
  func asGathered(configuration: Configuration, type: ScalarType) {
    type.run { asGathered(configuration, $0) }
  }

  private static let shapes =
    isDebug
    ? [(1, 9, 1), (2, 2, 21)] : [(1, 9, 1), (2, 4, 21), (1, 6, 300), (1, 3, 4200)]

  private func asGathered<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (batches, rows, columns) in Self.shapes {
      let shape = MatrixLayout(batches: batches, rows: rows, columns: columns)
      for layout in shape.arranged {
        let input = Laid<T>(layout, filling: .nan) { row, column in
          row == 1 && column == 0 ? -.infinity : T((row * 37 + column * 11) % 101) / 8
        }
        for choice in Self.choices(batches * rows, columns) {
          check(input, choice, configuration)
        }
      }
    }
  }

  private func check<T: TestScalar>(
    _ input: Laid<T>, _ choice: Choice, _ configuration: Configuration
  ) {
    let selection = choice.selection
    let layout = input.layout
    let rows = selection.rows ?? Array(0..<layout.totalRows)
    let columns = selection.columns ?? Array(0..<layout.columns)
    let shape = MatrixLayout(
      batches: selection.rows == nil ? layout.batches : 1,
      rows: selection.rows?.count ?? layout.rows, columns: columns.count)
    let gathered = Laid<T>(shape, filling: 0) { input[rows[$0], columns[$1]] }
    let bias = Laid<T>(shape, filling: 0) { T($0 % 3) - T($1 % 5) / 4 }
    let weights = Laid<T>(shape, filling: 0) { T(1 + ($0 + $1) % 4) / 2 }
    let flags = Laid<Bool>(shape, filling: true) { ($0 + 2 * $1) % 5 != 1 }
    let options = configuration.options()
    func expect(_ what: String, _ got: [T], _ expected: [T]) {
      #expect(
        areSame(got.bits, expected.bits), "\(T.self) \(what) \(configuration): \(layout), \(choice)"
      )
    }
    for operation in RowOperation.allCases {
      expect(
        "\(operation)", results(operation, of: input.view, selecting: selection, options: options),
        results(operation, of: gathered.view, options: options))
      expect(
        "\(operation), mask, bias",
        results(
          operation, of: input.view, mask: .keeping(flags.view), bias: bias.view,
          selecting: selection, options: options),
        results(
          operation, of: gathered.view, mask: .keeping(flags.view), bias: bias.view,
          options: options))
    }
    expect(
      "weighted",
      input.view.logSumExp(
        weights: .perElement(weights.view), mask: .causal(offset: 2), selecting: selection,
        options: options),
      gathered.view.logSumExp(
        weights: .perElement(weights.view), mask: .causal(offset: 2), options: options))
    expect(
      "mean", input.view.logMeanExp(selecting: selection, options: options),
      gathered.view.logMeanExp(options: options))
    expect(
      "weighted by column",
      input.view.logSumExp(
        weights: .perColumn(columns.map { T($0 % 3) }), selecting: selection, options: options),
      gathered.view.logSumExp(weights: .perColumn(columns.map { T($0 % 3) }), options: options))
  }

  @Test("threads", arguments: Configuration.distinct)
  func threads(configuration: Configuration) {
    let layout = MatrixLayout(rows: 50, columns: 4000)
    let input = Laid<Double>(layout, filling: 0) { Double(($0 * 37 + $1 * 11) % 101) / 8 }
    let selection = Selection(rows: Array(5..<45), columns: (0..<3000).map { $0 * 7 % 4000 })
    for operation in RowOperation.allCases {
      let serial = results(
        operation, of: input.view, selecting: selection, options: configuration.options())
      let got = results(
        operation, of: input.view, selecting: selection, options: configuration.options(threads: 2))
      #expect(areSame(got, serial), "\(operation) \(configuration)")
    }
  }

  @Test("the shape of the result")
  func shape() {
    let matrix = Matrix<Double>((0..<12).map { Double($0) }, rows: 3, columns: 4)
    let softmax = matrix.softmax(selecting: Selection(rows: [2, 0], columns: [1, 1, 3]))
    #expect(softmax.rows == 2 && softmax.columns == 3)
    #expect(matrix.logSumExp(selecting: .columns([2])) == [2, 6, 10])
    #expect(matrix.logSumExp(selecting: Selection(rows: [1], columns: [])) == [-.infinity])
  }
}
