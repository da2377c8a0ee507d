import ArgumentParser
import Foundation
import LogSumExp

struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Time one operation on this machine.",
    discussion: """
      Seeded draws of N(0, 1), output preallocated, warmed up; samples of at least 2 ms, of which \
      the median is reported in nanoseconds for each element.
      """)

  @Option(help: "What to time; copy (memcpy) and read (a sum) are the machine's limits.")
  var operation = BenchmarkWork.logSumExp
  @Option(
    help: """
      The operation on rows with a random mask that keeps half, a causal mask, random lengths, a random \
      bias, random positive weights (logsumexp only), or by column.
      """)
  var variation: BenchmarkVariation?
  @Option(help: "Number of rows.")
  var rows = 1024
  @Option(help: "Number of columns.")
  var columns = 1024
  @Option(help: "Type of the elements.")
  var type = BenchmarkRequest.Element.float32
  @Option(help: "Number of samples, at least 15.")
  var samples = 25
  @Flag(help: "Print one JSON object.")
  var json = false
  @Flag(
    help: """
      Answer each line of standard input, a JSON object with operation, rows and columns (and \
      variation, type, engine, plan, kernel, threads, seconds as wanted), with a line of JSON.
      """)
  var serve = false
  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func run() throws {
    let runner = BenchmarkRunner()
    if serve { return answer(with: runner) }
    let report = try runner.run(
      BenchmarkRequest(
        operation: operation, variation: variation, rows: rows, columns: columns, type: type,
        engine: engine.engine, plan: engine.plan.rawValue, kernel: engine.kernel,
        threads: engine.threads,
        samples: samples))
    print(json ? try lse.json(report) : report.line)
  }

  private func answer(with runner: BenchmarkRunner) {
    while let line = readLine() {
      let answer: String
      do {
        let request = try JSONDecoder().decode(BenchmarkRequest.self, from: Data(line.utf8))
        answer = try lse.json(runner.run(request))
      } catch {
        let what = error is DecodingError ? "not a request: \(line)" : "\(error)"
        answer = "{\"error\":\(quoted(Failure.oneLine(what)))}"
      }
      print(answer)
      fflush(nil)
    }
  }

  private func quoted(_ text: String) -> String { (try? lse.json(text)) ?? "\"\"" }
}

extension BenchmarkRequest.Element: ExpressibleByArgument {}
