/// What an operation on rows takes beside the matrix, the temperature and the options: who takes part.
///
/// Every public function hands its arguments on in one of these; it does not outlive the call.
@usableFromInline
struct RowInputs<Scalar: RowScalar> {
  @usableFromInline let weights: Weights<Scalar>?
  @usableFromInline let mask: Mask
  @usableFromInline let bias: MatrixView<Scalar>?
  @usableFromInline let selection: Selection

  @inlinable
  init(
    weights: Weights<Scalar>? = nil, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selection: Selection = .all
  ) {
    self.weights = weights
    self.mask = mask
    self.bias = bias
    self.selection = selection
  }

  /// True if the elements alone decide.
  @inlinable
  var isPlain: Bool {
    if case .none = mask {
      return weights == nil && bias == nil && selection.rows == nil && selection.columns == nil
    }
    return false
  }

  /// The shape of what is selected from a matrix of layout `layout`, in batches of rows.
  @inlinable
  func shape(of layout: MatrixLayout) -> MatrixLayout {
    MatrixLayout(
      batches: selection.rows == nil ? layout.batches : 1,
      rows: selection.rows?.count ?? layout.rows,
      columns: selection.columns?.count ?? layout.columns)
  }
}

/// The same without a type, for the walk: memory, checked against the matrix.
@usableFromInline
struct RowExtras {
  var mask = Mask.none
  /// The booleans of `mask`, if it has any.
  var flags: RowFlags?
  var bias: RowMemory?
  var weights: RowMemory?
  /// Where the signs of weighted sums go.
  var signs: RowMemory?
  /// Columns whose log-probabilities are wanted, `picksPerRow` for each row; with a stride of 0 the same
  /// for all rows.
  var picks: UnsafePointer<Int>?
  var picksPerRow = 0
  var picksStride = 0
  /// Where the columns of the largest elements go, as many a row as the output has columns.
  var places: UnsafeMutablePointer<Int>?

  /// How many rows from `row` on are a constant distance apart in all that is here.
  func uniformRows(from row: Int) -> Int {
    var count = Int.max
    if let flags { count = min(count, flags.uniformRows(from: row)) }
    if let bias { count = min(count, bias.uniformRows(from: row)) }
    if let weights { count = min(count, weights.uniformRows(from: row)) }
    return count
  }
}

/// Booleans in the caller's memory.
struct RowFlags {
  let base: UnsafePointer<Bool>
  let layout: MatrixLayout

  func address(_ row: Int, column: Int = 0) -> UnsafePointer<Bool> {
    base + (layout.offset(ofRow: row) &+ column &* layout.columnStride)
  }

  func uniformRows(from row: Int) -> Int {
    layout.hasUniformRows ? layout.totalRows &- row : layout.rows &- row % layout.rows
  }
}

extension RowExtras {
  /// The extras of `inputs`, for a selection of shape `shape`.
  @usableFromInline
  init<Scalar>(_ inputs: RowInputs<Scalar>, _ shape: MatrixLayout) {
    mask = inputs.mask
    switch inputs.mask {
    case .none, .causal: break
    case .lengths(let lengths):
      require(
        lengths.count == shape.totalRows,
        "mask: \(lengths.count) lengths do not fit \(shape.totalRows) rows")
      for length in lengths {
        require(
          length >= 0 && length <= shape.columns,
          "mask: length \(length) lies outside 0...\(shape.columns)")
      }
    case .keeping(let view):
      requireShape("mask", view.layout, shape)
      flags = RowFlags(base: view.base, layout: view.layout)
    }
    if let view = inputs.bias {
      requireShape("bias", view.layout, shape)
      bias = RowMemory(view)
    }
    switch inputs.weights {
    case nil: break
    case .perColumn(let values):
      require(
        values.count == shape.columns,
        "weights: \(values.count) elements do not fit \(shape.columns) columns")
    case .perElement(let view):
      requireShape("weights", view.layout, shape)
      weights = RowMemory(view)
    }
  }

  /// Weights, one for each column.
  mutating func take<Scalar: RowScalar>(
    perColumn weights: UnsafePointer<Scalar>, _ shape: MatrixLayout
  ) {
    self.weights = RowMemory(
      base: UnsafeMutableRawPointer(mutating: weights),
      layout: MatrixLayout(
        unchecked: shape.batches, shape.rows, shape.columns, batchStride: 0, rowStride: 0,
        columnStride: 1),
      format: Scalar._format)
  }
}

private func requireShape(_ name: String, _ layout: MatrixLayout, _ shape: MatrixLayout) {
  require(
    layout.batches == shape.batches && layout.rows == shape.rows && layout.columns == shape.columns,
    """
    \(name): \(layout.batches) x \(layout.rows) x \(layout.columns) does not fit \
    \(shape.batches) x \(shape.rows) x \(shape.columns)
    """)
}

extension RowMemory {
  init<Scalar: RowScalar>(_ view: MatrixView<Scalar>) {
    self.init(
      base: UnsafeMutableRawPointer(mutating: view.base), layout: view.layout,
      format: Scalar._format)
  }
}
