/// What an operation on rows takes beside the matrix, the temperature and the options: who takes part.
///
/// Every public function hands its arguments on in one of these; it does not outlive the call.
@usableFromInline
struct RowInputs<Scalar: RowScalar> {
  @usableFromInline let weights: Weights<Scalar>?
  @usableFromInline let mask: Mask
  @usableFromInline let bias: MatrixView<Scalar>?
  @usableFromInline let selection: Selection
  @usableFromInline let cumulation: Cumulation

  @inlinable
  init(
    weights: Weights<Scalar>? = nil, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selection: Selection = .all, cumulation: Cumulation = .inclusive
  ) {
    self.weights = weights
    self.mask = mask
    self.bias = bias
    self.selection = selection
    self.cumulation = cumulation
  }

  /// True if the elements alone decide.
  @inlinable
  var isPlain: Bool {
    if case .none = mask {
      return weights == nil && bias == nil && selection.rows == nil && selection.columns == nil
        && cumulation == .inclusive
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
  /// Which elements take part, where not all do.
  enum Kept {
    case all
    case causal(offset: Int)
    case lengths(UnsafePointer<Int>)
    case flags(RowFlags)
  }

  var kept = Kept.all
  var bias: RowMemory?
  var weights: RowMemory?
  var cumulation = Cumulation.inclusive
  /// Where the signs of weighted sums go.
  var signs: RowMemory?
  /// Columns whose log-probabilities are wanted, `picksPerRow` for each row.
  var picks: UnsafePointer<Int>?
  var picksPerRow = 0
  /// Where the columns of the largest elements go, as many a row as the output has columns.
  var places: UnsafeMutablePointer<Int>?

  /// True if a mask was given, whatever it keeps.
  var isMasked: Bool {
    if case .all = kept { return false }
    return true
  }

  var flags: RowFlags? {
    if case .flags(let flags) = kept { return flags }
    return nil
  }

  /// True if elements become others on their way to the kernels.
  var changesElements: Bool { isMasked || bias != nil }

  /// How many rows from `row` on are a constant distance apart in all that is here.
  @inline(__always)
  func uniformRows(from row: Int) -> Int {
    var count = Int.max
    if let flags { count = min(count, flags.layout.uniformRows(from: row)) }
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
}

extension RowInputs {
  /// Calls `body` with what is selected of `view` and the other arguments, all checked.
  func withMemory<R>(
    _ view: MatrixView<Scalar>, _ body: (RowMemory, RowExtras) -> R
  ) -> R {
    let whole = view.layout
    for row in selection.rows ?? [] {
      require(
        row >= 0 && row < whole.totalRows,
        "selecting: row \(row) lies outside 0..<\(whole.totalRows)")
    }
    for column in selection.columns ?? [] {
      require(
        column >= 0 && column < whole.columns,
        "selecting: column \(column) lies outside 0..<\(whole.columns)")
    }
    let offsets = selection.rows?.map { whole.offset(ofRow: $0) }
    return withPointer(offsets) { offsets in
      withPointer(selection.columns) { indices in
        let shape = shape(of: whole)
        let memory = RowMemory(
          base: UnsafeMutableRawPointer(mutating: view.base),
          layout: MatrixLayout(
            unchecked: shape.batches, shape.rows, shape.columns, batchStride: whole.batchStride,
            rowStride: whole.rowStride, columnStride: whole.columnStride),
          format: Scalar._format, rowOffsets: offsets, columnIndices: indices)
        return withExtras(shape) { body(memory, $0) }
      }
    }
  }

  private func withExtras<R>(_ shape: MatrixLayout, _ body: (RowExtras) -> R) -> R {
    var extras = RowExtras()
    extras.cumulation = cumulation
    if let view = bias {
      requireShape("bias", view.layout, shape)
      extras.bias = RowMemory(view)
    }
    var lengths: [Int]?
    switch mask {
    case .none: break
    case .causal(let offset): extras.kept = .causal(offset: offset)
    case .lengths(let counts):
      require(
        counts.count == shape.totalRows,
        "mask: \(counts.count) lengths do not fit \(shape.totalRows) rows")
      // Negative if one of them lies outside, and only then looked for.
      let signs = counts.reduce(0) { $0 | $1 | (shape.columns &- $1) }
      for length in signs < 0 ? counts : [] {
        require(
          length >= 0 && length <= shape.columns,
          "mask: length \(length) lies outside 0...\(shape.columns)")
      }
      lengths = counts
    case .keeping(let view):
      requireShape("mask", view.layout, shape)
      extras.kept = .flags(RowFlags(base: view.base, layout: view.layout))
    }
    var perColumn: [Scalar]?
    switch weights {
    case nil: break
    case .perColumn(let values):
      require(
        values.count == shape.columns,
        "weights: \(values.count) elements do not fit \(shape.columns) columns")
      perColumn = values
    case .perElement(let view):
      requireShape("weights", view.layout, shape)
      extras.weights = RowMemory(view)
    }
    return withPointer(lengths) { lengths in
      withPointer(perColumn) { weights in
        if let lengths { extras.kept = .lengths(lengths) }
        if let weights {
          extras.weights = RowMemory(
            base: UnsafeMutableRawPointer(mutating: weights),
            layout: MatrixLayout(
              unchecked: shape.batches, shape.rows, shape.columns, batchStride: 0, rowStride: 0,
              columnStride: 1),
            format: Scalar._format)
        }
        return body(extras)
      }
    }
  }
}

/// Calls `body` with the address of the array's elements, nil without an array.
private func withPointer<T, R>(_ array: [T]?, _ body: (UnsafePointer<T>?) -> R) -> R {
  guard let array else { return body(nil) }
  return array.withUnsafeBufferPointer { body($0.baseAddress ?? emptyPointer()) }
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
