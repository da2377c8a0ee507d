import Foundation
import Testing

@Suite struct ReportTests {
  private func object(_ text: some StringProtocol) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(object as? [String: Any])
  }

  @Test func versionAndHelp() throws {
    let version = try Tool.run("--version")
    #expect(version.code == 0)
    #expect(version.text.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
    let help = try Tool.run("--help")
    #expect(help.code == 0)
    for command in [
      "logsumexp", "log-mean-exp", "softmax", "log-softmax", "cumulative", "pick", "info",
      "benchmark", "demo",
    ] {
      #expect(help.text.contains("  \(command) "))
    }
  }

  @Test func info() throws {
    let text = try Tool.run("info")
    #expect(text.code == 0)
    #expect(text.text.contains("engine") && text.text.contains("OpenBLAS"))
    let info = try object(Tool.run("info", "--json").text)
    let keys = ["engine", "reason", "kernel", "plan", "kernels", "traits", "version", "openblas"]
    #expect(Set(keys).isSubset(of: info.keys))
    let openblas = try #require(info["openblas"] as? [String: Any])
    if openblas["isPresent"] as? Bool == true {
      #expect(openblas["core"] is String && openblas["threads"] is Int)
    } else {
      #expect(openblas["absence"] is String && openblas["core"] is NSNull)
    }
    let swift = try object(
      Tool.run("info", "--json", environment: ["LSE_ENGINE": "swift"]).text)
    #expect(swift["engine"] as? String == "swift")
  }

  /// OpenBLAS told to take an old core's kernels stands for one that does not know the processor.
  @Test func adviceForOpenBLAS() throws {
    let old = ["OPENBLAS_CORETYPE": "Prescott"]
    let info = try object(Tool.run("info", "--json", environment: old).text)
    let openblas = try #require(info["openblas"] as? [String: Any])
    let isOld = openblas["core"] as? String == "Prescott"
    let kernels = try #require(info["kernels"] as? [String])
    let isNew = kernels.contains("avx2") || kernels.contains("avx512")
    let isDynamic = (openblas["configuration"] as? String)?.contains("DYNAMIC_ARCH") == true
    let text = try Tool.run("info", environment: old).text
    guard isOld && isNew && isDynamic else {
      #expect(openblas["advice"] is NSNull && !text.contains("OPENBLAS_CORETYPE"))
      return
    }
    let advice = try #require(openblas["advice"] as? [String: Any])
    let better = try #require(advice["better"] as? String)
    #expect(text.contains("kernels for Prescott") && text.contains("OPENBLAS_CORETYPE=\(better)"))
    // Who follows the advice is not given any.
    let advised = ["OPENBLAS_CORETYPE": better]
    let after = try object(Tool.run("info", "--json", environment: advised).text)
    let taken = try #require(after["openblas"] as? [String: Any])
    #expect(taken["core"] as? String == better && taken["advice"] is NSNull)
  }

  @Test(arguments: [
    "logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp", "log-add-exp", "softplus",
    "copy", "read",
  ])
  func benchmark(operation: String) throws {
    let run = try Tool.run(
      "benchmark", "--operation", operation, "--rows", "16", "--columns", "64", "--type",
      "float64", "--engine", "swift", "--threads", "1", "--samples", "15", "--json")
    #expect(run.code == 0)
    let report = try object(run.text)
    #expect(report["operation"] as? String == operation)
    #expect(report["variation"] as? String == "")
    #expect(report["rows"] as? Int == 16 && report["columns"] as? Int == 64)
    #expect(report["type"] as? String == "float64" && report["threads"] as? Int == 1)
    for key in ["engine", "plan", "kernel"] { #expect(report[key] is String) }
    #expect(report["openblasCore"] != nil)
    let samples = try #require(report["samples"] as? [Double])
    #expect(samples.count == 15 && samples.allSatisfy { $0 > 0 })
    #expect(report["nanosecondsPerElement"] as? Double == samples.sorted()[7])
  }

  /// Each operation on rows in each way that it goes, in each type.
  @Test(arguments: ["float32", "float64", "float16", "bfloat16"])
  func benchmarkVariations(type: String) throws {
    let ways: [(variation: String, operations: [String])] = [
      ("masked", ["logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp"]),
      ("causal", ["logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp"]),
      ("lengths", ["logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp"]),
      ("biased", ["logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp"]),
      ("by-column", ["logsumexp", "softmax", "log-softmax", "cumulative", "log-mean-exp"]),
      ("weighted-columns", ["logsumexp"]), ("weighted-elements", ["logsumexp"]),
    ]
    let requests = ways.flatMap { way in
      way.operations.map {
        """
        {"operation": "\($0)", "variation": "\(way.variation)", "rows": 5, "columns": 9, \
        "type": "\(type)", "seconds": 0.001}\n
        """
      }
    }
    #if os(macOS) && arch(x86_64)
      if type == "float16" { return }
    #endif
    let run = try Tool.run("benchmark", "--serve", input: Data(requests.joined().utf8))
    #expect(run.code == 0 && run.lines.count == requests.count)
    for (line, request) in zip(run.lines, requests) {
      let (report, asked) = (try object(line), try object(request))
      for key in ["operation", "variation", "type"] {
        #expect(report[key] as? String == asked[key] as? String)
      }
      #expect(try #require(report["nanosecondsPerElement"] as? Double) > 0)
    }
  }

  @Test func benchmarkVariationOfTheCommandLine() throws {
    let run = try Tool.run(
      "benchmark", "--variation", "weighted-columns", "--type", "bfloat16", "--rows", "4",
      "--columns", "8", "--samples", "15")
    #expect(run.code == 0)
    #expect(run.text.contains("logsumexp weighted-columns bfloat16 4x8"))
  }

  @Test func benchmarkText() throws {
    let run = try Tool.run("benchmark", "--rows", "4", "--columns", "8", "--samples", "15")
    #expect(run.code == 0)
    #expect(run.lines.count == 1 && run.text.contains("logsumexp float32 4x8"))
  }

  @Test func served() throws {
    let requests = """
      {"operation": "softmax", "rows": 8, "columns": 16, "seconds": 0.01}
      {"operation": "copy", "rows": 8, "columns": 16, "threads": 2, "seconds": 0.01}
      {"operation": "softmax", "rows": 8, "columns": 16, "engine": "abacus"}
      {"operation": "softmax", "rows": 0, "columns": 16}
      nonsense

      """
    let run = try Tool.run("benchmark", "--serve", input: Data(requests.utf8))
    #expect(run.code == 0)
    let answers = try run.lines.map { try object($0) }
    try #require(answers.count == 5)
    #expect(answers[0]["type"] as? String == "float32")
    #expect(answers[0]["nanosecondsPerElement"] is Double)
    #expect(answers[1]["operation"] as? String == "copy")
    for answer in answers[2...] { #expect(answer["error"] is String) }
  }

  @Test func demo() throws {
    let run = try Tool.run("demo", "--engine", "swift")
    #expect(run.code == 0)
    #expect(run.lines.allSatisfy { $0.count <= 80 })
    let accuracy = try #require(run.text.firstMatch(of: /accuracy +([0-9.]+) %/))
    #expect(Double(accuracy.1)! > 75)
    let lost = try #require(run.text.firstMatch(of: /-inf for (\d+) images in Float/))
    #expect(Int(lost.1)! > 1000)
    #expect(run.text.contains("finite for 1797 images in Float"))
  }
}
