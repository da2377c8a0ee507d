import Foundation
import LogSumExp

/// Rows [0, x] for the Floats x for which no result is constant: the exponentials of every
/// configuration, the Swift engine's too, by what the public operations make of them.
struct PairSweep {
  private(set) var groups: [RowGroup]
  /// The operations measured, in the order of each configuration's groups.
  private static let operations: [RowOperation] = [.logSumExp, .softmax, .logSoftmax]

  /// Measures every `step`th Float from -104 to -2^-26.
  init(step: Int) {
    groups = Configuration.all.flatMap { configuration in
      Self.operations.map { operation in
        RowGroup(
          configuration: configuration.name, type: Float.typeName,
          operation: operation.rawValue, family: "[0, x]", temperature: 1, length: 2)
      }
    }
    NegativeFloats.forEachBatch(from: -0x1p-26, through: -104, step: step, size: 1 << 14) {
      measure($0)
    }
  }

  private mutating func measure(_ arguments: [Float]) {
    let count = arguments.count
    let rows = arguments.flatMap { [0, $0] as [Float] }
    var exact = FloatPairs(capacity: count)
    for (index, x) in arguments.enumerated() { exact.set(index, Double(x)) }
    for (place, configuration) in Configuration.all.enumerated() {
      let options = configuration.options
      rows.withMatrixView(rows: count, columns: 2) { view in
        let first = Self.operations.count * place
        note(first, view.logSumExp(options: options), exact.logSumExp, arguments, 1)
        note(first + 1, view.softmax(options: options).scalars, exact.softmax, arguments, 2)
        note(first + 2, view.logSoftmax(options: options).scalars, exact.logSoftmax, arguments, 2)
      }
    }
  }

  private mutating func note(
    _ group: Int, _ got: [Float], _ exact: FloatReference, _ arguments: [Float], _ width: Int
  ) {
    for index in got.indices {
      let (error, isSubnormal) = exact.error(of: Double(got[index]), at: index)
      groups[group].errors.note(
        error, isSubnormal: isSubnormal,
        Witness(
          "x = \(hexadecimal(Double(arguments[index / width]))), column \(index % width)",
          got: Double(got[index]), exact: exact.values[index]))
    }
  }
}

/// The exact results for rows [0, x], x < 0, in Double.
private struct FloatPairs {
  var logSumExp, softmax, logSoftmax: FloatReference

  init(capacity: Int) {
    logSumExp = FloatReference(capacity: capacity)
    softmax = FloatReference(capacity: 2 * capacity)
    logSoftmax = FloatReference(capacity: 2 * capacity)
  }

  @inline(__always)
  mutating func set(_ index: Int, _ x: Double) {
    let e = exp(x)
    let log = log1p(e)
    logSumExp.values[index] = log
    softmax.values[2 * index] = 1 / (1 + e)
    softmax.values[2 * index + 1] = e / (1 + e)
    logSoftmax.values[2 * index] = -log
    logSoftmax.values[2 * index + 1] = x - log
  }
}
