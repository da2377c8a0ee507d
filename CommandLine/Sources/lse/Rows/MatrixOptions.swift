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

  @Argument(help: "Matrix file, .npy or .csv; - is standard input.")
  var input: String
  @Option(
    name: .shortAndLong,
    help: "Result file, .npy of the input's type; - is standard output. Without it: text.")
  var output: String?
  @Option(help: "What is reduced or normalised.")
  var each = Each.row
  @Option(parsing: .unconditional, help: "T: the operation is on x / T. Negative: soft minimum.")
  var temperature = 1.0
  @OptionGroup(title: "Engine")
  var engine: EngineOptions

  func validate() throws {
    guard temperature.isFinite && temperature != 0 else {
      throw ValidationError("--temperature is \(temperature), must be finite and not 0")
    }
  }

  /// Reads, computes and writes.
  func run(_ work: RowWork) throws {
    let task = RowTask(
      work: work, each: each, temperature: temperature, options: try engine.rowOptions())
    let file = try MatrixFile(input)
    let shape = task.shape(for: file.shape)
    let lineLength = work.isReduction ? 1 : file.layout.columns
    if output == nil && !work.isReduction && file.layout.count > Self.longestText {
      throw Failure.usage(
        "\(input): the result has \(file.layout.count) numbers; give a file for it with -o OUT.npy")
    }
    let result: any NumPyReadable =
      switch file.type {
      case .float16: ResultArray(rounding: task.floats(file), shape: shape)
      case .float32: ResultArray(task.floats(file), shape: shape)
      default: ResultArray(task.doubles(file), shape: shape)
      }
    try result.write(to: output, lineLength: lineLength)
  }
}
