/// Elements in the caller's memory, and what becomes of them on their way into a tile, which `pack` fills
/// for the Swift engine; the kernels in C take the same as a `lse_source`.
struct SwiftSource {
  let x: UnsafeRawPointer
  let rowStride, columnStride: Int
  let format: _RowScalarFormat
  var packing = Packing()
  var kept: UnsafePointer<Int>? = nil
  var indices: UnsafePointer<Int>? = nil
  var bias: (base: UnsafeRawPointer, rowStride: Int, columnStride: Int)?
  var biasFactor = 0.0
  var mask: (base: UnsafePointer<Bool>, rowStride: Int, columnStride: Int)?

  /// Fills a tile whose rows are `stride` apart.
  func pack(_ rows: Int, _ columns: Int, into tile: UnsafeMutableRawPointer, stride: Int) {
    switch format {
    case .float32: pack(rows, columns, tile, stride, of: Float.self) { (x: Float) in x }
    case .float64: pack(rows, columns, tile, stride, of: Double.self) { (x: Double) in x }
    case .float16:
      pack(rows, columns, tile, stride, of: Float.self) { (x: UInt16) in HalfPrecision.float(x) }
    case .bfloat16: pack(rows, columns, tile, stride, of: Float.self) { (x: BFloat16) in Float(x) }
    }
  }

  @inline(__always)
  private func pack<Stored, T: BinaryFloatingPoint>(
    _ rows: Int, _ columns: Int, _ tile: UnsafeMutableRawPointer, _ stride: Int, of: T.Type,
    _ number: (Stored) -> T
  ) {
    let x = x.assumingMemoryBound(to: Stored.self)
    let out = tile.assumingMemoryBound(to: T.self)
    // The inner loop runs along the shorter stride of the memory read.
    if let indices {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* stride &+ column] = number(
            x[row &* rowStride &+ indices[column] &* columnStride])
        }
      }
    } else if columnStride <= rowStride {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* stride &+ column] = number(x[row &* rowStride &+ column &* columnStride])
        }
      }
    } else {
      for column in 0..<columns {
        for row in 0..<rows {
          out[row &* stride &+ column] = number(x[row &* rowStride &+ column &* columnStride])
        }
      }
    }
    if packing.negates {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* stride &+ column] = -out[row &* stride &+ column]
        }
      }
    }
    if let bias {
      let base = bias.base.assumingMemoryBound(to: Stored.self)
      let factor = T(biasFactor)
      for row in 0..<rows {
        for column in 0..<columns {
          let b = number(base[row &* bias.rowStride &+ column &* bias.columnStride])
          out[row &* stride &+ column] += factor * b
        }
      }
    }
    if packing.skipsNaN {
      for row in 0..<rows {
        for index in (row &* stride)..<(row &* stride &+ columns) where out[index].isNaN {
          out[index] = -.infinity
        }
      }
    }
    if let mask {
      for row in 0..<rows {
        for column in 0..<columns
        where !mask.base[row &* mask.rowStride &+ column &* mask.columnStride] {
          out[row &* stride &+ column] = -.infinity
        }
      }
    }
    if let kept {
      for row in 0..<rows {
        for column in min(max(kept[row], 0), columns)..<columns {
          out[row &* stride &+ column] = -.infinity
        }
      }
    }
  }

  /// Copies rows that are `stride` apart to memory of a format.
  static func unpack(
    _ tile: UnsafeRawPointer, _ stride: Int, _ format: _RowScalarFormat, rows: Int, columns: Int,
    rowStride: Int,
    columnStride: Int, into out: UnsafeMutableRawPointer
  ) {
    let layout = (stride, rows, columns, rowStride, columnStride)
    switch format {
    case .float32: scatter(tile, layout, out) { (x: Float) -> Float in x }
    case .float64: scatter(tile, layout, out) { (x: Double) -> Double in x }
    case .float16: scatter(tile, layout, out) { (x: Float) -> UInt16 in HalfPrecision.bits(x) }
    case .bfloat16: scatter(tile, layout, out) { (x: Float) -> BFloat16 in BFloat16(x) }
    }
  }

  @inline(__always)
  private static func scatter<T, Stored>(
    _ tile: UnsafeRawPointer,
    _ layout: (Int, Int, Int, Int, Int),
    _ out: UnsafeMutableRawPointer, _ stored: (T) -> Stored
  ) {
    let from = tile.assumingMemoryBound(to: T.self)
    let out = out.assumingMemoryBound(to: Stored.self)
    let (stride, rows, columns, rowStride, columnStride) = layout
    if columnStride <= rowStride {
      for row in 0..<rows {
        for column in 0..<columns {
          out[row &* rowStride &+ column &* columnStride] = stored(from[row &* stride &+ column])
        }
      }
    } else {
      for column in 0..<columns {
        for row in 0..<rows {
          out[row &* rowStride &+ column &* columnStride] = stored(from[row &* stride &+ column])
        }
      }
    }
  }
}
