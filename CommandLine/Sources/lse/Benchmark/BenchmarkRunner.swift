import Foundation
import LogSumExp

/// Runs requests and keeps the buffers of the last few shapes.
final class BenchmarkRunner {
  /// Shapes whose buffers are kept.
  static let kept = 4

  private struct Shape: Hashable {
    var type: BenchmarkRequest.Element
    var rows: Int
    var columns: Int
  }
  private enum Buffers {
    case float32(BenchmarkBuffers<Float>)
    case float64(BenchmarkBuffers<Double>)
  }
  private var buffers: [(shape: Shape, buffers: Buffers)] = []

  func run(_ request: BenchmarkRequest) throws -> BenchmarkReport {
    try request.check()
    let options = RowOptions(
      engine: try EngineOptions.engine(
        named: request.engine, plan: request.plan, kernel: request.kernel),
      threads: request.threads)
    let end =
      request.seconds.map(Stopwatch.End.seconds) ?? .samples(max(request.samples ?? 25, 15))
    let (calls, choice) = prepare(request, options)
    let elements = Double(request.rows * request.columns)
    let samples = Stopwatch.samples(until: end, of: calls).map { $0 / elements }
    let isLimit = request.operation.operation == nil
    return BenchmarkReport(
      operation: request.operation.rawValue, rows: request.rows, columns: request.columns,
      type: (request.type ?? .float32).rawValue, engine: isLimit ? "none" : options.engine.name,
      plan: choice?.plan ?? "none", kernel: choice?.kernel ?? "none",
      openblasCore: OpenBLASInfo.core,
      threads: request.threads
        ?? (isLimit ? 1 : ProcessInfo.processInfo.activeProcessorCount),
      nanosecondsPerElement: median(samples), samples: samples)
  }

  private func prepare(
    _ request: BenchmarkRequest, _ options: RowOptions
  ) -> (() -> Void, Engine.Choice?) {
    func choice<Scalar: RowScalar>(_ type: Scalar.Type) -> Engine.Choice? {
      request.operation.operation.map {
        options.engine.choice(for: $0, columns: request.columns, of: type)
      }
    }
    switch buffers(for: request) {
    case .float32(let buffers):
      return (request.operation.call(on: buffers, options: options), choice(Float.self))
    case .float64(let buffers):
      return (request.operation.call(on: buffers, options: options), choice(Double.self))
    }
  }

  private func buffers(for request: BenchmarkRequest) -> Buffers {
    let shape = Shape(
      type: request.type ?? .float32, rows: request.rows, columns: request.columns)
    if let index = buffers.firstIndex(where: { $0.shape == shape }) {
      buffers.append(buffers.remove(at: index))
    } else {
      if buffers.count == Self.kept { buffers.removeFirst() }
      let made: Buffers =
        switch shape.type {
        case .float32: .float32(BenchmarkBuffers(rows: shape.rows, columns: shape.columns))
        case .float64: .float64(BenchmarkBuffers(rows: shape.rows, columns: shape.columns))
        }
      buffers.append((shape, made))
    }
    return buffers[buffers.count - 1].buffers
  }
}
