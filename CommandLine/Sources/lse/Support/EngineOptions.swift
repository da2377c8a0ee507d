import ArgumentParser
import Foundation
import LogSumExp

/// The options that say what computes: engine, plan, kernel and threads.
struct EngineOptions: ParsableArguments {
  enum Plan: String, CaseIterable, ExpressibleByArgument {
    case automatic, blas, fused
  }

  @Option(help: "openblas, swift or simd (else LSE_ENGINE, else the best one there is).")
  var engine: String?
  @Option(help: "How the engine goes about it.")
  var plan = Plan.automatic
  @Option(help: "Kernel variant; lse info lists those that this CPU runs.")
  var kernel: String?
  @Option(help: "Number of threads (else as many as the work is worth).")
  var threads: Int?

  func validate() throws {
    if let threads, threads < 1 {
      throw ValidationError("--threads is \(threads), must be at least 1")
    }
  }

  /// Options for the library. Throws where the engine is absent or has no such plan or kernel.
  func rowOptions() throws -> RowOptions {
    RowOptions(
      engine: try Self.engine(named: engine, plan: plan.rawValue, kernel: kernel),
      threads: threads)
  }

  /// The engine of the given name, else that of `LSE_ENGINE`, else the automatic one.
  ///
  /// Where the library would fall back from an absent `LSE_ENGINE`, the tool refuses.
  static func engine(named name: String?, plan: String?, kernel: String?) throws -> Engine {
    let variable = ProcessInfo.processInfo.environment["LSE_ENGINE"] ?? ""
    let plan = plan == Plan.automatic.rawValue ? nil : plan
    do {
      if let name { return try Engine(named: name, kernel: kernel, plan: plan) }
      if variable.isEmpty && plan == nil && kernel == nil { return .automatic }
      let name = variable.isEmpty ? Engine.automatic.name : variable
      let engine = try Engine(named: name, kernel: kernel, plan: plan)
      return plan == nil && kernel == nil ? .automatic : engine
    } catch {
      throw Failure.usage(name == nil && !variable.isEmpty ? "LSE_ENGINE: \(error)" : "\(error)")
    }
  }
}
