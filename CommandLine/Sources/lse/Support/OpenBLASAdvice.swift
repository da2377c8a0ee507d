import LogSumExp

/// What to tell OpenBLAS where it does not know the processor and fell back to kernels of an old one.
struct OpenBLASAdvice: Encodable {
  /// Processors of x86 without AVX2, as OpenBLAS names them.
  private static let oldCores: Set = [
    "Katmai", "Coppermine", "Northwood", "Prescott", "Banias", "Atom", "Core2", "Penryn",
    "Dunnington", "Nehalem", "Sandybridge", "Athlon", "Opteron", "Opteron_SSE3", "Barcelona",
    "Bobcat", "Bulldozer", "Piledriver", "Steamroller", "Nano", "Generic", "Unknown",
  ]
  /// Kernel variants of ours, best first: the instructions they stand for, and OpenBLAS's name of the
  /// first processor that had them.
  private static let cores = [
    (kernel: "avx512", instructions: "AVX-512", core: "SkylakeX"),
    (kernel: "avx2", instructions: "AVX2", core: "Haswell"),
  ]

  /// The core whose kernels OpenBLAS took.
  let core: String
  /// The value of `OPENBLAS_CORETYPE` that gives it better ones.
  let better: String
  /// What those use.
  let instructions: String

  /// Nil where OpenBLAS is absent, holds kernels for one processor only, or took good ones.
  init?(core: String?, configuration: String?, kernels: [String]) {
    guard let core, Self.oldCores.contains(core),
      configuration?.contains("DYNAMIC_ARCH") == true,
      let best = Self.cores.first(where: { kernels.contains($0.kernel) })
    else { return nil }
    (self.core, better, instructions) = (core, best.core, best.instructions)
  }

  var text: String {
    """
    OpenBLAS uses kernels for \(core) though the processor has \(instructions);
                 set OPENBLAS_CORETYPE=\(better)
    """
  }
}
