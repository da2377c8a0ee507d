// swift-tools-version: 6.2
// swift-logsumexp: row-wise log-sum-exp, softmax and log-softmax for numerical Swift.
import PackageDescription

// The C engine (row kernels and OpenBLAS) is there only with the trait `OpenBLAS`.
let withC = TargetDependencyCondition.when(traits: ["OpenBLAS"])

let package = Package(
  name: "swift-logsumexp",
  products: [
    .library(name: "LogSumExp", targets: ["LogSumExp"]),
    .library(name: "NumPyFile", targets: ["NumPyFile"]),
    // For the accuracy harness (Accuracy) only.
    .library(name: "_RowKernels", targets: ["CRowKernels"]),
    .library(name: "_TestSupport", targets: ["TestSupport"]),
  ],
  traits: [
    .trait(
      name: "OpenBLAS",
      description: """
        The openblas and simd engines: C row kernels with run-time dispatch, and OpenBLAS where it \
        is installed. Without this trait the package has no C at all and runs on the swift engine.
        """
    ),
    .default(enabledTraits: ["OpenBLAS"]),
  ],
  targets: [
    // MARK: - Public API
    .target(
      name: "LogSumExp",
      dependencies: [
        .target(name: "COpenBLAS", condition: withC),
        .target(name: "CRowKernels", condition: withC),
      ]
    ),
    .target(name: "NumPyFile"),

    // MARK: - Implementation details
    .systemLibrary(
      name: "COpenBLAS",
      pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"]), .brew(["openblas"])]
    ),
    .systemLibrary(
      name: "CLAPACKE",
      pkgConfig: "lapacke",
      providers: [.apt(["liblapacke-dev"]), .brew(["lapack"])]
    ),
    .target(name: "CRowKernels"),

    // MARK: - Tests
    .target(name: "TestSupport", dependencies: ["LogSumExp"], path: "Tests/TestSupport"),
    .target(name: "CInterposer", path: "Tests/CInterposer"),
    .testTarget(
      name: "LogSumExpTests", dependencies: ["LogSumExp", "TestSupport", "CInterposer"]),
    .testTarget(
      name: "NumPyFileTests",
      dependencies: ["NumPyFile"],
      resources: [.copy("Fixtures")]
    ),
  ]
)
