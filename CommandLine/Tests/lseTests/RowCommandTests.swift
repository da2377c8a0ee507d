import Foundation
import NumPyFile
import Testing

/// 2 rows of 3, and what is expected of them.
private let elements: [Float] = [0.5, 1, -2, 3, 0, 1.25]
private let rowResults = [logSumExp([0.5, 1, -2]), logSumExp([3, 0, 1.25])]
private let columnResults = [logSumExp([0.5, 3]), logSumExp([1, 0]), logSumExp([-2, 1.25])]

@Suite struct RowCommandTests {
  let folder = try! Folder()

  @Test func readsMatrixOfEachType() throws {
    let doubles = elements.map(Double.init)
    try NumPyArray(elements, shape: [2, 3]).write(to: folder.path("f4.npy"))
    try NumPyArray(doubles, shape: [2, 3]).write(to: folder.path("f8.npy"))
    let halves: [UInt16] = [0x3800, 0x3C00, 0xC000, 0x4200, 0, 0x3D00]
    try NumPyArray(float16BitPatterns: halves, shape: [2, 3]).write(to: folder.path("f2.npy"))
    for (type, tolerance) in [("f2", 2e-3), ("f4", 1e-6), ("f8", 1e-14)] {
      let out = folder.path("out.npy")
      let run = try Tool.run("logsumexp", folder.path("\(type).npy"), "-o", out)
      #expect(run.code == 0 && run.text.isEmpty && run.errors.isEmpty)
      let result = try NumPyArray(contentsOf: out)
      #expect(result.type.rawValue == type)
      #expect(result.shape == [2])
      #expect(isClose(result.values(as: Double.self), rowResults, within: tolerance))
    }
  }

  @Test func promotesIntegersAndBool() throws {
    try NumPyArray([3, 0, 1, 1] as [Int32], shape: [2, 2]).write(to: folder.path("i4.npy"))
    try NumPyArray([true, false], shape: [1, 2]).write(to: folder.path("b1.npy"))
    let cases = [
      ("i4", [logSumExp([3, 0]), logSumExp([1, 1])]), ("b1", [logSumExp([1, 0])]),
    ]
    for (name, expected) in cases {
      let out = folder.path("out.npy")
      #expect(try Tool.run("logsumexp", folder.path("\(name).npy"), "-o", out).code == 0)
      let result = try NumPyArray(contentsOf: out)
      #expect(result.type == .float64)
      #expect(isClose(result.values(as: Double.self), expected, within: 1e-14))
    }
  }

  @Test func eitherByteOrder() throws {
    let header = "{'descr': '>f4', 'fortran_order': False, 'shape': (2, 3), }"
    var file = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0])
    file += Data((header.padding(toLength: 117, withPad: " ", startingAt: 0) + "\n").utf8)
    for element in elements {
      withUnsafeBytes(of: element.bitPattern.bigEndian) { file.append(contentsOf: $0) }
    }
    let run = try Tool.run("logsumexp", "-", input: file)
    #expect(isClose(run.numbers, rowResults))
  }

  @Test(arguments: [false, true]) func byColumn(isFortranOrder: Bool) throws {
    let order = isFortranOrder ? [0, 3, 1, 4, 2, 5] : Array(0..<6)
    let array = NumPyArray(
      order.map { elements[$0] }, shape: [2, 3], isFortranOrder: isFortranOrder)
    let file = folder.path("x.npy")
    try array.write(to: file)
    #expect(isClose(try Tool.run("logsumexp", file).numbers, rowResults))
    let columns = try Tool.run("logsumexp", file, "--each", "column")
    #expect(isClose(columns.numbers, columnResults))

    let softmax = try Tool.run("softmax", file, "--each", "column")
    #expect(softmax.lines.count == 2)
    let expected = elements.enumerated().map { exp(Double($1) - columnResults[$0 % 3]) }
    #expect(isClose(softmax.numbers, expected))
    let logSoftmax = try Tool.run("log-softmax", file)
    let logs = elements.enumerated().map { Double($1) - rowResults[$0 / 3] }
    #expect(isClose(logSoftmax.numbers, logs))
  }

  @Test func ranksOneAndThree() throws {
    let (line, stack) = (folder.path("1.npy"), folder.path("3.npy"))
    try NumPyArray(elements, shape: [6]).write(to: line)
    try NumPyArray(elements + elements, shape: [2, 2, 3]).write(to: stack)
    let out = folder.path("out.npy")
    let cases: [(String, String, [Int], [Double])] = [
      (line, "row", [], [logSumExp(elements.map(Double.init))]),
      (line, "column", [6], elements.map(Double.init)),
      (stack, "row", [2, 2], rowResults + rowResults),
      (stack, "column", [2, 3], columnResults + columnResults),
    ]
    for (file, each, shape, expected) in cases {
      #expect(try Tool.run("logsumexp", file, "-o", out, "--each", each).code == 0)
      let result = try NumPyArray(contentsOf: out)
      #expect(result.shape == shape)
      #expect(isClose(result.values(as: Double.self), expected))
    }
    #expect(try Tool.run("softmax", stack, "-o", out, "--each", "column").code == 0)
    let softmax = try NumPyArray(contentsOf: out)
    #expect(softmax.shape == [2, 2, 3])
    let expected = elements.enumerated().map { exp(Double($1) - columnResults[$0 % 3]) }
    #expect(isClose(softmax.values(as: Double.self), expected + expected))
    let text = try Tool.run("softmax", stack).text
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 6)
  }

  @Test func emptyRowsAndNoRows() throws {
    let file = folder.path("x.npy")
    try NumPyArray([] as [Float], shape: [2, 0]).write(to: file)
    #expect(try Tool.run("logsumexp", file).text == "-inf\n-inf\n")
    #expect(try Tool.run("softmax", file).text == "")
    #expect(try Tool.run("logsumexp", file, "--each", "column").text == "")
  }

  @Test func csvFromFileAndInput() throws {
    let text = "0.5,1,-2\n3,0,1.25\n"
    let file = try folder.write(text, to: "x.csv")
    let run = try Tool.run("logsumexp", file)
    #expect(isClose(run.numbers, rowResults, within: 1e-14))
    #expect(try Tool.run("logsumexp", "-", input: Data(text.utf8)).text == run.text)
    let written = try Tool.run("logsumexp", file, "-o", "-").output
    let result = try NumPyArray(bytes: [UInt8](written), name: "output")
    #expect(result.type == .float64)
    #expect(isClose(result.values(as: Double.self), rowResults, within: 1e-14))
  }

  @Test func temperature() throws {
    let file = try folder.write("0.5,1,-2\n", to: "x.csv")
    let soft = try Tool.run("logsumexp", file, "--temperature", "2")
    #expect(isClose(soft.numbers, [2 * logSumExp([0.25, 0.5, -1])], within: 1e-14))
    let minimum = try Tool.run("logsumexp", file, "--temperature", "-1")
    #expect(isClose(minimum.numbers, [-logSumExp([-0.5, -1, 2])], within: 1e-14))
  }

  @Test func cumulative() throws {
    let file = folder.path("x.npy")
    try NumPyArray(elements.map(Double.init), shape: [2, 3]).write(to: file)
    let sums: [Double] = [
      0.5, logSumExp([0.5, 1]), rowResults[0], 3, logSumExp([3, 0]), rowResults[1],
    ]
    #expect(isClose(try Tool.run("cumulative", file).numbers, sums, within: 1e-14))
    let out = folder.path("out.npy")
    let run = try Tool.run("cumulative", file, "-o", out, "--exclusive", "--reverse")
    #expect(run.code == 0 && run.text.isEmpty && run.errors.isEmpty)
    let result = try NumPyArray(contentsOf: out)
    #expect(result.type == .float64 && result.shape == [2, 3])
    let after: [Double] = [
      logSumExp([1, -2]), -2, -.infinity, logSumExp([0, 1.25]), 1.25, -.infinity,
    ]
    let got = result.values(as: Double.self)
    #expect(got[2] == after[2] && got[5] == after[5])
    #expect(
      isClose(
        [got[0], got[1], got[3], got[4]], [after[0], after[1], after[3], after[4]], within: 1e-14))

    let columns = try Tool.run("cumulative", file, "--each", "column", "--engine", "swift")
    let down = elements[..<3].map(Double.init) + columnResults
    #expect(isClose(columns.numbers, down, within: 1e-14))
    let minimum = try Tool.run("cumulative", file, "--temperature", "-1", "--reverse")
    #expect(isClose([minimum.numbers[0]], [-logSumExp([-0.5, -1, 2])], within: 1e-14))
    #expect(try Tool.run("cumulative", file, "--temperature", "0").code == 2)
  }

  @Test func mappedAndReadAlike() throws {
    let file = folder.path("large.npy")
    let values = (0..<600_000).map { Float($0 % 1009) / 100 }
    try NumPyArray(values, shape: [600, 1000], isFortranOrder: true).write(to: file)
    let mapped = try Tool.run("logsumexp", file)
    let read = try Tool.run(
      "logsumexp", "-", input: try Data(contentsOf: URL(fileURLWithPath: file)))
    #expect(mapped.lines.count == 600)
    #expect(mapped.output == read.output)
  }
}
