import Benchmark
import LogSumExp

let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration.metrics = [.wallClock]
  Benchmark.defaultConfiguration.maxDuration = .milliseconds(200)
  for work in Work<Float>.rows(on: Shape.all) { register(work) }
  for work in Work<Double>.rows(on: Shape.all) { register(work) }
  // Their plans are those of the operations above.
  let fused = Engine.configurations.filter { $0.plan == "fused" }
  for work in Work<Float>.family { register(work, by: fused) }
  for work in Work<BFloat16>.rows(on: [.square]) { register(work, by: fused) }
  #if !(os(macOS) && arch(x86_64))
    for work in Work<Float16>.rows(on: [.square]) { register(work, by: fused) }
  #endif
}

/// One call on its shapes, by each engine, on one thread.
private func register<Scalar>(_ work: Work<Scalar>, by engines: [Engine] = Engine.configurations) {
  for shape in work.shapes {
    for engine in engines {
      let options = RowOptions(engine: engine, threads: 1)
      var buffers: Buffers<Scalar>?
      Benchmark(
        "\(work.name)/\(Scalar.self)/\(shape)/\(engine.path)",
        configuration: .init(scalingFactor: shape.scalingFactor),
        closure: { benchmark in
          guard let buffers else { return }
          for _ in benchmark.scaledIterations { work.call(buffers, options) }
        },
        setup: {
          // The first call makes what the work takes.
          let made = Buffers<Scalar>(shape)
          work.call(made, options)
          buffers = made
        },
        teardown: { buffers = nil })
    }
  }
}
