/// What a row without mass becomes: nothing takes part, or all that takes part is -inf.
public enum NoMass: Hashable, Sendable {
  /// NaN in every place.
  case nan
  /// Probability 0 (log-probability -inf) in every place.
  case zero
  /// The same share for each element that takes part; for each element where none does.
  case uniform
}

/// What softmax and log-softmax make of a row that holds +inf.
public enum Infinity: Hashable, Sendable {
  /// NaN in every place, as inf - inf is.
  case nan
  /// The limit: the k elements equal to +inf have 1 / k each (log: -log k), the others 0 (log: -inf).
  case limit
}

/// How an operation on rows behaves; the data are its arguments.
///
/// ```swift
/// var options = RowOptions()
/// options.skipsNaN = true
/// scores.logSumExp(options: options)
/// ```
public struct RowOptions: Hashable, Sendable {
  /// The options that every operation takes unless told otherwise.
  public static var `default`: RowOptions { RowOptions() }

  /// Engine, plan and kernels that compute.
  public var engine: Engine
  /// Number of threads; nil takes all processors for large work and one for small. The bits of the
  /// result do not depend on it.
  ///
  /// - Precondition: at least 1.
  public var threads: Int?
  /// Result for a row without mass where no mask was given and `skipsNaN` is false.
  public var unmaskedNoMass: NoMass
  /// Result for a row without mass where a mask was given or `skipsNaN` is true.
  public var maskedNoMass: NoMass
  /// Result for a row that holds +inf.
  public var infinity: Infinity
  /// If true, NaN takes no part, as if masked.
  public var skipsNaN: Bool

  /// Options with the given behaviour.
  @inlinable
  public init(
    engine: Engine = .automatic, threads: Int? = nil,
    unmaskedNoMass: NoMass = .nan, maskedNoMass: NoMass = .zero,
    infinity: Infinity = .nan, skipsNaN: Bool = false
  ) {
    self.engine = engine
    self.threads = threads
    self.unmaskedNoMass = unmaskedNoMass
    self.maskedNoMass = maskedNoMass
    self.infinity = infinity
    self.skipsNaN = skipsNaN
  }
}
