/// A window for reading and writing on a batched matrix in the caller's memory.
///
/// Different indices must lie at different places, so no stride over more than one index is 0.
public struct MutableMatrixView<Element: BitwiseCopyable> {
  /// Address of element (0, 0, 0).
  public let base: UnsafeMutablePointer<Element>
  /// Shape and strides.
  public let layout: MatrixLayout

  /// A view on memory that holds at least `layout.span` elements from `base` on.
  ///
  /// - Precondition: the layout puts different indices at different places.
  public init(_ base: UnsafeMutablePointer<Element>, layout: MatrixLayout) {
    require(
      layout.count == 0 || layout.isInjective,
      """
      MutableMatrixView: strides \(layout.batchStride), \(layout.rowStride), \
      \(layout.columnStride) put several of \(layout.batches) x \(layout.rows) x \
      \(layout.columns) elements at the same place
      """)
    self.base = base
    self.layout = layout
  }

  /// A view on `elements`, row after row.
  ///
  /// - Precondition: `elements` holds exactly `rows * columns` elements.
  public init(_ elements: UnsafeMutableBufferPointer<Element>, rows: Int, columns: Int) {
    let view = MatrixView(UnsafeBufferPointer(elements), rows: rows, columns: columns)
    self.init(UnsafeMutablePointer(mutating: view.base), layout: view.layout)
  }

  /// Number of rows in each matrix.
  public var rows: Int { layout.rows }
  /// Number of columns.
  public var columns: Int { layout.columns }
  /// Number of matrices.
  public var batches: Int { layout.batches }

  /// The same window, for reading.
  public var view: MatrixView<Element> { MatrixView(UnsafePointer(base), layout: layout) }

  /// Element in `row` and `column` of the first matrix.
  public subscript(row: Int, column: Int) -> Element {
    get { view[row, column] }
    nonmutating set {
      require(row >= 0 && row < rows, "subscript: row \(row) lies outside 0..<\(rows)")
      require(
        column >= 0 && column < columns, "subscript: column \(column) lies outside 0..<\(columns)")
      base[row * layout.rowStride + column * layout.columnStride] = newValue
    }
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

  /// The same memory with rows and columns exchanged.
  public var transposed: Self { Self(base, layout: layout.transposed) }
}

@available(*, unavailable)
extension MutableMatrixView: Sendable {}
