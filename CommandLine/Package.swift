// swift-tools-version: 6.2
// lse: the command line tool of swift-logsumexp, a package of its own so that users of the library
// never resolve swift-argument-parser.
import PackageDescription

let package = Package(
  name: "CommandLine",
  products: [.executable(name: "lse", targets: ["lse"])],
  traits: [
    .trait(
      name: "OpenBLAS",
      description: "Passed on to swift-logsumexp: the openblas and simd engines."
    ),
    .default(enabledTraits: ["OpenBLAS"]),
  ],
  dependencies: [
    .package(
      name: "swift-logsumexp", path: "..",
      traits: [.trait(name: "OpenBLAS", condition: .when(traits: ["OpenBLAS"]))]
    ),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    .executableTarget(
      name: "lse",
      dependencies: [
        "CDigits",
        .product(name: "LogSumExp", package: "swift-logsumexp"),
        .product(name: "NumPyFile", package: "swift-logsumexp"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]
    ),
    // The data of `lse demo`, embedded.
    .target(name: "CDigits", exclude: ["README.md", "digits.npy"]),
    .testTarget(
      name: "lseTests",
      dependencies: ["lse", .product(name: "NumPyFile", package: "swift-logsumexp")]
    ),
  ]
)
