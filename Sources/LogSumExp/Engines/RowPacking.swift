#if OpenBLAS
  internal import CRowKernels
#endif

extension RowCall {
  /// Copies `columns` of `rows` rows from `row` on into a tile of neighbours, each as it takes part.
  @inline(never)
  func pack(_ row: Int, rows: Int, columns: Range<Int>, into tile: UnsafeMutableRawPointer) {
    var kept = InlineArray<128, Int>(repeating: columns.count)
    var limits = false
    if let mask = extras?.mask {
      switch mask {
      case .causal, .lengths:
        limits = true
        for index in 0..<rows { kept[index] = keptColumns(row &+ index) &- columns.lowerBound }
      case .none, .keeping: break
      }
    }
    withUnsafePointer(to: &kept) { kept in
      let kept = UnsafeRawPointer(kept).assumingMemoryBound(to: Int.self)
      if let indices = input.columnIndices {
        indices.withUnsafeBufferPointer {
          pack(
            row, rows, columns, kept: limits ? kept : nil,
            indices: $0.baseAddress! + columns.lowerBound, tile)
        }
      } else {
        pack(row, rows, columns, kept: limits ? kept : nil, indices: nil, tile)
      }
    }
  }

  private func pack(
    _ row: Int, _ rows: Int, _ columns: Range<Int>, kept: UnsafePointer<Int>?,
    indices: UnsafePointer<Int>?, _ tile: UnsafeMutableRawPointer
  ) {
    let x = UnsafeRawPointer(input.blockAddress(row, column: columns.lowerBound))
    let bias = extras?.bias.map { ($0.address(row, column: columns.lowerBound), $0.layout) }
    let mask = extras?.flags.map { ($0.address(row, column: columns.lowerBound), $0.layout) }
    #if OpenBLAS
      if let pack = kernels.pointee.pack {
        var source = lse_source()
        source.x = x
        source.row_stride = input.layout.rowStride
        source.column_stride = input.layout.columnStride
        source.format = input.format.code
        source.negates = packing.negates ? 1 : 0
        source.skips_nan = packing.skipsNaN ? 1 : 0
        if let (base, layout) = bias {
          source.bias = UnsafeRawPointer(base)
          source.bias_factor = scale.temperature
          source.bias_row_stride = layout.rowStride
          source.bias_column_stride = layout.columnStride
        }
        if let (base, layout) = mask {
          source.mask = UnsafeRawPointer(base).assumingMemoryBound(to: UInt8.self)
          source.mask_row_stride = layout.rowStride
          source.mask_column_stride = layout.columnStride
        }
        source.kept = kept
        source.columns = indices
        return pack(&source, rows, columns.count, tile)
      }
    #endif
    var source = SwiftSource(
      x: x, rowStride: input.layout.rowStride, columnStride: input.layout.columnStride,
      format: input.format, packing: packing, kept: kept, indices: indices)
    if let (base, layout) = bias {
      source.bias = (UnsafeRawPointer(base), layout.rowStride, layout.columnStride)
      source.biasFactor = scale.temperature
    }
    if let (base, layout) = mask {
      source.mask = (
        UnsafeRawPointer(base).assumingMemoryBound(to: Bool.self), layout.rowStride,
        layout.columnStride
      )
    }
    source.pack(rows, columns.count, into: tile)
  }

  /// Copies the weights of `columns` of `rows` rows from `row` on into a tile of neighbours.
  func packWeights(
    _ weights: RowMemory, _ row: Int, rows: Int, columns: Range<Int>,
    into tile: UnsafeMutableRawPointer
  ) {
    copy(
      weights.address(row, column: columns.lowerBound), weights.format, weights.layout, rows: rows,
      columns: columns.count, into: tile)
  }

  /// Copies results that stand in the output's memory back into a tile of neighbours.
  func reload(_ row: Int, rows: Int, columns: Range<Int>, into tile: UnsafeMutableRawPointer) {
    copy(
      output.address(row, column: columns.lowerBound), output.format, output.layout, rows: rows,
      columns: columns.count, into: tile)
  }

  private func copy(
    _ from: UnsafeMutableRawPointer, _ format: _RowScalarFormat, _ layout: MatrixLayout, rows: Int,
    columns: Int, into tile: UnsafeMutableRawPointer
  ) {
    #if OpenBLAS
      if let pack = kernels.pointee.pack {
        var source = lse_source()
        source.x = UnsafeRawPointer(from)
        source.row_stride = layout.rowStride
        source.column_stride = layout.columnStride
        source.format = format.code
        return pack(&source, rows, columns, tile)
      }
    #endif
    SwiftSource(
      x: UnsafeRawPointer(from), rowStride: layout.rowStride, columnStride: layout.columnStride,
      format: format
    ).pack(rows, columns, into: tile)
  }

  /// Takes results from a tile to the output's memory.
  func unpack(_ tile: UnsafeRawPointer, _ row: Int, rows: Int, columns: Range<Int>) {
    let out = output.address(row, column: columns.lowerBound)
    #if OpenBLAS
      if let unpack = kernels.pointee.unpack {
        return unpack(
          tile, rows, columns.count, output.format.code, out, output.layout.rowStride,
          output.layout.columnStride)
      }
    #endif
    SwiftSource.unpack(
      tile, output.format, rows: rows, columns: columns.count, rowStride: output.layout.rowStride,
      columnStride: output.layout.columnStride, into: out)
  }
}

#if OpenBLAS
  extension _RowScalarFormat {
    /// How the kernels call the format.
    fileprivate var code: Int32 {
      switch self {
      case .float32, .float64: Int32(LSE_OWN)
      case .float16: Int32(LSE_FLOAT16)
      case .bfloat16: Int32(LSE_BFLOAT16)
      }
    }
  }
#endif
