/// A matrix that owns its elements, row after row.
///
/// ```swift
/// let scores = Matrix<Float>([1, 2, 3, 4], rows: 2, columns: 2)
/// scores.logSumExp()              // [2.3132617, 4.3132615]
/// scores.softmax()[0, 1]          // 0.7310586
/// ```
public struct Matrix<Scalar: RowScalar>: Sendable {
  /// The elements, row after row.
  public private(set) var scalars: [Scalar]
  /// Number of rows.
  public let rows: Int
  /// Number of columns.
  public let columns: Int

  /// A matrix of the given elements, row after row.
  ///
  /// - Precondition: `scalars` holds exactly `rows * columns` elements.
  public init(_ scalars: [Scalar], rows: Int, columns: Int) {
    let layout = MatrixLayout(rows: rows, columns: columns)
    require(
      scalars.count == layout.count,
      "Matrix: \(scalars.count) elements do not fill \(rows) rows of \(columns) columns")
    self.scalars = scalars
    self.rows = rows
    self.columns = columns
  }

  /// A matrix filled with one value.
  public init(repeating value: Scalar, rows: Int, columns: Int) {
    let layout = MatrixLayout(rows: rows, columns: columns)
    self.init(
      [Scalar](repeating: value, count: layout.count), rows: rows, columns: columns)
  }

  /// A matrix whose elements `body` writes; it must write all of them.
  @usableFromInline
  init(
    uninitializedRows rows: Int, columns: Int,
    _ body: (MutableMatrixView<Scalar>) -> Void
  ) {
    let layout = MatrixLayout(rows: rows, columns: columns)
    self.rows = rows
    self.columns = columns
    self.scalars = [Scalar](unsafeUninitializedCapacity: layout.count) { buffer, count in
      body(
        MutableMatrixView(
          buffer.baseAddress ?? UnsafeMutablePointer(mutating: emptyPointer()), layout: layout))
      count = layout.count
    }
  }

  /// The element in `row` and `column`.
  public subscript(row: Int, column: Int) -> Scalar {
    get { scalars[index(row, column)] }
    set { scalars[index(row, column)] = newValue }
  }

  private func index(_ row: Int, _ column: Int) -> Int {
    require(row >= 0 && row < rows, "subscript: row \(row) lies outside 0..<\(rows)")
    require(
      column >= 0 && column < columns, "subscript: column \(column) lies outside 0..<\(columns)")
    return row * columns + column
  }

  /// The elements of one row.
  public subscript(row row: Int) -> ArraySlice<Scalar> {
    require(row >= 0 && row < rows, "subscript: row \(row) lies outside 0..<\(rows)")
    return scalars[(row * columns)..<((row + 1) * columns)]
  }
}

extension Matrix: RowWritable {
  public func withMatrixView<R, E: Error>(
    _ body: (MatrixView<Scalar>) throws(E) -> R
  ) throws(E) -> R {
    try scalars.withMatrixView(rows: rows, columns: columns, body)
  }

  public mutating func withMutableMatrixView<R, E: Error>(
    _ body: (MutableMatrixView<Scalar>) throws(E) -> R
  ) throws(E) -> R {
    try scalars.withMutableMatrixView(rows: rows, columns: columns, body)
  }
}

extension Matrix: Equatable where Scalar: Equatable {}
extension Matrix: Hashable where Scalar: Hashable {}

extension Matrix: CustomStringConvertible {
  public var description: String {
    (0..<rows).map { row in
      self[row: row].map { "\($0)" }.joined(separator: " ")
    }.joined(separator: "\n")
  }
}
