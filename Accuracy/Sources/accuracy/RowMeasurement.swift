import LogSumExp
import TestSupport

/// Rows of one case, their exact results, and the errors of each configuration on them.
struct RowMeasurement<T: MeasuredScalar> {
  let family: String
  let temperature: Double
  let length: Int
  let count: Int
  let rows: [T]
  let exact: [RowOperation: ExactResults<T>]
  private let maxima: [T]

  init(_ work: Workload.Case, _ type: T.Type) {
    let rows = (0..<work.draws).map {
      work.family.row(T.self, count: work.length, draw: $0)
    }
    family = work.family.name
    temperature = work.temperature
    length = work.length
    count = rows.count
    self.rows = rows.flatMap { $0 }
    let references = rows.map { RowReference($0, temperature: work.temperature) }
    exact = [
      .logSumExp: ExactResults(references.map(\.logSumExp)),
      .softmax: ExactResults(references.flatMap(\.softmax)),
      .logSoftmax: ExactResults(references.flatMap(\.logSoftmax)),
    ]
    maxima = rows.map { $0.max()! }
  }

  /// The errors of every operation.
  func groups(_ configuration: Configuration) -> [RowGroup] {
    let options = configuration.options
    return rows.withMatrixView(rows: count, columns: length) { view in
      let shares = view.softmax(temperature: temperature, options: options).scalars
      let logs = view.logSoftmax(temperature: temperature, options: options).scalars
      var softmax = elements(.softmax, configuration, shares)
      softmax.sums = sums(shares)
      return [
        logSumExp(configuration, view.logSumExp(temperature: temperature, options: options)),
        softmax, elements(.logSoftmax, configuration, logs),
      ]
    }
  }

  private func group(_ operation: RowOperation, _ configuration: Configuration) -> RowGroup {
    RowGroup(
      configuration: configuration.name, type: T.typeName, operation: operation.rawValue,
      family: family, temperature: temperature, length: length)
  }

  private func logSumExp(_ configuration: Configuration, _ got: [T]) -> RowGroup {
    var group = group(.logSumExp, configuration)
    let exact = exact[.logSumExp]!
    for (draw, result) in got.enumerated() {
      let error = exact.error(of: result, at: draw)
      func witness() -> Witness { exact.witness(place(draw), got: result, at: draw) }
      let nearest = exact.values[draw].rounded
      if RowGroup.isNearZero(nearest) && maxima[draw] < 0 {
        group.nearZero.note(error * Double(nearest.ulp), witness())
      } else if RowGroup.isNearZero(nearest) {
        group.small.note(error, witness())
      } else {
        group.errors.note(error, isSubnormal: exact.isSubnormal[draw], witness())
      }
    }
    return group
  }

  private func elements(
    _ operation: RowOperation, _ configuration: Configuration, _ got: [T]
  ) -> RowGroup {
    var group = group(operation, configuration)
    let exact = exact[operation]!
    for (index, result) in got.enumerated() {
      group.errors.note(
        exact.error(of: result, at: index), isSubnormal: exact.isSubnormal[index],
        exact.witness(
          "\(place(index / length)), column \(index % length)", got: result, at: index))
    }
    return group
  }

  private func sums(_ shares: [T]) -> Tally {
    let roundoff = Double(T.ulpOfOne) / 2
    var tally = Tally()
    for draw in 0..<count {
      var sum = Twofold(0)
      for share in shares[(draw * length)..<((draw + 1) * length)] {
        let next = Twofold.sum(sum.high, Double(share))
        sum = Twofold(next.high, sum.low + next.low)
      }
      let miss = ((sum.high - 1) + sum.low).magnitude / roundoff
      tally.note(miss, Witness(place(draw), got: sum.high + sum.low, exact: 1))
    }
    return tally
  }

  private func place(_ draw: Int) -> String { "length \(length), draw \(draw)" }
}
