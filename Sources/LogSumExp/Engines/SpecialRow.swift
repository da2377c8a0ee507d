/// A row that holds NaN or +inf, or in which nothing has mass: what the table in docs/semantics.md
/// gives, for every operation, engine and plan.
struct SpecialRow {
  let call: RowCall
  let reader: RowReader
  let maximum: Double
  let hasNaN: Bool

  /// Writes the row's result, or its results `stride` apart.
  func fill(_ out: UnsafeMutableRawPointer, stride: Int) {
    if call.operation == .logSumExp {
      let value = hasNaN ? Double.nan : maximum
      return call.format.store(call.packing.negates ? -value : value, out, 0)
    }
    if hasNaN { return fill(out, stride) { _ in .nan } }
    if maximum == .infinity {
      switch call.options.infinity {
      case .nan: fill(out, stride) { _ in .nan }
      case .limit: share(out, stride) { $0 == .infinity }
      }
      return
    }
    switch call.options.skipsNaN ? call.options.maskedNoMass : call.options.unmaskedNoMass {
    case .nan: fill(out, stride) { _ in .nan }
    case .zero: share(out, stride) { _ in false }
    case .uniform: shareAmongParticipants(out, stride)
    }
  }

  private var isLog: Bool { call.operation == .logSoftmax }

  /// The same share for the columns that `takes` picks by value, nothing for the others.
  private func share(
    _ out: UnsafeMutableRawPointer, _ stride: Int, _ takes: (Double) -> Bool
  ) {
    var count = 0
    for column in 0..<reader.columns where takes(reader[column]) { count += 1 }
    let share = isLog ? -plainLog(Double(count)) : 1 / Double(count)
    let nothing = isLog ? -Double.infinity : 0
    fill(out, stride) { takes(reader[$0]) ? share : nothing }
  }

  /// Nothing has mass: each column that takes part has the same share, or each column if none does.
  private func shareAmongParticipants(_ out: UnsafeMutableRawPointer, _ stride: Int) {
    let raw = SpecialRow(call: call, reader: reader.unpacked, maximum: maximum, hasNaN: hasNaN)
    let takesPart = (0..<raw.reader.columns).contains { !raw.reader[$0].isNaN }
    raw.share(out, stride) { takesPart ? !$0.isNaN : true }
  }

  private func fill(
    _ out: UnsafeMutableRawPointer, _ stride: Int, _ value: (Int) -> Double
  ) {
    // In place, `value` reads column by column what is not yet overwritten.
    for column in 0..<reader.columns { call.format.store(value(column), out, column &* stride) }
  }
}

extension SpecialRow {
  /// The row `row` with its state. With maximum = +inf the elements are read again: nothing was
  /// written over them.
  init(_ call: RowCall, _ row: Int, maximum: Double, sum: Double) {
    self.call = call
    self.reader = call.reader(row)
    self.maximum = maximum
    self.hasNaN = maximum == .infinity ? reader.hasNaN : sum.isNaN
  }

  /// The long row `row` with what its blocks' states say; nil if it is an ordinary row, in which only
  /// some blocks may be without mass.
  init?(_ call: RowCall, _ row: Int, _ found: Found) {
    if found.maximum.isFinite && !found.hasNaN { return nil }
    self.call = call
    self.reader = call.reader(row)
    self.maximum = found.maximum
    self.hasNaN = found.hasNaN
  }

  /// What the states of a long row's blocks say.
  struct Found {
    var maximum = -Double.infinity
    var hasNaN = false

    /// Takes in the states of `blocks`, which stand from `state` on.
    mutating func add(_ call: RowCall, _ row: Int, _ blocks: Range<Int>, _ state: Tile.State) {
      for (index, block) in blocks.enumerated() {
        maximum = max(maximum, state.maximum(index))
        if state.maximum(index) == .infinity {
          let reader = call.reader(row)
          let start = block * call.format.blockLength
          let end = min(start + call.format.blockLength, call.columns)
          hasNaN = hasNaN || (start..<end).contains { reader[$0].isNaN }
        } else {
          hasNaN = hasNaN || state.sum(index).isNaN
        }
      }
    }
  }
}

extension RowReader {
  /// The row as it is in the caller's memory.
  var unpacked: RowReader {
    RowReader(base: base, stride: stride, columns: columns, format: format, packing: Packing())
  }

  /// True if an element is NaN.
  var hasNaN: Bool { (0..<columns).contains { self[$0].isNaN } }
}
