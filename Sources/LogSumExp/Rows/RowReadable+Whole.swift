extension RowReadable {
  /// Log-sum-exp of the whole matrix, in nats: T log(sum of exp(x_ij / T) over i and j).
  ///
  /// Each row is reduced by itself and the rows are put together in order, in two Doubles: the result has
  /// the same bits whatever the strides and the number of threads.
  ///
  /// **Edge cases:** as `logSumExp(weights:mask:bias:selecting:temperature:options:)` of one row with all
  /// elements; -inf for a matrix without any.
  ///
  /// - Complexity: O(elements), and an array of two Doubles a row.
  public func logSumExpOfAll(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> Scalar {
    withMatrixView { view in
      let inputs = RowInputs(mask: mask, bias: bias, selection: selecting)
      let layout = inputs.shape(of: view.layout).perRow(2)
      let rows = [Double](unsafeUninitializedCapacity: layout.count) { buffer, count in
        RowCall.run(
          .maxAndLogSum, from: view, inputs,
          to: RowMemory(
            base: buffer.baseAddress ?? UnsafeMutablePointer(mutating: emptyPointer()),
            layout: layout, format: .float64),
          temperature: temperature, options: options)
        count = layout.count
      }
      return Scalar(_narrowing: whole(rows, temperature))
    }
  }

  /// LSE from (max, log-sum) of each row.
  private func whole(_ rows: [Double], _ temperature: Double) -> Double {
    let sign = temperature < 0 ? -1.0 : 1.0
    let magnitude = DoubleDouble(temperature.magnitude)
    var maximum = -Double.infinity
    for index in stride(from: 0, to: rows.count, by: 2) {
      if rows[index].isNaN { return .nan }
      maximum = max(maximum, sign * rows[index])
    }
    if maximum.magnitude == .infinity { return sign * maximum }
    var rest = DoubleDouble(-1)
    for index in stride(from: 0, to: rows.count, by: 2) {
      var z = DoubleDouble.sum(sign * rows[index], -maximum)
      if z.high == -.infinity { continue }
      z = (z + DoubleDouble(sign * rows[index + 1])) / magnitude
      if z.high > -745 { rest = rest + DoubleDouble.exp(z) }
    }
    return sign * (DoubleDouble(maximum) + magnitude * DoubleDouble.log1p(rest)).value
  }
}
