#if OpenBLAS
  internal import CRowKernels
#endif

extension RowCall {
  /// Copies `columns` of `rows` rows from `row` on into a tile of neighbours, each as it takes part.
  @inline(never)
  func pack(
    _ row: Int, rows: Int, columns: Range<Int>, into tile: UnsafeMutableRawPointer, stride: Int
  ) {
    var kept = InlineArray<128, Int>(repeating: columns.count)
    var limits = false
    switch extras?.pointee.kept ?? .all {
    case .causal, .lengths:
      limits = true
      for index in 0..<rows { kept[index] = keptColumns(row &+ index) &- columns.lowerBound }
    case .all, .flags: break
    }
    withUnsafePointer(to: &kept) { kept in
      let kept = UnsafeRawPointer(kept).assumingMemoryBound(to: Int.self)
      pack(
        row, rows, columns, kept: limits ? kept : nil,
        indices: input.columnIndices.map { $0 + columns.lowerBound }, tile, stride)
    }
  }

  private func pack(
    _ row: Int, _ rows: Int, _ columns: Range<Int>, kept: UnsafePointer<Int>?,
    indices: UnsafePointer<Int>?, _ tile: UnsafeMutableRawPointer, _ stride: Int
  ) {
    let x = UnsafeRawPointer(input.blockAddress(row, column: columns.lowerBound))
    let bias = extras?.pointee.bias.map { ($0.address(row, column: columns.lowerBound), $0.layout) }
    let mask = extras?.pointee.flags.map {
      ($0.address(row, column: columns.lowerBound), $0.layout)
    }
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
    fill(tile, stride, from: source, rows, columns.count)
  }

  /// Copies the weights of `columns` of `rows` rows from `row` on into a tile of neighbours.
  func packWeights(
    _ weights: RowMemory, _ row: Int, rows: Int, columns: Range<Int>,
    into tile: UnsafeMutableRawPointer
  ) {
    copy(
      weights.address(row, column: columns.lowerBound), weights.format, weights.layout, rows: rows,
      columns: columns.count, into: tile, stride: columns.count)
  }

  /// Copies results that stand in the output's memory back into a tile of neighbours.
  func reload(
    _ row: Int, rows: Int, columns: Range<Int>, into tile: UnsafeMutableRawPointer, stride: Int
  ) {
    copy(
      output.address(row, column: columns.lowerBound), output.format, output.layout, rows: rows,
      columns: columns.count, into: tile, stride: stride)
  }

  private func copy(
    _ from: UnsafeMutableRawPointer, _ format: _RowScalarFormat, _ layout: MatrixLayout, rows: Int,
    columns: Int, into tile: UnsafeMutableRawPointer, stride: Int
  ) {
    fill(
      tile, stride,
      from: SwiftSource(
        x: UnsafeRawPointer(from), rowStride: layout.rowStride, columnStride: layout.columnStride,
        format: format),
      rows, columns)
  }

  private func fill(
    _ tile: UnsafeMutableRawPointer, _ stride: Int, from source: SwiftSource, _ rows: Int,
    _ columns: Int
  ) {
    #if OpenBLAS
      if let pack = kernels.pointee.pack {
        return withUnsafePointer(to: lse_source(source)) { pack($0, rows, columns, tile, stride) }
      }
    #endif
    source.pack(rows, columns, into: tile, stride: stride)
  }

  /// Takes results from a tile to the output's memory.
  func unpack(
    _ tile: UnsafeRawPointer, stride: Int, _ row: Int, rows: Int, columns: Range<Int>
  ) {
    let out = output.address(row, column: columns.lowerBound)
    #if OpenBLAS
      if let unpack = kernels.pointee.unpack {
        return unpack(
          tile, stride, rows, columns.count, output.format.code, out, output.layout.rowStride,
          output.layout.columnStride)
      }
    #endif
    SwiftSource.unpack(
      tile, stride, output.format, rows: rows, columns: columns.count,
      rowStride: output.layout.rowStride,
      columnStride: output.layout.columnStride, into: out)
  }
}

#if OpenBLAS
  extension lse_source {
    fileprivate init(_ source: SwiftSource) {
      self.init()
      x = source.x
      row_stride = source.rowStride
      column_stride = source.columnStride
      format = source.format.code
      negates = source.packing.negates ? 1 : 0
      skips_nan = source.packing.skipsNaN ? 1 : 0
      if let bias = source.bias {
        self.bias = bias.base
        bias_factor = source.biasFactor
        bias_row_stride = bias.rowStride
        bias_column_stride = bias.columnStride
      }
      if let mask = source.mask {
        self.mask = UnsafeRawPointer(mask.base).assumingMemoryBound(to: UInt8.self)
        mask_row_stride = mask.rowStride
        mask_column_stride = mask.columnStride
      }
      kept = source.kept
      columns = source.indices
    }
  }

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
