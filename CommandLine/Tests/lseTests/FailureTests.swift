import Foundation
import NumPyFile
import Testing

@Suite struct FailureTests {
  let folder = try! Folder()

  /// Runs and expects one line on standard error that holds `text`.
  private func expect(
    _ code: Int32, _ text: String, _ run: Tool.Outcome, location: SourceLocation = #_sourceLocation
  ) {
    #expect(run.code == code, sourceLocation: location)
    #expect(run.errors.contains(text), sourceLocation: location)
    #expect(run.errors.count { $0 == "\n" } == 1, sourceLocation: location)
    #expect(run.errors.hasPrefix("lse: "), sourceLocation: location)
    #expect(run.output.isEmpty, sourceLocation: location)
  }

  @Test func usage() throws {
    let file = try folder.write("1,2\n", to: "x.csv")
    expect(2, "engine 'abacus'", try Tool.run("softmax", file, "--engine", "abacus"))
    expect(2, "kernel 'steam'", try Tool.run("softmax", file, "--kernel", "steam"))
    expect(2, "plan", try Tool.run("softmax", file, "--engine", "swift", "--plan", "blas"))
    expect(2, "--plan", try Tool.run("softmax", file, "--plan", "perfect"))
    expect(2, "--temperature is 0", try Tool.run("softmax", file, "--temperature", "0"))
    expect(2, "--temperature is nan", try Tool.run("softmax", file, "--temperature", "nan"))
    expect(2, "--threads is 0", try Tool.run("softmax", file, "--threads", "0"))
    expect(2, "--bogus", try Tool.run("softmax", file, "--bogus"))
    expect(2, "<input>", try Tool.run("softmax"))
    expect(2, "--each", try Tool.run("softmax", file, "--each", "both"))
    expect(2, "rows is 0", try Tool.run("benchmark", "--rows", "0"))
    expect(2, "--variation", try Tool.run("benchmark", "--variation", "loud"))
    for (operation, variation) in [
      ("softmax", "weighted-columns"), ("log-mean-exp", "weighted-elements"),
      ("softplus", "masked"), ("log-add-exp", "by-column"), ("copy", "biased"), ("read", "causal"),
    ] {
      expect(
        2, "\(operation) ",
        try Tool.run("benchmark", "--operation", operation, "--variation", variation))
    }
  }

  @Test func absentEngineOfTheEnvironmentIsRefused() throws {
    let file = try folder.write("1,2\n", to: "x.csv")
    let environment = ["LSE_ENGINE": "abacus"]
    expect(2, "abacus", try Tool.run("logsumexp", file, environment: environment))
    expect(2, "abacus", try Tool.run("demo", environment: environment))
    let asked = try Tool.run("logsumexp", file, "--engine", "swift", environment: environment)
    #expect(asked.code == 0)
  }

  @Test func largeResultNeedsAFile() throws {
    let file = folder.path("x.npy")
    try NumPyArray([Float](repeating: 1, count: 1001), shape: [1001, 1]).write(to: file)
    expect(2, "-o", try Tool.run("softmax", file))
    #expect(try Tool.run("logsumexp", file).lines.count == 1001)
  }

  @Test func data() throws {
    let missing = folder.path("missing.npy")
    expect(1, missing, try Tool.run("logsumexp", missing))
    let words = try folder.write("1,2\n3,four\n", to: "x.csv")
    expect(1, "\(words): line 2", try Tool.run("logsumexp", words))
    let short = try folder.write("not npy", to: "x.npy")
    expect(1, short, try Tool.run("logsumexp", short))
    let single = folder.path("single.npy")
    try NumPyArray([1] as [Float], shape: []).write(to: single)
    expect(1, single, try Tool.run("logsumexp", single))
    expect(1, "standard input", try Tool.run("logsumexp", "-", input: Data()))
    let good = try folder.write("1,2\n", to: "good.csv")
    let nowhere = folder.path("no/where.npy")
    expect(1, nowhere, try Tool.run("softmax", good, "-o", nowhere))
  }

  @Test func outputIsReplacedWholeOrNotAtAll() throws {
    let out = try folder.write("precious", to: "out.npy")
    let bad = try folder.write("1,2\n3\n", to: "bad.csv")
    #expect(try Tool.run("softmax", bad, "-o", out).code == 1)
    #expect(try String(contentsOfFile: out, encoding: .utf8) == "precious")

    let file = folder.path("x.npy")
    try NumPyArray([Float](repeating: 2, count: 400_000), shape: [400, 1000]).write(to: file)
    #expect(try Tool.run("softmax", file, "-o", file).code == 0)
    let result = try NumPyArray(contentsOf: file)
    #expect(result.shape == [400, 1000])
    #expect(result.values(as: Float.self).allSatisfy { abs($0 - 0.001) < 1e-9 })
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
    #expect(Set(left) == ["out.npy", "bad.csv", "x.npy"])
  }
}
