/// A row that holds NaN or +inf, or in which nothing has mass: what the table in docs/semantics.md
/// gives, for every operation, engine and plan.
struct SpecialRow {
  let call: RowCall
  let row: Int
  let reader: RowReader
  let maximum: Double
  let hasNaN: Bool

  /// Writes the row's result, or its results, to the caller's memory.
  func fill() {
    let out = call.output.address(row)
    fill(out, stride: call.output.layout.columnStride, call.output.format)
  }

  /// Writes the row's result, or its results `stride` apart, in `format`.
  func fill(_ out: UnsafeMutableRawPointer, stride: Int, _ format: _RowScalarFormat) {
    switch call.task {
    case .logSumExp:
      let value = hasNaN ? Double.nan : maximum
      format.store(call.packing.negates ? -value : value, out, 0)
    case .cumulativeLogSumExp: break  // has no special rows
    case .weightedLogSumExp:
      WeightedRow(call: call, row: row, reader: reader).fill(out, format)
    case .softmax, .logSoftmax:
      let share = shares(logarithms: call.task == .logSoftmax)
      // In place, `share` reads column by column what is not yet overwritten.
      for column in 0..<reader.columns { format.store(share(column), out, column &* stride) }
    case .logMeanExp, .maxAndLogSum, .pick, .largest:
      let isInfinite = maximum == .infinity
      RowSummary(
        row: row, maximum: hasNaN ? .nan : maximum,
        logarithm: DoubleDouble(hasNaN ? .nan : reader.columns == 0 ? -.infinity : 0),
        special: isInfinite || hasNaN || maximum == -.infinity ? self : nil
      ).write(call)
    }
  }

  /// The softmax of each column, or its logarithm.
  func shares(logarithms: Bool) -> (Int) -> Double {
    if hasNaN { return { _ in .nan } }
    if maximum == .infinity {
      switch call.options.infinity {
      case .nan: return { _ in .nan }
      case .limit: return share(logarithms) { reader[$0] == .infinity }
      }
    }
    switch call.isMasked ? call.options.maskedNoMass : call.options.unmaskedNoMass {
    case .nan: return { _ in .nan }
    case .zero: return { _ in logarithms ? -.infinity : 0 }
    case .uniform:
      // Each column that takes part has the same share, or each column if none does.
      let nobody = reader.participants == 0
      return share(logarithms) { nobody || reader.takesPart($0) }
    }
  }

  /// The same share for the columns that `takes` picks, nothing for the others.
  private func share(_ logarithms: Bool, _ takes: @escaping (Int) -> Bool) -> (Int) -> Double {
    let count = (0..<reader.columns).reduce(0) { takes($1) ? $0 + 1 : $0 }
    let share = logarithms ? -plainLog(Double(count)) : 1 / Double(count)
    return { takes($0) ? share : logarithms ? -.infinity : 0 }
  }
}

extension SpecialRow {
  /// The row `row` with its state. With maximum = +inf the elements are read again: nothing was
  /// written over them.
  init(_ call: RowCall, _ row: Int, maximum: Double, sum: Double) {
    self.call = call
    self.row = row
    self.reader = call.reader(row)
    self.maximum = maximum
    self.hasNaN = maximum == .infinity ? reader.hasNaN : sum.isNaN
  }

  /// The long row `row` with what its blocks' states say; nil if it is an ordinary row, in which only
  /// some blocks may be without mass.
  init?(_ call: RowCall, _ row: Int, _ found: Found) {
    if found.maximum.isFinite && !found.hasNaN { return nil }
    self.call = call
    self.row = row
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
          let start = block * call.format.blockLength
          let end = min(start + call.format.blockLength, call.columns)
          hasNaN = hasNaN || call.reader(row).hasNaN(in: start..<end)
        } else {
          hasNaN = hasNaN || state.sum(index).isNaN
        }
      }
    }
  }
}
