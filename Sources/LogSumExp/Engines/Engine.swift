/// What computes: row kernels in C or Swift, and products from OpenBLAS or Swift.
///
/// | name | row kernels | needs |
/// |---|---|---|
/// | `openblas` | C, with sums by BLAS in the `blas` plan | OpenBLAS and the trait `OpenBLAS` |
/// | `simd` | C | the trait `OpenBLAS` |
/// | `swift` | Swift | nothing |
///
/// ```swift
/// let engine = try Engine(named: "openblas", kernel: "avx2", plan: "blas")
/// scores.softmax(options: RowOptions(engine: engine))
/// ```
///
/// Obtaining an engine can throw; using one never does. An engine is a plain value without
/// reference to anything that changes.
public struct Engine: Sendable {
  enum Family: UInt8, CaseIterable, Sendable {
    case openblas, simd, swift
  }

  /// How rows are reduced.
  enum Plan: UInt8, CaseIterable, Sendable {
    /// The faster of the two by docs/performance.md.
    case automatic
    /// One kernel keeps max and sum in registers.
    case fused
    /// Sums of groups of vectors added up by BLAS dot, normalisation by BLAS scal.
    case blas

    var name: String { "\(self)" }
  }

  let family: Family
  /// Index into `CRowKernels.variants`; 0 for the swift engine.
  let variant: UInt8
  let requestedPlan: Plan
  let why: Reason

  init(family: Family, variant: UInt8 = 0, plan: Plan = .automatic, why: Reason) {
    self.family = family
    self.variant = variant
    self.requestedPlan = plan
    self.why = why
  }

  /// The engine of the given name, on this machine.
  ///
  /// - Parameters:
  ///   - name: One of `Engine.names`.
  ///   - kernel: One of `Engine.kernelNames`, or "portable" for the swift engine; nil takes the best.
  ///   - plan: "automatic", "fused", or (openblas only) "blas"; nil means automatic.
  /// - Throws: `EngineError`, which says what is missing and how to get it.
  public init(named name: String, kernel: String? = nil, plan: String? = nil) throws {
    guard let family = Family.allCases.first(where: { "\($0)" == name }) else {
      throw EngineError.unknown(what: "engine", name: name, known: Engine.names)
    }
    if family != .swift && !OpenBLASInfo.isEnabled { throw EngineError.builtWithoutC(name) }
    if family == .openblas && !OpenBLASInfo.isPresent { throw EngineError.openBLASAbsent }

    let kernels = family == .swift ? ["portable"] : Engine.kernelNames
    var variant = 0
    if let kernel {
      guard let index = kernels.firstIndex(of: kernel) else {
        throw EngineError.unknown(what: "kernel", name: kernel, known: kernels)
      }
      variant = index
    }

    var chosenPlan = Plan.automatic
    if let plan {
      let plans = Plan.allCases.filter { $0 != .blas || family == .openblas }
      guard let found = plans.first(where: { $0.name == plan }) else {
        throw EngineError.unknown(
          what: "plan", name: plan, known: plans.map(\.name))
      }
      chosenPlan = found
    }
    self.init(family: family, variant: UInt8(variant), plan: chosenPlan, why: .requested)
  }

  /// Pure Swift: no C, the same on every machine of one architecture.
  public static let swift = Engine(family: .swift, why: .requested)

  /// OpenBLAS where it is present, else Swift. The environment variable `LSE_ENGINE` overrides it; an
  /// engine asked for there that is absent gives the swift engine, and `reason` says so.
  public static let automatic: Engine = {
    if let asked = environment("LSE_ENGINE"), !asked.isEmpty {
      if let engine = try? Engine(named: asked) {
        return Engine(family: engine.family, why: .asked)
      }
      return Engine(family: .swift, why: .refused)
    }
    if OpenBLASInfo.isPresent { return Engine(family: .openblas, why: .present) }
    return Engine(family: .swift, why: OpenBLASInfo.isEnabled ? .absent : .builtWithoutC)
  }()

  /// The engines that exist, present or not.
  public static var names: [String] { Family.allCases.map { "\($0)" } }

  /// The engines that this program can use on this machine.
  public static var available: [Engine] { names.compactMap { try? Engine(named: $0) } }

  /// The kernel variants in C that this processor runs, best first; empty without the trait `OpenBLAS`.
  public static var kernelNames: [String] { CVariants.names }

  /// "openblas", "simd" or "swift".
  public var name: String { "\(family)" }

  /// Name of the kernel variant.
  public var kernel: String {
    family == .swift ? "portable" : Engine.kernelNames[Int(variant)]
  }

  /// "automatic", "fused" or "blas", as requested. `choice(for:columns:of:)` tells which one is taken.
  public var plan: String { requestedPlan.name }

  /// Why this engine was taken, in a phrase.
  public var reason: String { why.text }

  /// What is used for one operation on rows of one length; `choice(for:columns:of:)` returns it.
  public struct Choice: Hashable, Sendable {
    /// "fused" or "blas".
    public let plan: String
    /// Name of the kernel variant.
    public let kernel: String
    /// "whole rows" or "blocks", for rows longer than a block.
    public let shape: String
  }

  /// Which plan, kernel and shape an operation takes; the operation itself asks here.
  public func choice<Scalar: RowScalar>(
    for operation: RowOperation, columns: Int, of type: Scalar.Type
  ) -> Choice {
    Choice(
      plan: plan(for: operation.task).name, kernel: kernel,
      shape: columns <= Scalar._format.blockLength ? "whole rows" : "blocks")
  }

  /// The plan by operation. docs/performance.md shows both plans side by side: fused is faster at every
  /// length measured, so automatic is fused. Weighted and cumulative
  /// sums have one plan.
  @inline(__always)
  func plan(for task: RowTask) -> Plan {
    requestedPlan == .blas && task != .weightedLogSumExp && task != .cumulativeLogSumExp
      ? .blas : .fused
  }

  /// The kernels for one format.
  @inline(__always)
  func kernels(_ format: _RowScalarFormat) -> UnsafePointer<RowKernels> {
    family == .swift ? SwiftTables.pointer(format) : CVariants.pointer(Int(variant), format)
  }
}

extension Engine: Hashable {
  /// Engines are equal that compute the same, for whatever reason they were taken.
  public static func == (a: Engine, b: Engine) -> Bool {
    a.family == b.family && a.variant == b.variant && a.requestedPlan == b.requestedPlan
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(family)
    hasher.combine(variant)
    hasher.combine(requestedPlan)
  }
}

extension Engine: CustomStringConvertible {
  public var description: String { "\(name) (\(kernel), \(plan)): \(reason)" }
}
