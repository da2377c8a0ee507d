import Foundation
import NumPyFile
import Testing

/// 2 rows of 3, and another 2 of 3.
private let elements: [Double] = [0.5, 1, -2, 3, 0, 1.25]
private let others: [Double] = [1, -0.5, 2, 0.25, -1, 0.75]
/// 3 rows of 3.
private let square: [Double] = [0.5, 1, -2, 3, 0, 1.25, -1, 2, 0.75]

/// The options that say who takes part, by themselves and together.
@Suite struct PartTests {
  let folder = try! Folder()

  private func file<Scalar: NumPyScalar>(
    _ name: String, _ values: [Scalar], _ shape: [Int], isFortranOrder: Bool = false
  ) throws -> String {
    let path = folder.path(name)
    try NumPyArray(values, shape: shape, isFortranOrder: isFortranOrder).write(to: path)
    return path
  }

  private func matrix() throws -> String { try file("x.npy", elements, [2, 3]) }

  private func expect(
    _ expected: [Double], _ arguments: String..., within tolerance: Double = 1e-14,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let run = try Tool.run(arguments)
    #expect(run.code == 0 && run.errors.isEmpty, sourceLocation: location)
    let numbers = run.numbers
    let isEqual =
      numbers.count == expected.count
      && zip(numbers, expected).allSatisfy { $0 == $1 || abs($0 - $1) <= tolerance }
    #expect(isEqual, "\(numbers) \(expected)", sourceLocation: location)
  }

  @Test func maskOfEachType() throws {
    let x = try matrix()
    let expected = [logSumExp([0.5, -2]), logSumExp([0])]
    let masks = [
      try file("b1.npy", [true, false, true, false, true, false], [2, 3]),
      try file("u1.npy", [1, 0, 7, 0, 255, 0] as [UInt8], [2, 3]),
      try file("i8.npy", [1, 0, -1, 0, 3, 0] as [Int64], [2, 3]),
      try file("f.npy", [true, false, false, true, true, false], [2, 3], isFortranOrder: true),
    ]
    for mask in masks { try expect(expected, "logsumexp", x, "--mask", mask) }
    let shares = [1 / (1 + exp(-2.5)), 0, 1 / (1 + exp(2.5)), 0, 1, 0]
    try expect(shares, "softmax", x, "--mask", masks[0])
    try expect([0.5, 0, -2], "logsumexp", x, "--each", "column", "--mask", masks[3])
  }

  @Test func lengths() throws {
    let x = try matrix()
    let rows = try file("l.npy", [2, 0] as [Int32], [2])
    try expect([logSumExp([0.5, 1]), -.infinity], "logsumexp", x, "--lengths", rows)
    let columns = try file("c.npy", [1, 2, 0], [3])
    try expect(
      [0.5, logSumExp([1, 0]), -.infinity], "logsumexp", x, "--each", "column", "--lengths",
      columns)
  }

  @Test func causal() throws {
    let x = try file("s.npy", square, [3, 3])
    try expect(
      [0.5, logSumExp([3, 0]), logSumExp([-1, 2, 0.75])], "logsumexp", x, "--causal")
    try expect(
      [-.infinity, 3, logSumExp([-1, 2])], "logsumexp", x, "--causal", "--causal-offset", "-1")
    let all = [logSumExp([0.5, 1, -2]), logSumExp([3, 0, 1.25]), logSumExp([-1, 2, 0.75])]
    try expect(all, "logsumexp", x, "--causal", "--causal-offset", "\(Int.max)")
    try expect(
      [-.infinity, -.infinity, -.infinity], "logsumexp", x, "--causal", "--causal-offset",
      "\(Int.min)")
    try expect(
      [0.5, logSumExp([1, 0]), logSumExp([-2, 1.25, 0.75])], "logsumexp", x, "--causal", "--each",
      "column")
  }

  @Test func severalMasksKeepWhatAllOfThemKeep() throws {
    let x = try file("s.npy", square, [3, 3])
    let lengths = try file("l.npy", [3, 1, 2], [3])
    try expect(
      [0.5, 3, logSumExp([-1, 2])], "logsumexp", x, "--causal", "--lengths", lengths)
    let kept = [true, true, true, false, true, true, false, true, true]
    for isFortranOrder in [false, true] {
      let order = isFortranOrder ? [0, 3, 6, 1, 4, 7, 2, 5, 8] : Array(0..<9)
      let mask = try file("m.npy", order.map { kept[$0] }, [3, 3], isFortranOrder: isFortranOrder)
      try expect([0.5, 0, logSumExp([2, 0.75])], "logsumexp", x, "--causal", "--mask", mask)
      try expect(
        [0.5, -.infinity, 2], "logsumexp", x, "--causal", "--mask", mask, "--lengths", lengths)
    }
  }

  @Test func bias() throws {
    let x = try matrix()
    let sums = zip(elements, others).map { $0 / 2 + $1 }
    let expected = [2 * logSumExp(Array(sums[..<3])), 2 * logSumExp(Array(sums[3...]))]
    let plain = try file("b.npy", others, [2, 3])
    let single = try file("b4.npy", others.map { Float($0) }, [2, 3])
    let fortran = try file(
      "bf.npy", [0, 3, 1, 4, 2, 5].map { others[$0] }, [2, 3], isFortranOrder: true)
    for bias in [plain, single, fortran] {
      try expect(expected, "logsumexp", x, "--temperature", "2", "--bias", bias)
    }
    let columns = (0..<3).map { logSumExp([sums[$0], sums[$0 + 3]]) * 2 }
    try expect(
      columns, "logsumexp", x, "--temperature", "2", "--bias", fortran, "--each", "column")
    let logs = (0..<6).map { sums[$0] - expected[$0 / 3] / 2 }
    try expect(logs, "log-softmax", x, "--temperature", "2", "--bias", plain)
    let mask = try file("m.npy", [1, 1, 0, 0, 1, 1], [2, 3])
    try expect(
      [2 * logSumExp([sums[0], sums[1]]), 2 * logSumExp([sums[4], sums[5]])], "logsumexp", x,
      "--temperature", "2", "--bias", plain, "--mask", mask)
  }

  @Test func skipNaN() throws {
    let x = try file("n.npy", [0.5, .nan, -2, .nan, .nan, .nan], [2, 3])
    try expect([logSumExp([0.5, -2]), -.infinity], "logsumexp", x, "--skip-nan")
    #expect(try Tool.run("logsumexp", x).numbers.allSatisfy(\.isNaN))
    let sums = [0.5, 0.5, logSumExp([0.5, -2])]
    #expect(isClose(Array(try Tool.run("cumulative", x, "--skip-nan").numbers[..<3]), sums))
  }

  @Test func logMeanExp() throws {
    let x = try matrix()
    let third = log(3.0)
    try expect(
      [logSumExp([0.5, 1, -2]) - third, logSumExp([3, 0, 1.25]) - third], "log-mean-exp", x)
    let lengths = try file("l.npy", [1, 2], [2])
    try expect(
      [0.5, logSumExp([3, 0]) - log(2)], "log-mean-exp", x, "--lengths", lengths)
    let out = folder.path("out.npy")
    #expect(try Tool.run("log-mean-exp", x, "-o", out, "--each", "column").code == 0)
    #expect(try NumPyArray(contentsOf: out).shape == [3])
  }

  @Test func weightsByColumnAndByElement() throws {
    let x = try matrix()
    let w: [Double] = [2, 0, 0.5]
    func sum(_ x: ArraySlice<Double>, _ w: [Double]) -> Double {
      log(zip(x, w).map { exp($0) * $1 }.reduce(0, +))
    }
    let both = [sum(elements[..<3], w), sum(elements[3...], w)]
    try expect(both, "logsumexp", x, "--weights", try file("w.npy", w, [3]))
    try expect(both, "logsumexp", x, "--weights", try file("w4.npy", w.map { Float($0) }, [3]))
    let all = others.map(abs)
    let each = [sum(elements[..<3], Array(all[..<3])), sum(elements[3...], Array(all[3...]))]
    try expect(each, "logsumexp", x, "--weights", try file("e.npy", all, [2, 3]))
    let columns = (0..<3).map { log(3 * exp(elements[$0]) + exp(elements[$0 + 3])) }
    try expect(
      columns, "logsumexp", x, "--each", "column", "--weights", try file("c.npy", [3, 1], [2]))
    let terms = zip(all, elements).map { $0 * exp($1) }
    let down = (0..<3).map { log(terms[$0] + terms[$0 + 3]) }
    try expect(down, "logsumexp", x, "--each", "column", "--weights", folder.path("e.npy"))
    let lengths = try file("l.npy", [3, 1], [2])
    try expect(
      [both[0], 3 + log(2)], "logsumexp", x, "--weights", folder.path("w.npy"), "--lengths",
      lengths)
  }

  @Test func signs() throws {
    let x = try matrix()
    let w = try file("w.npy", [1, -1, 0] as [Int16], [3])
    #expect(try Tool.run("logsumexp", x, "--weights", w).numbers[0].isNaN)
    let (out, signs) = (folder.path("out.npy"), folder.path("signs.npy"))
    let expected = [log(exp(1) - exp(0.5)), log(exp(3) - 1)]
    try expect(expected, "logsumexp", x, "--weights", w, "--sign-output", signs)
    #expect(
      try Tool.run("logsumexp", x, "-o", out, "--weights", w, "--sign-output", signs).code == 0)
    let (values, sides) = (try NumPyArray(contentsOf: out), try NumPyArray(contentsOf: signs))
    #expect(isClose(values.values(as: Double.self), expected, within: 1e-14))
    #expect(sides.values(as: Double.self) == [-1, 1])
    #expect(sides.shape == [2] && sides.type == .float64 && values.shape == [2])
  }

  @Test func pick() throws {
    let x = try matrix()
    let logs = elements.enumerated().map {
      $1 - logSumExp(Array($0 < 3 ? elements[..<3] : elements[3...]))
    }
    try expect([logs[2], logs[3]], "pick", x, try file("one.npy", [2, 0], [2]))
    let (several, out) = (
      try file("k.npy", [0, 2, 1, 1] as [UInt8], [2, 2]), folder.path("out.npy")
    )
    try expect([logs[0], logs[2], logs[4], logs[4]], "pick", x, several)
    #expect(try Tool.run("pick", x, several, "-o", out).code == 0)
    let result = try NumPyArray(contentsOf: out)
    #expect(result.shape == [2, 2] && result.type == .float64)
    let fortran = try file("kf.npy", [0, 1, 2, 1], [2, 2], isFortranOrder: true)
    try expect([logs[0], logs[2], logs[4], logs[4]], "pick", x, fortran)
    let stack = try file("s.npy", elements + elements, [2, 2, 3])
    try expect(
      [logs[2], logs[3], logs[0], logs[5]], "pick", stack, try file("4.npy", [2, 0, 0, 2], [4]))
    let down = (0..<3).map { elements[$0 + 3] - logSumExp([elements[$0], elements[$0 + 3]]) }
    try expect(down, "pick", x, try file("d.npy", [1, 1, 1], [3]), "--each", "column")
    let lengths = try file("l.npy", [2, 1], [2])
    try expect([-.infinity, 0], "pick", x, folder.path("one.npy"), "--lengths", lengths)
  }

  @Test(arguments: ["f2", "f4"]) func argumentsTakeTheInputsType(type: String) throws {
    let (x, out) = (folder.path("x.npy"), folder.path("out.npy"))
    let half: [UInt16] = [0x3800, 0x3C00, 0xC000, 0x4200, 0, 0x3D00]
    let array =
      type == "f2"
      ? NumPyArray(float16BitPatterns: half, shape: [2, 3])
      : NumPyArray(elements.map { Float($0) }, shape: [2, 3])
    try array.write(to: x)
    let bias = try file("b.npy", others, [2, 3])
    let mask = try file("m.npy", [1, 1, 0, 0, 1, 1], [2, 3])
    let weights = try file("w.npy", [2, 4, 0.5], [3])
    let signs = folder.path("signs.npy")
    let run = try Tool.run(
      "logsumexp", x, "-o", out, "--bias", bias, "--mask", mask, "--weights", weights,
      "--sign-output", signs)
    #expect(run.code == 0 && run.errors.isEmpty)
    let result = try NumPyArray(contentsOf: out)
    let expected = [
      log(2 * exp(1.5) + 4 * exp(0.5)), log(4 * exp(-1) + 0.5 * exp(2)),
    ]
    #expect(result.type.rawValue == type && result.shape == [2])
    let tolerance = type == "f2" ? 2e-3 : 1e-6
    #expect(isClose(result.values(as: Double.self), expected, within: tolerance))
    #expect(try NumPyArray(contentsOf: signs).type.rawValue == type)
    let picked = try Tool.run("pick", x, try file("p.npy", [1, 2], [2]), "-o", out)
    #expect(picked.code == 0)
    #expect(try NumPyArray(contentsOf: out).type.rawValue == type)
  }

  @Test func emptyInputs() throws {
    let x = try file("x.npy", [] as [Float], [2, 0])
    let same = try file("e.npy", [] as [Float], [2, 0])
    let none = try file("none.npy", [] as [Float], [0])
    let run = try Tool.run("logsumexp", x, "--bias", same, "--weights", none, "--mask", same)
    #expect(run.text == "-inf\n-inf\n")
    let pick = try file("p.npy", [] as [Int], [2, 0])
    #expect(try Tool.run("pick", x, pick).code == 0)
  }
}

@Suite struct PartFailureTests {
  let folder = try! Folder()

  private func file<Scalar: NumPyScalar>(
    _ name: String, _ values: [Scalar], _ shape: [Int]
  ) throws -> String {
    try NumPyArray(values, shape: shape).write(to: folder.path(name))
    return folder.path(name)
  }

  /// Expects one line on standard error that holds `texts`, and the output file as it was.
  private func expect(
    _ code: Int32, _ texts: [String], _ arguments: String...,
    location: SourceLocation = #_sourceLocation
  ) throws {
    let out = try folder.write("precious", to: "out.npy")
    let run = try Tool.run(arguments + ["-o", out])
    #expect(run.code == code, sourceLocation: location)
    for text in texts {
      #expect(run.errors.contains(text), "\(run.errors)", sourceLocation: location)
    }
    #expect(run.errors.hasPrefix("lse: "), sourceLocation: location)
    #expect(run.errors.count { $0 == "\n" } == 1, sourceLocation: location)
    #expect(
      try String(contentsOfFile: out, encoding: .utf8) == "precious", sourceLocation: location)
  }

  @Test func usage() throws {
    let x = try file("x.npy", elements, [2, 3])
    let w = try file("w.npy", [1, 1, 1] as [Float], [3])
    try expect(2, ["--causal-offset"], "softmax", x, "--causal-offset", "1")
    try expect(2, ["--sign-output"], "logsumexp", x, "--sign-output", folder.path("s.npy"))
    try expect(
      2, ["--sign-output"], "logsumexp", x, "--weights", w, "--sign-output", folder.path("out.npy"))
    try expect(2, ["--weights"], "softmax", x, "--weights", w)
    try expect(2, ["more than one file"], "softmax", "-", "--mask", "-")
    try expect(2, ["more than one file"], "logsumexp", "-", "--weights", "-")
    try expect(2, ["more than one file"], "pick", "-", "-")
    try expect(2, ["columns"], "pick", x)
    let run = try Tool.run("logsumexp", x, "--weights", w, "--sign-output", "-")
    #expect(run.code == 2 && run.output.isEmpty)
  }

  @Test func shapes() throws {
    let x = try file("x.npy", elements, [2, 3])
    let wrong = try file("wrong.npy", elements, [3, 2])
    let four = try file("four.npy", [1, 1, 1, 1], [4])
    for option in ["--mask", "--bias", "--weights", "--lengths"] {
      for command in ["logsumexp", "log-mean-exp", "softmax", "log-softmax", "cumulative"] {
        if option == "--weights" && command != "logsumexp" { continue }
        try expect(1, [wrong, "3 x 2"], command, x, option, wrong)
        try expect(1, [four], command, x, option, four)
      }
    }
    try expect(1, [wrong], "pick", x, wrong)
    try expect(1, [four], "pick", x, four)
    // One a column of the row operated on: of a column, that is one a row.
    let three = try file("three.npy", [1, 1, 1], [3])
    try expect(1, [three], "logsumexp", x, "--each", "column", "--weights", three)
    try expect(1, [three], "logsumexp", x, "--lengths", three)
  }

  @Test func values() throws {
    let x = try file("x.npy", elements, [2, 3])
    try expect(
      1, ["l.npy", "length 4 of row 1"], "softmax", x, "--lengths", file("l.npy", [0, 4], [2]))
    try expect(1, ["l.npy", "length -1"], "softmax", x, "--lengths", file("l.npy", [-1, 0], [2]))
    try expect(
      1, ["h.npy", "no integers"], "softmax", x, "--lengths", file("h.npy", [0.5, 1], [2]))
    try expect(1, ["m.npy", "no integers"], "softmax", x, "--mask", file("m.npy", others, [2, 3]))
    try expect(1, ["p.npy", "column 3"], "pick", x, file("p.npy", [0, 3], [2]))
    try expect(1, ["p.npy", "column -1"], "pick", x, file("p.npy", [-1, 0], [2]))
    try expect(1, ["p.npy", "no integers"], "pick", x, file("p.npy", [0.5, 0], [2]))
    let missing = folder.path("missing.npy")
    for option in ["--mask", "--bias", "--lengths"] {
      try expect(1, [missing], "softmax", x, option, missing)
    }
    try expect(1, [missing], "logsumexp", x, "--weights", missing)
    try expect(1, [missing], "pick", x, missing)
    let nowhere = folder.path("no/signs.npy")
    try expect(
      1, [nowhere], "logsumexp", x, "--weights", file("w.npy", [1, 1, 1], [3]), "--sign-output",
      nowhere)
  }
}
