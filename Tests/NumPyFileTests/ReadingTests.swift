import NumPyFile
import Testing

@Suite("Reading what NumPy wrote")
struct ReadingTests {
  @Test("type, shape and order", arguments: NumPyType.allCases)
  func header(type: NumPyType) throws {
    for fixture in try Fixture.all(of: type) {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
      #expect(array.type == type, "\(fixture)")
      #expect(array.shape == fixture.shape, "\(fixture)")
      #expect(array.isFortranOrder == fixture.isFortranOrder, "\(fixture)")
      #expect(array.count == fixture.shape.reduce(1, *), "\(fixture)")
    }
  }

  @Test("elements, found by their strides", arguments: NumPyType.allCases)
  func elements(type: NumPyType) throws {
    let expected = try Fixture.values(of: type)
    for fixture in try Fixture.all(of: type) {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
      let values = array.values(as: Double.self)
      for (number, position) in positions(array.shape, array.strides).enumerated() {
        let value = Double(number: expected[number])
        #expect(
          values[position].bitPattern == value.bitPattern || values[position].isNaN && value.isNaN,
          "\(fixture), element \(number)")
      }
    }
  }

  @Test("strides are NumPy's")
  func strides() throws {
    for fixture in try Fixture.all(of: .float32) where !fixture.shape.contains(0) {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)")
      // Along an axis of one element any stride is right.
      for axis in fixture.shape.indices where fixture.shape[axis] > 1 {
        #expect(array.strides[axis] == fixture.strides[axis], "\(fixture)")
      }
    }
  }

  @Test("in C order whatever the file's order", arguments: NumPyType.allCases)
  func inCOrder(type: NumPyType) throws {
    let expected = try Fixture.values(of: type).map { Double(number: $0).description }
    for fixture in try Fixture.all(of: type) {
      let array = try NumPyArray(bytes: fixture.bytes, name: "\(fixture)").inCOrder()
      #expect(!array.isFortranOrder)
      let values = array.values(as: Double.self).map(\.description)
      #expect(values == Array(expected.prefix(array.count)), "\(fixture)")
    }
  }

  @Test("the data are aligned for their type")
  func alignment() throws {
    for padding in 0..<16 {
      let header = "{'descr':'<f8','fortran_order':False,'shape':(1,)}"
      let bytes = npy(header + String(repeating: " ", count: padding), data: bytes(of: 1.5))
      let array = try NumPyArray(bytes: bytes, name: "x")
      array.withUnsafeBytes { #expect(Int(bitPattern: $0.baseAddress) % 8 == 0) }
      #expect(array.withUnsafeElements(of: Double.self) { $0[0] } == 1.5)
    }
  }

  @Test("a path, and a file descriptor")
  func sources() throws {
    let scores = try NumPyArray(contentsOf: Fixture.path("scores.npy"))
    #expect(scores.shape == [3, 4])
    let foreign = try NumPyArray(contentsOf: Fixture.path("big-endian.npy"))
    #expect(foreign.elements(as: Float.self) == scores.elements(as: Float.self))
    #expect(scores.elements(as: Float.self)?.first == -3)
  }

  @Test(
    "headers that others write",
    arguments: [
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
      "{\"descr\":\"<f4\",\"shape\":(1,),\"fortran_order\":False}",
      " \n\t{ 'shape' : ( 1 , ) , 'fortran_order' : True , 'descr' : '<f4' , } \n \n",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (1L,), }",
      "{u'descr': u'<f4', b'fortran_order': False, 'shape': (+1,)}",
      "{'descr': '=f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': '|f4', 'fortran_order': False, 'shape': (1,)}",
      "{'descr': 'f4', 'fortran_order': False, 'shape': (1,)}",
      "{'de\\scr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': ()}",
    ])
  func otherHeaders(header: String) throws {
    for version: UInt8 in 1...3 {
      let bytes = npy(header, version: (version, 0), data: bytes(of: Float(2.5)))
      let array = try NumPyArray(bytes: bytes, name: "x")
      #expect(array.values(as: Float.self) == [2.5])
    }
  }
}

/// Positions in memory of all elements, taken in C order.
private func positions(_ shape: [Int], _ strides: [Int]) -> [Int] {
  zip(shape, strides).reduce([0]) { positions, axis in
    positions.flatMap { start in (0..<axis.0).map { start + $0 * axis.1 } }
  }
}

/// The bytes of a number in memory.
private func bytes<Scalar: BitwiseCopyable>(of value: Scalar) -> [UInt8] {
  withUnsafeBytes(of: value) { Array($0) }
}

extension Double {
  /// The number that Python writes as `text`; True is 1.
  init(number text: String) {
    switch text {
    case "True": self = 1
    case "False": self = 0
    default: self = Double(text)!
    }
  }
}
