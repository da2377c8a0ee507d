import NumPyFile
import Testing

@Suite("Conversion of values")
struct ConversionTests {
  @Test("integers exactly, and only if all are", arguments: NumPyType.allCases)
  func integers(type: NumPyType) throws {
    let fixture = try #require(try Fixture.all(of: type).first { $0.shape == [2, 3, 2] })
    let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
    let expected = try Fixture.values(of: type).map { text in
      text == "True" ? 1 : text == "False" ? 0 : Int(text)
    }
    #expect(
      array.values(exactly: Int.self)?.map(Optional.some)
        == (expected.contains(nil) ? nil : expected))
  }

  @Test("whole floating-point numbers are integers, others are not")
  func wholeNumbers() {
    #expect(NumPyArray([1, -2] as [Double], shape: [2]).values(exactly: Int.self) == [1, -2])
    #expect(NumPyArray([1, 0.5] as [Double], shape: [2]).values(exactly: Int.self) == nil)
    #expect(NumPyArray([Float.nan], shape: [1]).values(exactly: Int.self) == nil)
    #expect(NumPyArray([UInt64.max], shape: [1]).values(exactly: Int.self) == nil)
  }

  @Test("rounding to nearest")
  func rounding() {
    let third = NumPyArray([1.0 / 3], shape: [])
    #expect(third.values(as: Float.self) == [Float(1.0 / 3)])
    let large = NumPyArray([UInt64.max], shape: [])
    #expect(large.values(as: Double.self) == [0x1p64])
    let overflowing = NumPyArray([1e300, -1e300], shape: [2])
    #expect(overflowing.values(as: Float.self) == [.infinity, -.infinity])
  }

  @Test("elements of their own type only")
  func elements() {
    let array = NumPyArray([1, 2, 3] as [Int32], shape: [3])
    #expect(array.elements(as: Int32.self) == [1, 2, 3])
    #expect(array.elements(as: Int64.self) == nil)
    #expect(array.elements(as: Float.self) == nil)
    #expect(array.withUnsafeElements(of: Int32.self) { $0.count } == 3)
    #expect(array.withUnsafeElements(of: UInt32.self) { $0.count } == nil)
    #expect(array.float16BitPatterns() == nil)
  }

  @Test("a bool other than 0 is true")
  func bools() throws {
    let header = "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}"
    let array = try NumPyArray(bytes: npy(header, data: [0, 1, 255]), name: "x")
    #expect(array.elements(as: Bool.self) == [false, true, true])
    #expect(array.values(as: Float.self) == [0, 1, 1])
    #expect(array.values(exactly: Int.self) == [0, 1, 1])
  }

  @Test("an Int has the machine's width")
  func int() {
    let array = NumPyArray([1, -2], shape: [2])
    #expect(array.type.byteCount == MemoryLayout<Int>.size)
    #expect(array.elements(as: Int.self) == [1, -2])
  }

  #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
    @Test("every half-precision number")
    func float16() {
      let patterns = (UInt16.min...UInt16.max).map { $0 }
      let array = NumPyArray(float16BitPatterns: patterns, shape: [256, 256])
      #expect(array.float16BitPatterns() == patterns)
      let values = array.values(as: Float.self)
      let doubles = array.values(as: Double.self)
      for (bits, value) in zip(patterns, values) {
        let expected = Float16(bitPattern: bits)
        let isSame = value.bitPattern == Float(expected).bitPattern
        #expect(isSame || value.isNaN && expected.isNaN, "\(bits)")
      }
      #expect(zip(values, doubles).allSatisfy { Double($0) == $1 || $0.isNaN && $1.isNaN })
      #expect(NumPyArray([Float16(1.5)], shape: [1]).values(as: Float.self) == [1.5])
    }
  #endif
}
