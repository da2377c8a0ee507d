// swift-tools-version: 6.2
// Benchmarks of swift-logsumexp, a package of its own so that users of the library never resolve
// ordo-one/benchmark.
import PackageDescription

let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v13)],
  dependencies: [
    .package(name: "swift-logsumexp", path: ".."),
    // Without its traits, which replace malloc and count nothing in memory of the caller's.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // The plugin takes for benchmarks what lies in a folder `Benchmarks`.
    .executableTarget(
      name: "Rows",
      dependencies: [
        .product(name: "LogSumExp", package: "swift-logsumexp"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Benchmarks/Rows",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]
    )
  ]
)
