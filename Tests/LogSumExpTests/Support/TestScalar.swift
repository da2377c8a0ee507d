import LogSumExp

/// The types that rows hold, as the tests use them.
typealias TestScalar = RowScalar & BinaryFloatingPoint

/// A type as a test's argument.
enum ScalarType: String, CaseIterable, Sendable, Codable {
  case float32, float64

  /// Calls `body` with the type.
  func run<R, E: Error>(_ body: (any TestScalar.Type) throws(E) -> R) throws(E) -> R {
    switch self {
    case .float32: try body(Float.self)
    case .float64: try body(Double.self)
    }
  }
}

extension RowScalar {
  /// Columns of a block of a long row (`EngineTests` compares it with the library's).
  static var blockLength: Int { self == Float.self ? 2048 : 1024 }
}

extension BinaryFloatingPoint {
  /// The bits of a number, the same for every NaN.
  var bits: UInt64 { isNaN ? .max : Double(self).bitPattern }
}

extension Sequence where Element: BinaryFloatingPoint {
  var bits: [UInt64] { map(\.bits) }
}

#if DEBUG
  /// Debug builds run C at -O0 and the reference without inlining: fewer rows there.
  let isDebug = true
#else
  let isDebug = false
#endif
