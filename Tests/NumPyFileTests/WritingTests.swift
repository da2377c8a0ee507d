import NumPyFile
import Testing

@Suite("Writing as NumPy writes")
struct WritingTests {
  @Test("the bytes of numpy.save", arguments: NumPyType.allCases)
  func bytes(type: NumPyType) throws {
    let native = 1.littleEndian == 1 ? "<" : ">"
    for fixture in try Fixture.all(of: type)
    where fixture.version == "1.0" && ["|", native].contains(fixture.byteOrder) {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
      #expect(array.npyBytes() == fixture.bytes, "\(fixture)")
    }
  }

  @Test("what is read in another byte order or version is written in this one")
  func otherVersions() throws {
    let fixtures = try Fixture.all(of: .float64)
    for fixture in fixtures {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
      let again = try NumPyArray(bytes: array.npyBytes(), name: "\(fixture)")
      #expect(again.values(as: Double.self).map(\.bitPattern) == array.bitPatterns, "\(fixture)")
      #expect(again.shape == array.shape && again.isFortranOrder == array.isFortranOrder)
    }
  }

  @Test("arrays made here, against NumPy's")
  func made() throws {
    func expect(_ array: NumPyArray, line: Int = #line) throws {
      let all = try Fixture.all(of: array.type)
      let native = all.first { "|<".contains($0.byteOrder) && $0.shape == array.shape }
      #expect(array.npyBytes() == native?.bytes, "line \(line)")
    }
    try expect(NumPyArray([false, true, false], shape: [3]))
    try expect(NumPyArray([1, 2, 0] as [UInt8], shape: [3]))
    try expect(NumPyArray([1, 2, .min] as [Int32], shape: [3]))
    try expect(NumPyArray([1, 2, .min] as [Int64], shape: [3]))
    try expect(NumPyArray([1] as [Float], shape: []))
    try expect(NumPyArray([1.0], shape: [1]))
    try expect(NumPyArray(float16BitPatterns: [0x3C00], shape: [1]))
    try expect(NumPyArray([] as [Float], shape: [0, 3]))
    try expect(NumPyArray([] as [Float], shape: [3, 0], isFortranOrder: true))
  }

  @Test("an order that makes no difference is written as C")
  func neutralOrder() {
    for shape in [[], [3], [1, 3], [3, 1], [0, 3]] {
      let elements = [Float](repeating: 1, count: shape.reduce(1, *))
      let c = NumPyArray(elements, shape: shape)
      let fortran = NumPyArray(elements, shape: shape, isFortranOrder: true)
      #expect(c.npyBytes() == fortran.npyBytes())
    }
  }

  @Test("a long header makes version 2.0, and data begin at a multiple of 64")
  func longHeader() {
    // The longest text of version 1.0 leaves room for a space and a newline in 2¹⁶ - 10 bytes.
    for (count, major, total) in [
      (0, 1, 64), (52, 1, 64), (53, 1, 128), (65460, 1, 65472), (65461, 1, 65536),
      (65524, 1, 65536), (65525, 2, 65600), (70_000, 2, 70_016),
    ] as [(Int, UInt8, Int)] {
      let bytes = NumPyHeader.bytes(framing: String(repeating: "x", count: count))
      #expect(bytes.count == total && bytes.count % 64 == 0, "\(count)")
      #expect(bytes[6] == major && bytes.last == UInt8(ascii: "\n"), "\(count)")
    }
  }
}

extension NumPyArray {
  fileprivate var bitPatterns: [UInt64] { values(as: Double.self).map(\.bitPattern) }
}
