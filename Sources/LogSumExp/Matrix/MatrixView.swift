/// A window for reading on a batched matrix in the caller's memory: a pointer and a layout.
///
/// Row ranges, sub-matrices and transposes are views on the same memory; nothing is copied. Like
/// `UnsafeBufferPointer`, a view is valid only as long as the memory it was made from.
///
/// ```swift
/// let corner = view[rows: 0..<2, columns: 1..<3].transposed
/// ```
public struct MatrixView<Element: BitwiseCopyable> {
  /// Address of element (0, 0, 0).
  public let base: UnsafePointer<Element>
  /// Shape and strides.
  public let layout: MatrixLayout

  /// A view on memory that holds at least `layout.span` elements from `base` on.
  public init(_ base: UnsafePointer<Element>, layout: MatrixLayout) {
    self.base = base
    self.layout = layout
  }

  /// A view on `elements`, row after row.
  ///
  /// - Precondition: `elements` holds exactly `rows * columns` elements.
  public init(_ elements: UnsafeBufferPointer<Element>, rows: Int, columns: Int) {
    let layout = MatrixLayout(rows: rows, columns: columns)
    require(
      elements.count == layout.count,
      "MatrixView: \(elements.count) elements do not fill \(rows) rows of \(columns) columns")
    self.init(elements.baseAddress ?? emptyPointer(), layout: layout)
  }

  /// Number of rows in each matrix.
  public var rows: Int { layout.rows }
  /// Number of columns.
  public var columns: Int { layout.columns }
  /// Number of matrices.
  public var batches: Int { layout.batches }

  /// Element in `row` and `column` of the first matrix.
  public subscript(row: Int, column: Int) -> Element {
    require(row >= 0 && row < rows, "subscript: row \(row) lies outside 0..<\(rows)")
    require(
      column >= 0 && column < columns, "subscript: column \(column) lies outside 0..<\(columns)")
    return base[row * layout.rowStride + column * layout.columnStride]
  }

  /// The part of each matrix in `rows` and `columns`.
  public subscript(rows rows: Range<Int>, columns columns: Range<Int>) -> Self {
    let (part, offset) = layout.part(rows: rows, columns: columns)
    return Self(base + offset, layout: part)
  }

  /// The given rows of each matrix.
  public subscript(rows rows: Range<Int>) -> Self { self[rows: rows, columns: 0..<columns] }

  /// The given columns of each matrix.
  public subscript(columns columns: Range<Int>) -> Self { self[rows: 0..<rows, columns: columns] }

  /// One matrix of the batch.
  public subscript(batch index: Int) -> Self {
    let (part, offset) = layout.batch(index)
    return Self(base + offset, layout: part)
  }

  /// The same memory with rows and columns exchanged: what is done by row there is done by column here.
  public var transposed: Self { Self(base, layout: layout.transposed) }
}

@available(*, unavailable)
extension MatrixView: Sendable {}

/// A pointer for views without elements; never read.
@usableFromInline
func emptyPointer<Element>() -> UnsafePointer<Element> {
  UnsafePointer(bitPattern: MemoryLayout<Element>.alignment)!
}
