/// Which elements of each row take part. What is masked may be loaded but never affects a result, NaN
/// and infinities included; its own result is 0 (log: -inf).
///
/// ```swift
/// scores.softmax(mask: .causal())                    // row i sees columns 0...i
/// scores.softmax(mask: .lengths([3, 5]))             // ragged rows in a padded matrix
/// scores.logSumExp(mask: .keeping(view))             // true takes part
/// ```
public enum Mask {
  /// Every element takes part.
  case none
  /// Column j of row i of a batch takes part if j <= i + offset.
  case causal(offset: Int = 0)
  /// The first so many elements take part: one length for each row, batch after batch.
  case lengths([Int])
  /// Elements take part where the view, of the same shape, is true. Strides of 0 repeat.
  case keeping(MatrixView<Bool>)
}

/// Weights w of a weighted sum: log of sum of w_i exp(x_i).
///
/// A weight of 0 removes its element before anything is read of it. Weights may be negative where the
/// sign of the sum is asked for.
public enum Weights<Scalar: RowScalar> {
  /// One weight for each column.
  case perColumn([Scalar])
  /// One weight for each element: a view of the matrix's shape. Strides of 0 repeat.
  case perElement(MatrixView<Scalar>)
}

/// Which rows and columns of a matrix an operation takes, by index, in the order given and without a
/// copy of the matrix. An index may come more than once.
///
/// ```swift
/// scores.logSumExp(selecting: .rows([0, 7]))
/// scores.softmax(selecting: Selection(rows: [2], columns: [0, 1, 5]))
/// ```
public struct Selection: Hashable, Sendable {
  /// Rows, counted through all batches; nil takes all.
  public var rows: [Int]?
  /// Columns; nil takes all.
  public var columns: [Int]?

  /// The given rows and columns.
  @inlinable
  public init(rows: [Int]? = nil, columns: [Int]? = nil) {
    self.rows = rows
    self.columns = columns
  }

  /// The whole matrix.
  @inlinable
  public static var all: Selection { Selection() }

  /// These rows, whole.
  @inlinable
  public static func rows(_ indices: [Int]) -> Selection { Selection(rows: indices) }

  /// These columns of every row.
  @inlinable
  public static func columns(_ indices: [Int]) -> Selection { Selection(columns: indices) }
}
