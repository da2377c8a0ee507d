import LogSumExp
import TestSupport
import Testing

/// What is masked is as if -inf stood there, whatever stands there, to the last bit.
@Suite("Masks")
struct MaskTests {
  private static let shapes =
    [(1, 33, 1), (1, 1, 40), (2, 5, 17), (3, 4, 70), (1, 3, 5000)].map {
      MatrixLayout(batches: $0.0, rows: $0.1, columns: $0.2)
    }

  @Test("as -inf in their places", arguments: Configuration.all, ScalarType.allCases)
  func asMinusInfinity(configuration: Configuration, type: ScalarType) {
    type.run { asMinusInfinity(configuration, $0) }
  }

  private func asMinusInfinity<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for shape in Self.shapes {
      for (name, mask, keeps) in Self.prefixes(shape) {
        for input in shape.arranged {
          check(name, mask, keeps, input, configuration, T.self)
        }
      }
      for layout in shape.arranged + shape.repeated {
        var random = SplitMix64(seed: shape.columns)
        let flags = Laid<Bool>(layout, filling: true) { row, _ in row != 1 && random.uniform() < 0.6
        }
        for input in [shape, shape.arranged[3]] {
          check(
            "keeping \(layout)", .keeping(flags.view), { flags[$0, $1] }, input, configuration,
            T.self)
        }
      }
    }
  }

  @Test("long rows of every kind", arguments: Configuration.all, ScalarType.allCases)
  func everyKind(configuration: Configuration, type: ScalarType) {
    type.run { everyKind(configuration, $0) }
  }

  private func everyKind<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let families = RowFamily.allCases
    for columns in [isDebug ? 530 : 700, 1024] {
      let shape = MatrixLayout(rows: families.count, columns: columns)
      var random = SplitMix64(seed: columns)
      let flags = Laid<Bool>(shape, filling: true) { _, _ in random.uniform() < 0.9 }
      check(
        "keeping", .keeping(flags.view), { flags[$0, $1] }, shape, configuration, T.self,
        families: families)
      let lengths = (0..<families.count).map { $0 == 0 ? 0 : columns * $0 / families.count }
      check(
        "lengths", .lengths(lengths), { $1 < lengths[$0] }, shape, configuration, T.self,
        families: families)
    }
  }

  @Test("lengths of many rows", arguments: Configuration.all, ScalarType.allCases)
  func manyLengths(configuration: Configuration, type: ScalarType) {
    type.run { manyLengths(configuration, $0) }
  }

  private func manyLengths<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for columns in isDebug ? [130] : [65, 128, 130, 257, 512, 515] {
      let shape = MatrixLayout(rows: 35, columns: columns)
      var random = SplitMix64(seed: columns)
      // A row is short, of any length, or whole.
      let lengths = (0..<shape.rows).map { row in
        if row >= 20 { return columns }
        return Int(random.next() % UInt64(row % 2 == 0 ? 4 : columns + 1))
      }
      for families in [[RowFamily.normal1], [.normal1, .offset1e4, .someMinusInfinity, .equal]] {
        check(
          "lengths", .lengths(lengths), { $1 < lengths[$0] }, shape, configuration, T.self,
          families: families)
      }
    }
  }

  private typealias Keeps = (_ row: Int, _ column: Int) -> Bool

  /// Masks that keep so many first columns, and what they keep.
  private static func prefixes(_ shape: MatrixLayout) -> [(String, Mask, Keeps)] {
    var masks: [(String, Mask, Keeps)] = [
      ("causal \(Int.max)", .causal(offset: .max), { _, _ in true }),
      ("causal \(Int.min)", .causal(offset: .min), { _, _ in false }),
    ]
    for offset in [0, -2, 3, shape.columns - 2] {
      let keeps: Keeps = { $1 <= $0 % shape.rows + offset }
      let flags = Laid<Bool>(shape, filling: true, keeps)
      let lengths = (0..<shape.totalRows).map {
        max(0, min(shape.columns, $0 % shape.rows + offset + 1))
      }
      masks.append(("causal \(offset)", .causal(offset: offset), keeps))
      masks.append(("lengths of causal \(offset)", .lengths(lengths), keeps))
      masks.append(("flags of causal \(offset)", .keeping(flags.view), { flags[$0, $1] }))
    }
    var random = SplitMix64(seed: shape.columns, shape.rows)
    let lengths = (0..<shape.totalRows).map { _ in
      Int(random.next() % UInt64(shape.columns + 1))
    }
    masks.append(("lengths", .lengths(lengths), { $1 < lengths[$0] }))
    masks.append(
      ("all", .lengths(lengths.map { _ in shape.columns }), { _, _ in true }))
    return masks
  }

  private func check<T: TestScalar>(
    _ name: String, _ mask: Mask, _ keeps: Keeps, _ layout: MatrixLayout,
    _ configuration: Configuration, _ type: T.Type,
    families: [RowFamily] = [.normal5]
  ) {
    let rows = (0..<layout.totalRows).map {
      families[$0 % families.count].row(T.self, count: layout.columns, draw: $0)
    }
    let input = Laid<T>(layout, filling: .nan) { row, column in
      keeps(row, column) ? rows[row][column] : [.nan, .infinity, 3, -.infinity][(row + column) % 4]
    }
    var options = configuration.options()
    options.unmaskedNoMass = .zero
    for temperature in [1.0, -2] {
      let replaced = rows.indices.map { row in
        rows[row].indices.map {
          keeps(row, $0) ? rows[row][$0] : temperature < 0 ? .infinity : -.infinity
        }
      }
      for operation in RowOperation.allCases {
        let expected = results(operation, of: replaced, temperature: temperature, options: options)
          .flatMap(\.bits)
        let got = results(
          operation, of: input.view, mask: mask, temperature: temperature, options: options)
        #expect(
          areSame(got.bits, expected),
          """
          \(T.self) \(operation) \(configuration) T=\(temperature) \(name): from \(layout), \
          \(zip(got.bits, expected).enumerated().filter { $1.0 != $1.1 }.map(\.offset).prefix(9)) \
          differ
          """)
        if operation == .logSumExp { continue }
        let inPlace = Laid<T>(layout, filling: .nan) { input[$0, $1] }
        var view = inPlace.mutableView
        view.form(operation, mask: mask, temperature: temperature, options: options)
        #expect(
          areSame(inPlace.rows.flatMap(\.bits), expected),
          "\(T.self) \(operation) \(configuration) T=\(temperature) \(name): in place, \(layout)")
      }
    }
  }

  @Test("rows without mass: every choice", arguments: Configuration.all, ScalarType.allCases)
  func noMass(configuration: Configuration, type: ScalarType) {
    type.run { noMass(configuration, $0) }
  }

  private func noMass<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    // Row 0 keeps two -inf, row 1 keeps nothing, row 2 keeps everything, of which one has mass.
    let low = -T.infinity
    let matrix = Matrix<T>([low, 5, low, 1, .nan, 2, low, low, 4], rows: 3, columns: 3)
    let flags = [true, false, true, false, false, false, true, true, true]
    let (half, third) = (T(0.5), T(1) / 3)
    let choices: [(NoMass, [T])] = [
      (.nan, [.nan, .nan, .nan, .nan, .nan, .nan, 0, 0, 1]),
      (.zero, [0, 0, 0, 0, 0, 0, 0, 0, 1]),
      (.uniform, [half, 0, half, third, third, third, 0, 0, 1]),
    ]
    flags.withMatrixView(rows: 3, columns: 3) { flags in
      for (choice, shares) in choices {
        var options = configuration.options()
        options.maskedNoMass = choice
        options.unmaskedNoMass = choice == .nan ? .zero : .nan
        let softmax = matrix.softmax(mask: .keeping(flags), options: options)
        let logSoftmax = matrix.logSoftmax(mask: .keeping(flags), options: options)
        #expect(areClose(softmax.scalars, shares), "\(configuration) \(choice): \(softmax)")
        let logarithms = shares.map { $0 == 0 ? low : $0 == 1 ? 0 : $0 == half ? -T.ln2 : -T.ln3 }
        let expected = zip(shares, logarithms).map { $0.isNaN ? $0 : $1 }
        #expect(areClose(logSoftmax.scalars, expected), "\(configuration) \(choice): \(logSoftmax)")
      }
      #expect(
        matrix.logSumExp(mask: .keeping(flags), options: configuration.options()).bits
          == [low, low, T(4)].bits)
    }
    // A mask that keeps everything is a mask, none is not.
    let empty = Matrix<T>([low, low], rows: 1, columns: 2)
    let options = configuration.options()
    #expect(empty.softmax(mask: .lengths([2]), options: options).scalars == [0, 0])
    #expect(empty.softmax(mask: .causal(offset: 1), options: options).scalars == [0, 0])
    #expect(empty.softmax(mask: .none, options: options).scalars.bits == [T.nan, .nan].bits)
  }

  @Test("with skipsNaN", arguments: Configuration.all, ScalarType.allCases)
  func skipsNaN(configuration: Configuration, type: ScalarType) {
    type.run { skipsNaN(configuration, $0) }
  }

  private func skipsNaN<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let matrix = Matrix<T>(
      [1, .nan, 2, .nan, .nan, .nan, .nan, 7, 0, 1, 2, .infinity], rows: 3, columns: 4)
    var options = configuration.options()
    options.skipsNaN = true
    let mask = Mask.lengths([4, 3, 3])
    let softmax = matrix.softmax(mask: mask, options: options).scalars
    let expected = [1, 2].map { T($0) }.softmax(options: configuration.options())
    #expect(areClose(Array(softmax[0..<4]), [expected[0], 0, expected[1], 0]), "\(softmax)")
    #expect(Array(softmax[4..<8]) == [0, 0, 0, 0] && softmax[11] == 0)
    options.maskedNoMass = .uniform
    let quarters = matrix.softmax(mask: mask, options: options).scalars
    #expect(Array(quarters[4..<8]) == [0.25, 0.25, 0.25, 0.25], "nothing takes part: all share")
  }

  @Test("threads", arguments: Configuration.distinct)
  func threads(configuration: Configuration) {
    for (rows, columns) in [(3000, 40), (2, 60_000), (1, 150_001)] {
      let layout = MatrixLayout(rows: rows, columns: columns)
      let row = RowFamily.normal5.row(Float.self, count: columns)
      let input = Laid<Float>(layout, filling: 0) { row[($0 * 7 + $1) % columns] }
      var random = SplitMix64(seed: rows)
      let flags = Laid<Bool>(layout.arranged[3], filling: true) { _, _ in random.next() % 3 > 0 }
      for operation in RowOperation.allCases {
        let serial = results(
          operation, of: input.view, mask: .keeping(flags.view), options: configuration.options())
        for threads in [2, 3] {
          let got = results(
            operation, of: input.view, mask: .keeping(flags.view),
            options: configuration.options(threads: threads))
          #expect(
            areSame(got, serial), "\(operation) \(configuration) \(rows) x \(columns), \(threads)")
        }
      }
    }
  }

  @Test("without rows or columns", arguments: Configuration.all)
  func empty(configuration: Configuration) {
    let options = configuration.options()
    let noColumns = Matrix<Double>([], rows: 2, columns: 0)
    #expect(noColumns.logSumExp(mask: .causal(), options: options) == [-.infinity, -.infinity])
    #expect(noColumns.logSumExp(mask: .lengths([0, 0]), options: options).count == 2)
    let noRows = Matrix<Double>([], rows: 0, columns: 3)
    #expect(noRows.softmax(mask: .causal(), options: options).scalars == [])
    #expect(noRows.logSumExp(mask: .lengths([]), options: options) == [])
  }
}

extension BinaryFloatingPoint {
  static var ln2: Self { Self(0.6931471805599453) }
  static var ln3: Self { Self(1.0986122886681098) }
}
