/// A type of element that rows can hold: `Float` or `Double`.
///
/// The underscored requirements are the library's own; no other type can conform.
public protocol RowScalar: BitwiseCopyable, Sendable {
  /// The format, by which kernels are chosen.
  static var _format: _RowScalarFormat { get }
}

/// Formats for which there are kernels.
public enum _RowScalarFormat: Int, Sendable {
  case float32, float64

  /// Size of an element in bytes.
  @inline(__always)
  var size: Int { self == .float32 ? 4 : 8 }

  /// Columns of the blocks into which a long row is cut. Fixed: the order of a row's sum depends on it.
  ///
  /// A block is read twice (max, then exp), so it is to stay in the first-level cache:
  /// docs/performance.md has the measurement.
  @inline(__always)
  var blockLength: Int { self == .float32 ? 2048 : 1024 }

  /// Reads element `index` as a Double.
  @inline(__always)
  func load(_ base: UnsafeRawPointer, _ index: Int) -> Double {
    switch self {
    case .float32: Double(base.load(fromByteOffset: index * 4, as: Float.self))
    case .float64: base.load(fromByteOffset: index * 8, as: Double.self)
    }
  }

  /// Rounds `value` to the format and writes it at element `index`.
  @inline(__always)
  func store(_ value: Double, _ base: UnsafeMutableRawPointer, _ index: Int) {
    switch self {
    case .float32: base.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
    case .float64: base.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
    }
  }
}

extension Float: RowScalar {
  public static var _format: _RowScalarFormat { .float32 }
}

extension Double: RowScalar {
  public static var _format: _RowScalarFormat { .float64 }
}
