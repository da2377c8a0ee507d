/// The type of an array's elements, named as in NumPy's `dtype` strings.
///
/// ```swift
/// NumPyType(rawValue: "f4")       // .float32
/// NumPyType.float32.byteCount     // 4
/// ```
public enum NumPyType: String, Sendable, CaseIterable {
  case bool = "b1"
  case int8 = "i1"
  case int16 = "i2"
  case int32 = "i4"
  case int64 = "i8"
  case uint8 = "u1"
  case uint16 = "u2"
  case uint32 = "u4"
  case uint64 = "u8"
  case float16 = "f2"
  case float32 = "f4"
  case float64 = "f8"

  /// Number of bytes of one element.
  public var byteCount: Int {
    switch self {
    case .bool, .int8, .uint8: 1
    case .int16, .uint16, .float16: 2
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// What the header says for elements in this machine's byte order, such as `<f4`.
  var descr: String {
    byteCount == 1 ? "|" + rawValue : (isLittleEndian ? "<" : ">") + rawValue
  }
}

/// Whether this machine stores the low byte first.
let isLittleEndian = 1.littleEndian == 1
