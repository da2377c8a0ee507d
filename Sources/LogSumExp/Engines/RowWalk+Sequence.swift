// Operations that are one recurrence along a row: a tile is some rows from end to end, or, where they are
// packed, a piece of them after the other. Where a row is cut does not change its bits.
extension RowWalk {
  /// Rows that kernels take side by side, one in each lane.
  private var sequenceRows: Int { 16 }

  func sequences() {
    let rows = call.input.layout.totalRows
    let workers = call.workers
    let unit = max(1, min(sequenceRows, rows / workers))
    forEachPart(of: (rows + unit - 1) / unit, workers: workers) { part in
      sequences((part.lowerBound * unit)..<min(rows, part.upperBound * unit))
    }
  }

  private func sequences(_ part: Range<Int>) {
    var memory = InlineArray<48, Double>(repeating: 0)  // three for each of sequenceRows
    withUnsafeMutableBytes(of: &memory) { bytes in
      let base = bytes.baseAddress!.assumingMemoryBound(to: Double.self)
      let state = Tile.State(base: base, capacity: sequenceRows)
      if usesScratch {
        withScratch { sequences(part, state, scratch: $0) }
      } else {
        sequences(part, state, scratch: nil)
      }
    }
  }

  private func sequences(
    _ part: Range<Int>, _ state: Tile.State, scratch: UnsafeMutableRawPointer?
  ) {
    var row = part.lowerBound
    while row < part.upperBound {
      let count = min(sequenceRows, part.upperBound - row, call.uniformRows(from: row))
      for index in 0..<count { state.from(index).setEmpty() }
      // A packed piece, with room for what stands between its rows.
      let width =
        scratch == nil || scratchSize == RowWalkLimits.smallBytes
        ? call.columns : scratchSize / (sequenceRows * format.size) - 16
      var done = 0
      while done < call.columns {
        let end = min(done + width, call.columns)
        let columns =
          call.cumulation.isReversed ? (call.columns - end)..<(call.columns - done) : done..<end
        let tile = loadTile(row, rows: count, columns: columns, state, scratch)
        _ = Steps.reduce(tile, call)
        if call.packing.negates { negate(tile, columns: tile.columns) }
        storeTile(tile, row, columns: columns, scratch)
        done = end
      }
      row += count
    }
  }
}

extension PlainRow {
  /// Cumulative LSE at an extreme temperature, element by element.
  func cumulate() {
    let temperature = call.scale.temperature
    var maximum = -Double.infinity
    var rest = DoubleDouble(0)
    var hasNaN = false
    for step in 0..<reader.columns {
      let column = call.cumulation.isReversed ? reader.columns - 1 - step : step
      let x = reader[column]
      let before = value(maximum, rest, hasNaN, temperature)
      if x.isNaN {
        hasNaN = true
      } else if x > maximum {
        let factor = maximum == -.infinity || x == .infinity ? 0 : term(maximum, x)
        rest = (rest + DoubleDouble(1)) * DoubleDouble(factor)
        maximum = x
      } else if x > -.infinity && maximum < .infinity {
        rest = rest + DoubleDouble(x == maximum ? 1 : term(x, maximum))
      }
      let result =
        call.cumulation.isExclusive ? before : value(maximum, rest, hasNaN, temperature)
      call.store(call.packing.negates ? -result : result, row, column)
    }
  }

  private func value(
    _ maximum: Double, _ rest: DoubleDouble, _ hasNaN: Bool, _ temperature: Double
  ) -> Double {
    if hasNaN { return .nan }
    return maximum.isInfinite ? maximum : maximum + temperature * plainLog1p(rest.high)
  }
}
