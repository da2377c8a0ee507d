#if OpenBLAS
  internal import COpenBLAS

  /// The `blas` plan: the kernels' max and exponentials, sums by BLAS dot with ones, normalisation by
  /// BLAS scal.
  ///
  /// Exponentials go into an aligned tile of at most a block: dot of an aligned vector of one length
  /// has the same bits every time (asum, sum and gemv do not), and short enough that OpenBLAS never
  /// threads by itself (dot from 10,000 elements on). `dsdot` sums Floats in Double.
  enum BLASPlan {
    /// Ones to take the dot product with; immortal, aligned.
    nonisolated(unsafe) private static let ones: UnsafeRawPointer = {
      let count = 2048
      let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 12, alignment: 64)
      for index in 0..<count {
        memory.storeBytes(of: 1, toByteOffset: index * 8, as: Double.self)
        memory.storeBytes(of: 1, toByteOffset: count * 8 + index * 4, as: Float.self)
      }
      return UnsafeRawPointer(memory)
    }()

    /// Sum of the first `columns` elements of `tile`. Zeros fill it up to full groups of OpenBLAS's
    /// kernels, which would add the elements beyond those one by one.
    private static func sum(
      _ tile: UnsafeMutableRawPointer, _ columns: Int, _ format: _RowScalarFormat
    ) -> Double {
      let size = format.size
      let used = columns
      let columns = (columns + 63) & ~63
      (tile + used * size).initializeMemory(
        as: UInt8.self, repeating: 0, count: (columns - used) * size)
      switch format.computed {
      case .float32, .float16, .bfloat16:
        return cblas_dsdot(
          Int32(columns), tile.assumingMemoryBound(to: Float.self), 1,
          (ones + 2048 * 8).assumingMemoryBound(to: Float.self), 1)
      case .float64:
        // Some cores' ddot adds one after the other: short pieces, put together in two parts, keep the
        // error small on all.
        var total = DoubleDouble(0)
        for start in stride(from: 0, to: columns, by: 128) {
          let piece = cblas_ddot(
            Int32(min(128, columns - start)), tile.assumingMemoryBound(to: Double.self) + start, 1,
            ones.assumingMemoryBound(to: Double.self), 1)
          let sum = DoubleDouble.sum(total.high, piece)
          total = DoubleDouble(sum.high, total.low + sum.low)
        }
        return total.value
      }
    }

    /// Calls `body` with an aligned tile that holds one block of either format.
    private static func withTile<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
      var memory = InlineArray<1032, Double>(repeating: 0)
      return withUnsafeMutableBytes(of: &memory) { bytes in
        body(bytes.baseAddress!.alignedUp(toMultipleOf: 64))
      }
    }

    static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
      forEachRow(tile, call) { row, maximum, scratch in
        let ties = call.kernels.pointee.exponentials!(
          row.x, row.columns, maximum, call.scale.scaleHigh, call.scale.scaleLow, 1, scratch)
        return sum(scratch, row.columns, call.format) + Double(ties - 1)
      }
    }

    static func reduceStoring(_ tile: Tile, _ call: RowCall) -> Int {
      forEachRow(tile, call) { row, maximum, scratch in
        _ = call.kernels.pointee.exponentials!(
          row.x, row.columns, maximum, call.scale.scaleHigh, call.scale.scaleLow, 0, scratch)
        row.out.copyMemory(from: scratch, byteCount: row.columns * call.format.size)
        return sum(scratch, row.columns, call.format)
      }
    }

    /// Max and sum of each row of `tile` into its states; `body` forms the sum of an ordinary row.
    private static func forEachRow(
      _ tile: Tile, _ call: RowCall,
      body: (Tile, Double, UnsafeMutableRawPointer) -> Double
    ) -> Int {
      withTile { scratch in
        var special = 0
        for index in 0..<tile.rows {
          let row = tile.row(index, call.format)
          let maximum = call.kernels.pointee.maximum!(row.x, row.columns)
          var total = Double.nan
          if maximum.isFinite {
            total = body(row, maximum, scratch)
          } else if maximum < 0 {
            let reader = RowReader(
              base: row.x, stride: 1, columns: row.columns, format: call.format)
            if !reader.hasNaN { total = 0 }
          }
          row.state.base[0] = maximum
          row.state.base[row.state.capacity] = total
          row.state.base[2 &* row.state.capacity] = 0
          special += row.state.isSpecial(0) ? 1 : 0
        }
        return special
      }
    }

    /// The exponentials in `out` times 1 / sum.
    static func scale(_ tile: Tile, _ call: RowCall) {
      for index in 0..<tile.rows {
        let row = tile.row(index, call.format)
        var factor = row.state.base[0] + row.state.base[row.state.capacity]
        if factor < 0 {  // too small for the type: see `mergeStored`
          factor *= call.format == .float64 ? -0x1p-606 : -0x1p-82
          factor *= call.format == .float64 ? 0x1p-606 : 0x1p-82
        }
        switch call.format {
        case .float32, .float16, .bfloat16:
          cblas_sscal(
            Int32(row.columns), Float(factor), row.out.assumingMemoryBound(to: Float.self), 1)
        case .float64:
          cblas_dscal(Int32(row.columns), factor, row.out.assumingMemoryBound(to: Double.self), 1)
        }
      }
    }
  }
#endif
