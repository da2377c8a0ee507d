/// A Swift type whose memory is that of one NumPy element type.
///
/// Half precision is `Float16` where Swift has it; everywhere else, and on Intel Macs, it passes as
/// bit patterns: ``NumPyArray/init(float16BitPatterns:shape:isFortranOrder:)``.
public protocol NumPyScalar: BitwiseCopyable, Sendable {
  /// The element type with the same memory.
  static var numPyType: NumPyType { get }
}

extension Bool: NumPyScalar { public static var numPyType: NumPyType { .bool } }
extension Int8: NumPyScalar { public static var numPyType: NumPyType { .int8 } }
extension Int16: NumPyScalar { public static var numPyType: NumPyType { .int16 } }
extension Int32: NumPyScalar { public static var numPyType: NumPyType { .int32 } }
extension Int64: NumPyScalar { public static var numPyType: NumPyType { .int64 } }
extension UInt8: NumPyScalar { public static var numPyType: NumPyType { .uint8 } }
extension UInt16: NumPyScalar { public static var numPyType: NumPyType { .uint16 } }
extension UInt32: NumPyScalar { public static var numPyType: NumPyType { .uint32 } }
extension UInt64: NumPyScalar { public static var numPyType: NumPyType { .uint64 } }
extension Float: NumPyScalar { public static var numPyType: NumPyType { .float32 } }
extension Double: NumPyScalar { public static var numPyType: NumPyType { .float64 } }

extension Int: NumPyScalar {
  public static var numPyType: NumPyType { MemoryLayout<Int>.size == 8 ? .int64 : .int32 }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  @available(macOS 11, iOS 14, tvOS 14, watchOS 7, *)
  extension Float16: NumPyScalar { public static var numPyType: NumPyType { .float16 } }
#endif
