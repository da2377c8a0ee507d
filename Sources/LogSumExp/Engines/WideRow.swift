/// LSE of a row whose max and log-sum cancel, as those of normalised log-probabilities do: in arithmetic
/// wide enough that the bound holds for the difference too.
///
/// With a < 0 and |LSE| < 4 (LSE - a), errors of the fast path that are small beside the two terms are not
/// small beside their sum. Finding such rows costs one comparison a row.
enum WideRow {
  /// Does the rows of `tile` again that need it; `firstRow` is the number of its first row.
  @inline(never)
  static func redo(_ tile: Tile, firstRow: Int, _ call: RowCall) {
    for index in 0..<tile.rows {
      let maximum = tile.state.maximum(index)
      let slot = index &* tile.outStride
      let value = call.format.load(UnsafeRawPointer(tile.out), slot)
      if maximum < 0 && value.magnitude < 4 * (value - maximum) {
        let wide = logSumExp(
          call.reader(firstRow + index), maximum: maximum, temperature: call.scale.temperature)
        call.format.store(wide, tile.out, slot)
      }
    }
  }

  /// a + T log(sum of exp((x - a) / T)) for an ordinary row.
  static func logSumExp(_ row: RowReader, maximum: Double, temperature: Double) -> Double {
    if row.format == .float32 {
      // Double leaves 2^-50 of the terms; that is enough unless the sum is much smaller still.
      let value = inDouble(row, maximum, temperature)
      if value.magnitude > 0x1p-22 * maximum.magnitude { return value }
    }
    return inDoubleDouble(row, maximum, temperature)
  }

  private static func inDouble(
    _ row: RowReader, _ maximum: Double, _ temperature: Double
  ) -> Double {
    var rest = 0.0
    var ties = -1.0
    for column in 0..<row.columns {
      let x = row[column]
      if x == maximum { ties += 1 } else { rest += plainExp((x - maximum) / temperature) }
    }
    return maximum + temperature * plainLog1p(rest + ties)
  }

  private static func inDoubleDouble(
    _ row: RowReader, _ maximum: Double, _ temperature: Double
  ) -> Double {
    let t = DoubleDouble(temperature)
    var total = DoubleDouble(0)
    for column in 0..<row.columns {
      var z = DoubleDouble.sum(row[column], -maximum)
      if temperature != 1 { z = z / t }
      // Below exp(-80) a term is no part of 104 bits.
      if z.high > -80 { total = total + DoubleDouble.exp(z) }
    }
    let value = DoubleDouble(maximum) + t * DoubleDouble.log(total)
    return value.high + value.low
  }
}
