import LogSumExp

/// What the tool does with rows.
enum RowWork: Equatable {
  case logSumExp, logMeanExp, softmax, logSoftmax
  case cumulative(Cumulation)

  /// LSE of weighted sums: the values of all rows, then the signs of all.
  case signedLogSumExp
  /// Log-probabilities of columns, given row by row in an array of that shape: one or several a row.
  case pick([Int], shape: [Int])

  /// How many results there are a row; nil for one an element.
  var resultsPerRow: Int? {
    switch self {
    case .logSumExp, .logMeanExp: 1
    case .signedLogSumExp: 2
    case .pick(_, let shape): shape.count == 2 ? shape[1] : 1
    case .softmax, .logSoftmax, .cumulative: nil
    }
  }

  /// Writes the results for the rows of `view` to `out`: so many columns as there are results a row,
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
    case .signedLogSumExp:
      guard let weights = arguments.weights else { preconditionFailure("no weights") }
      let rows = view.layout.totalRows
      view.signedLogSumExp(
        into: UnsafeMutableBufferPointer(rebasing: numbers[..<rows]),
        signs: UnsafeMutableBufferPointer(rebasing: numbers[rows...]), weights: weights, mask: mask,
        bias: bias, temperature: temperature, options: options)
    case .pick(let columns, _):
      let picked = view.logProbabilities(
        of: columns, perRow: out.columns, mask: mask, bias: bias, temperature: temperature,
        options: options)
      _ = numbers.initialize(fromContentsOf: picked.scalars)
    }
  }
}

/// What an operation takes beside the matrix. Only LSE takes weights.
struct RowArguments<Scalar: RowScalar> {
  var weights: Weights<Scalar>?
  var mask = Mask.none
  var bias: MatrixView<Scalar>?
  var temperature = 1.0
  var options: RowOptions
}
