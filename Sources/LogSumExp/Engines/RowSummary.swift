/// The max of a row and the logarithm of its sum relative to it: all that the results derived from LSE
/// need. They are written in the order in which the rows are finished.
struct RowSummary {
  let row: Int
  /// The max of the elements as they take part: of -x at a negative temperature.
  let maximum: Double
  /// log(sum of exp((x - max) / T)).
  let logarithm: DoubleDouble
  /// Set for a row that the table of special rows decides.
  var special: SpecialRow? = nil

  /// Writes what the call's task asks for to the caller's memory.
  func write(_ call: RowCall) {
    let sign = call.packing.negates ? -1.0 : 1.0
    switch call.task {
    case .logMeanExp: call.store(sign * mean(call), row)
    case .maxAndLogSum:
      call.store(sign * maximum, row)
      call.store(sign * (call.scale.temperature * logarithm.value), row, 1)
    case .pick: pick(call)
    case .largest: selectLargest(call)
    case .logSumExp, .weightedLogSumExp, .softmax, .logSoftmax, .cumulativeLogSumExp: break
    }
  }

  /// a + T (log sum - log n), n the number of elements that take part; NaN without any.
  private func mean(_ call: RowCall) -> Double {
    let count =
      call.extras == nil && !call.packing.skipsNaN ? call.columns : call.reader(row).participants
    if count == 0 { return .nan }
    if special != nil { return maximum }
    let temperature = call.scale.temperature
    let logCount = SwiftLog(onePlus: SIMD4(repeating: Double(count - 1)), SIMD4(repeating: 0))
    let mean = logarithm - DoubleDouble(logCount.high[0], logCount.low[0])
    let value = (DoubleDouble(maximum) + DoubleDouble(temperature) * mean).value
    if !WideRow.isNearZero(value, temperature, call.format) { return value }
    return WideRow.weightedLogSumExp(
      call.reader(row), maximum: maximum, temperature: temperature, count: count)
  }

  /// log-softmax of a column.
  private func logShare(_ column: Int, _ reader: RowReader, _ temperature: Double) -> Double {
    let x = reader[column]
    if x == -.infinity { return x }
    let d = DoubleDouble.sum(x, -maximum)
    if !d.high.isFinite {
      // The difference is beyond Double; over T it need not be.
      return (x / 4 - maximum / 4) / temperature * 4 - logarithm.high
    }
    let z = temperature == 1 ? d : d / DoubleDouble(temperature)
    let share = z - logarithm
    return share.high.isFinite ? share.value : d.high / temperature
  }

  private func pick(_ call: RowCall) {
    guard let extras = call.extras?.pointee, let picks = extras.picks else { return }
    let reader = call.reader(row)
    let shares = special?.shares(logarithms: true)
    for index in 0..<extras.picksPerRow {
      let column = picks[row &* extras.picksPerRow &+ index]
      let share = shares?(column) ?? logShare(column, reader, call.scale.temperature)
      call.store(share, row, index)
    }
  }

  /// The columns of the k largest elements, the largest first and of equal ones the first, with their
  /// log-softmax. What does not take part comes last; NaN is larger than all.
  private func selectLargest(_ call: RowCall) {
    guard let places = call.extras?.pointee.places else { return }
    let reader = call.reader(row)
    let k = call.output.layout.columns
    let first = places + row &* k
    var count = 0
    func isBefore(_ a: Int, _ b: Int) -> Bool {
      let (x, y) = (reader[a], reader[b])
      if x.isNaN || y.isNaN { return x.isNaN && (!y.isNaN || a < b) }
      if x == -.infinity && y == -.infinity {
        let (first, second) = (reader.takesPart(a), reader.takesPart(b))
        if first != second { return first }
      }
      return x > y || (x == y && a < b)
    }
    // A heap of the best so far, the worst of them on top.
    func sink(_ start: Int, _ end: Int) {
      var at = start
      while true {
        var child = 2 &* at &+ 1
        if child >= end { return }
        if child &+ 1 < end && isBefore(first[child], first[child &+ 1]) { child &+= 1 }
        if !isBefore(first[at], first[child]) { return }
        swap(&first[at], &first[child])
        at = child
      }
    }
    for column in 0..<reader.columns {
      if count < k {
        first[count] = column
        count &+= 1
        if count == k { for start in stride(from: k / 2, through: 0, by: -1) { sink(start, k) } }
      } else if isBefore(column, first[0]) {
        first[0] = column
        sink(0, k)
      }
    }
    var end = k
    while end > 1 {
      end &-= 1
      swap(&first[0], &first[end])
      sink(0, end)
    }
    let shares = special?.shares(logarithms: true)
    for index in 0..<k {
      let share =
        shares?(first[index]) ?? logShare(first[index], reader, call.scale.temperature)
      call.store(share, row, index)
    }
  }
}
