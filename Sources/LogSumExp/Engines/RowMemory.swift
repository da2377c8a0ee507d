/// Rows in the caller's memory without their type: what the walk passes around.
@usableFromInline
struct RowMemory {
  let base: UnsafeMutableRawPointer
  let layout: MatrixLayout
  let format: _RowScalarFormat
  /// Where the rows of a selection start, in elements from `base`; nil where `layout` says.
  var rowOffsets: UnsafePointer<Int>? = nil
  /// The columns of a selection; nil for all.
  var columnIndices: UnsafePointer<Int>? = nil

  /// Address of row `row`, counted through all batches.
  @inline(__always)
  func address(_ row: Int, column: Int = 0) -> UnsafeMutableRawPointer {
    let offset = rowOffsets == nil ? layout.offset(ofRow: row) : rowOffsets.unsafelyUnwrapped[row]
    return base + (offset &+ column &* layout.columnStride) &* format.size
  }

  /// Address from which the columns from `column` on are read.
  @inline(__always)
  func blockAddress(_ row: Int, column: Int) -> UnsafeMutableRawPointer {
    address(row, column: columnIndices == nil ? column : 0)
  }

  /// True if the elements of a row are neighbours.
  @inline(__always)
  var isContiguous: Bool {
    (layout.columnStride == 1 || layout.columns <= 1) && columnIndices == nil
  }

  /// True if rows are neighbours in memory and their own elements are not.
  var isTurned: Bool { layout.rowStride == 1 && !isContiguous && columnIndices == nil }

  /// How many rows from `row` on are a constant distance apart.
  @inline(__always)
  func uniformRows(from row: Int) -> Int {
    rowOffsets == nil ? layout.uniformRows(from: row) : 1
  }
}

/// What happens to an element on its way from the caller's memory into a tile.
struct Packing {
  /// The soft minimum is the soft maximum of -x.
  var negates = false
  /// NaN becomes -inf, which takes no part.
  var skipsNaN = false

  @inline(__always)
  var isIdentity: Bool { !negates && !skipsNaN }
}

/// One row for reading element by element, as the kernels see it: after negation and the bias, and with
/// -inf for what takes no part. For rows off the fast path only.
struct RowReader {
  let base: UnsafeRawPointer
  let stride: Int
  let columns: Int
  let format: _RowScalarFormat
  var packing = Packing()
  var columnIndices: UnsafePointer<Int>?
  var bias: (base: UnsafeRawPointer, stride: Int, factor: Double)?
  var mask: (base: UnsafePointer<Bool>, stride: Int)?
  /// How many of the first columns may take part.
  var kept = Int.max
  /// An element whose weight is 0 takes no part.
  var weights: (base: UnsafeRawPointer, stride: Int)?

  /// The element as it takes part; -inf where it does not.
  subscript(_ column: Int) -> Double {
    takesPart(column) ? value(column) : -.infinity
  }

  /// False for an element that is masked, has weight 0, or is a NaN to be skipped.
  func takesPart(_ column: Int) -> Bool {
    if column >= kept { return false }
    if let mask, !mask.base[column &* mask.stride] { return false }
    if weights != nil, weight(column) == 0 { return false }
    return !(packing.skipsNaN && value(column).isNaN)
  }

  /// The weight of an element; 1 without weights.
  func weight(_ column: Int) -> Double {
    guard let weights else { return 1 }
    return format.load(weights.base, column &* weights.stride)
  }

  private func value(_ column: Int) -> Double {
    var x = format.load(base, (columnIndices?[column] ?? column) &* stride)
    if packing.negates { x = -x }
    guard let bias else { return x }
    let b = format.load(bias.base, column &* bias.stride)
    // In the type that kernels compute in, as they do.
    return format.computed == .float32
      ? Double(Float(x) + Float(bias.factor) * Float(b)) : x + bias.factor * b
  }

  /// The columns among which are those that take part.
  var keptColumns: Range<Int> { 0..<max(0, min(kept, columns)) }

  /// True if an element that takes part is NaN.
  var hasNaN: Bool { hasNaN(in: keptColumns) }

  func hasNaN(in columns: Range<Int>) -> Bool { columns.contains { self[$0].isNaN } }

  /// How many elements take part.
  var participants: Int {
    if weights != nil || packing.skipsNaN {
      return (0..<columns).reduce(0) { takesPart($1) ? $0 + 1 : $0 }
    }
    let end = keptColumns.upperBound
    guard let mask else { return end }
    let bytes = UnsafeRawPointer(mask.base)
    var (count, column) = (0, 0)
    if mask.stride == 1 {
      // Eight at a time: the product's highest byte is the sum of all bytes, which are 0 or 1.
      while column &+ 8 <= end {
        let eight = bytes.loadUnaligned(fromByteOffset: column, as: UInt64.self)
        count &+= Int(truncatingIfNeeded: (eight &* 0x0101_0101_0101_0101) &>> 56)
        column &+= 8
      }
    }
    while column < end {
      // Not a branch: a random mask would be guessed wrong half the time.
      count &+= Int(bytes.load(fromByteOffset: column &* mask.stride, as: UInt8.self))
      column &+= 1
    }
    return count
  }
}
