// swift-tools-version: 6.2
// accuracy: measures the errors of swift-logsumexp for scripts/accuracy; a package of its own, so that
// the library's never builds it.
import PackageDescription

let package = Package(
  name: "Accuracy",
  dependencies: [.package(name: "swift-logsumexp", path: "..")],
  targets: [
    .executableTarget(
      name: "accuracy",
      dependencies: [
        .product(name: "LogSumExp", package: "swift-logsumexp"),
        .product(name: "NumPyFile", package: "swift-logsumexp"),
        .product(name: "_RowKernels", package: "swift-logsumexp"),
        .product(name: "_TestSupport", package: "swift-logsumexp"),
      ]
    )
  ]
)
