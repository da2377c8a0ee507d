import LogSumExp

extension RowOperation {
  /// Writes the operation's result for each row of `view` to `out`: a column of one number a row for
  /// logSumExp, else a matrix of the same shape.
  func apply<Scalar: RowScalar>(
    to view: MatrixView<Scalar>, into out: MutableMatrixView<Scalar>,
    temperature: Double = 1, options: RowOptions, cumulation: Cumulation = .inclusive
  ) {
    switch self {
    case .logSumExp:
      let buffer = UnsafeMutableBufferPointer(start: out.base, count: out.layout.count)
      var span = buffer.mutableSpan
      view.logSumExp(into: &span, temperature: temperature, options: options)
    case .softmax: view.softmax(into: out, temperature: temperature, options: options)
    case .logSoftmax: view.logSoftmax(into: out, temperature: temperature, options: options)
    case .cumulativeLogSumExp:
      view.cumulativeLogSumExp(cumulation, into: out, temperature: temperature, options: options)
    }
  }
}
