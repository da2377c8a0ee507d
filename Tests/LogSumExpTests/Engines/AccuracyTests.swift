import Foundation
import LogSumExp
import TestSupport
import Testing

/// Every kind of row at every interesting length, against the wide reference, within the published
/// bounds. `LSE_PRINT_ACCURACY=1` prints the largest errors.
@Suite("Accuracy")
struct AccuracyTests {
  @Test("T = 1", arguments: RowFamily.allCases, ScalarType.allCases)
  func plain(family: RowFamily, type: ScalarType) {
    type.run { measure($0, family, temperature: 1, lengths: Self.lengths) }
  }

  @Test("T = 0.7, 3, -2", arguments: RowFamily.allCases, ScalarType.allCases)
  func temperature(family: RowFamily, type: ScalarType) {
    for temperature in [0.7, 3, -2] {
      type.run { measure($0, family, temperature: temperature, lengths: Self.fewLengths) }
    }
  }

  @Test("extreme temperatures, elements as large", arguments: ScalarType.allCases)
  func extremes(type: ScalarType) {
    type.run {
      extremes($0, $0 == Float.self ? [1e-30, 1e30, 1e-36] : [1e-250, 1e250, 1e-295])
    }
  }

  /// x / T as in `normal5`, though T and x are near the ends of the type's range.
  private func extremes<T: TestScalar>(_ type: T.Type, _ temperatures: [Double]) {
    for temperature in temperatures {
      var worst = WorstErrors<T>()
      for count in [2, 3, 10, 70, 3000] {
        let row = RowFamily.normal5.row(T.self, count: count).map { $0 * T(temperature) }
        worst.measure(row, temperature: temperature)
      }
      worst.check("normal5 T T=\(temperature)")
    }
  }

  static let lengths: [Int] = {
    let small = isDebug ? [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 70] : Array(1...70)
    let blocks = [1023, 1024, 1025, 2047, 2048, 2049, 4096 + 3]
    let long = isDebug ? [] : [127, 128, 129, 511, 512, 1000, 10_000, 100_003]
    return small + [513] + blocks + long
  }()

  static let fewLengths: [Int] = {
    let few = [1, 2, 3, 8, 13, 16, 17, 40, 513, 1025, 5000]
    return isDebug ? few : few + [4, 5, 6, 7, 9, 15, 31, 32, 33, 64, 65, 70, 2047, 20_000]
  }()

  private func measure<T: TestScalar>(
    _ type: T.Type, _ family: RowFamily, temperature: Double, lengths: [Int]
  ) {
    var worst = WorstErrors<T>()
    for count in lengths {
      for draw in 0..<(count <= 70 && !isDebug ? 4 : 1) {
        let row = family.row(T.self, count: count, draw: draw)
        // Where the max is infinite there is nothing to round (`SemanticsTests`).
        let greatest = temperature < 0 ? -(row.min() ?? 0) : row.max() ?? 0
        if !greatest.isFinite { continue }
        worst.measure(row, temperature: temperature)
      }
    }
    worst.check("\(family) T=\(temperature)")
  }
}

/// The largest error of each configuration and operation, with the row that attains it.
struct WorstErrors<T: TestScalar> {
  private struct Key: Hashable {
    let configuration: Configuration
    let operation: RowOperation
  }
  private struct Witness {
    var error = -1.0
    var count = 0
    var column = 0
    var got: T = 0
    var exact: T = 0
  }
  private var witnesses: [Key: Witness] = [:]

  /// Runs every operation on every configuration.
  mutating func measure(_ row: [T], temperature: Double) {
    let reference = RowReference(row, temperature: temperature)
    for configuration in Configuration.distinct {
      let options = configuration.options()
      let lse = row.logSumExp(temperature: temperature, options: options)
      note(.logSumExp, configuration, [lse], [reference.logSumExp], count: row.count)
      let softmax = row.softmax(temperature: temperature, options: options)
      note(.softmax, configuration, softmax, reference.softmax)
      let logSoftmax = row.logSoftmax(temperature: temperature, options: options)
      note(.logSoftmax, configuration, logSoftmax, reference.logSoftmax)
    }
  }

  private mutating func note(
    _ operation: RowOperation, _ configuration: Configuration, _ got: [T], _ exact: [Exact<T>],
    count: Int? = nil
  ) {
    let key = Key(configuration: configuration, operation: operation)
    var witness = witnesses[key] ?? Witness()
    for column in got.indices {
      var error = exact[column].error(of: got[column])
      if operation == .logSumExp && T.self == Double.self {
        // ULP to an absolute error, measured by the bound there.
        let near = Configuration.nearZero
        let value = Double(exact[column].rounded)
        if value.magnitude < near.below && error * value.ulp <= near.error { error = 0 }
      }
      if error > witness.error {
        witness = Witness(
          error: error, count: count ?? got.count, column: column, got: got[column],
          exact: exact[column].rounded)
      }
    }
    witnesses[key] = witness
  }

  /// Fails for each configuration and operation above its bound.
  func check(_ what: String) {
    for (key, witness) in witnesses {
      let bound = key.configuration.bound(key.operation, T.self)
      let line =
        "\(T.self) \(key.operation.rawValue) \(key.configuration) \(what): "
        + "\(witness.error) ULP, length \(witness.count), column \(witness.column), "
        + "got \(witness.got), exact \(witness.exact)"
      if ProcessInfo.processInfo.environment["LSE_PRINT_ACCURACY"] != nil { print("ULP", line) }
      #expect(witness.error <= bound, "\(line)")
    }
  }
}
