import ArgumentParser
import Foundation

/// The tool: parses, runs one command, and turns what it throws into one line and an exit code.
@main
struct LSE: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "lse",
    abstract:
      "Log-sum-exp, softmax, log-softmax and cumulative log-sum-exp of the rows of a matrix.",
    discussion: """
      Reads .npy (rank 1 to 3, any byte order, C or Fortran order), arrays of .npz archives \
      (IN.npz:NAME, or IN.npz of one array) and .csv. The engine is openblas where OpenBLAS is \
      there, else swift; --engine or LSE_ENGINE asks for another.
      Exit code 1: something is wrong with the data; 2: with the command line.
      """,
    version: version,
    subcommands: [
      LogSumExpCommand.self, LogMeanExpCommand.self, SoftmaxCommand.self, LogSoftmaxCommand.self,
      CumulativeCommand.self, PickCommand.self,
      InfoCommand.self, BenchmarkCommand.self, DemoCommand.self,
    ])

  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      if code.isSuccess { exit(withError: error) }  // --help, --version
      let isUsage = code == .validationFailure || (error as? Failure)?.isUsage == true
      standardError(Failure.oneLine("lse: \(message(for: error))"))
      exit(isUsage ? 2 : 1)
    }
  }

  private static func exit(_ code: Int32) -> Never { Foundation.exit(code) }

  private static func standardError(_ line: String) {
    FileHandle.standardError.write(Data((line + "\n").utf8))
  }
}
