import ArgumentParser
import LogSumExp

struct LogSumExpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logsumexp",
    abstract: "T log(sum exp(x / T)) of each row.",
    discussion: "The result has the input's shape without the reduced axis.")

  @OptionGroup var matrix: MatrixOptions
  @Option(
    help: """
      Weights file: of the input's shape, or of rank 1, one for each element of a row (or column). \
      The sum is of w exp(x / T); a negative one gives NaN.
      """)
  var weights: String?
  @Option(help: "File for the signs of the weighted sums; the result is of their magnitudes.")
  var signOutput: String?

  func validate() throws {
    guard let signOutput else { return }
    if weights == nil { throw ValidationError("--sign-output needs --weights") }
    if signOutput == matrix.output ?? "-" {
      throw ValidationError("--sign-output and the result both go to \(signOutput)")
    }
  }

  func run() throws {
    try matrix.run(
      signOutput == nil ? .logSumExp : .signedLogSumExp, weights: weights, signOutput: signOutput)
  }
}

struct LogMeanExpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-mean-exp",
    abstract: "T log(mean exp(x / T)) of each row, over what takes part.",
    discussion: "The result has the input's shape without the reduced axis.")

  @OptionGroup var matrix: MatrixOptions

  func run() throws { try matrix.run(.logMeanExp) }
}

struct PickCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pick",
    abstract: "log-softmax of given columns of each row.",
    discussion: """
      COLUMNS holds integers from 0 on: rank 1, one for each row, or rank 2, K for each row. The \
      result has its shape.
      """)

  @OptionGroup var matrix: MatrixOptions
  @Argument(help: "Columns file, .npy or .csv.")
  var columns: String

  func run() throws { try matrix.pick(columns) }
}

struct SoftmaxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "softmax",
    abstract: "exp(x / T) / sum exp(x / T) in each row.",
    discussion: "The result has the input's shape. Without -o at most 1,000 numbers are printed.")

  @OptionGroup var matrix: MatrixOptions

  func run() throws { try matrix.run(.softmax) }
}

struct LogSoftmaxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-softmax",
    abstract: "x / T - log(sum exp(x / T)) in each row.",
    discussion: "The result has the input's shape. Without -o at most 1,000 numbers are printed.")

  @OptionGroup var matrix: MatrixOptions

  func run() throws { try matrix.run(.logSoftmax) }
}

struct CumulativeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cumulative",
    abstract: "T log(sum exp(x / T)) of the elements up to each one.",
    discussion: "The result has the input's shape. Without -o at most 1,000 numbers are printed.")

  @OptionGroup var matrix: MatrixOptions
  @Flag(help: "Leave the element itself out.")
  var exclusive = false
  @Flag(help: "From the other end.")
  var reverse = false

  func run() throws {
    try matrix.run(.cumulative(Cumulation(isExclusive: exclusive, isReversed: reverse)))
  }
}
