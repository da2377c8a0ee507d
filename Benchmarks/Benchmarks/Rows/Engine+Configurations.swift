import LogSumExp

extension Engine {
  /// Every engine that is here, with every kernel that this processor runs, in every plan.
  static let configurations: [Engine] = available.flatMap { engine in
    known { try Engine(named: engine.name, kernel: "") }.flatMap { kernel in
      known { try Engine(named: engine.name, plan: "") }.compactMap { plan in
        // `automatic` is one of the others.
        plan == "automatic" ? nil : try? Engine(named: engine.name, kernel: kernel, plan: plan)
      }
    }
  }

  /// `openblas/avx512/fused`.
  var path: String { "\(name)/\(kernel)/\(plan)" }

  /// The names that the library lists when it refuses one.
  private static func known(_ refused: () throws -> Engine) -> [String] {
    do {
      _ = try refused()
    } catch EngineError.unknown(_, _, let known) {
      return known
    } catch {}
    return []
  }
}
