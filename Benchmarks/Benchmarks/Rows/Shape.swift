import Benchmark

/// Rows and columns of a matrix.
struct Shape: CustomStringConvertible {
  let rows, columns: Int

  /// One short row, many of them, the widths of attention, a square, and logits of a vocabulary.
  static let all = [
    Shape(rows: 1, columns: 10),
    Shape(rows: 100_000, columns: 10),
    Shape(rows: 32_768, columns: 32),
    Shape(rows: 8192, columns: 128),
    Shape(rows: 1024, columns: 1024),
    Shape(rows: 64, columns: 128_256),
  ]

  static let square = Shape(rows: 1024, columns: 1024)
  static let heads = Shape(rows: 8192, columns: 128)
  /// The logits of a vocabulary in columns.
  static let tall = Shape(rows: 50_257, columns: 256)
  /// An array.
  static let million = Shape(rows: 1, columns: 1_000_000)

  var count: Int { rows * columns }

  /// Calls in one sample: many where a call is short beside a look at the clock.
  var scalingFactor: BenchmarkScalingFactor { count < 1000 ? .kilo : .one }

  var description: String { "\(rows)x\(columns)" }
}
