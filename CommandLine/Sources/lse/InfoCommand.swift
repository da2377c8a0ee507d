import ArgumentParser
import Foundation
import LogSumExp

struct InfoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "info",
    abstract: "What computes here: engine and reason, OpenBLAS, kernel variants, build traits.")

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let info = Info()
    print(json ? try lse.json(info) : info.text)
  }
}

/// What `lse info` tells.
struct Info: Encodable {
  struct OpenBLAS: Encodable {
    var isPresent = OpenBLASInfo.isPresent
    /// Why it is absent, and the command that changes it.
    @Nullable var absence: String?
    @Nullable var configuration = OpenBLASInfo.configuration
    @Nullable var core = OpenBLASInfo.core
    @Nullable var advice = OpenBLASAdvice(
      core: OpenBLASInfo.core, configuration: OpenBLASInfo.configuration,
      kernels: Engine.kernelNames)
    @Nullable var threads = OpenBLASInfo.threads
    var builtWithHeaders = OpenBLASInfo.builtWithHeaders
  }

  var version = LSE.version
  var engine = Engine.automatic.name
  var reason = Engine.automatic.reason
  var kernel = Engine.automatic.kernel
  var plan = Engine.automatic.plan
  /// Engines that `--engine` takes here.
  var engines = Engine.available.map(\.name)
  /// Kernel variants that `--kernel` takes here, best first.
  var kernels = Engine.kernelNames
  var openblas = OpenBLAS()
  var traits = OpenBLASInfo.isEnabled ? ["OpenBLAS"] : []
  var processors = ProcessInfo.processInfo.activeProcessorCount

  init() {
    do {
      _ = try Engine(named: "openblas")
    } catch {
      openblas.absence = "\(error)"
    }
  }

  var text: String {
    let blas =
      openblas.isPresent
      ? """
      \(openblas.configuration ?? "present")
                   core \(openblas.core ?? "?"), \(openblas.threads ?? 0) threads
      """
      : "absent: \(openblas.absence ?? "")"
    return """
      lse          \(version)
      engine       \(engine): \(reason)
      engines      \(engines.joined(separator: ", "))
      kernel       \(kernel)
      kernels      \(kernels.isEmpty ? "portable" : kernels.joined(separator: ", "))
      OpenBLAS     \(blas)
      \(openblas.advice.map { "hint         \($0.text)\n" } ?? "")\
      built with   \(traits.isEmpty ? "no traits" : "trait " + traits.joined(separator: ", "))
      processors   \(processors)
      """
  }
}
