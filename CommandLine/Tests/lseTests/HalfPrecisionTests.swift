import Foundation
import NumPyFile
import Testing

#if !(os(macOS) && arch(x86_64))
  @Suite struct HalfPrecisionTests {
    let folder = try! Folder()

    /// The results in Float, rounded, for rows that hold each half-precision number.
    @Test(arguments: ["logsumexp", "softmax", "log-softmax", "cumulative"])
    func resultsAreThoseOfFloatRoundedOnce(operation: String) throws {
      let bits = (0...UInt16.max).flatMap { [$0, $0 ^ 1, UInt16(0x3C00)] }
      let shape = [bits.count / 3, 3]
      let (half, single) = (folder.path("f2.npy"), folder.path("f4.npy"))
      let array = NumPyArray(float16BitPatterns: bits, shape: shape)
      try array.write(to: half)
      try NumPyArray(array.values(as: Float.self), shape: shape).write(to: single)
      for (input, output) in [(half, "out2.npy"), (single, "out4.npy")] {
        #expect(try Tool.run(operation, input, "-o", folder.path(output)).code == 0)
      }
      let halves = try NumPyArray(contentsOf: folder.path("out2.npy"))
      let singles = try NumPyArray(contentsOf: folder.path("out4.npy"))
      #expect(halves.type == .float16 && halves.shape == singles.shape)
      let different = zip(halves.float16BitPatterns()!, singles.values(as: Float.self)).count {
        let expected = Float16($1)
        return expected.isNaN
          ? !Float16(bitPattern: $0).isNaN : $0 != expected.bitPattern
      }
      #expect(different == 0)
    }

    @Test func textReadsBackAndIsShort() throws {
      let file = folder.path("x.npy")
      let numbers: [Float16] = [0.1, 65504, 6e-8, -0.3333, .infinity, 0, -2.5, .nan, 1e-4]
      try NumPyArray(numbers, shape: [numbers.count, 1]).write(to: file)
      let lines = try Tool.run("logsumexp", file).lines
      for (line, number) in zip(lines, numbers) where !number.isNaN {
        #expect(Float16(line) == number)
        #expect(line.count <= 7)
      }
      #expect(lines[7] == "nan")
    }
  }
#endif
