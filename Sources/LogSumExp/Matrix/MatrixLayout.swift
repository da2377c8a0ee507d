/// The shape of a batched matrix and where its elements lie, counted in elements.
///
/// Element (b, i, j) lies at `b * batchStride + i * rowStride + j * columnStride` from the base.
/// Strides are not negative; a stride of 0 repeats the same elements and is for reading only.
public struct MatrixLayout: Hashable, Sendable {
  /// Number of matrices.
  public let batches: Int
  /// Number of rows in each matrix.
  public let rows: Int
  /// Number of columns in each matrix.
  public let columns: Int
  /// Distance between matrices.
  public let batchStride: Int
  /// Distance between rows.
  public let rowStride: Int
  /// Distance between columns.
  public let columnStride: Int

  /// A layout with every stride given.
  ///
  /// - Precondition: no count and no stride is negative, and the farthest element's offset fits `Int`.
  public init(
    batches: Int = 1, rows: Int, columns: Int,
    batchStride: Int? = nil, rowStride: Int? = nil, columnStride: Int = 1
  ) {
    require(rows >= 0, "MatrixLayout: rows is \(rows), must not be negative")
    require(columns >= 0, "MatrixLayout: columns is \(columns), must not be negative")
    require(batches >= 0, "MatrixLayout: batches is \(batches), must not be negative")
    require(
      columnStride >= 0, "MatrixLayout: columnStride is \(columnStride), must not be negative")
    let rowStride = rowStride ?? Self.product(columns, columnStride)
    require(rowStride >= 0, "MatrixLayout: rowStride is \(rowStride), must not be negative")
    let (rowsInBatch, isTooFar) = rows.multipliedReportingOverflow(by: rowStride)
    require(
      batches <= 1 || batchStride != nil || !isTooFar,
      "MatrixLayout: \(rows) rows \(rowStride) apart do not fit Int")
    let batchStride = batchStride ?? (isTooFar ? 0 : rowsInBatch)
    require(batchStride >= 0, "MatrixLayout: batchStride is \(batchStride), must not be negative")
    self.batches = batches
    self.rows = rows
    self.columns = columns
    self.batchStride = batchStride
    self.rowStride = rowStride
    self.columnStride = columnStride
    _ = Self.product(Self.product(batches, rows), columns)
    _ = span
  }

  /// A layout known to be sound.
  @inline(__always)
  init(
    unchecked batches: Int, _ rows: Int, _ columns: Int,
    batchStride: Int, rowStride: Int, columnStride: Int
  ) {
    self.batches = batches
    self.rows = rows
    self.columns = columns
    self.batchStride = batchStride
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (result, overflow) = a.multipliedReportingOverflow(by: b)
    require(!overflow, "MatrixLayout: \(a) times \(b) does not fit Int")
    return result
  }

  /// Number of elements, `batches * rows * columns`.
  public var count: Int { batches * rows * columns }

  /// Number of rows in all batches together.
  public var totalRows: Int { batches * rows }

  /// One more than the offset of the farthest element; 0 without elements.
  public var span: Int {
    if batches == 0 || rows == 0 || columns == 0 { return 0 }
    let (inBatches, first) = (batches &- 1).multipliedReportingOverflow(by: batchStride)
    let (inRows, second) = (rows &- 1).multipliedReportingOverflow(by: rowStride)
    let (inColumns, third) = (columns &- 1).multipliedReportingOverflow(by: columnStride)
    let (both, fourth) = inBatches.addingReportingOverflow(inRows)
    let (all, fifth) = both.addingReportingOverflow(inColumns)
    require(
      !(first || second || third || fourth || fifth) && all < Int.max,
      "MatrixLayout: the farthest element's offset does not fit Int")
    return all &+ 1
  }

  /// The same elements with rows and columns exchanged, in every batch.
  public var transposed: MatrixLayout {
    MatrixLayout(
      batches: batches, rows: columns, columns: rows,
      batchStride: batchStride, rowStride: columnStride, columnStride: rowStride)
  }

  /// Offset of row `row`, counted through all batches.
  @inline(__always)
  func offset(ofRow row: Int) -> Int {
    if batches == 1 { return row &* rowStride }
    let (batch, inside) = row.quotientAndRemainder(dividingBy: rows)
    return batch &* batchStride &+ inside &* rowStride
  }

  /// True where consecutive rows are a constant distance apart through all batches.
  @inline(__always)
  var hasUniformRows: Bool { batches <= 1 || batchStride == rows &* rowStride }

  /// How many rows from `row` on, counted through all batches, are a constant distance apart.
  @inline(__always)
  func uniformRows(from row: Int) -> Int {
    hasUniformRows ? totalRows &- row : rows &- row % rows
  }

  /// True where no two index triples can share an element (sufficient, and exact for nested strides).
  var isInjective: Bool {
    if batches <= 1 && columnStride == 1 && rowStride >= columns { return true }
    var steps = [(batches, batchStride), (rows, rowStride), (columns, columnStride)]
    steps.removeAll { $0.0 <= 1 }
    steps.sort { $0.1 < $1.1 }
    var reach = 0
    for (count, stride) in steps {
      if stride <= reach { return false }
      reach += (count - 1) * stride
    }
    return true
  }

  /// Layout and offset of a part, rows and columns given by ranges.
  func part(rows range: Range<Int>, columns columnRange: Range<Int>) -> (MatrixLayout, Int) {
    require(
      range.lowerBound >= 0 && range.upperBound <= rows,
      "subscript: rows \(range) lie outside 0..<\(rows)")
    require(
      columnRange.lowerBound >= 0 && columnRange.upperBound <= columns,
      "subscript: columns \(columnRange) lie outside 0..<\(columns)")
    let layout = MatrixLayout(
      batches: batches, rows: range.count, columns: columnRange.count,
      batchStride: batchStride, rowStride: rowStride, columnStride: columnStride)
    if layout.count == 0 { return (layout, 0) }
    return (layout, range.lowerBound * rowStride + columnRange.lowerBound * columnStride)
  }

  /// Layout and offset of one batch.
  func batch(_ index: Int) -> (MatrixLayout, Int) {
    require(index >= 0 && index < batches, "batch: \(index) lies outside 0..<\(batches)")
    let layout = MatrixLayout(
      rows: rows, columns: columns, rowStride: rowStride, columnStride: columnStride)
    return (layout, layout.count == 0 ? 0 : index * batchStride)
  }
}
