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

/// What an operation supplies to the walk: three steps on a tile of rows (`RowWalk`).
///
/// The steps of one operation stand in one file of this folder; nothing else belongs to an operation.
protocol RowSteps {
  /// Whether the steps write one result a row (in `finish`) or one an element (in `map`).
  static var isReduction: Bool { get }
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
  static var mapsByBlock: Bool { false }
  static var isSequence: Bool { false }
  static func map(_ tile: Tile, _ call: RowCall) {}
}
