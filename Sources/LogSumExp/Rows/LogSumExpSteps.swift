/// LSE: a + T log1p(rest), with rest the sum of exp((x_i - a) / T) over all but one element that
/// equals the max a.
enum LogSumExpSteps: RowSteps {
  static var isReduction: Bool { true }
  static var reducesSource: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int { reduce(tile, call, next: nil) }

  /// `reduce`; `next` is where results of the tile's shape will be written soon.
  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall, next: UnsafeMutableRawPointer?) -> Int {
    #if OpenBLAS
      if call.plan == .blas {
        return BLASPlan.reduce(tile, storing: false, call)
      }
      if !tile.isPacked { return call.reduceSource(tile, storing: false) }
    #endif
    return call.kernels.pointee.reduce(
      tile.x, tile.rows, tile.columns, tile.stride, next, next == nil ? 0 : tile.outStride,
      call.scale.scaleHigh, call.scale.scaleLow,
      tile.state.base, tile.state.capacity)
  }

  /// Makes a small rest right to its last bits, where the kernels do not by themselves: for results that
  /// show it by itself.
  @inline(__always)
  static func refine(_ tile: Tile, _ call: RowCall) {
    guard let refine = call.kernels.pointee.refine else { return }
    if !tile.isPacked { return refineSource(tile, call) }
    refine(
      tile.x, tile.rows, tile.columns, tile.stride, call.scale.scaleHigh, call.scale.scaleLow,
      tile.state.base, tile.state.capacity)
  }

  /// The same for a tile that is not packed: rows whose rest may be small are.
  @inline(never)
  private static func refineSource(_ tile: Tile, _ call: RowCall) {
    for index in 0..<tile.rows where tile.state.sum(index) < 2 {  // kernels refine none above
      var row = tile.row(index, call.format)
      row.x = tile.x  // there need be no room for all of them
      call.pack(
        row.firstRow, rows: 1, columns: row.columnRange,
        into: UnsafeMutableRawPointer(mutating: row.x), stride: row.stride)
      row.isPacked = true
      refine(row, call)
    }
  }

  @inline(__always)
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    call.kernels.pointee.merge(
      state.base, state.capacity, count, call.scale.scaleHigh, call.scale.scaleLow)
  }

  @inline(__always)
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.finishLogSumExp(
      tile.state.base, tile.state.capacity, tile.rows, call.scale.temperature,
      call.plan == .blas ? 0 : 1, tile.out, tile.outStride)
  }
}
