import ArgumentParser
import LogSumExp

struct LogSumExpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logsumexp",
    abstract: "T log(sum exp(x / T)) of each row.",
    discussion: "The result has the input's shape without the reduced axis.")

  @OptionGroup var matrix: MatrixOptions

  func run() throws { try matrix.run(.logSumExp) }
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
