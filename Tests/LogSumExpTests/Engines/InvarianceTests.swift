import LogSumExp
import TestSupport
import Testing

/// The bits of a row's result depend on its values and length alone. The measure is each row on its own,
/// serially, from packed memory.
@Suite("Invariance")
struct InvarianceTests {
  private static let counts = [1, 2, 3, 15, 16, 17, 33]
  private static let lengths =
    isDebug ? [1, 3, 16, 17, 65, 2049] : [1, 2, 3, 7, 8, 16, 17, 33, 65, 200, 513, 1025, 5000]

  @Test("batch size and row position", arguments: Configuration.all, ScalarType.allCases)
  func batches(configuration: Configuration, type: ScalarType) {
    type.run { batches(configuration, $0) }
  }

  private func batches<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for columns in Self.lengths {
      let measure = RowsAlone(T.self, 33, columns, configuration)
      let rows = measure.rows
      for operation in RowOperation.allCases {
        let alone = measure.bits(operation)
        for count in Self.counts {
          for start in Set([0, 1, 33 - count]) where start + count <= 33 {
            let part = Array(rows[start..<(start + count)])
            let got = results(operation, of: part, options: configuration.options()).map(\.bits)
            #expect(
              got == Array(alone[start..<(start + count)]),
              "\(T.self) \(operation) \(configuration): \(count) rows of \(columns) from row \(start)"
            )
          }
        }
      }
    }
  }

  @Test("subnormal results", arguments: Configuration.all, ScalarType.allCases)
  func subnormalResults(configuration: Configuration, type: ScalarType) {
    type.run { subnormalResults(configuration, $0) }
  }

  private func subnormalResults<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for columns in [5, 16, 20, 33, 40, 64, 65, 200] {
      let rows = (0..<33).map { RowFamily.subnormalTerms.row(T.self, count: columns, draw: $0) }
      let together = results(.softmax, of: rows, options: configuration.options())
      for (row, got) in zip(rows, together) {
        let alone = results(.softmax, of: row, options: configuration.options()).map(\.bits)
        #expect(got.map(\.bits) == alone, "\(T.self) \(configuration): 33 rows of \(columns)")
      }
    }
  }

  @Test("behind rows of another size", arguments: Configuration.all, ScalarType.allCases)
  func unequalRows(configuration: Configuration, type: ScalarType) {
    type.run { unequalRows(configuration, $0) }
  }

  /// Maxima so far apart that a kernel may, or may not, use for one row what it found for another.
  private func unequalRows<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    var random = SplitMix64(seed: 77)
    let sizes: [Double] = [
      0, 3, 16, 17, 18, 22, 23, 40, 270, 278, 285, 1000, 1e5, 1e9, -3, -17, -22, -23, -40, -277,
      -290, -1e9,
    ]
    for columns in isDebug ? [9, 33] : [5, 9, 12, 16, 17, 33, 64, 65, 130, 513, 2049] {
      let rows = (0..<(columns > 600 ? 20 : 66)).map { _ in
        let size = sizes[Int(random.next() % UInt64(sizes.count))]
        let spread = [0.5, 5, 40, 300][Int(random.next() % 4)]
        return (0..<columns).map { _ in T(size + random.normal(0, spread)) }
      }
      for operation in RowOperation.allCases {
        let options = configuration.options()
        let together = results(operation, of: rows, options: options)
        for (index, row) in rows.enumerated() {
          let alone = results(operation, of: row, options: options).map(\.bits)
          #expect(
            together[index].map(\.bits) == alone,
            "\(T.self) \(operation) \(configuration): row \(index) of \(columns)")
        }
      }
    }
  }

  @Test("layout of input and output", arguments: Configuration.all, ScalarType.allCases)
  func layouts(configuration: Configuration, type: ScalarType) {
    type.run { layouts(configuration, $0) }
  }

  private func layouts<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let outputs: [Arrangement] = [.packed, .padded, .transposed, .spread]
    for columns in Self.lengths {
      let measure = RowsAlone(T.self, 15, columns, configuration)
      for input in Arrangement.all {
        for output in columns > 600 || isDebug ? [.packed, .transposed] : outputs {
          measure.check(input, output)
        }
      }
      for output in Arrangement.all { measure.check(.packed, output) }
    }
  }

  @Test("alignment", arguments: Configuration.all, ScalarType.allCases)
  func alignment(configuration: Configuration, type: ScalarType) {
    type.run { alignment(configuration, $0) }
  }

  private func alignment<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    for columns in isDebug ? [5, 70] : [5, 16, 70, 515, 2050] {
      let few = RowsAlone(T.self, 3, columns, configuration)
      let many = RowsAlone(T.self, 17, columns, configuration)
      for unaligned in Arrangement.unaligned {
        few.check(unaligned, .packed)
        many.check(.packed, unaligned)
      }
    }
  }

  @Test("temperature other than 1 in every layout", arguments: Configuration.all)
  func temperature(configuration: Configuration) {
    for temperature in [0.7, -2] {
      for columns in [3, 17, 70, 2500] {
        let floats = RowsAlone(Float.self, 15, columns, configuration, temperature: temperature)
        let doubles = RowsAlone(Double.self, 15, columns, configuration, temperature: temperature)
        for input in Arrangement.all {
          floats.check(input, .spread)
          doubles.check(input, .packed)
        }
      }
    }
  }

  @Test("in place, into and returning", arguments: Configuration.all, ScalarType.allCases)
  func inPlace(configuration: Configuration, type: ScalarType) {
    type.run { inPlace(configuration, $0) }
  }

  private func inPlace<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    let options = configuration.options()
    for columns in Self.lengths {
      let measure = RowsAlone(T.self, 15, columns, configuration)
      for operation in [RowOperation.softmax, .logSoftmax, .cumulativeLogSumExp] {
        let alone = measure.bits(operation)
        for arrangement in Arrangement.all {
          guard let memory = Arranged<T>(arrangement, rows: 15, columns: columns) else { continue }
          memory.fill(measure.rows)
          var view = memory.view
          view.form(operation, options: options)
          #expect(
            (0..<15).map { memory.row($0).bits } == alone && memory.isIntact,
            "\(T.self) \(operation) \(configuration): in place, \(arrangement), \(columns) columns")
        }
      }
    }
  }

  @Test("rows repeated by stride 0", arguments: Configuration.all)
  func broadcast(configuration: Configuration) {
    for columns in Self.lengths {
      let row = RowFamily.normal5.row(Float.self, count: columns)
      row.withUnsafeBufferPointer { buffer in
        let view = MatrixView(
          buffer.baseAddress!,
          layout: MatrixLayout(batches: 2, rows: 9, columns: columns, batchStride: 0, rowStride: 0))
        for operation in RowOperation.allCases {
          let alone = results(operation, of: row, options: configuration.options()).bits
          let got = results(operation, of: view, options: configuration.options()).bits
          #expect(
            got == Array(repeating: alone, count: 18).flatMap { $0 },
            "\(operation) \(configuration): row stride 0, \(columns) columns")
        }
      }
    }
  }

  @Test("threads", arguments: Configuration.all, ScalarType.allCases)
  func threads(configuration: Configuration, type: ScalarType) {
    type.run { threads(configuration, $0) }
  }

  private func threads<T: TestScalar>(_ configuration: Configuration, _ type: T.Type) {
    // Whole rows, and one, two, three and seven long ones; all above the size that stays serial.
    let shapes = [(5000, 17), (101, 1000), (1, 200_001), (2, 70_000), (3, 50_003), (7, 20_001)]
    for (count, columns) in isDebug ? Array(shapes[1...3]) : shapes {
      for arrangement in [Arrangement.packed, .transposed] {
        let memory = Arranged<T>(arrangement, rows: count, columns: columns)!
        memory.fill((0..<count).map { RowFamily.normal5.row(T.self, count: columns, draw: $0 % 9) })
        for operation in RowOperation.allCases {
          let serial = results(
            operation, of: memory.view.view, options: configuration.options()
          ).bits
          for threads in [2, 3, 8, nil] {
            let got = results(
              operation, of: memory.view.view, options: configuration.options(threads: threads)
            ).bits
            #expect(
              got == serial,
              """
              \(T.self) \(operation) \(configuration): \(count) x \(columns), \(arrangement), \
              \(threads.map(String.init) ?? "all") threads
              """)
          }
        }
      }
    }
  }

  @Test("threads, in place and into a transposed output", arguments: Configuration.all)
  func threadsInPlace(configuration: Configuration) {
    for (count, columns) in [(101, 1000), (3, 50_003)] {
      let rows = (0..<count).map { RowFamily.normal5.row(Float.self, count: columns, draw: $0 % 9) }
      let memory = Arranged<Float>(.packed, rows: count, columns: columns)!
      memory.fill(rows)
      for operation in [RowOperation.softmax, .logSoftmax, .cumulativeLogSumExp] {
        let serial = results(operation, of: memory.view.view, options: configuration.options()).bits
        for threads in [2, 3] {
          let options = configuration.options(threads: threads)
          let to = Arranged<Float>(.transposed, rows: count, columns: columns)!
          form(operation, memory.view.view, to.view, 1, options)
          #expect(
            (0..<count).flatMap { to.row($0).bits } == serial,
            "\(operation) \(configuration): \(count) x \(columns), \(threads) threads, transposed")
          memory.fill(rows)
          form(operation, memory.view.view, memory.view, 1, options)
          #expect(
            memory.memory.elements.bits == serial,
            "\(operation) \(configuration): \(count) x \(columns), \(threads) threads, in place")
          memory.fill(rows)
        }
      }
    }
  }

  @Test("results that go past the cache", arguments: Configuration.all, ScalarType.allCases)
  func streams(configuration: Configuration, type: ScalarType) {
    if isDebug { return }
    for operation in [RowOperation.logSoftmax, .softmax] {
      type.run { streams(operation, configuration, $0) }
    }
  }

  /// Long rows, 16 MB and more. The last block of a row has five columns.
  private func streams<T: TestScalar>(
    _ operation: RowOperation, _ configuration: Configuration, _ type: T.Type
  ) {
    let columns = 25 * T.blockLength + 5
    var kinds = (0..<5).map { RowFamily.normal5.row(T.self, count: columns, draw: $0) }
    kinds[1][columns - 1] = .nan
    kinds[2] = Array(repeating: -.infinity, count: columns)
    for column in 0..<T.blockLength { kinds[3][column] = -.infinity }
    let count = (1 << 24) / (columns * MemoryLayout<T>.size) + 1
    let memory = Arranged<T>(.packed, rows: count, columns: columns)!
    memory.fill((0..<count).map { kinds[$0 % kinds.count] })
    for temperature in [1, 0.7] {
      let alone = kinds.map {
        results(operation, of: $0, temperature: temperature, options: configuration.options())
          .bits
      }
      for (threads, offset) in [(1, 0), (2, 3)] {
        let out = Arranged<T>(Arrangement.unaligned[offset], rows: count, columns: columns)!
        form(
          operation, memory.view.view, out.view, temperature,
          configuration.options(threads: threads))
        let differing = (0..<count).filter { out.row($0).bits != alone[$0 % kinds.count] }
        #expect(
          differing.isEmpty && out.isIntact,
          "\(operation) \(T.self) \(configuration) T=\(temperature), \(threads) threads: \(differing)"
        )
      }
    }
  }

  @Test("calls from several tasks at once", arguments: Configuration.all)
  func tasks(configuration: Configuration) async {
    let matrix = Matrix(RowFamily.normal5.row(Float.self, count: 90_000), rows: 90, columns: 1000)
    let options = configuration.options(threads: 2)
    let expected = matrix.softmax(options: options)
    let all = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<6 { group.addTask { matrix.softmax(options: options) == expected } }
      return await group.allSatisfy { $0 }
    }
    #expect(all, "\(configuration)")
  }
}
