import Foundation
import NumPyFile
import Testing

@Suite struct ArchiveTests {
  let folder = try! Folder()
  private let first = NumPyArray([0.5, 1, -2, 3, 0, 1.25] as [Float], shape: [2, 3])
  private let second = NumPyArray([1, 2, 3, 4.0], shape: [2, 2])

  private func write(_ arrays: [(String, any NumPyReadable)], to name: String) throws -> String {
    try NumPyArchive.write(arrays.map { (name: $0.0, array: $0.1) }, to: folder.path(name))
    return folder.path(name)
  }

  @Test func arrayByName() throws {
    let archive = try write([("a", first), ("layers/0:b", second)], to: "x.npz")
    for (name, array) in [("a", first), ("layers/0:b", second), ("a.npy", first)] {
      let file = folder.path("x.npy")
      try array.write(to: file)
      let expected = try Tool.run("softmax", file)
      let run = try Tool.run("softmax", "\(archive):\(name)")
      #expect(run.code == 0 && run.errors.isEmpty && !run.text.isEmpty)
      #expect(run.text == expected.text)
    }
  }

  @Test func onlyArrayNeedsNoName() throws {
    let file = folder.path("a.npy")
    try first.write(to: file)
    let expected = try Tool.run("logsumexp", file).text
    for name in ["x.npz", "X.NPZ"] {
      let archive = try write([("a", first)], to: name)
      #expect(try Tool.run("logsumexp", archive).text == expected)
      #expect(try Tool.run("logsumexp", "\(archive):a").text == expected)
      let input = try Data(contentsOf: URL(fileURLWithPath: archive))
      #expect(try Tool.run("logsumexp", "-", input: input).text == expected)
    }
  }

  @Test func fileOfTheWholeNameGoesFirst() throws {
    _ = try write([("a", first)], to: "x.npz")
    let file = folder.path("x.npz:a")
    try second.write(to: file)
    #expect(try Tool.run("logsumexp", file).lines.first == "2.313261687518223")
  }

  @Test func textThatBeginsLikeAnArchive() throws {
    let run = try Tool.run("logsumexp", "-", input: Data("PK,Q\n0,-inf\n".utf8))
    #expect(run.text == "0.0\n")
  }

  @Test func failures() throws {
    let two = try write([("a", first), ("b", second)], to: "two.npz")
    let none = try write([], to: "none.npz")
    let input = try Data(contentsOf: URL(fileURLWithPath: two))
    let short = folder.path("short.npz")
    try input.dropLast().write(to: URL(fileURLWithPath: short))
    for (run, code, text) in [
      (try Tool.run("logsumexp", two), 2, "two.npz: holds 2 arrays, give the file and a name"),
      (try Tool.run("logsumexp", two), 2, "IN.npz:NAME: \"a\", \"b\"\n"),
      (try Tool.run("logsumexp", "-", input: input), 2, "standard input: holds 2 arrays"),
      (try Tool.run("logsumexp", "\(two):c"), 1, "no array 'c'; the archive holds a, b\n"),
      (try Tool.run("logsumexp", "\(two):"), 1, "no array ''; the archive holds a, b\n"),
      (try Tool.run("logsumexp", none), 1, "none.npz: holds no arrays\n"),
      (try Tool.run("logsumexp", short), 1, "ends without an end record"),
      (try Tool.run("logsumexp", folder.path("no.npz:a")), 1, "no.npz: cannot open"),
    ] {
      #expect(run.code == Int32(code))
      #expect(run.errors.hasPrefix("lse: ") && run.errors.contains(text))
      #expect(run.errors.count { $0 == "\n" } == 1 && run.output.isEmpty)
    }
  }
}
