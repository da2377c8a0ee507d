/// LSE of a row in which errors of the fast path show that are small beside other results: where the max
/// and the log-sum cancel, as in normalised log-probabilities, or where one element near 0 dominates and
/// the small rest counts. Such rows are done again: with a refined rest where the kernels have one that is
/// good enough, and else in arithmetic that is wide enough. They are rare, and finding them costs two
/// comparisons a row.
enum WideRow {
  /// True if a row with this max and result is to be done again. Kernels call more rows near than this
  /// (`slack` above 1), so that no row's fate depends on which others are in its tile.
  @inline(__always)
  static func isNear(
    _ value: Double, _ maximum: Double, _ temperature: Double, slack: Double = 1
  ) -> Bool {
    let logarithm = value - maximum
    return (maximum < 0 && value.magnitude < 4 * slack * logarithm)
      || (logarithm < 0.4 * slack * temperature && value.magnitude < 16 * slack * logarithm)
  }

  /// Does the rows of `tile` again that need it; `firstRow` is the number of its first row.
  @inline(never)
  static func redo(_ tile: Tile, firstRow: Int, _ call: RowCall) {
    // A long row's elements may not be where kernels can read them.
    let isRefinable =
      call.kernels.pointee.refinesAnyRest && call.columns <= call.format.blockLength
    // Kernels that do so have found the other kind themselves.
    let refinesRests = call.kernels.pointee.refinesAnyRest && call.plan != .blas
    for index in 0..<tile.rows {
      let maximum = tile.state.maximum(index)
      let slot = index &* tile.outStride
      let value = call.format.load(UnsafeRawPointer(tile.out), slot)
      let isNear =
        refinesRests
        ? maximum < 0 && value.magnitude < 2 * call.scale.temperature
        : isNear(value, maximum, call.scale.temperature)
      if isNear {
        if isRefinable && refine(tile.row(index, call.format), call) { continue }
        let wide = logSumExp(
          call.reader(firstRow + index), maximum: maximum, temperature: call.scale.temperature)
        call.format.store(wide, tile.out, slot)
      }
    }
  }

  /// Writes the result of one row from its refined rest, and says whether that is good enough: a
  /// cancellation of one bit is.
  private static func refine(_ row: Tile, _ call: RowCall) -> Bool {
    row.state.base[row.state.capacity] = 0  // small, so that the kernels refine it
    LogSumExpSteps.refine(row, call)
    _ = LogSumExpSteps.finish(row, call)
    let value = call.format.load(UnsafeRawPointer(row.out), 0)
    return 2 * value.magnitude > value - row.state.maximum(0)
  }

  /// a + T log(sum of exp((x - a) / T)) for an ordinary row.
  static func logSumExp(_ row: RowReader, maximum: Double, temperature: Double) -> Double {
    if row.format.computed == .float32 {
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
    for column in row.keptColumns {
      let x = row[column]
      if x == maximum { ties += 1 } else { rest += plainExp((x - maximum) / temperature) }
    }
    return maximum + temperature * plainLog1p(rest + ties)
  }

  private static func inDoubleDouble(
    _ row: RowReader, _ maximum: Double, _ temperature: Double
  ) -> Double {
    var rest = DoubleDouble(0)
    var ties = -1.0
    for column in row.keptColumns {
      let x = row[column]
      if x == maximum { ties += 1 } else { rest = rest + term(x, maximum, temperature) }
    }
    if ties == 0 && rest.high < 0x1p-900 {
      return maximum + tiny(row, maximum, temperature)
    }
    let log = DoubleDouble.log1p(rest + DoubleDouble(ties))
    return (DoubleDouble(maximum) + DoubleDouble(temperature) * log).value
  }

  /// T log(1 + rest) = T rest where terms may be subnormal: summed 2^512 too large, and rounded once.
  private static func tiny(_ row: RowReader, _ maximum: Double, _ temperature: Double) -> Double {
    let up = DoubleDouble(512) * DoubleDouble(Constants.f64Ln2Hi, Constants.f64Ln2Lo)
    var rest = DoubleDouble(0)
    for column in row.keptColumns where row[column] != maximum {
      rest = rest + term(row[column], maximum, temperature, plus: up)
    }
    return (DoubleDouble(temperature) * rest).value * 0x1p-512
  }

  /// exp((x - a) / T + shift).
  private static func term(
    _ x: Double, _ maximum: Double, _ temperature: Double, plus shift: DoubleDouble? = nil
  ) -> DoubleDouble {
    var z = DoubleDouble.sum(x, -maximum)
    if temperature != 1 { z = z / DoubleDouble(temperature) }
    if let shift { z = z + shift }
    return z.high > -745 ? DoubleDouble.exp(z) : DoubleDouble(0)
  }

  // MARK: Weighted sums and means

  /// True if a result a + T (log |S| - log n) is so near 0 that the relative error of S shows: it is
  /// absolute in the logarithm, which here may be negative.
  static func isNearZero(
    _ value: Double, _ temperature: Double, _ format: _RowScalarFormat
  ) -> Bool {
    value.magnitude < temperature * (format.computed == .float32 ? 0.25 : 0.0625)
  }

  /// a + T (log |sum of w exp((x - a) / T)| - log n) for an ordinary row.
  static func weightedLogSumExp(
    _ row: RowReader, maximum: Double, temperature: Double, count n: Int = 1
  ) -> Double {
    let logCount = DoubleDouble.log1p(DoubleDouble(Double(n - 1)))
    func value(_ log: DoubleDouble) -> Double {
      (DoubleDouble(maximum) + DoubleDouble(temperature) * (log - logCount)).value
    }
    if row.format.computed == .float32 {
      // Double will do unless the terms or the parts of the result cancel.
      var (sum, size) = (0.0, 0.0)
      for column in row.keptColumns where row.takesPart(column) {
        let term = row.weight(column) * plainExp((row[column] - maximum) / temperature)
        sum += term
        size += term.magnitude
      }
      let log = plainLog(sum.magnitude)
      let result = value(DoubleDouble(log))
      let parts = maximum.magnitude + temperature * (1 + log.magnitude + logCount.high)
      if sum.magnitude > 0x1p-20 * size && result.magnitude > 0x1p-26 * parts { return result }
    }
    // |S| - 1 keeps what is small beside 1, S itself what is far below.
    var rest = DoubleDouble(-1)
    var sum = DoubleDouble(0)
    for column in row.keptColumns where row.takesPart(column) {
      let term = DoubleDouble(row.weight(column)) * term(row[column], maximum, temperature)
      rest = rest + term
      sum = sum + term
    }
    if sum.high < 0 {
      rest = DoubleDouble(-2) - rest
      sum = DoubleDouble(-sum.high, -sum.low)
    }
    return value(sum.high < 0x1p-10 ? DoubleDouble.log(sum) : DoubleDouble.log1p(rest))
  }
}
