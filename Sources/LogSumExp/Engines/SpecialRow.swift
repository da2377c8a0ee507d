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
      RowSummary(
        row: row, maximum: hasNaN ? .nan : maximum,
        logarithm: DoubleDouble(hasNaN ? .nan : reader.columns == 0 ? -.infinity : 0),
        special: self
      ).write(call)
    }
  }

  /// The softmax of each column, or its logarithm.
  func shares(logarithms: Bool) -> Shares {
    let nothing = logarithms ? -Double.infinity : 0
    let nan = Shares(reader: reader, takers: .none, share: .nan, nothing: .nan)
    func shares(_ takers: Shares.Takers) -> Shares {
      var shares = Shares(reader: reader, takers: takers, share: nothing, nothing: nothing)
      let count = Double((0..<reader.columns).reduce(0) { shares.takes($1) ? $0 + 1 : $0 })
      shares.share = logarithms ? -plainLog(count) : 1 / count
      return shares
    }
    if hasNaN { return nan }
    if maximum == .infinity {
      return call.options.infinity == .nan ? nan : shares(.infinite)
    }
    switch call.isMasked ? call.options.maskedNoMass : call.options.unmaskedNoMass {
    case .nan: return nan
    case .zero: return Shares(reader: reader, takers: .none, share: nothing, nothing: nothing)
    case .uniform: return shares(reader.participants == 0 ? .all : .participants)
    }
  }

  /// The same share for some columns of a row, nothing for the others.
  struct Shares {
    enum Takers { case none, infinite, participants, all }

    let reader: RowReader
    let takers: Takers
    var share: Double
    let nothing: Double

    func takes(_ column: Int) -> Bool {
      switch takers {
      case .none: false
      case .infinite: reader[column] == .infinity
      case .participants: reader.takesPart(column)
      case .all: true
      }
    }

    func callAsFunction(_ column: Int) -> Double { takes(column) ? share : nothing }
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
