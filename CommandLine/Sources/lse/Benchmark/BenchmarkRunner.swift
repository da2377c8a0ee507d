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
  /// Each a `BenchmarkBuffers` of the shape's type.
  private var buffers: [(shape: Shape, buffers: AnyObject)] = []

  func run(_ request: BenchmarkRequest) throws -> BenchmarkReport {
    try request.check()
    let options = RowOptions(
      engine: try EngineOptions.engine(
        named: request.engine, plan: request.plan, kernel: request.kernel),
      threads: request.threads)
    let end =
      request.seconds.map(Stopwatch.End.seconds) ?? .samples(max(request.samples ?? 25, 15))
    let (call, plan) = try prepare(request, options)
    let elements = Double(request.rows * request.columns)
    let samples = Stopwatch.samples(until: end, of: call).map { $0 / elements }
    let isLimit = request.operation.isLimit
    return BenchmarkReport(
      operation: request.operation.rawValue, variation: request.variation?.rawValue ?? "",
      rows: request.rows, columns: request.columns, type: (request.type ?? .float32).rawValue,
      engine: isLimit ? "none" : options.engine.name, plan: plan ?? "none",
      kernel: isLimit ? "none" : options.engine.kernel, openblasCore: OpenBLASInfo.core,
      threads: request.threads
        ?? (isLimit ? 1 : ProcessInfo.processInfo.activeProcessorCount),
      nanosecondsPerElement: median(samples), samples: samples)
  }

  /// The call to time, and its plan.
  private func prepare(
    _ request: BenchmarkRequest, _ options: RowOptions
  ) throws -> (() -> Void, String?) {
    switch request.type ?? .float32 {
    case .float32: return prepare(request, options, Float.self)
    case .float64: return prepare(request, options, Double.self)
    case .bfloat16: return prepare(request, options, BFloat16.self)
    case .float16:
      #if !(os(macOS) && arch(x86_64))
        if #available(macOS 11, *) { return prepare(request, options, Float16.self) }
      #endif
      throw Failure.usage("float16: there is no such type here")
    }
  }

  private func prepare<Scalar: BenchmarkScalar>(
    _ request: BenchmarkRequest, _ options: RowOptions, _ type: Scalar.Type
  ) -> (() -> Void, String?) {
    let buffers: BenchmarkBuffers<Scalar> = buffers(for: request)
    let columns = request.variation == .byColumn ? request.rows : request.columns
    return (
      request.operation.call(on: buffers, request.variation, options: options),
      request.operation.plan(of: options.engine, request.variation, columns: columns, type)
    )
  }

  private func buffers<Scalar>(for request: BenchmarkRequest) -> BenchmarkBuffers<Scalar> {
    let shape = Shape(
      type: request.type ?? .float32, rows: request.rows, columns: request.columns)
    if let index = buffers.firstIndex(where: { $0.shape == shape }) {
      buffers.append(buffers.remove(at: index))
      if let kept = buffers.last?.buffers as? BenchmarkBuffers<Scalar> { return kept }
    }
    if buffers.count == Self.kept { buffers.removeFirst() }
    let made = BenchmarkBuffers<Scalar>(rows: shape.rows, columns: shape.columns)
    buffers.append((shape, made))
    return made
  }
}
