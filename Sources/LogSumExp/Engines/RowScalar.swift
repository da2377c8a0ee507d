/// A type of element that rows can hold: `Float`, `Double`, `Float16` or `BFloat16`.
///
/// Rows of 16-bit numbers are computed in Float, with sums in Double, and each result is rounded once.
///
/// The underscored requirements are the library's own; no other type can conform.
public protocol RowScalar: BitwiseCopyable, Sendable {
  /// The format, by which kernels are chosen.
  static var _format: _RowScalarFormat { get }
}

/// Formats of elements in memory.
public enum _RowScalarFormat: Int, Sendable {
  case float32, float64, float16, bfloat16

  /// Size of an element in bytes.
  @inline(__always)
  var size: Int {
    switch self {
    case .float32: 4
    case .float64: 8
    case .float16, .bfloat16: 2
    }
  }

  /// The format that kernels compute in.
  @inline(__always)
  var computed: _RowScalarFormat { self == .float64 ? .float64 : .float32 }

  /// Columns of the blocks into which a long row is cut. Fixed: the order of a row's sum depends on it.
  ///
  /// A block is read twice (max, then exp), so it is to stay in the first-level cache:
  /// docs/performance.md has the measurement.
  @inline(__always)
  var blockLength: Int { self == .float64 ? 1024 : 2048 }

  /// Reads element `index` as a Double.
  @inline(__always)
  func load(_ base: UnsafeRawPointer, _ index: Int) -> Double {
    switch self {
    case .float32: Double(base.load(fromByteOffset: index * 4, as: Float.self))
    case .float64: base.load(fromByteOffset: index * 8, as: Double.self)
    case .float16:
      Double(HalfPrecision.float(base.load(fromByteOffset: index * 2, as: UInt16.self)))
    case .bfloat16: Double(base.load(fromByteOffset: index * 2, as: BFloat16.self))
    }
  }

  /// Rounds `value` to the format and writes it at element `index`.
  @inline(__always)
  func store(_ value: Double, _ base: UnsafeMutableRawPointer, _ index: Int) {
    switch self {
    case .float32: base.storeBytes(of: Float(value), toByteOffset: index * 4, as: Float.self)
    case .float64: base.storeBytes(of: value, toByteOffset: index * 8, as: Double.self)
    case .float16:
      base.storeBytes(
        of: HalfPrecision.bits(Float(value)), toByteOffset: index * 2, as: UInt16.self)
    case .bfloat16:
      base.storeBytes(of: BFloat16(Float(value)), toByteOffset: index * 2, as: BFloat16.self)
    }
  }
}

extension Float: RowScalar {
  public static var _format: _RowScalarFormat { .float32 }
}

extension Double: RowScalar {
  public static var _format: _RowScalarFormat { .float64 }
}

extension BFloat16: RowScalar {
  public static var _format: _RowScalarFormat { .bfloat16 }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  @available(macOS 11, iOS 14, watchOS 7, tvOS 14, *)
  extension Float16: RowScalar {
    public static var _format: _RowScalarFormat { .float16 }
  }
#endif
