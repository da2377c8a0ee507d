import Foundation
import LogSumExp
import NumPyFile
import TestSupport

/// Measures this library and prints `Measurements` as JSON; scripts/accuracy runs it.
///
///     accuracy --golden FILE [--quick] [--rows FOLDER] [--only WORDS]
///     accuracy --show FAMILY TYPE LENGTH DRAW
///
/// `--rows` also writes the rows and their exact results for other libraries (`PeerFiles`). `--only`
/// measures the parts whose names contain the words. `--show` prints the row that a result came from.
@main
struct Accuracy {
  private let workload: Workload
  private let only: String?
  private var peers: PeerFiles?
  private var measurements = Measurements()

  static func main() {
    var golden: String?
    var rows: String?
    var only: String?
    var isQuick = false
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--golden": golden = arguments.popFirst()
      case "--rows": rows = arguments.popFirst()
      case "--only": only = arguments.popFirst()
      case "--quick": isQuick = true
      case "--show": return show(Array(arguments))
      default: fail("unknown argument \(argument)")
      }
    }
    guard let golden else { fail("--golden FILE is missing") }
    var accuracy = Accuracy(
      workload: Workload(isQuick: isQuick), only: only,
      peers: rows.map { PeerFiles(folder: $0) })
    accuracy.run(Golden(contentsOf: golden))
  }

  /// The elements of a row, one a line, in hexadecimal.
  private static func show(_ arguments: [String]) {
    guard arguments.count == 4, let count = Int(arguments[2]), let draw = Int(arguments[3]),
      let family = Family.all.first(where: { $0.name == arguments[0] })
    else { fail("--show takes a family, float32 or float64, a length and a draw") }
    let row =
      arguments[1] == Float.typeName
      ? family.row(Float.self, count: count, draw: draw).map { Double($0) }
      : family.row(Double.self, count: count, draw: draw)
    for x in row { print(hexadecimal(x)) }
  }

  private init(workload: Workload, only: String?, peers: PeerFiles?) {
    self.workload = workload
    self.only = only
    self.peers = peers
  }

  private mutating func run(_ golden: Golden) {
    measurements.reference = golden.check
    if !measurements.reference.isPassed {
      fail("the wide reference is not what mpmath gives: \(measurements.reference)")
    }
    timed("exponentials, Float") { $0.floatExponentials() }
    timed("exponentials, Double") { $0.doubleExponentials() }
    timed("rows [0, x]") {
      $0.measurements.rows += PairSweep(step: $0.workload.pairStep).groups
    }
    timed("rows, Float") { $0.rows(Float.self) }
    timed("rows, Double") { $0.rows(Double.self) }
    peers?.writeIndex()
    timed("further operations, Float") {
      $0.further(Float.self, MeasuredOperation.further)
    }
    timed("further operations, Double") {
      $0.further(Double.self, MeasuredOperation.further)
    }
    timed("rows, 16 bits") {
      $0.further(BFloat16.self, MeasuredOperation.plain)
      #if !((os(macOS) || targetEnvironment(macCatalyst)) && arch(x86_64))
        $0.further(Float16.self, MeasuredOperation.plain)
      #endif
    }
    timed("masked rows") { $0.masked() }
    timed("elementwise, every so many Floats") {
      $0.measurements.elementwise += FloatFunctionSweep(step: $0.workload.elementwiseStep).groups
    }
    timed("elementwise, Float") { $0.elementwise(Float.self) }
    timed("elementwise, Double") { $0.elementwise(Double.self) }
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    FileHandle.standardOutput.write(attempt { try encoder.encode(measurements) })
  }

  private mutating func timed(_ part: String, _ body: (inout Self) -> Void) {
    if let only, !part.contains(only) { return }
    note("accuracy: \(part)")
    let duration = ContinuousClock().measure { body(&self) }
    measurements.seconds[part] = duration / .seconds(1)
  }

  private mutating func floatExponentials() {
    var sweep = ExponentialSweep<FloatExponentials>()
    ExponentialArguments.measureFloats(&sweep, step: workload.floatStep)
    ExponentialArguments.measurePairs(&sweep, count: workload.floatPairs)
    measurements.exponentials += sweep.groups
  }

  private mutating func doubleExponentials() {
    var sweep = ExponentialSweep<DoubleExponentials>()
    ExponentialArguments.measureDoubles(&sweep, count: workload.doubleArguments)
    ExponentialArguments.measurePairs(&sweep, count: workload.doublePairs)
    measurements.exponentials += sweep.groups
  }

  private mutating func rows<T: MeasuredScalar & NumPyScalar>(_ type: T.Type) {
    for work in workload.cases {
      let rows = RowMeasurement(work, MeasuredOperation<T>.plain)
      measurements.rows += Configuration.all.flatMap { rows.groups($0) }
      peers?.add(rows)
    }
  }

  private mutating func further<T: MeasuredScalar>(
    _ type: T.Type, _ operations: [MeasuredOperation<T>]
  ) {
    for work in workload.fewerCases {
      let rows = RowMeasurement(work, operations)
      if rows.rows.isEmpty { continue }
      measurements.further += Configuration.all.flatMap { rows.groups($0) }
    }
  }

  private mutating func masked() {
    for configuration in Configuration.all {
      measurements.further += [
        MaskCheck<Float>.group(configuration), MaskCheck<Double>.group(configuration),
        MaskCheck<BFloat16>.group(configuration),
      ]
    }
  }

  private mutating func elementwise<T: MeasuredScalar & BinaryFloatingPoint>(_ type: T.Type)
  where T.Wide == T {
    for function in ElementwiseFunction<T>.measured {
      measurements.elementwise +=
        ElementwiseMeasurement(
          function, count: workload.elementwiseOperands
        ).groups
    }
  }
}
