/// The operations on rows.
public enum RowOperation: String, CaseIterable, Sendable {
  /// log of the sum of exp: one result a row.
  case logSumExp = "logsumexp"
  /// exp(x) over the sum of exp: as many results as elements.
  case softmax
  /// log of softmax.
  case logSoftmax = "log-softmax"
  /// LSE of the elements up to each one: as many results as elements.
  case cumulativeLogSumExp = "cumulative"
}

extension RowOperation {
  var task: RowTask {
    switch self {
    case .logSumExp: .logSumExp
    case .softmax: .softmax
    case .logSoftmax: .logSoftmax
    case .cumulativeLogSumExp: .cumulativeLogSumExp
    }
  }
}

/// What an operation supplies to the walk: three steps on a tile of rows (`RowWalk`).
///
/// The steps of one operation stand in one file of this folder; nothing else belongs to an operation.
protocol RowSteps {
  /// Whether the steps write one result a row (in `finish`) or one an element (in `map`).
  static var isReduction: Bool { get }
  /// Whether results go where the tile says; else `finish` writes them to the caller's memory itself.
  static var writesTile: Bool { get }
  /// Whether `reduce` takes weights.
  static var isWeighted: Bool { get }
  /// Whether `map` is `RowKernels.scale`.
  static var scales: Bool { get }
  /// Whether `reduce` can take a tile that is not packed, and no other step needs its elements.
  static var reducesSource: Bool { get }
  /// Whether `reduce` and `map` can take rows that lie side by side where they are, if the output's do too.
  static var takesTurned: Bool { get }
  /// Whether `map` takes the state of each block of a long row, or that of the whole row.
  static var mapsByBlock: Bool { get }
  /// Whether a row is one recurrence from end to end, which `reduce` alone writes (`RowWalk+Sequence`).
  static var isSequence: Bool { get }
  /// Rows, or one block of a long row, to states. Returns the number of special rows.
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int
  /// The states of the blocks of one row to the state of the row, in place.
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall)
  /// States to what `map` needs, or to the results. Returns how many results are to be done again in
  /// wider arithmetic.
  static func finish(_ tile: Tile, _ call: RowCall) -> Int
  /// Elements and finished states to results.
  static func map(_ tile: Tile, _ call: RowCall)
}

extension RowSteps {
  static var isReduction: Bool { false }
  static var writesTile: Bool { true }
  static var isWeighted: Bool { false }
  static var scales: Bool { false }
  static var reducesSource: Bool { false }
  static var takesTurned: Bool { false }
  static var mapsByBlock: Bool { false }
  static var isSequence: Bool { false }
  static func map(_ tile: Tile, _ call: RowCall) {}
}

/// What a walk is for: the public operations, and what is made of their states.
@usableFromInline
enum RowTask: Sendable {
  case logSumExp, softmax, logSoftmax, cumulativeLogSumExp
  case weightedLogSumExp
  case logMeanExp, maxAndLogSum, pick, largest

  /// Whether results are a few a row, or one an element.
  @inline(__always)
  var isReduction: Bool {
    self != .softmax && self != .logSoftmax && self != .cumulativeLogSumExp
  }

  /// Whether a reduction's results are written by kernels, in the format that they compute in.
  @inline(__always)
  var writesInKernel: Bool { self == .logSumExp || self == .weightedLogSumExp }
}
