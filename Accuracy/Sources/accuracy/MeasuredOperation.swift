import LogSumExp
import TestSupport

/// An operation on rows, as it is measured: how it is called, and what its results should be.
///
/// The next operation is one more of `plain` or `further`, with its bound in report/bounds.py.
struct MeasuredOperation<T: MeasuredScalar> {
  /// What an operation is called with.
  struct Call {
    let view: MatrixView<T>
    let rows: [SampleRow<T>]
    let temperature: Double
    let options: RowOptions
  }

  let name: String
  /// What each result of a row should be.
  let expected: (SampleRow<T>) -> [Expected<T.Wide>]
  /// The results, row after row.
  let results: (Call) -> [T]

  /// Those that other libraries have too: on all rows.
  static var plain: [MeasuredOperation] {
    [
      MeasuredOperation(name: RowOperation.logSumExp.rawValue) {
        [Expected($0.reference.logSumExp)]
      } results: {
        $0.view.logSumExp(temperature: $0.temperature, options: $0.options)
      },
      MeasuredOperation(name: RowOperation.softmax.rawValue) {
        $0.reference.softmax.map { Expected($0) }
      } results: {
        $0.view.softmax(temperature: $0.temperature, options: $0.options).scalars
      },
      MeasuredOperation(name: RowOperation.logSoftmax.rawValue) {
        $0.reference.logSoftmax.map { Expected($0) }
      } results: {
        $0.view.logSoftmax(temperature: $0.temperature, options: $0.options).scalars
      },
    ]
  }

  /// The others: on a part of the rows.
  static var further: [MeasuredOperation] {
    [
      MeasuredOperation(name: "mean") {
        [$0.weighted(nil, count: $0.elements.count).expected]
      } results: {
        $0.view.logMeanExp(temperature: $0.temperature, options: $0.options)
      },
      MeasuredOperation(name: "weighted") {
        [$0.weighted($0.weights.map(magnitude)).expected]
      } results: { call in
        call.withWeights(magnitude) {
          call.view.logSumExp(
            weights: .perElement($0), temperature: call.temperature, options: call.options)
        }
      },
      // The value, and the sign.
      MeasuredOperation(name: "signed") {
        let (sign, expected) = $0.weighted($0.weights)
        return [
          expected, expected.value == nil ? .unmeasured : Expected(Exact(Twofold(sign))),
        ]
      } results: { call in
        call.withWeights({ $0 }) {
          let (values, signs) = call.view.signedLogSumExp(
            weights: .perElement($0), temperature: call.temperature, options: call.options)
          return zip(values, signs).flatMap { [$0, $1] }
        }
      },
      MeasuredOperation(name: RowOperation.cumulativeLogSumExp.rawValue) {
        $0.cumulative
      } results: {
        $0.view.cumulativeLogSumExp(temperature: $0.temperature, options: $0.options).scalars
      },
      // The max, exactly, and the log-sum.
      MeasuredOperation(name: "max and log-sum") {
        [Expected(Exact(Twofold($0.maximum))), Expected($0.reference.logSum)]
      } results: {
        $0.view.maxAndLogSum(temperature: $0.temperature, options: $0.options)
          .flatMap { [$0.max, $0.logSum] }
      },
      MeasuredOperation(name: "picks") {
        [Expected($0.reference.logSoftmax[$0.pick])]
      } results: {
        $0.view.logProbabilities(
          of: $0.rows.map(\.pick), temperature: $0.temperature, options: $0.options)
      },
    ]
  }

  private static func magnitude(_ weight: T) -> T { T(Double(weight.wide.magnitude)) }
}

extension MeasuredOperation.Call {
  /// Calls `body` with the weights of all rows.
  fileprivate func withWeights(
    _ transform: (T) -> T, _ body: (MatrixView<T>) -> [T]
  ) -> [T] {
    rows.flatMap { $0.weights.map(transform) }
      .withMatrixView(rows: rows.count, columns: view.columns, body)
  }
}
