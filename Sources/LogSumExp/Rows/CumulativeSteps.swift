/// Cumulative LSE: a + T log1p(rest) of the elements up to each one. `reduce` writes the results as it
/// goes, and carries the state from one piece of a row to the next.
enum CumulativeSteps: RowSteps {
  static var isSequence: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.cumulate(
      tile.x, tile.rows, tile.columns, tile.stride, tile.out, tile.outStride,
      call.cumulation.isExclusive ? 1 : 0, call.cumulation.isReversed ? 1 : 0,
      call.scale.scaleHigh, call.scale.scaleLow, call.scale.temperature,
      tile.state.base, tile.state.capacity)
    return 0
  }

  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {}

  static func finish(_ tile: Tile, _ call: RowCall) -> Int { 0 }
}
