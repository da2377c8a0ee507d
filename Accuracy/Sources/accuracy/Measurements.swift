import LogSumExp

/// Everything that the harness measures, as JSON for scripts/accuracy.
struct Measurements: Codable {
  var openblas = OpenBLASInfo.isPresent ? OpenBLASInfo.configuration : nil
  var core = OpenBLASInfo.core
  /// The reference against mpmath.
  var reference = ReferenceCheck()
  var exponentials: [ExponentialGroup] = []
  /// Rows against the wide reference: LSE, softmax and log-softmax.
  var rows: [RowGroup] = []
  /// Other operations, and other types.
  var further: [RowGroup] = []
  /// Functions of numbers: `family` is where the operands come from.
  var elementwise: [RowGroup] = []
  var seconds: [String: Double] = [:]
}

/// The errors of one kernel's exponentials by themselves.
struct ExponentialGroup: Codable {
  let variant: String
  let type: String
  let form: String
  var errors = Errors()
}

/// The errors of one operation of one configuration on rows of one family and length.
struct RowGroup: Codable {
  let configuration: String
  let type: String
  let operation: String
  let family: String
  let temperature: Double
  let length: Int
  var errors = Errors()
  /// |sum of the row's softmax - 1| in unit roundoffs.
  var sums = Tally()
  /// Absolute errors of an LSE of Doubles below 2^-47 where max and log-sum cancel.
  var nearZero = Tally()
  /// Errors in ULP of an LSE of Doubles below 2^-47 where nothing cancels: the max is 0, or nearly so.
  var small = Tally()
  /// Errors as parts of the stated bound, where that depends on the input's condition.
  var share = Tally()

  /// Whether an LSE belongs to one of these two.
  static func isNearZero<T: BinaryFloatingPoint>(_ result: T) -> Bool {
    T.self == Double.self && result.magnitude < 0x1p-47
      && result.magnitude >= T.leastNormalMagnitude
  }
}
