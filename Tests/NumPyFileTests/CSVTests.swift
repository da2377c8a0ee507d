import NumPyFile
import Testing

@Suite("Comma-separated values")
struct CSVTests {
  private func table(_ text: String) throws -> NumPyArray {
    try NumPyArray.csv(bytes: Array(text.utf8), name: "x")
  }

  private func fault(_ text: String) -> String {
    do throws(NumPyFileError) {
      _ = try NumPyArray.csv(bytes: Array(text.utf8), name: "x")
      return "nothing"
    } catch {
      return error.description
    }
  }

  @Test("what numpy.savetxt wrote is what numpy.save wrote")
  func savetxt() throws {
    let expected = try NumPyArray(contentsOf: Fixture.path("scores.npy"))
    let table = try NumPyArray.csv(contentsOf: Fixture.path("scores.csv"))
    #expect(table.shape == [3, 4] && table.type == .float64 && !table.isFortranOrder)
    #expect(table.values(as: Double.self) == expected.values(as: Double.self))
    let single = try NumPyArray.csv(contentsOf: Fixture.path("scores.csv"), as: Float.self)
    #expect(single.npyBytes() == expected.npyBytes())
  }

  @Test(
    "forms of a file",
    arguments: [
      "1,2\n3,4\n", "1,2\n3,4", "1,2\r\n3,4\r\n", "a,b\n1,2\n3,4\n", "\n\n1,2\n  \n3,4\n\n",
      "\"a\",\"b, c\"\n1,2\n3,4\n", "# made by hand\n1,2\n3,4\n", " 1 ,\t2\n3 , 4 \n",
      "\u{FEFF}1,2\n3,4\n", "\u{FEFF}é,b\r\n\r\n1.0,2e0\n+3,.04E+2\n",
    ])
  func forms(text: String) throws {
    let table = try table(text)
    #expect(table.shape == [2, 2])
    #expect(table.values(as: Double.self) == [1, 2, 3, 4])
  }

  @Test("numbers that are none, or without end")
  func specials() throws {
    let values = try table("nan,NaN,+NAN,-nan\ninf,Inf,+INF,Infinity\n-inf,-INF,-infinity,-Inf\n")
      .values(as: Double.self)
    #expect(values[..<4].allSatisfy { $0.isNaN })
    #expect(values[4..<8].allSatisfy { $0 == .infinity })
    #expect(values[8...].allSatisfy { $0 == -.infinity })
  }

  @Test("numbers at the edges")
  func edges() throws {
    let values = try table("1.,-0,1e400,-1e400,1e-400,5e-324,0.1").values(as: Double.self)
    #expect(values == [1, 0, .infinity, -.infinity, 0, .leastNonzeroMagnitude, 0.1])
    #expect(values[1].sign == .minus)
    // Rounded to double first, this would end in ...01 or tie the other way.
    let bytes = Array("1.00000005960464477540".utf8)
    let single = try NumPyArray.csv(bytes: bytes, name: "x", as: Float.self)
    #expect(single.values(as: Float.self) == [1.0000001])
  }

  @Test("one column, one row, no rows")
  func shapes() throws {
    #expect(try table("1\n2\n3\n").shape == [3, 1])
    #expect(try table("1,2,3").shape == [1, 3])
    #expect(try table("a,b,c\n").shape == [0, 3])
  }

  @Test(
    "faults name line and field",
    arguments: [
      ("", "x: line 1: no line of numbers before it"),
      ("\n \n", "x: line 3: no line of numbers before it"),
      ("1,2\n3,4,5\n", "x: line 2: 3 numbers; line 1 has 2"),
      ("a,b\n\n1,2\n3\n", "x: line 4: 1 number; line 3 has 2"),
      ("1,2\n3,x\n", "x: line 2: field 2 is 'x', not a number"),
      ("1,2\n3,\n", "x: line 2: field 2 is '', not a number"),
      ("1,b\n3,4\n", "x: line 1: field 2 is 'b', not a number"),
      ("a,b\nc,d\n", "x: line 2: field 1 is 'c', not a number"),
      ("1,0x10\n", "x: line 1: field 2 is '0x10', not a number"),
      ("1;2\n3,4\n5,1_000\n", "x: line 3: field 2 is '1_000', not a number"),
      ("1,1e\n", "x: line 1: field 2 is '1e', not a number"),
      ("1,--1\n", "x: line 1: field 2 is '--1', not a number"),
      ("1,nan(1)\n", "x: line 1: field 2 is 'nan(1)', not a number"),
      ("1,a\u{0}b\n", "x: line 1: field 2 is 'a\\x00b', not a number"),
    ])
  func faults(text: String, expected: String) {
    #expect(fault(text) == expected)
  }
}
