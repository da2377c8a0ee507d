/// A row element by element: empty rows, and temperatures so extreme that 1 / T is not a normal number
/// with room to spare.
struct PlainRow {
  let call: RowCall
  let reader: RowReader
  let out: UnsafeMutableRawPointer

  init(_ call: RowCall, _ row: Int) {
    self.call = call
    self.reader = call.reader(row)
    self.out = call.output.address(row)
  }

  func run() {
    if call.operation == .cumulativeLogSumExp { return cumulate() }
    let maximum = (0..<reader.columns).reduce(-Double.infinity) {
      let x = reader[$1]
      return x > $0 ? x : $0
    }
    let temperature = call.scale.temperature
    let stride = call.output.layout.columnStride
    let hasNaN = reader.hasNaN
    if !maximum.isFinite || hasNaN {
      return SpecialRow(call: call, reader: reader, maximum: maximum, hasNaN: hasNaN)
        .fill(out, stride: stride)
    }
    var rest = DoubleDouble(0)
    var ties = -1.0
    for column in 0..<reader.columns {
      let x = reader[column]
      if x == maximum { ties += 1 } else { rest = rest + DoubleDouble(term(x, maximum)) }
    }
    rest = rest + DoubleDouble(ties)
    let logSum = plainLog1p(rest.high)
    switch call.operation {
    case .logSumExp:
      let value = maximum + temperature * logSum
      call.format.store(call.packing.negates ? -value : value, out, 0)
    case .softmax:
      let total = 1 + rest.high
      for column in 0..<reader.columns {
        let share = term(reader[column], maximum) / total
        call.format.store(share, out, column &* stride)
      }
    case .logSoftmax:
      for column in 0..<reader.columns {
        let value = (reader[column] - maximum) / temperature - logSum
        call.format.store(value, out, column &* stride)
      }
    case .cumulativeLogSumExp: break
    }
  }
}

extension PlainRow {
  /// exp((x - maximum) / T), with what the difference and the quotient miss.
  func term(_ x: Double, _ maximum: Double) -> Double {
    let temperature = call.scale.temperature
    let d = DoubleDouble.sum(x, -maximum)
    let z = d.high / temperature
    if z < -800 { return 0 }
    let missed = (d.high.addingProduct(-z, temperature) + d.low) / temperature
    let e = plainExp(z)
    return missed.isFinite ? e + e * missed : e
  }
}
