import LogSumExp
import Testing

/// An engine with its kernel and plan: what each test of results runs on.
struct Configuration: Hashable, Sendable, CustomTestStringConvertible {
  let engine: Engine

  init(_ engine: String, kernel: String? = nil, plan: String? = nil) throws {
    self.engine = try Engine(named: engine, kernel: kernel, plan: plan)
  }

  /// Every engine that is here, with every kernel that this processor runs, in every plan.
  static let all: [Configuration] = {
    var all: [Configuration] = []
    for engine in ["openblas", "simd"] {
      for kernel in Engine.kernelNames {
        for plan in engine == "openblas" ? ["fused", "blas"] : ["fused"] {
          if let here = try? Configuration(engine, kernel: kernel, plan: plan) { all.append(here) }
        }
      }
    }
    if let swift = try? Configuration("swift", plan: "fused") { all.append(swift) }
    return all
  }()

  /// `all` without the engine simd where openblas runs the same kernels (`EngineTests` shows that the
  /// bits are the same).
  static let distinct = all.filter { $0.engine.name != "simd" || !OpenBLASInfo.isPresent }

  /// Those of `distinct` whose row sums are BLAS's.
  static let blas = distinct.filter { $0.engine.plan == "blas" }

  var testDescription: String { "\(engine.name)/\(engine.kernel)/\(engine.plan)" }

  func options(threads: Int? = 1) -> RowOptions { RowOptions(engine: engine, threads: threads) }
}

extension Configuration: CustomStringConvertible {
  var description: String { testDescription }
}
