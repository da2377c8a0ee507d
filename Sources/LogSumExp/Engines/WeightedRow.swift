/// A weighted sum off the fast path: rows with NaN, infinities, or weights so large or small that sums of
/// the kernels might leave the type's range. What docs/semantics.md gives, and else in two Doubles.
struct WeightedRow {
  let call: RowCall
  let row: Int
  let reader: RowReader

  /// Writes log |sum of w exp(x / T)| times T to `out`, and the sign where it is asked for.
  func fill(_ out: UnsafeMutableRawPointer, _ format: _RowScalarFormat) {
    let (value, sign) = result
    let temperature = call.packing.negates ? -1.0 : 1.0
    WeightedRow.store(temperature * value, sign, row, call, out, format)
  }

  /// A row's result and sign; NaN for a negative sum where nobody asks for the sign.
  @inline(__always)
  static func store(
    _ value: Double, _ sign: Double, _ row: Int, _ call: RowCall, _ out: UnsafeMutableRawPointer,
    _ format: _RowScalarFormat
  ) {
    if let signs = call.extras?.pointee.signs {
      signs.format.store(sign, signs.address(row), 0)
      format.store(value, out, 0)
    } else {
      format.store(sign < 0 ? .nan : value, out, 0)
    }
  }

  /// T log |sum| with T > 0, and the sign.
  private var result: (value: Double, sign: Double) {
    var infinite = 0.0  // the sign of infinite terms
    var top: (x: Double, w: Double)?  // the element of the greatest term, about
    let temperature = call.scale.temperature
    for column in reader.keptColumns where reader.takesPart(column) {
      let (x, w) = (reader[column], reader.weight(column))
      if x.isNaN || w.isNaN { return (.nan, .nan) }
      if x == .infinity || w.isInfinite {
        if x == -.infinity { return (.nan, .nan) }
        let sign = w < 0 ? -1.0 : 1.0
        if infinite == -sign { return (.nan, .nan) }
        infinite = sign
      } else if x != -.infinity {
        guard let greatest = top else {
          top = (x, w)
          continue
        }
        let ratio = plainLog(w.magnitude) - plainLog(greatest.w.magnitude)
        if (x - greatest.x) / temperature + ratio > 0 { top = (x, w) }
      }
    }
    if infinite != 0 { return (.infinity, infinite) }
    guard let top else { return (-.infinity, 0) }
    // Terms relative to the greatest: its x, and the power of two in its weight.
    let scale = DoubleDouble(temperature)
    let power = Double(top.w.exponent)
    var sum = DoubleDouble(0)
    for column in reader.keptColumns where reader.takesPart(column) {
      let (x, w) = (reader[column], reader.weight(column))
      var z = DoubleDouble.sum(x, -top.x)
      if temperature != 1 && z.high != 0 { z = z / scale }
      // The weight's exponent joins the argument; its significand, below 2, multiplies.
      z = z + DoubleDouble(Double(w.exponent) - power) * DoubleDouble.ln2
      if z.high > -745 {
        let significand = w < 0 ? -w.significand : w.significand
        sum = sum + DoubleDouble.exp(z) * DoubleDouble(significand)
      }
    }
    if sum.high == 0 { return (-.infinity, 0) }
    let sign = sum.high < 0 ? -1.0 : 1.0
    let magnitude = DoubleDouble(sign * sum.high, sign * sum.low)
    let log =
      DoubleDouble.log1p(magnitude - DoubleDouble(1)) + DoubleDouble(power) * DoubleDouble.ln2
    let plain = top.x + temperature * log.high
    if !plain.isFinite { return (plain, sign) }
    return ((DoubleDouble(top.x) + scale * log).value, sign)
  }
}

extension WeightedRow {
  /// The states of the blocks of one row, each (a, sum high, sum low), to that of the row in place.
  static func merge(_ state: Tile.State, count: Int, _ call: RowCall) {
    var at = 0
    for block in 0..<count where state.maximum(block) > state.maximum(at) { at = block }
    let maximum = state.maximum(at)
    let scale = DoubleDouble(call.scale.scaleHigh, call.scale.scaleLow)
    var total = DoubleDouble(0)
    for block in 0..<count where state.maximum(block) != -.infinity {
      let sum = DoubleDouble(state.sum(block), state.base[2 &* state.capacity &+ block])
      if state.maximum(block) == maximum {
        total = total + sum
      } else {
        let z = DoubleDouble.sum(state.maximum(block), -maximum)
        total = total + sum * z.powerOfTwo(times: scale)
      }
    }
    state.base[0] = maximum
    state.base[state.capacity] = total.high
    state.base[2 &* state.capacity] = total.low
  }
}
