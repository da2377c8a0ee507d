import NumPyFile
import Testing

@Suite("Malformed headers are errors that say what and where")
struct MalformedHeaderTests {
  @Test(
    "headers that are no dictionary",
    arguments: [
      ("", "x: byte 10: in the header: '' where a value should be"),
      ("[]", "x: byte 10: the header is a list, not a dictionary"),
      ("3", "x: byte 10: the header is an integer, not a dictionary"),
      ("(3)", "x: byte 10: the header is an integer, not a dictionary"),
      ("(3,)", "x: byte 10: the header is a tuple, not a dictionary"),
      ("None", "x: byte 10: the header is None, not a dictionary"),
      ("'descr'", "x: byte 10: the header is a string, not a dictionary"),
      ("{1: 2}", "x: byte 10: a header key is an integer, not a string"),
      ("{", "x: byte 11: in the header: '' where a value should be"),
      ("{'a'", "x: byte 14: in the header: '' where ':' should be"),
      ("{'a': 1 'b'", "x: byte 18: in the header: ''b'' where ',' or '}' should be"),
      ("{'a", "x: byte 11: in the header: the string that begins here has no end"),
      ("{'a\\", "x: byte 11: in the header: the string that begins here has no end"),
      ("{'a': (1", "x: byte 18: in the header: '' where ',' or ')' should be"),
      ("{'a': (,)", "x: byte 17: in the header: ',)' where a value should be"),
      ("{'a': true}", "x: byte 16: in the header: 'true}' where a value should be"),
      ("{'a': 1.5}", "x: byte 17: in the header: '.5}' where an integer should be"),
      ("{'a': 1x}", "x: byte 17: in the header: 'x}' where an integer should be"),
      ("{'a': -}", "x: byte 16: in the header: '-' is not an integer"),
      ("{'a': 1}}", "x: byte 18: in the header: '}' where the end of the header should be"),
      ("{'a': 1}\0", "x: byte 18: in the header: '\\x00' where the end of the header should be"),
      ("\u{1}\n", "x: byte 10: in the header: '\\x01\\x0A' where a value should be"),
    ])
  func noDictionary(header: String, expected: String) {
    #expect(fault(header: header) == expected)
  }

  @Test("brackets without end")
  func nesting() {
    for bracket in ["(", "[", "{"] {
      let header = String(repeating: bracket, count: 60_000)
      #expect(
        fault(header: header)
          == "x: byte 26: in the header: brackets are nested more than 16 deep")
    }
  }

  @Test(
    "keys",
    arguments: [
      ("{}", "x: header key 'descr': missing"),
      ("{'descr': '<f4', 'shape': ()}", "x: header key 'fortran_order': missing"),
      ("{'descr': '<f4', 'fortran_order': False}", "x: header key 'shape': missing"),
      ("{'descr': '<f4', 'descr': '<f8'}", "x: header key 'descr': given twice"),
      (
        "{'Descr\\\n': '<f4'}",
        "x: header key 'Descr\\x0A': unknown; the keys are descr, fortran_order, shape"
      ),
    ])
  func keys(header: String, expected: String) {
    #expect(fault(header: header) == expected)
  }

  @Test(
    "types",
    arguments: [
      ("'<c8'", "type '<c8' is none of b1, i1, i2, i4, i8, u1, u2, u4, u8, f2, f4, f8"),
      ("'<U4'", "type '<U4' is none of"), ("'|S3'", "type '|S3' is none of"),
      ("'<M8[ns]'", "type '<M8[ns]' is none of"), ("'<f16'", "type '<f16' is none of"),
      ("'!f4'", "type '!f4' is none of"), ("''", "type '' is none of"),
      ("'<'", "type '<' is none of"),
      ("'|O'", "arrays of Python objects are not supported"),
      ("[('a', '<f4'), ('b', '<i4', (2,))]", "structured types are not supported"),
      ("('<f4', (2,))", "a tuple, not a string such as '<f4'"),
      ("None", "None, not a string such as '<f4'"),
    ])
  func types(descr: String, expected: String) {
    let header = "{'descr': \(descr), 'fortran_order': False, 'shape': ()}"
    #expect(fault(header: header).hasPrefix("x: header key 'descr': " + expected))
  }

  @Test(
    "orders",
    arguments: [
      ("0", "an integer"), ("None", "None"), ("'True'", "a string"), ("(True,)", "a tuple"),
    ])
  func order(value: String, expected: String) {
    let header = "{'descr': '<f4', 'fortran_order': \(value), 'shape': ()}"
    #expect(
      fault(header: header) == "x: header key 'fortran_order': \(expected), not True or False")
  }

  @Test(
    "shapes",
    arguments: [
      ("3", "an integer, not a tuple of integers"), ("(3)", "an integer, not a tuple of integers"),
      ("[3]", "a list, not a tuple of integers"), ("None", "None, not a tuple of integers"),
      ("(1, True)", "axis 1 is True, not an integer"),
      ("('1',)", "axis 0 is a string, not an integer"),
      ("(-1,)", "axis 0 is negative: -1"),
      ("(2, -9223372036854775808)", "axis 1 is negative: -9223372036854775808"),
      ("(1, 1, 1, 1)", "4 axes; at most 3 are supported"),
      ("(2305843009213693952,)", "(2305843009213693952,) of f4 is larger than any memory"),
      ("(4294967296, 4294967296)", "(4294967296, 4294967296) of f4 is larger than any memory"),
      (
        "(0, 4294967296, 4294967296)", "(0, 4294967296, 4294967296) of f4 is larger than any memory"
      ),
    ])
  func shapes(shape: String, expected: String) {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': \(shape)}"
    #expect(fault(header: header) == "x: header key 'shape': " + expected)
  }

  @Test("an integer that no Int holds")
  func hugeInteger() {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775808,)}"
    #expect(
      fault(header: header)
        == "x: byte 61: in the header: 9223372036854775808 is too large an integer")
  }
}
