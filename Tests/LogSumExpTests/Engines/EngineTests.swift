import Foundation
import LogSumExp
import TestSupport
import Testing

@Suite("Engine")
struct EngineTests {
  private static let environment = ProcessInfo.processInfo.environment

  @Test("LSE_REQUIRE_ENGINES names engines that must be here")
  func required() throws {
    let required = Self.environment["LSE_REQUIRE_ENGINES"] ?? "swift"
    for name in required.split(separator: ",") {
      let engine = try Engine(named: String(name))
      #expect(engine.name == name)
      #expect(Engine.available.contains { $0.name == name })
      #expect(Configuration.all.contains { $0.engine.name == name })
    }
  }

  @Test("OpenBLAS absent", .enabled(if: environment["LSE_EXPECT_ABSENT"] == "1"))
  func absent() async {
    #expect(!OpenBLASInfo.isPresent)
    #expect(OpenBLASInfo.configuration == nil)
    #expect(OpenBLASInfo.core == nil)
    #expect(OpenBLASInfo.threads == nil)
    await #expect(processExitsWith: .success) {
      unsetenv("LSE_ENGINE")
      #expect(Engine.automatic.name == "swift")
      #expect(Engine.automatic.reason.contains("scripts/setup"))
    }
    let error = #expect(throws: EngineError.self) { try Engine(named: "openblas") }
    #expect(error?.description.contains("scripts/setup") == true)
    #expect(error == .openBLASAbsent || error == .builtWithoutC("openblas"))
  }

  @Test("OpenBLAS present", .enabled(if: OpenBLASInfo.isPresent))
  func present() async {
    #expect(OpenBLASInfo.isEnabled)
    #expect(OpenBLASInfo.configuration?.contains("OpenBLAS") == true)
    #expect(OpenBLASInfo.core?.isEmpty == false)
    #expect(OpenBLASInfo.threads ?? 0 >= 1)
    await #expect(processExitsWith: .success) {
      unsetenv("LSE_ENGINE")
      #expect(Engine.automatic.name == "openblas")
      #expect(Engine.automatic.reason == "OpenBLAS is present")
    }
  }

  @Test("LSE_ENGINE overrides automatic", arguments: Engine.available.map(\.name))
  func override(name: String) async {
    await #expect(processExitsWith: .success) { [name] in
      setenv("LSE_ENGINE", name, 1)
      #expect(Engine.automatic.name == name)
      #expect(Engine.automatic.reason == "LSE_ENGINE asks for it")
    }
  }

  @Test("LSE_ENGINE asks for what is not there: swift, and the reason says so")
  func refusedOverride() async {
    await #expect(processExitsWith: .success) {
      setenv("LSE_ENGINE", "cuda", 1)
      #expect(Engine.automatic == .swift)
      #expect(Engine.automatic.reason.contains("LSE_ENGINE=cuda"))
      #expect(Engine.automatic.reason.contains("openblas, simd, swift"))
    }
  }

  @Test("an empty LSE_ENGINE asks for nothing")
  func emptyOverride() async {
    await #expect(processExitsWith: .success) {
      setenv("LSE_ENGINE", "", 1)
      #expect(Engine.automatic.name == (OpenBLASInfo.isPresent ? "openblas" : "swift"))
    }
  }

  @Test("names that do not exist are refused with those that do")
  func unknown() {
    let engine = #expect(throws: EngineError.self) { try Engine(named: "cuda") }
    #expect(engine?.description == "no engine 'cuda' here; there is openblas, simd, swift")
    let kernel = #expect(throws: EngineError.self) {
      try Engine(named: "swift", kernel: "avx9000")
    }
    #expect(kernel?.description == "no kernel 'avx9000' here; there is portable")
    let plan = #expect(throws: EngineError.self) { try Engine(named: "swift", plan: "blas") }
    #expect(plan?.description == "no plan 'blas' here; there is automatic, fused")
    #expect(throws: EngineError.self) { try Engine(named: "Swift") }
    #expect(throws: EngineError.self) { try Engine(named: "") }
    #expect(throws: EngineError.self) { try Engine(named: "swift", plan: "") }
  }

  @Test("without C only swift is there", .enabled(if: !OpenBLASInfo.isEnabled))
  func withoutC() {
    #expect(Engine.kernelNames.isEmpty)
    #expect(Engine.available.map(\.name) == ["swift"])
    #expect(throws: EngineError.builtWithoutC("simd")) { try Engine(named: "simd") }
    #expect(Engine.automatic.reason.contains("trait OpenBLAS") || Engine.automatic != .swift)
  }

  @Test("with C: the last kernel is portable", .enabled(if: OpenBLASInfo.isEnabled))
  func kernelNames() throws {
    #expect(Engine.kernelNames.last == "portable")
    #expect(Set(Engine.kernelNames).count == Engine.kernelNames.count)
    #expect(try Engine(named: "simd").kernel == Engine.kernelNames.first)
  }

  @Test("what is asked for is reported and taken", arguments: Configuration.all)
  func reported(configuration: Configuration) {
    let engine = configuration.engine
    for operation in RowOperation.allCases {
      for columns in [1, 64, 2048, 100_000] {
        let choice = engine.choice(for: operation, columns: columns, of: Float.self)
        // A recurrence leaves nothing to sum by BLAS.
        #expect(choice.plan == (operation == .cumulativeLogSumExp ? "fused" : engine.plan))
        #expect(choice.kernel == engine.kernel)
      }
    }
    #expect(engine.reason == "requested")
    #expect(
      engine.description == "\(engine.name) (\(engine.kernel), \(engine.plan)): requested")
  }

  @Test("rows up to a block are whole, longer ones go by blocks")
  func shape() {
    for (columns, shape) in [(0, "whole rows"), (1, "whole rows"), (2049, "blocks")] {
      #expect(
        Engine.swift.choice(for: .softmax, columns: columns, of: Float.self).shape == shape)
    }
    for type in ScalarType.allCases {
      type.run { type in
        let block = type.blockLength
        let shape = { Engine.swift.choice(for: .softmax, columns: $0, of: type).shape }
        #expect(shape(block) == "whole rows" && shape(block + 1) == "blocks")
      }
    }
  }

  @Test("engines that compute the same are equal, for whatever reason they were taken")
  func equality() throws {
    #expect(try Engine(named: "swift") == .swift)
    #expect(try Engine(named: "swift", kernel: "portable") == .swift)
    #expect(try Engine(named: "swift", plan: "fused") != .swift)
    #expect(Set(Configuration.all).count == Configuration.all.count)
    let automatic = try Engine(named: Engine.automatic.name)
    #expect(automatic == .automatic && automatic.hashValue == Engine.automatic.hashValue)
  }

  @Test("simd has the bits of openblas's fused plan", arguments: Engine.kernelNames)
  func simd(kernel: String) throws {
    guard OpenBLASInfo.isPresent else { return }
    let simd = try Configuration("simd", kernel: kernel, plan: "fused")
    let openblas = try Configuration("openblas", kernel: kernel, plan: "fused")
    for columns in [1, 17, 70, 600, 5000] {
      let row = RowFamily.normal5.row(Float.self, count: columns)
      for operation in RowOperation.allCases {
        #expect(
          results(operation, of: row, options: simd.options()).bits
            == results(operation, of: row, options: openblas.options()).bits)
      }
    }
  }

  @Test("OpenBLAS's thread count stays as it is", .enabled(if: OpenBLASInfo.isPresent))
  func threads() {
    let before = OpenBLASInfo.threads
    let matrix = Matrix(repeating: Float(1), rows: 100, columns: 3000)
    for configuration in Configuration.blas {
      _ = matrix.softmax(options: configuration.options(threads: 2))
    }
    #expect(OpenBLASInfo.threads == before)
  }

  @Test("engines and kernels agree within the sum of their bounds", arguments: ScalarType.allCases)
  func agreement(type: ScalarType) {
    type.run { agreement($0) }
  }

  private func agreement<T: TestScalar>(_ type: T.Type) {
    let base = Configuration.all[0]
    for family in [RowFamily.normal5, .offset1e4, .maskFill1e9, .ascending] {
      for columns in [1, 2, 5, 16, 31, 70, 500, 2049, 5000] {
        let row = family.row(T.self, count: columns, draw: 5)
        for operation in RowOperation.allCases {
          // The max and the log-sum of rising prefixes cancel where they pass 0.
          if operation == .cumulativeLogSumExp && family == .ascending { continue }
          let expected = results(operation, of: row, options: base.options())
          for other in Configuration.all.dropFirst() {
            let got = results(operation, of: row, options: other.options())
            let bound = base.bound(operation, T.self) + other.bound(operation, T.self)
            let apart = zip(got, expected).map { got, expected in
              Exact<T>(Twofold(Double(expected))).error(of: got)
            }
            #expect(
              apart.allSatisfy { $0 <= bound },
              """
              \(T.self) \(operation) \(family) \(columns): \(other) is \(apart.max() ?? 0) ULP \
              from \(base)
              """)
          }
        }
      }
    }
  }
}
