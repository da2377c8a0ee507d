import ArgumentParser
import LogSumExp
import NumPyFile

/// The arguments of the commands that read a matrix and write a result.
struct MatrixOptions: ParsableArguments {
  enum Each: String, CaseIterable, ExpressibleByArgument {
    case row, column
  }

  /// A map's result of more numbers than this is not printed.
  static let longestText = 1000

  @Argument(help: "Matrix file, .npy, .npz, .npz:NAME or .csv; - is standard input.")
  var input: String
  @Option(
    name: .shortAndLong,
    help: "Result file, .npy of the input's type; - is standard output. Without it: text.")
  var output: String?
  @Option(help: "What is reduced or normalised.")
  var each = Each.row
  @Option(parsing: .unconditional, help: "T: the operation is on x / T. Negative: soft minimum.")
  var temperature = 1.0
  @OptionGroup(title: "Who takes part")
  var part: PartOptions
  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    guard temperature.isFinite && temperature != 0 else {
      throw ValidationError("--temperature is \(temperature), must be finite and not 0")
    }
  }

  /// Reads, computes and writes.
  func run(_ work: RowWork, weights: String? = nil, signOutput: String? = nil) throws {
    let (task, file) = try prepare(weights: weights) { _ in work }
    if output == nil && work.resultsPerRow == nil && file.layout.count > Self.longestText {
      throw Failure.usage(
        "\(input): the result has \(file.layout.count) numbers; give a file for it with -o OUT.npy")
    }
    let results = task.arrays(for: file)
    // Signs first: if they cannot be written, the output stays as it was.
    if let signOutput { try results[1].write(to: signOutput, lineLength: 1) }
    let lineLength = work.resultsPerRow == nil ? file.layout.columns : 1
    try results[0].write(to: output, lineLength: lineLength)
  }

  /// The same for the columns of the file `columns`.
  func pick(_ columns: String) throws {
    let (task, file) = try prepare(others: [columns]) { rows in
      let file = try MatrixFile(columns)
      let shape = file.shape
      guard shape.count <= 2 && shape[0] == rows.totalRows else {
        let text = shape.map(String.init).joined(separator: " x ")
        throw Failure.data(
          """
          \(fileName(columns)): has shape \(text), not \(rows.totalRows) or \(rows.totalRows) x K \
          for as many \(each.rawValue)s of the input
          """)
      }
      let indices = try file.integers(columns)
      for index in indices where index < 0 || index >= rows.columns {
        throw Failure.data(
          "\(fileName(columns)): \(each.across) \(index) lies outside 0..<\(rows.columns)")
      }
      return .pick(indices, shape: shape)
    }
    let results = task.arrays(for: file)
    try results[0].write(to: output, lineLength: task.work.resultsPerRow ?? 1)
  }

  /// The input, and what to do with it; `work` is told the rows operated on.
  private func prepare(
    weights: String? = nil, others: [String] = [], _ work: (MatrixLayout) throws -> RowWork
  ) throws -> (RowTask, MatrixFile) {
    let inputs = [input] + part.files + others + (weights.map { [$0] } ?? [])
    if inputs.count(where: { $0 == "-" }) > 1 {
      throw Failure.usage("- is given for more than one file; standard input is read once")
    }
    var options = try engine.rowOptions()
    options.skipsNaN = part.skipNaN
    let file = try MatrixFile(input)
    let files = try RowFiles(part, weights: weights, for: file, each: each)
    let task = RowTask(
      work: try work(each.rows(of: file.layout)), each: each, files: files,
      temperature: temperature, options: options)
    return (task, file)
  }
}

extension RowTask {
  /// The results as arrays of the file's type: signs are a second one.
  fileprivate func arrays(for file: MatrixFile) -> [any NumPyReadable] {
    switch file.type {
    case .float16:
      #if !(os(macOS) && arch(x86_64))
        if #available(macOS 11, *) {
          return arrays(for: file) { (words: [Float16], shape) in ResultArray(words, shape: shape) }
        }
      #endif
      return arrays(for: file) { (words: [Float], shape) in
        ResultArray(rounding: words, shape: shape)
      }
    case .float32:
      return arrays(for: file) { (words: [Float], shape) in ResultArray(words, shape: shape) }
    default:
      return arrays(for: file) { (words: [Double], shape) in ResultArray(words, shape: shape) }
    }
  }

  private func arrays<Scalar: FileScalar>(
    for file: MatrixFile, _ array: ([Scalar], [Int]) -> any NumPyReadable
  ) -> [any NumPyReadable] {
    let words: [Scalar] = results(for: file)
    let shape = shape(for: file.shape)
    if work != .signedLogSumExp { return [array(words, shape)] }
    let rows = words.count / 2
    return [array(Array(words[..<rows]), shape), array(Array(words[rows...]), shape)]
  }
}
