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

  /// |S| = 2^k m with 1 <= m < 2, so that m - 1 is a rest as in LSE.
  static func finish(_ tile: Tile, _ call: RowCall) -> Int {
    let (state, capacity) = (tile.state.base, tile.state.capacity)
    var signs = InlineArray<128, Int8>(repeating: 1)  // tileRows
    var powers = InlineArray<128, Int16>(repeating: 0)
    for row in 0..<tile.rows {
      let sum = DoubleDouble(state[capacity &+ row], state[2 &* capacity &+ row])
      signs[row] = sum.high == 0 ? 0 : sum.high < 0 ? -1 : 1
      let power = sum.high == 0 ? 0 : Int(sum.high.exponent)
      powers[row] = Int16(power)
      var low = 0.0
      if power.magnitude < 1000 {
        low = sum.low * Double(signs[row]) * Double(sign: .plus, exponent: -power, significand: 1)
      }
      let rest = DoubleDouble.sum(sum.high.significand - 1, low)
      state[capacity &+ row] = signs[row] == 0 ? 0 : rest.high
      state[2 &* capacity &+ row] = signs[row] == 0 ? 0 : rest.low
    }
    // As at any temperature but 1: a stays, and log m follows in two parts.
    call.kernels.pointee.finishLogSoftmax(state, capacity, tile.rows, 0)
    let temperature = call.scale.temperature
    for row in 0..<tile.rows {
      let log =
        DoubleDouble(state[capacity &+ row], state[2 &* capacity &+ row])
        + DoubleDouble(Double(powers[row])) * DoubleDouble.ln2
      var value = (DoubleDouble(state[row]) + DoubleDouble(temperature) * log).value
      if signs[row] == 0 {
        value = -.infinity
      } else if WideRow.isNearZero(value, temperature, call.format) {
        value = WideRow.weightedLogSumExp(
          call.reader(tile.firstRow &+ row), maximum: state[row], temperature: temperature)
      }
      let out = tile.out + row &* tile.outStride &* call.format.size
      WeightedRow.store(value, Double(signs[row]), tile.firstRow &+ row, call, out, call.format)
    }
    return 0
  }
}
