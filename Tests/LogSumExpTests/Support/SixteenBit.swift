import LogSumExp

/// The 16-bit types, as the tests use them.
protocol SixteenBit: RowScalar {
  init(_ value: Float)
  init(bitPattern: UInt16)
  var bitPattern: UInt16 { get }
  var float: Float { get }
}

extension SixteenBit {
  /// The bits of a number, the same for every NaN.
  var pattern: UInt16 { float.isNaN ? .max : bitPattern }
}

extension BFloat16: SixteenBit {
  var float: Float { Float(self) }
}

#if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
  @available(macOS 11, *)
  extension Float16: SixteenBit {
    var float: Float { Float(self) }
  }
#endif

/// A 16-bit type as a test's argument.
enum SixteenBitType: String, CaseIterable, Sendable, Codable {
  case bfloat16
  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    case float16
  #endif

  func run(_ body: (any SixteenBit.Type) -> Void) {
    switch self {
    case .bfloat16: body(BFloat16.self)
    #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
      case .float16:
        guard #available(macOS 11, *) else { return }
        body(Float16.self)
    #endif
    }
  }
}
