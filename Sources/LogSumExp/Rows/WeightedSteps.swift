/// Weighted LSE: a + T log |S| with S = sum of w_i exp((x_i - a) / T), a the max over the weights that
/// are not 0, and the sign of S.
enum WeightedSteps: RowSteps {
  static var isReduction: Bool { true }
  static var isWeighted: Bool { true }

  @inline(__always)
  static func reduce(_ tile: Tile, _ call: RowCall) -> Int {
    call.kernels.pointee.reduceWeighted(
      tile.x, tile.rows, tile.columns, tile.stride, tile.weights!, tile.weightsStride,
      call.scale.scaleHigh, call.scale.scaleLow, tile.state.base, tile.state.capacity)
  }

  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    WeightedRow.merge(state, count: count, call)
  }

  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    let again = call.kernels.pointee.finishWeighted(
      tile.state.base, tile.state.capacity, tile.rows, call.scale.temperature, tile.out,
      tile.outStride)
    if again > 0 || call.extras?.pointee.signs != nil { finishEach(tile, call) }
    return 0
  }

  /// Signs, and results that the kernels do not give.
  @inline(never)
  private static func finishEach(_ tile: Tile, _ call: RowCall) {
    let temperature = call.scale.temperature
    for row in 0..<tile.rows {
      let sum = tile.state.sum(row)
      let out = tile.out + row &* tile.outStride &* call.format.size
      var value = call.format.load(UnsafeRawPointer(out), 0)
      if sum == 0 {
        value = -.infinity
      } else if sum.magnitude < 0x1p-1000 || WideRow.isNearZero(value, temperature, call.format) {
        value = WideRow.weightedLogSumExp(
          call.reader(tile.firstRow &+ row), maximum: tile.state.maximum(row),
          temperature: temperature)
      }
      let sign = sum == 0 ? 0.0 : sum < 0 ? -1 : 1
      WeightedRow.store(value, sign, tile.firstRow &+ row, call, out, call.format)
    }
  }
}
