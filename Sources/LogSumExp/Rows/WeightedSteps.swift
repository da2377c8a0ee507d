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

  /// With the signs taken off, |S| - 1 is a rest, and the logarithm that of LSE.
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    let (state, capacity) = (tile.state.base, tile.state.capacity)
    var signs = InlineArray<128, Int8>(repeating: 1)  // tileRows
    for row in 0..<tile.rows {
      var sum = DoubleDouble(state[capacity &+ row], state[2 &* capacity &+ row])
      if sum.high == 0 {
        signs[row] = 0
        sum = DoubleDouble(1)
      } else if sum.high < 0 {
        signs[row] = -1
        sum = DoubleDouble(-sum.high, -sum.low)
      }
      let rest = sum - DoubleDouble(1)
      state[capacity &+ row] = rest.high
      state[2 &* capacity &+ row] = rest.low
    }
    let temperature = call.scale.temperature
    _ = call.kernels.pointee.finishLogSumExp(
      state, capacity, tile.rows, temperature, tile.out, tile.outStride)
    for row in 0..<tile.rows {
      let out = tile.out + row &* tile.outStride &* call.format.size
      var value = call.format.load(UnsafeRawPointer(out), 0)
      if signs[row] == 0 {
        value = -.infinity
      } else if WideRow.isNearZero(value, temperature, call.format) {
        value = WideRow.weightedLogSumExp(
          call.reader(tile.firstRow &+ row), maximum: state[row], temperature: temperature)
      }
      WeightedRow.store(value, Double(signs[row]), tile.firstRow &+ row, call, out, call.format)
    }
    return 0
  }
}
