#if OpenBLAS
  internal import CRowKernels
#endif

extension RowCall {
  /// Copies `columns` of `rows` rows from `row` on into a tile of neighbours, each as it takes part.
  @inline(never)
  func pack(
    _ row: Int, rows: Int, columns: Range<Int>, into tile: UnsafeMutableRawPointer, stride: Int
  ) {
    withSource(row, rows: rows, columns: columns) {
      fill(tile, stride, from: $0, rows, columns.count)
    }
  }

  /// Calls `body` with what the kernels are told of `columns` of `rows` rows from `row` on.
  @inline(__always)
  private func withSource<Result>(
    _ row: Int, rows: Int, columns: Range<Int>, _ body: (SwiftSource) -> Result
  ) -> Result {
    switch extras?.pointee.kept ?? .all {
    case .lengths(let lengths) where columns.lowerBound == 0:
      return body(source(row, columns, kept: lengths + row))
    case .lengths(let lengths):
      var kept = InlineArray<128, Int>(repeating: 0)
      for index in 0..<rows { kept[index] = lengths[row &+ index] &- columns.lowerBound }
      return withUnsafePointer(to: &kept) { kept in
        body(source(row, columns, kept: UnsafeRawPointer(kept).assumingMemoryBound(to: Int.self)))
      }
    case .causal:
      var kept = InlineArray<128, Int>(repeating: 0)
      for index in 0..<rows { kept[index] = keptColumns(row &+ index) &- columns.lowerBound }
      return withUnsafePointer(to: &kept) { kept in
        body(source(row, columns, kept: UnsafeRawPointer(kept).assumingMemoryBound(to: Int.self)))
      }
    case .all, .flags: return body(source(row, columns, kept: nil))
    }
  }

  private func source(
    _ row: Int, _ columns: Range<Int>, kept: UnsafePointer<Int>?
  ) -> SwiftSource {
    let x = UnsafeRawPointer(input.blockAddress(row, column: columns.lowerBound))
    var source = SwiftSource(
      x: x, rowStride: input.layout.rowStride, columnStride: input.layout.columnStride,
      format: input.format, packing: packing, kept: kept,
      indices: input.columnIndices.map { $0 + columns.lowerBound })
    guard let extras else { return source }
    if let bias = extras.pointee.bias {
      source.bias = (
        UnsafeRawPointer(bias.address(row, column: columns.lowerBound)), bias.layout.rowStride,
        bias.layout.columnStride
      )
      source.biasFactor = scale.temperature
    }
    if let flags = extras.pointee.flags {
      source.mask = (
        UnsafeRawPointer(flags.address(row, column: columns.lowerBound))
          .assumingMemoryBound(to: Bool.self), flags.layout.rowStride, flags.layout.columnStride
      )
    }
    return source
  }

  /// True if kernels take rows from the caller's memory for the first step, and the tile only if need be.
  @inline(__always)
  var reducesSource: Bool {
    #if OpenBLAS
      plan != .blas && kernels.pointee.reduceSource != nil && shortRows == nil
    #else
      false
    #endif
  }

  /// True if rows lie side by side and kernels take them so.
  var reducesTurned: Bool {
    reducesSource && extras == nil && packing.isIdentity && input.format == format
      && input.isTurned && columns > max(64 / format.size, kernels.pointee.shortColumns)
  }

  /// True if results can be scaled as they leave their tile.
  @inline(__always)
  var scalesResults: Bool {
    #if OpenBLAS
      packsOutput && plan != .blas && kernels.pointee.unpack != nil
    #else
      false
    #endif
  }

  #if OpenBLAS
    /// `RowKernels.reduceSource` of a tile that is not packed.
    @inline(never)
    func reduceSource(_ tile: Tile, storing: Bool) -> Int {
      guard let reduce = kernels.pointee.reduceSource else { return 0 }
      return withSource(tile.firstRow, rows: tile.rows, columns: tile.columnRange) { source in
        var source = lse_source(source)
        if storing, input.format != format, output.format == input.format, output.isContiguous,
          columns <= format.blockLength
        {
          source.results = UnsafeRawPointer(output.address(tile.firstRow))
          source.results_row_stride = output.layout.rowStride
        }
        return withUnsafePointer(to: source) {
          reduce(
            $0, tile.rows, tile.columns, UnsafeMutableRawPointer(mutating: tile.x), tile.stride,
            storing ? tile.out : nil, storing ? tile.outStride : 0,
            storing ? tile.outColumnStride : 0, scale.scaleHigh, scale.scaleLow, isInPlace ? 1 : 0,
            tile.state.base, tile.state.capacity)
        }
      }
    }
  #endif

  /// `RowKernels.softmaxTurned` of up to `rows` rows from `row` on; returns how many it did.
  @inline(never)
  func softmaxTurned(_ row: Int, rows: Int, _ scratch: UnsafeMutableRawPointer) -> Int {
    #if OpenBLAS
      kernels.pointee.softmaxTurned?(
        input.address(row), rows, columns, input.layout.columnStride, output.address(row),
        output.layout.columnStride, scratch, scale.scaleHigh, scale.scaleLow) ?? 0
    #else
      0
    #endif
  }

  var hasSoftmaxTurned: Bool {
    #if OpenBLAS
      kernels.pointee.softmaxTurned != nil
    #else
      false
    #endif
  }

  #if OpenBLAS
    /// `RowKernels.subtractTurned` of a tile that is not packed.
    @inline(never)
    func subtractTurned(_ tile: Tile) {
      kernels.pointee.subtractTurned?(
        input.address(tile.firstRow, column: tile.firstColumn), tile.rows, tile.columns,
        input.layout.columnStride, tile.out, tile.outColumnStride, scale.inverseHigh,
        scale.inverseLow, tile.state.base, tile.state.capacity)
    }
  #endif

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

  /// Takes results from a tile to the output's memory; with `scale`, if `scalesResults`, times
  /// the factors there.
  func unpack(
    _ tile: UnsafeRawPointer, stride: Int, columnStride: Int = 1, _ row: Int, rows: Int,
    columns: Range<Int>, scale: Tile.State? = nil
  ) {
    let out = output.address(row, column: columns.lowerBound)
    #if OpenBLAS
      if let unpack = kernels.pointee.unpack {
        return unpack(
          tile, stride, columnStride, rows, columns.count, output.format.code, out,
          output.layout.rowStride,
          output.layout.columnStride, scale?.base, scale?.capacity ?? 0)
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
