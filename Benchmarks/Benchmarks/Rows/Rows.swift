import Benchmark
import LogSumExp

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration.metrics = [.wallClock]
  Benchmark.defaultConfiguration.maxDuration = .milliseconds(200)
  for operation in RowOperation.allCases {
    for shape in Shape.all {
      register(operation, shape, Float.self)
      register(operation, shape, Double.self)
    }
  }
}

/// One operation on one shape and type, by everything that can compute it here, on one thread.
private func register<Scalar: RowScalar & BinaryFloatingPoint>(
  _ operation: RowOperation, _ shape: Shape, _ type: Scalar.Type
) {
  let buffers = Buffers<Scalar>(shape)
  for engine in Engine.configurations {
    let options = RowOptions(engine: engine, threads: 1)
    Benchmark(
      "\(operation)/\(type)/\(shape)/\(engine.path)",
      configuration: .init(scalingFactor: shape.scalingFactor),
      closure: { benchmark in
        for _ in benchmark.scaledIterations { buffers.apply(operation, options) }
      },
      setup: { buffers.fill() },
      teardown: { buffers.release() })
  }
}
