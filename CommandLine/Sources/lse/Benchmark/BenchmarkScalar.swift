import LogSumExp

/// A type of element that the benchmark can fill a buffer with.
protocol BenchmarkScalar: RowScalar {
  /// The nearest number.
  static func nearest(_ value: Double) -> Self
}

extension Float: BenchmarkScalar {
  static func nearest(_ value: Double) -> Self { Self(value) }
}

extension Double: BenchmarkScalar {
  static func nearest(_ value: Double) -> Double { value }
}

extension BFloat16: BenchmarkScalar {
  static func nearest(_ value: Double) -> BFloat16 { BFloat16(Float(value)) }
}

#if !(os(macOS) && arch(x86_64))
  @available(macOS 11, *)
  extension Float16: BenchmarkScalar {
    static func nearest(_ value: Double) -> Self { Self(value) }
  }
#endif
