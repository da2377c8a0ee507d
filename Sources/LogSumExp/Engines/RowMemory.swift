/// Rows in the caller's memory without their type: what the walk passes around.
@usableFromInline
struct RowMemory {
  let base: UnsafeMutableRawPointer
  let layout: MatrixLayout
  let format: _RowScalarFormat

  /// Address of row `row`, counted through all batches.
  @inline(__always)
  func address(_ row: Int, column: Int = 0) -> UnsafeMutableRawPointer {
    base + (layout.offset(ofRow: row) &+ column &* layout.columnStride) &* format.size
  }

  /// True if the elements of a row are neighbours.
  @inline(__always)
  var isContiguous: Bool { layout.columnStride == 1 || layout.columns <= 1 }

  /// How many rows from `row` on are a constant distance apart.
  @inline(__always)
  func uniformRows(from row: Int) -> Int {
    layout.hasUniformRows ? layout.totalRows &- row : layout.rows &- row % layout.rows
  }
}

/// One row for reading element by element, as the kernels see it: after negation and with NaN dropped
/// where asked for. For rows off the fast path only.
struct RowReader {
  let base: UnsafeRawPointer
  let stride: Int
  let columns: Int
  let format: _RowScalarFormat
  let packing: Packing

  @inline(__always)
  subscript(_ column: Int) -> Double {
    packing.apply(format.load(base, column &* stride))
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

  @inline(__always)
  func apply<T: BinaryFloatingPoint>(_ x: T) -> T {
    if skipsNaN && x.isNaN { return -.infinity }
    return negates ? -x : x
  }

  /// Copies a tile from strided memory into rows of `columns` neighbours.
  func pack(
    _ from: UnsafeRawPointer, _ format: _RowScalarFormat, rows: Int, columns: Int,
    rowStride: Int, columnStride: Int, into out: UnsafeMutableRawPointer
  ) {
    switch format {
    case .float32:
      pack(from.assumingMemoryBound(to: Float.self), rows, columns, rowStride, columnStride, out)
    case .float64:
      pack(from.assumingMemoryBound(to: Double.self), rows, columns, rowStride, columnStride, out)
    }
  }

  @inline(__always)
  private func pack<T: BinaryFloatingPoint>(
    _ from: UnsafePointer<T>, _ rows: Int, _ columns: Int, _ rowStride: Int, _ columnStride: Int,
    _ out: UnsafeMutableRawPointer
  ) {
    let out = out.assumingMemoryBound(to: T.self)
    // The inner loop runs along the shorter stride of the memory read.
    if columnStride <= rowStride {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* columns &+ column] =
            apply(from[row &* rowStride &+ column &* columnStride])
        }
      }
    } else {
      for column in 0..<columns {
        for row in 0..<rows {
          out[row &* columns &+ column] =
            apply(from[row &* rowStride &+ column &* columnStride])
        }
      }
    }
  }

  /// Copies rows of `columns` neighbours back into strided memory.
  static func unpack(
    _ from: UnsafeRawPointer, _ format: _RowScalarFormat, rows: Int, columns: Int,
    rowStride: Int, columnStride: Int, into out: UnsafeMutableRawPointer
  ) {
    switch format {
    case .float32:
      scatter(from, out.assumingMemoryBound(to: Float.self), rows, columns, rowStride, columnStride)
    case .float64:
      scatter(
        from, out.assumingMemoryBound(to: Double.self), rows, columns, rowStride, columnStride)
    }
  }

  @inline(__always)
  private static func scatter<T>(
    _ from: UnsafeRawPointer, _ out: UnsafeMutablePointer<T>,
    _ rows: Int, _ columns: Int, _ rowStride: Int, _ columnStride: Int
  ) {
    let from = from.assumingMemoryBound(to: T.self)
    if columnStride <= rowStride {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* rowStride &+ column &* columnStride] = from[row &* columns &+ column]
        }
      }
    } else {
      for column in 0..<columns {
        for row in 0..<rows {
          out[row &* rowStride &+ column &* columnStride] = from[row &* columns &+ column]
        }
      }
    }
  }
}
