/// A row element by element: empty rows, and temperatures so extreme that 1 / T is not a normal number
/// with room to spare.
struct PlainRow {
  let call: RowCall
  let row: Int
  let reader: RowReader

  init(_ call: RowCall, _ row: Int) {
    self.call = call
    self.row = row
    self.reader = call.reader(row)
  }

  func run() {
    if call.task == .cumulativeLogSumExp { return cumulate() }
    let maximum = (0..<reader.columns).reduce(-Double.infinity) {
      let x = reader[$1]
      return x > $0 ? x : $0
    }
    let temperature = call.scale.temperature
    let hasNaN = reader.hasNaN
    if call.task == .weightedLogSumExp || !maximum.isFinite || hasNaN {
      return SpecialRow(call: call, row: row, reader: reader, maximum: maximum, hasNaN: hasNaN)
        .fill()
    }
    var rest = DoubleDouble(0)
    var ties = -1.0
    for column in 0..<reader.columns {
      let x = reader[column]
      if x == maximum { ties += 1 } else { rest = rest + DoubleDouble(term(x, maximum)) }
    }
    rest = rest + DoubleDouble(ties)
    let logSum = plainLog1p(rest.high)
    switch call.task {
    case .logSumExp:
      let value = maximum + temperature * logSum
      call.store(call.packing.negates ? -value : value, row)
    case .softmax:
      let total = 1 + rest.high
      for column in 0..<reader.columns {
        call.store(term(reader[column], maximum) / total, row, column)
      }
    case .logSoftmax:
      for column in 0..<reader.columns {
        call.store((reader[column] - maximum) / temperature - logSum, row, column)
      }
    case .logMeanExp, .maxAndLogSum, .pick, .largest:
      RowSummary(row: row, maximum: maximum, logarithm: DoubleDouble(logSum)).write(call)
    case .weightedLogSumExp, .cumulativeLogSumExp: break
    }
  }

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
