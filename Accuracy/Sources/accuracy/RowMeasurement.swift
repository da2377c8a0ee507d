import LogSumExp
import TestSupport

/// Rows of one case, their exact results, and the errors of each configuration on them.
struct RowMeasurement<T: MeasuredScalar> {
  let work: Workload.Case
  let rows: [SampleRow<T>]
  /// The elements of all rows.
  let elements: [T]
  let exact: [(operation: MeasuredOperation<T>, results: ExactResults<T>)]

  init(_ work: Workload.Case, _ operations: [MeasuredOperation<T>]) {
    let rows = (0..<work.draws).compactMap { SampleRow<T>(work, draw: $0) }
    self.work = work
    self.rows = rows
    elements = rows.flatMap(\.elements)
    exact = operations.map { operation in
      (operation, ExactResults(expected: rows.flatMap(operation.expected)))
    }
  }

  /// The errors of every operation.
  func groups(_ configuration: Configuration) -> [RowGroup] {
    elements.withMatrixView(rows: rows.count, columns: work.length) { view in
      let call = MeasuredOperation.Call(
        view: view, rows: rows, temperature: work.temperature, options: configuration.options)
      return exact.map { operation, exact in
        var group = RowGroup(
          configuration: configuration.name, type: T.typeName, operation: operation.name,
          family: work.family.name, temperature: work.temperature, length: work.length)
        let results = operation.results(call)
        if operation.name == RowOperation.logSumExp.rawValue {
          note(logSumExp: results, exact, &group)
        } else {
          note(results, exact, &group)
        }
        if operation.name == RowOperation.softmax.rawValue { group.sums = sums(results) }
        return group
      }
    }
  }

  private func note(_ results: [T], _ exact: ExactResults<T>, _ group: inout RowGroup) {
    let width = results.count / max(1, rows.count)
    for (index, result) in results.enumerated() {
      exact.note(result, at: index, &group, place(index / width, column: index % width, of: width))
    }
  }

  /// LSE of Doubles below 2^-47 goes apart.
  private func note(
    logSumExp results: [T], _ exact: ExactResults<T>, _ group: inout RowGroup
  ) {
    for (row, result) in results.enumerated() {
      let value = exact.expected[row].value!
      let nearest = value.rounded
      if !RowGroup.isNearZero(nearest) {
        exact.note(result, at: row, &group, place(row))
        continue
      }
      let error = T.error(of: result, value)
      let witness = Witness(
        place(row), got: Double(result.wide), exact: Double(nearest))
      if rows[row].maximum < 0 {
        group.nearZero.note(error * Double(nearest.ulp), witness)
      } else {
        group.small.note(error, witness)
      }
    }
  }

  private func sums(_ shares: [T]) -> Tally {
    var tally = Tally()
    for row in rows.indices {
      var sum = Twofold(0)
      for share in shares[(row * work.length)..<((row + 1) * work.length)] {
        let next = Twofold.sum(sum.high, Double(share.wide))
        sum = Twofold(next.high, sum.low + next.low)
      }
      let miss = ((sum.high - 1) + sum.low).magnitude / T.roundoff
      tally.note(miss, Witness(place(row), got: sum.high + sum.low, exact: 1))
    }
    return tally
  }

  private func place(_ row: Int, column: Int = 0, of width: Int = 1) -> String {
    "length \(work.length), draw \(rows[row].draw)" + (width > 1 ? ", column \(column)" : "")
  }
}
