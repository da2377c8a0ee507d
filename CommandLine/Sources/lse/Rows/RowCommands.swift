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
