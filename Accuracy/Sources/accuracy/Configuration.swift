import LogSumExp

/// An engine with its plan and kernel: what every figure is measured on, on one thread.
struct Configuration {
  /// `fused avx512`, `blas avx2`, `swift`.
  let name: String
  let options: RowOptions

  /// The plans of C on each kernel that this processor runs, and the Swift engine. `simd` gives the bits
  /// of `fused` (EngineTests) and stands for it where OpenBLAS is absent.
  static let all: [Configuration] = {
    let plans = OpenBLASInfo.isPresent ? ["fused", "blas"] : ["fused"]
    let inC = plans.flatMap { plan in
      Engine.kernelNames.map { kernel in
        let family = OpenBLASInfo.isPresent ? "openblas" : "simd"
        return Configuration("\(plan) \(kernel)", family, kernel, plan)
      }
    }
    return inC + [Configuration("swift", "swift", "portable", "fused")]
  }()

  private init(_ name: String, _ engine: String, _ kernel: String, _ plan: String) {
    guard let engine = try? Engine(named: engine, kernel: kernel, plan: plan) else {
      fail("the engine \(engine) with kernel \(kernel) and plan \(plan) cannot be had")
    }
    self.name = name
    options = RowOptions(engine: engine, threads: 1)
  }
}
