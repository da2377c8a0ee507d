import Foundation
import NumPyFile
import Testing

@Suite("Mapping")
struct MappingTests {
  @Test("the same array as reading", arguments: NumPyType.allCases)
  func same(type: NumPyType) throws {
    let folder = try TemporaryFolder()
    let native = 1.littleEndian == 1 ? "<" : ">"
    for fixture in try Fixture.all(of: type) where ["|", native].contains(fixture.byteOrder) {
      try folder.write(fixture.bytes, to: "a.npy")
      let mapped = try MappedNumPyArray(contentsOf: folder("a.npy"))
      let read = try NumPyArray(contentsOf: folder("a.npy"))
      #expect(mapped.type == read.type && mapped.shape == read.shape, "\(fixture)")
      #expect(mapped.isFortranOrder == read.isFortranOrder && mapped.strides == read.strides)
      #expect(mapped.npyBytes() == read.npyBytes(), "\(fixture)")
      mapped.withUnsafeBytes { #expect(Int(bitPattern: $0.baseAddress) % 64 == 0) }
    }
  }

  @Test("elements in place")
  func elements() throws {
    let mapped = try MappedNumPyArray(contentsOf: Fixture.path("scores.npy"))
    #expect(mapped.withUnsafeElements(of: Float.self) { $0.max() } == 3)
    #expect(mapped.withUnsafeElements(of: Double.self) { $0.max() } == nil)
  }

  @Test("the file replaced meanwhile: the mapping keeps the old one")
  func replaced() throws {
    let folder = try TemporaryFolder()
    try NumPyArray([1, 2], shape: [2]).write(to: folder("a.npy"))
    let mapped = try MappedNumPyArray(contentsOf: folder("a.npy"))
    try NumPyArray([3.0], shape: [1]).write(to: folder("a.npy"))
    #expect(mapped.values(as: Double.self) == [1, 2])
    #expect(try NumPyArray(contentsOf: folder("a.npy")).values(as: Double.self) == [3])
  }

  @Test("what cannot be mapped says why")
  func refused() throws {
    let folder = try TemporaryFolder()
    func fault(_ path: String) -> String {
      do throws(NumPyFileError) {
        _ = try MappedNumPyArray(contentsOf: path)
        return "nothing"
      } catch {
        return error.description
      }
    }
    #expect(fault("-") == "-: standard input cannot be mapped")
    #expect(fault(folder("none")).hasSuffix("none: cannot open: No such file or directory"))
    #expect(fault(folder.path).hasSuffix("cannot map: not a regular file"))
    #expect(fault("/dev/null") == "/dev/null: cannot map: not a regular file")

    try folder.write([], to: "empty")
    #expect(fault(folder("empty")).hasSuffix("byte 0: empty file, not a .npy file"))

    let foreign = 1.littleEndian == 1 ? ">" : "<"
    for (descr, header) in [(foreign + "f4", "descr"), ("<f8", "off")] {
      let bytes = npy(
        "{'descr':'\(descr)','fortran_order':False,'shape':(2,) }",
        data: [UInt8](repeating: 0, count: descr == "<f8" ? 16 : 8))
      try folder.write(bytes, to: header)
    }
    #expect(
      fault(folder("descr")).hasSuffix(
        "'descr': the other byte order cannot be mapped; read the file into memory instead"
      ))
    #expect(fault(folder("off")).hasSuffix("cannot be mapped; read the file into memory instead"))
    #expect(try NumPyArray(contentsOf: folder("off")).values(as: Double.self) == [0, 0])
  }

  @Test("one byte per element has no byte order")
  func bytes() throws {
    let folder = try TemporaryFolder()
    for order in ["<", ">", "|", "="] {
      try folder.write(
        npy("{'descr': '\(order)u1', 'fortran_order': False, 'shape': (2,)}", data: [7, 8]),
        to: "a.npy")
      let mapped = try MappedNumPyArray(contentsOf: folder("a.npy"))
      #expect(mapped.elements(as: UInt8.self) == [7, 8])
    }
  }
}
