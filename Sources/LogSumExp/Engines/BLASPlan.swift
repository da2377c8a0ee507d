#if OpenBLAS
  internal import COpenBLAS

  /// The `blas` plan: the kernels' max and exponentials, sums by BLAS dot with ones, normalisation by
  /// BLAS scal.
  ///
  /// The kernels add groups of four vectors and leave those sums, in Double, in aligned memory: dot of
  /// an aligned vector of one length has the same bits every time (asum, sum and gemv do not), and short
  /// enough that OpenBLAS never threads by itself (dot from 10,000 elements on).
  enum BLASPlan {
    /// Sums of groups that a row of a block has at most.
    private static var capacity: Int { 512 }

    /// Ones to take the dot product with; immortal, aligned.
    nonisolated(unsafe) private static let ones: UnsafePointer<Double> = {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 8, alignment: 64)
      return UnsafePointer(memory.initializeMemory(as: Double.self, repeating: 1, count: capacity))
    }()

    /// Elements of `sums` for a row: as many as the kernels with the longest vectors need, zeros after
    /// what others leave.
    @inline(__always)
    private static func sumsPerRow(_ columns: Int) -> Int { (columns &+ 63) / 64 &* 16 }

    /// The sum of the first `count` elements.
    @inline(__always)
    private static func sum(
      _ sums: UnsafeMutablePointer<Double>, _ count: Int, _ ones: UnsafePointer<Double>,
      _ format: _RowScalarFormat
    ) -> Double {
      if count <= 128 || format != .float64 {
        return cblas_ddot(Int32(truncatingIfNeeded: count), sums, 1, ones, 1)
      }
      // Some cores' ddot adds one after the other: short pieces, put together in two parts, keep the
      // error of Doubles small on all.
      var total = DoubleDouble(0)
      for start in stride(from: 0, to: count, by: 128) {
        let piece = cblas_ddot(Int32(min(128, count - start)), sums + start, 1, ones, 1)
        let sum = DoubleDouble.sum(total.high, piece)
        total = DoubleDouble(sum.high, total.low + sum.low)
      }
      return total.value
    }

    /// Max and sum of each row of `tile` into its states: in LSE form, or in softmax form with the
    /// exponentials in `out`. Returns the number of special rows.
    @inline(never)
    static func reduce(
      _ tile: Tile, storing: Bool, _ call: RowCall
    ) -> Int {
      let (kernels, scale, format) = (call.kernels, call.scale, call.format)
      let perRow = sumsPerRow(tile.columns)
      let ones = ones
      var special = 0
      var memory = InlineArray<520, Double>(repeating: 0)
      withUnsafeMutableBytes(of: &memory) { bytes in
        let sums = bytes.baseAddress!.alignedUp(toMultipleOf: 64).assumingMemoryBound(
          to: Double.self)
        var first = 0
        while first < tile.rows {
          let rows = min(max(1, capacity / perRow), tile.rows - first)
          let state = tile.state.from(first)
          kernels.pointee.reduceGrouped!(
            tile.x + first &* tile.stride &* format.size, rows, tile.columns, tile.stride,
            storing ? tile.out + first &* tile.outStride &* format.size : nil, tile.outStride,
            scale.scaleHigh, scale.scaleLow, call.isInPlace ? 1 : 0, state.base, state.capacity,
            sums, perRow)
          for row in 0..<rows {
            let own = sums + row &* perRow
            var total = own[0]  // of a row whose max is infinite
            if state.maximum(row).isFinite {
              total = sum(own, perRow, ones, format)
              if !storing { total += state.base[2 &* state.capacity &+ row] - 1 }
            }
            state.base[state.capacity &+ row] = total
            state.base[2 &* state.capacity &+ row] = 0
            if state.isSpecial(row) { special &+= 1 }
          }
          first += rows
        }
      }
      return special
    }

    /// The exponentials in `out` times 1 / sum.
    @inline(never)
    static func scale(_ tile: Tile, _ format: _RowScalarFormat) {
      for row in 0..<tile.rows {
        let factor = tile.state.base[row] + tile.state.base[tile.state.capacity &+ row]
        let out = tile.out + row &* tile.outStride &* format.size
        if factor < 0 {  // too small for the type: see `mergeStored`
          multiply(out, tile.columns, factor * (format == .float64 ? -0x1p-512 : -0x1p-64), format)
          multiply(out, tile.columns, format == .float64 ? 0x1p-700 : 0x1p-100, format)
        } else {
          multiply(out, tile.columns, factor, format)
        }
      }
    }

    @inline(__always)
    private static func multiply(
      _ out: UnsafeMutableRawPointer, _ count: Int, _ factor: Double, _ format: _RowScalarFormat
    ) {
      let count = Int32(truncatingIfNeeded: count)
      if format == .float64 {
        cblas_dscal(count, factor, out.assumingMemoryBound(to: Double.self), 1)
      } else {
        cblas_sscal(count, Float(factor), out.assumingMemoryBound(to: Float.self), 1)
      }
    }
  }
#endif
