import LogSumExp

/// What the tool does with rows.
enum RowWork: Equatable {
  case logSumExp, logMeanExp, softmax, logSoftmax
  case cumulative(Cumulation)

  /// Whether there is one result a row, instead of one an element.
  var isReduction: Bool { self == .logSumExp || self == .logMeanExp }

  /// Writes the results for the rows of `view` to `out`: a column of one number a row for a reduction,
  /// else a matrix of the same shape.
  func apply<Scalar: RowScalar>(
    to view: MatrixView<Scalar>, into out: MutableMatrixView<Scalar>,
    _ arguments: RowArguments<Scalar>
  ) {
    let numbers = UnsafeMutableBufferPointer(start: out.base, count: out.layout.count)
    let (mask, bias) = (arguments.mask, arguments.bias)
    let (temperature, options) = (arguments.temperature, arguments.options)
    switch self {
    case .logSumExp:
      view.logSumExp(
        into: numbers, weights: arguments.weights, mask: mask, bias: bias,
        temperature: temperature, options: options)
    case .logMeanExp:
      view.logMeanExp(
        into: numbers, mask: mask, bias: bias, temperature: temperature, options: options)
    case .softmax:
      view.softmax(into: out, mask: mask, bias: bias, temperature: temperature, options: options)
    case .logSoftmax:
      view.logSoftmax(
        into: out, mask: mask, bias: bias, temperature: temperature, options: options)
    case .cumulative(let cumulation):
      view.cumulativeLogSumExp(
        cumulation, into: out, mask: mask, bias: bias, temperature: temperature, options: options)
    }
  }
}

/// What an operation takes beside the matrix. Only `RowWork.logSumExp` takes weights.
struct RowArguments<Scalar: RowScalar> {
  var weights: Weights<Scalar>?
  var mask = Mask.none
  var bias: MatrixView<Scalar>?
  var temperature = 1.0
  var options: RowOptions
}
