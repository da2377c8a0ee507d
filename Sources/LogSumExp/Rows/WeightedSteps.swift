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
    var sums = InlineArray<128, Double>(repeating: 0)  // tileRows
    for row in 0..<tile.rows {
      let sum = state[capacity &+ row]
      sums[row] = sum
      var rest = DoubleDouble(sum.significand - 1)
      let power = exponent(sum)
      if call.format == .float64 && power.magnitude < 1000 {
        // 2^-k, with the sum's sign.
        let sign = sum.bitPattern & (1 << 63)
        let factor = Double(bitPattern: UInt64(1023 &- power) << 52 | sign)
        rest = DoubleDouble.sum(rest.high, state[2 &* capacity &+ row] * factor)
      }
      state[capacity &+ row] = sum == 0 ? 0 : rest.high
      state[2 &* capacity &+ row] = sum == 0 ? 0 : rest.low
    }
    // As at any temperature but 1: a stays, and log m follows in two parts.
    call.kernels.pointee.finishLogSoftmax(state, capacity, tile.rows, 0)
    let temperature = call.scale.temperature
    let hasSigns = call.extras?.pointee.signs != nil
    for row in 0..<tile.rows {
      let sum = sums[row]
      let log = (high: state[capacity &+ row], low: state[2 &* capacity &+ row])
      var value = result(
        state[row], log, power: Double(exponent(sum)), temperature, call.format)
      let isNearZero = WideRow.isNearZero(value, temperature, call.format)
      let out = tile.out + row &* tile.outStride &* call.format.size
      if sum > 0 && !isNearZero && !hasSigns {
        call.format.store(value, out, 0)
        continue
      }
      if sum == 0 {
        value = -.infinity
      } else if isNearZero {
        value = WideRow.weightedLogSumExp(
          call.reader(tile.firstRow &+ row), maximum: state[row], temperature: temperature)
      }
      let sign = sum == 0 ? 0.0 : sum < 0 ? -1 : 1
      WeightedRow.store(value, sign, tile.firstRow &+ row, call, out, call.format)
    }
    return 0
  }

  /// k; 0 for a sum of 0.
  @inline(__always)
  private static func exponent(_ sum: Double) -> Int {
    let field = Int(truncatingIfNeeded: sum.bitPattern >> 52) & 0x7ff
    if field != 0 { return field &- 1023 }
    return sum == 0 ? 0 : Int(sum.exponent)
  }

  /// a + T (log m + k log 2).
  @inline(__always)
  private static func result(
    _ maximum: Double, _ log: (high: Double, low: Double), power: Double, _ temperature: Double,
    _ format: _RowScalarFormat
  ) -> Double {
    if format == .float32 {
      return maximum + temperature * (power * Constants.f64Ln2Hi + (log.high + log.low))
    }
    // The first product is exact.
    let whole = DoubleDouble.sum(
      power * Constants.f64Ln2SplitHi, power * Constants.f64Ln2SplitLo)
    var sum = DoubleDouble(log.high, log.low) + whole
    if temperature != 1 { sum = DoubleDouble(temperature) * sum }
    return (DoubleDouble(maximum) + sum).value
  }
}
