import CInterposer
import LogSumExp
import TestSupport
import Testing

/// What the blas plan asks of BLAS, and that the fused plan asks nothing. Serialised: the counters are
/// the program's, so calls are counted in a process of their own (`processExitsWith`).
@Suite("BLAS plan", .enabled(if: OpenBLASInfo.isPresent))
struct BLASPlanTests {
  @Test("dot and scal, once for each row and block, Doubles' dot in pieces of 512 columns")
  func calls() async {
    await #expect(processExitsWith: .success) {
      for kernel in Engine.kernelNames {
        let options = RowOptions(
          engine: try Engine(named: "openblas", kernel: kernel, plan: "blas"), threads: 1)
        for (rows, columns) in [(1, 10), (7, 300), (3, 2049), (2, 10_000)] {
          let floats = Matrix(repeating: Float(0.5), rows: rows, columns: columns)
          let doubles = Matrix(repeating: 0.5, rows: rows, columns: columns)
          let (f, d) = (rows * blocks(columns, of: 2048), rows * blocks(columns, of: 1024))
          let pieces = rows * (columns / 1024 * 2 + blocks(columns % 1024, of: 512))
          check(callsDuring { _ = floats.logSumExp(options: options) }, [0, f, 0, 0])
          check(callsDuring { _ = doubles.logSumExp(options: options) }, [0, pieces, 0, 0])
          check(callsDuring { _ = floats.softmax(options: options) }, [0, f, f, 0])
          check(callsDuring { _ = doubles.softmax(options: options) }, [0, pieces, 0, d])
          check(callsDuring { _ = floats.logSoftmax(options: options) }, [0, f, 0, 0])
          check(callsDuring { _ = doubles.logSoftmax(options: options) }, [0, pieces, 0, 0])
        }
      }
      // Vectors stay so short that OpenBLAS never threads by itself.
      #expect(counted_blas().longest <= 2048)
    }
  }

  @Test("none in the fused plan, nor in simd and swift")
  func noCalls() async {
    await #expect(processExitsWith: .success) {
      for configuration in Configuration.all where configuration.engine.plan == "fused" {
        let options = configuration.options()
        let matrix = Matrix(repeating: Float(0.5), rows: 3, columns: 5000)
        let calls = callsDuring {
          _ = matrix.logSumExp(options: options)
          _ = matrix.softmax(options: options)
          _ = matrix.logSoftmax(options: options)
        }
        check(calls, [0, 0, 0, 0])
      }
    }
  }

  @Test("automatic takes the plan that choice names", arguments: RowOperation.allCases)
  func choice(operation: RowOperation) async {
    await #expect(processExitsWith: .success) { [operation = operation.rawValue as String] in
      let operation = RowOperation(rawValue: operation)!
      let engine = try Engine(named: "openblas")
      for columns in [1, 10, 100, 1000, 5000] {
        let choice = engine.choice(for: operation, columns: columns, of: Float.self)
        let row = [Float](repeating: 1, count: columns)
        let calls = callsDuring {
          _ = results(operation, of: row, options: RowOptions(engine: engine, threads: 1))
        }
        #expect((calls.reduce(0, +) > 0) == (choice.plan == "blas"))
      }
    }
  }

  @Test("a row of one value: no sum is asked of BLAS for what has no mass")
  func special() async {
    await #expect(processExitsWith: .success) {
      for configuration in Configuration.blas {
        let row = [Float](repeating: -.infinity, count: 100)
        let calls = callsDuring {
          _ = results(.logSumExp, of: row, options: configuration.options())
        }
        check(calls, [0, 0, 0, 0])
      }
    }
  }
}

private func blocks(_ columns: Int, of length: Int) -> Int { (columns + length - 1) / length }

/// dsdot, ddot, sscal and dscal calls while `body` runs.
private func callsDuring(_ body: () -> Void) -> [Int] {
  let before = counted_blas()
  body()
  let after = counted_blas()
  return [
    after.dsdot - before.dsdot, after.ddot - before.ddot, after.sscal - before.sscal,
    after.dscal - before.dscal,
  ]
}

private func check(_ calls: [Int], _ expected: [Int]) {
  #expect(calls == expected, "dsdot, ddot, sscal, dscal")
}
