import NumPyFile
import Testing

@Suite("Malformed files are errors that say what and where")
struct MalformedFileTests {
  private let valid = npy(
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", data: [UInt8](repeating: 0, count: 8)
  )

  @Test("every file that ends too early")
  func truncated() {
    #expect(fault(valid) == "nothing")
    for count in 0..<valid.count {
      #expect(fault(Array(valid.prefix(count))) != "nothing", "\(count)")
    }
    #expect(fault([]) == "x: byte 0: empty file, not a .npy file")
    #expect(
      fault(Array(valid.prefix(4)))
        == "x: byte 4: the file ends within the magic string and version")
    #expect(fault(Array(valid.prefix(9))) == "x: byte 9: the file ends within the header's length")
    #expect(
      fault(Array(valid.prefix(20)))
        == "x: byte 8: the header's length is 55 bytes, but the file has only 10 more")
    #expect(
      fault(valid.dropLast(3).map { $0 })
        == "x: byte 65: 5 bytes of data; shape (2,) of f4 needs 8")
  }

  @Test("bytes after the data")
  func trailing() {
    #expect(fault(valid + [0]) == "x: byte 73: 1 byte more than shape (2,) of f4 needs")
    #expect(fault(valid + valid).contains("73 bytes more"))
  }

  @Test("another format")
  func magic() {
    #expect(
      fault(Array("PK\u{3}\u{4}rest".utf8))
        == "x: byte 0: a .npz or zip archive: the first bytes are 'PK\\x03\\x04re'")
    #expect(
      fault(Array("1,2\n3,4\n".utf8))
        == "x: byte 0: not a .npy file: the first bytes are '1,2\\x0A3,'")
    #expect(fault([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x58, 1, 0]).contains("not a .npy file"))
  }

  @Test("a version that does not exist", arguments: [(0, 0), (1, 1), (3, 1), (4, 0), (255, 255)])
  func version(version: (UInt8, UInt8)) {
    let bytes = npy("{}", version: version)
    #expect(
      fault(bytes)
        == "x: byte 6: format version \(version.0).\(version.1) is none of 1.0, 2.0, 3.0")
  }

  @Test("the largest header length")
  func headerLength() {
    let bytes = npy("", version: (2, 0)).dropLast(4) + [255, 255, 255, 255]
    #expect(
      fault(Array(bytes))
        == "x: byte 8: the header's length is 4294967295 bytes, but the file has only 0 more")
  }

  @Test("a vast shape is refused by the data's length, without memory for it")
  func vastShape() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1000000000000, 1000)}"
    #expect(
      fault(header: header, data: [0, 0, 0, 0]).hasSuffix(
        "4 bytes of data; shape (1000000000000, 1000) of f4 needs 4000000000000000"))
  }

  @Test("descriptions are one line whatever the name")
  func oneLine() {
    let error = NumPyFileError("a\nb\u{7F}é", at: .line(3), "r\r\n")
    #expect(error.description == "a\\x0Ab\\x7Fé: line 3: r\\x0D\\x0A")
  }
}
