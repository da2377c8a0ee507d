import LogSumExp
import TestSupport

/// A type of elements whose errors are measured, in ULP of that type.
protocol MeasuredScalar: RowScalar {
  /// The type that holds its numbers, and in which its rows are computed.
  associatedtype Wide: RowScalar & BinaryFloatingPoint

  static var typeName: String { get }
  static var fractionBits: Int { get }
  static var leastNormal: Double { get }
  static var greatest: Double { get }

  /// The nearest number of the type.
  init(_ value: Double)
  var wide: Wide { get }
}

extension MeasuredScalar {
  static var isDouble: Bool { self == Double.self }

  /// Half the spacing of the numbers from 1 on.
  static var roundoff: Double { 1 / Double(2 << fractionBits) }

  /// Spacing of the numbers around a value.
  static func ulp(_ value: Double) -> Double {
    let least = Int(leastNormal.exponent)
    let exponent = value == 0 ? least : max(Int(value.exponent), least)
    return exponent - fractionBits < -1022
      ? .leastNonzeroMagnitude
      : Double(sign: .plus, exponent: exponent - fractionBits, significand: 1)
  }

  /// Error of a result in ULP of this type.
  @inline(__always)
  static func error(of result: Self, _ exact: Exact<Wide>) -> Double {
    let error = exact.error(of: result.wide)
    if fractionBits == Wide.significandBitCount || error == 0 { return error }
    let value = Double(exact.rounded)
    if result.wide.isInfinite {
      return value.magnitude >= greatest + ulp(greatest) / 2 ? 0.5 : .infinity
    }
    return error * (Double(exact.rounded.ulp) / ulp(value))
  }
}

extension MeasuredScalar where Self: BinaryFloatingPoint, Wide == Self {
  static var fractionBits: Int { significandBitCount }
  static var leastNormal: Double { Double(leastNormalMagnitude) }
  static var greatest: Double { Double(greatestFiniteMagnitude) }
  var wide: Self { self }
}

extension Float: MeasuredScalar {
  typealias Wide = Float
  static var typeName: String { "float32" }
}

extension Double: MeasuredScalar {
  typealias Wide = Double
  static var typeName: String { "float64" }
}

extension BFloat16: MeasuredScalar {
  static var typeName: String { "bfloat16" }
  static var fractionBits: Int { 7 }
  static var leastNormal: Double { 0x1p-126 }
  static var greatest: Double { 0x1.fep127 }

  init(_ value: Double) { self.init(Float(value)) }
  var wide: Float { Float(self) }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  extension Float16: MeasuredScalar {
    static var typeName: String { "float16" }
    static var fractionBits: Int { 10 }
    static var leastNormal: Double { 0x1p-14 }
    static var greatest: Double { 65_504 }
    var wide: Float { Float(self) }
  }
#endif
