import ArgumentParser

/// The options that say which elements take part, and what is added to them.
struct PartOptions: ParsableArguments {
  @Option(help: "Mask file of the input's shape, bool or integers: what is not 0 takes part.")
  var mask: String?
  @Option(help: "File of rank 1, an integer a row: so many elements from the first on take part.")
  var lengths: String?
  @Flag(help: "Element j of row i takes part if j <= i + N. Several masks: what all of them keep.")
  var causal = false
  @Option(parsing: .unconditional, help: "N of --causal (else 0).")
  var causalOffset: Int?
  @Option(help: "File of the input's shape, added to x / T.")
  var bias: String?
  @Flag(name: .customLong("skip-nan"), help: "NaN takes no part.")
  var skipNaN = false

  /// The files that are read.
  var files: [String] { [mask, lengths, bias].compactMap { $0 } }

  func validate() throws {
    if causalOffset != nil && !causal {
      throw ValidationError("--causal-offset needs --causal")
    }
  }
}
