/// Log-softmax: (x - high) - low, where high + low = a + log1p(rest) in two parts, so that nothing of the
/// normaliser is lost however large a is, and the largest element gives -log1p(rest). With a temperature
/// (x - a) / T - log1p(rest).
enum LogSoftmaxSteps: RowSteps {
  static var takesTurned: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
    let isShort = tile.columns <= call.kernels.pointee.shortColumns
    let special = LogSumExpSteps.reduce(
      tile, call, next: call.streams && !isShort ? nil : tile.out)
    if call.plan == .blas || !isShort {
      LogSumExpSteps.refine(tile, call)
    }
    return special
  }

  @inline(__always)
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    LogSumExpSteps.merge(state, count: count, call)
  }

  @inline(__always)
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.finishLogSoftmax(
      tile.state.base, tile.state.capacity, tile.rows, call.scale.inverseHigh)
    return 0
  }

  @inline(__always)
  static func map(_ tile: Tile, _ call: RowCall) {
    #if OpenBLAS
      if tile.outColumnStride > 1 { return call.subtractTurned(tile) }
    #endif
    call.kernels.pointee.subtract(
      tile.x, tile.rows, tile.columns, tile.stride, tile.out, tile.outStride,
      call.scale.inverseHigh, call.scale.inverseLow, call.streams ? 1 : 0, tile.state.base,
      tile.state.capacity)
  }
}
