/// Softmax: e_i / sum, with e_i = 2^(x_i c - N) stored on the way to the sum and 1 / sum in two parts.
/// The shift N is an integer, so x - a is never rounded; the blocks of a long row have shifts of their
/// own, and `merge` turns them into exact powers of two.
enum SoftmaxSteps: RowSteps {
  static var mapsByBlock: Bool { true }
  static var scales: Bool { true }
  static var reducesSource: Bool { true }
  static var takesTurned: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
    #if OpenBLAS
      if call.plan == .blas {
        return BLASPlan.reduce(tile, storing: true, call)
      }
      if !tile.isPacked { return call.reduceSource(tile, storing: true) }
    #endif
    return call.kernels.pointee.reduceStoring(
      tile.x, tile.rows, tile.columns, tile.stride, tile.out, tile.outStride,
      call.scale.scaleHigh, call.scale.scaleLow, call.isInPlace ? 1 : 0, tile.state.base,
      tile.state.capacity)
  }

  /// Leaves finished states, one a block.
  @inline(__always)
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    call.kernels.pointee.mergeStored(
      state.base, state.capacity, count, call.scale.scaleHigh, call.scale.scaleLow)
  }

  @inline(__always)
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.finishSoftmax(
      tile.state.base, tile.state.capacity, tile.rows)
    return 0
  }

  @inline(__always)
  static func map(_ tile: Tile, _ call: RowCall) {
    #if OpenBLAS
      if call.plan == .blas { return BLASPlan.scale(tile, call.format) }
    #endif
    call.kernels.pointee.scale(
      tile.out, tile.rows, tile.columns, tile.outStride, tile.state.base, tile.state.capacity)
  }
}
