/// LSE: a + T log1p(rest), with rest the sum of exp((x_i - a) / T) over all but one element that
/// equals the max a.
enum LogSumExpSteps: RowSteps {
  static var isReduction: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int { reduce(tile, call, next: nil) }

  /// `reduce`; `next` is where results of the tile's shape will be written soon.
  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall, next: UnsafeMutableRawPointer?) -> Int {
    #if OpenBLAS
      if call.plan == .blas {
        return BLASPlan.reduce(tile, storing: false, call.kernels, call.scale, call.format)
      }
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
    call.kernels.pointee.refine?(
      tile.x, tile.rows, tile.columns, tile.stride, call.scale.scaleHigh, call.scale.scaleLow,
      tile.state.base, tile.state.capacity)
  }

  @inline(__always)
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    call.kernels.pointee.merge(
      state.base, state.capacity, count, call.scale.scaleHigh, call.scale.scaleLow)
  }

  @inline(__always)
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.finishLogSumExp(
      tile.state.base, tile.state.capacity, tile.rows, call.scale.temperature, tile.out,
      tile.outStride)
  }
}
