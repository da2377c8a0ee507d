import LogSumExp
import TestSupport
import Testing

/// Long rows that lie side by side, as in a transposed matrix, have the bits of packed ones.
@Suite("Turned matrices")
struct TurnedTests {
  private static func rows<T: TestScalar>(_ type: T.Type, _ count: Int, _ columns: Int) -> [[T]] {
    (0..<count).map { index in
      var row = RowFamily.normal5.row(T.self, count: columns, draw: index)
      let block = T.blockLength
      switch index % 11 {
      case 1: row[columns - 1] = .nan
      case 3: (row[5], row[block + 7], row[block + 8]) = (.infinity, .infinity, -.infinity)
      case 4: row = row.map { _ in -.infinity }
      case 6: for column in 0..<block { row[column] = -.infinity }
      case 7: row = RowFamily.unequalBlocks.row(T.self, count: columns, draw: index)
      case 8: for column in block..<(2 * block) { row[column] = .nan }
      case 9: (row[block], row[0]) = (.infinity, .nan)
      case 10: for column in block..<columns { row[column] = -.infinity }
      default: break
      }
      return row
    }
  }

  @Test("apart and in place", arguments: Configuration.all, ScalarType.allCases)
  func bits(configuration: Configuration, type: ScalarType) {
    type.run { bits(configuration, $0) }
  }

  private func bits<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for count in isDebug ? [9] : [1, 5, 8, 15, 17, 40] {
      let columns = 2 * T.blockLength + [1, 300][count % 2]
      let shape = MatrixLayout(rows: count, columns: columns)
      let rows = Self.rows(T.self, count, columns)
      let packed = Laid<T>(shape, filling: 0) { rows[$0][$1] }
      let turned = Laid<T>(shape.arranged[3], filling: 0) { rows[$0][$1] }
      for choice in 0..<3 {
        var options = configuration.options()
        options.infinity = choice == 0 ? .nan : .limit
        options.unmaskedNoMass = .uniform
        options.skipsNaN = choice == 2
        let temperature = choice == 2 ? -2.0 : 1
        for operation in RowOperation.allCases {
          let expected = results(
            operation, of: packed.view, temperature: temperature, options: options
          ).bits
          for threads in [1, 2] {
            options.threads = threads
            var what: String {
              "\(T.self) \(operation) \(configuration) \(count), \(choice), \(threads)"
            }
            let got = results(
              operation, of: turned.view, temperature: temperature, options: options)
            #expect(areSame(got.bits, expected), "\(what)")
            if operation == .logSumExp || threads == 2 { continue }
            let apart = Laid<T>(shape.arranged[3], filling: -77) { _, _ in -77 }
            form(operation, turned.view, apart.mutableView, temperature, options)
            #expect(areSame(apart.rows.flatMap(\.bits), expected), "\(what), apart")
            let inPlace = Laid<T>(shape.arranged[3], filling: 0) { rows[$0][$1] }
            var view = inPlace.mutableView
            view.form(operation, temperature: temperature, options: options)
            #expect(areSame(inPlace.rows.flatMap(\.bits), expected), "\(what), in place")
            form(operation, packed.view, apart.mutableView, temperature, options)
            #expect(areSame(apart.rows.flatMap(\.bits), expected), "\(what), from packed")
          }
        }
      }
    }
  }

  /// The first rows are ordinary, so that all kernels see some that are so together.
  @Test("whole rows of every kind", arguments: Configuration.all, ScalarType.allCases)
  func wholeRows(configuration: Configuration, type: ScalarType) {
    type.run { wholeRows(configuration, $0) }
  }

  private func wholeRows<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let families = RowFamily.allCases
    for (count, columns) in [(32, 17), (70, 64), (33, 100), (64 + families.count, 135), (70, 1023)]
    {
      let shape = MatrixLayout(rows: count, columns: columns)
      let rows = (0..<count).map { index in
        let family = index < 48 ? .normal5 : families[(index - 48) % families.count]
        var row = family.row(T.self, count: columns, draw: index)
        if index == 50 { row[columns - 1] = .nan }
        if index == 60 { row[3] = .infinity }
        return row
      }
      let packed = Laid<T>(shape, filling: 0) { rows[$0][$1] }
      let turned = Laid<T>(shape.arranged[3], filling: 0) { rows[$0][$1] }
      for (operation, temperature) in RowOperation.allCases.flatMap({ [($0, 1.0), ($0, 0.3)] }) {
        let options = configuration.options()
        let expected = results(
          operation, of: packed.view, temperature: temperature, options: options
        ).bits
        let got = results(
          operation, of: turned.view, temperature: temperature, options: options
        ).bits
        #expect(
          areSame(got, expected),
          "\(T.self) \(operation) \(configuration) \(count) x \(columns), T=\(temperature)")
      }
    }
  }

  /// So many rows that results of some may be written while others are summed, around a special one.
  @Test("softmax of many rows", arguments: Configuration.all, ScalarType.allCases)
  func manyRows(configuration: Configuration, type: ScalarType) {
    type.run { manyRows(configuration, $0) }
  }

  private func manyRows<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for (count, columns) in isDebug ? [(200, 70)] : [(200, 70), (330, 301), (640, 1024)] {
      let shape = MatrixLayout(rows: count, columns: columns)
      for special in [-1, 0, 70, 150] {
        let rows = (0..<count).map { index in
          var row = RowFamily.normal5.row(T.self, count: columns, draw: index)
          if index == special { row[columns / 2] = special == 70 ? .nan : .infinity }
          if index == 150 && special == 150 { row = row.map { _ in -.infinity } }
          return row
        }
        let packed = Laid<T>(shape, filling: 0) { rows[$0][$1] }
        let turned = Laid<T>(shape.arranged[3], filling: 0) { rows[$0][$1] }
        var options = configuration.options()
        let expected = results(.softmax, of: packed.view, options: options).bits
        for threads in [1, 2, 3] {
          options.threads = threads
          var what: String {
            "\(T.self) \(configuration) \(count) x \(columns), \(special), \(threads)"
          }
          let apart = Laid<T>(shape.arranged[3], filling: -77) { _, _ in -77 }
          form(.softmax, turned.view, apart.mutableView, 1, options)
          #expect(areSame(apart.rows.flatMap(\.bits), expected), "\(what)")
          let inPlace = Laid<T>(shape.arranged[3], filling: 0) { rows[$0][$1] }
          var view = inPlace.mutableView
          view.form(.softmax, temperature: 1, options: options)
          #expect(areSame(inPlace.rows.flatMap(\.bits), expected), "\(what), in place")
        }
      }
    }
  }

  @Test("more blocks than states", arguments: Configuration.distinct)
  func manyBlocks(configuration: Configuration) {
    let (count, columns) = (isDebug ? 2 : 8, isDebug ? 5000 : 263_000)
    let shape = MatrixLayout(rows: count, columns: columns)
    let row = RowFamily.normal5.row(Double.self, count: columns)
    let element = { (index: Int, column: Int) -> Double in
      if index == 3 { return column == columns - 7 ? .infinity : 1 }
      if index == 5 { return column < 200_000 ? -.infinity : 2 }
      return row[(column + 1000 * index) % columns]
    }
    let packed = Laid<Double>(shape, filling: 0, element)
    let turned = Laid<Double>(shape.arranged[3], filling: 0, element)
    for operation in RowOperation.allCases {
      let options = configuration.options()
      let expected = results(operation, of: packed.view, options: options).bits
      let got = results(operation, of: turned.view, options: options).bits
      #expect(areSame(got, expected), "\(operation) \(configuration)")
    }
    let options = configuration.options()
    let weights = Weights.perColumn((0..<columns).map { Double($0 % 5) - 1 })
    let expected = packed.view.signedLogSumExp(weights: weights, options: options)
    let got = turned.view.signedLogSumExp(weights: weights, options: options)
    #expect(got.values.bits == expected.values.bits && got.signs.bits == expected.signs.bits)
  }
}
