import LogSumExp
import TestSupport

/// Runs one operation; results row after row.
func results<T: RowScalar>(
  _ operation: RowOperation, of view: MatrixView<T>, mask: Mask = .none,
  bias: MatrixView<T>? = nil, selecting: Selection = .all, temperature: Double = 1,
  options: RowOptions
) -> [T] {
  switch operation {
  case .logSumExp:
    view.logSumExp(
      mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options)
  case .softmax:
    view.softmax(
      mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options
    ).scalars
  case .logSoftmax:
    view.logSoftmax(
      mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options
    ).scalars
  case .cumulativeLogSumExp:
    view.cumulativeLogSumExp(
      mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options
    ).scalars
  }
}

/// Runs one operation on one row.
func results<T: TestScalar>(
  _ operation: RowOperation, of row: [T], temperature: Double = 1, options: RowOptions
) -> [T] {
  row.withMatrixView(rows: 1, columns: row.count) {
    results(operation, of: $0, temperature: temperature, options: options)
  }
}

/// Runs one operation on rows of one length, one matrix for all.
func results<T: TestScalar>(
  _ operation: RowOperation, of rows: [[T]], temperature: Double = 1, options: RowOptions
) -> [[T]] {
  let columns = rows.first?.count ?? 0
  let all = rows.flatMap { $0 }.withMatrixView(rows: rows.count, columns: columns) {
    results(operation, of: $0, temperature: temperature, options: options)
  }
  let width = operation == .logSumExp ? 1 : columns
  return rows.indices.map { Array(all[($0 * width)..<(($0 + 1) * width)]) }
}

/// An operation with as many results as elements, into the caller's memory.
func form<T: TestScalar>(
  _ operation: RowOperation, _ from: MatrixView<T>, _ to: MutableMatrixView<T>,
  _ temperature: Double, _ options: RowOptions
) {
  switch operation {
  case .softmax: from.softmax(into: to, temperature: temperature, options: options)
  case .cumulativeLogSumExp:
    from.cumulativeLogSumExp(into: to, temperature: temperature, options: options)
  default: from.logSoftmax(into: to, temperature: temperature, options: options)
  }
}

extension RowWritable {
  /// The same in place.
  mutating func form(
    _ operation: RowOperation, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    temperature: Double = 1, options: RowOptions = .default
  ) {
    switch operation {
    case .softmax: formSoftmax(mask: mask, bias: bias, temperature: temperature, options: options)
    case .cumulativeLogSumExp:
      formCumulativeLogSumExp(mask: mask, bias: bias, temperature: temperature, options: options)
    default: formLogSoftmax(mask: mask, bias: bias, temperature: temperature, options: options)
    }
  }
}

/// True if each number is the other to the last digits that the engines may differ in: 3 ULP.
func areClose<T: TestScalar>(_ got: [T], _ documented: [T]) -> Bool {
  got.count == documented.count
    && zip(got, documented).allSatisfy { Exact<T>(Twofold(Double($1))).error(of: $0) <= 3 }
}

/// `a == b`, where a failing `#expect` would take long to describe the difference.
func areSame<T: Equatable>(_ a: [T], _ b: [T]) -> Bool { a == b }
