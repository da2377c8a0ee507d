/// The results that are made of a row's max and log-sum: `RowSummary` writes them.
enum SummarySteps: RowSteps {
  static var isReduction: Bool { true }
  static var writesTile: Bool { false }
  static var reducesSource: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
    let special = LogSumExpSteps.reduce(tile, call)
    LogSumExpSteps.refine(tile, call)
    return special
  }

  @inline(__always)
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    LogSumExpSteps.merge(state, count: count, call)
  }

  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    let (state, capacity) = (tile.state.base, tile.state.capacity)
    // As at any temperature but 1: a stays, and log1p(rest) follows in two parts.
    call.kernels.pointee.finishLogSoftmax(state, capacity, tile.rows, 0)
    for index in 0..<tile.rows {
      RowSummary(
        row: tile.firstRow &+ index, maximum: state[index],
        logarithm: DoubleDouble(state[capacity &+ index], state[2 &* capacity &+ index])
      ).write(call)
    }
    return 0
  }
}
