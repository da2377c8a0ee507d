extension RowReadable {
  /// Draws one column of each row with the probabilities of its softmax, by the Gumbel-max trick: the
  /// column with the largest x_ij / T + g_ij, where the g_ij are independent standard Gumbel deviates.
  ///
  /// ```swift
  /// var generator = SystemRandomNumberGenerator()
  /// let token = logits.sample(temperature: 0.7, using: &generator)[0]
  /// ```
  ///
  /// **Edge cases:** nil for a row without mass or with a NaN that takes part. Elements equal to +inf share
  /// the draw. What is masked is never drawn.
  ///
  /// - Parameter generator: Gives one number for each element that takes part, row by row: the same
  ///   generator gives the same draws on every engine.
  /// - Complexity: O(elements), two logarithms each.
  public func sample<Generator: RandomNumberGenerator>(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default, using generator: inout Generator
  ) -> [Int?] {
    withMatrixView { view in
      var drawn: [Int?] = []
      RowCall.forEachRow(
        from: view, RowInputs(mask: mask, bias: bias, selection: selecting),
        temperature: temperature, options: options
      ) { row in
        var best: (column: Int, x: Double, value: Double)?
        var hasNaN = false
        for column in 0..<row.columns {
          let x = row[column]
          hasNaN = hasNaN || x.isNaN
          if x == -.infinity { continue }
          // Uniform in (0, 1), 53 bits and a half.
          let uniform = (Double(generator.next() >> 11) + 0.5) * 0x1p-53
          let gumbel = -plainLog(-plainLog(uniform))
          let isInfinite = x == .infinity
          let value = isInfinite ? gumbel : x / temperature.magnitude + gumbel
          if let best, (best.x == .infinity) != isInfinite ? !isInfinite : value <= best.value {
            continue
          }
          best = (column, x, value)
        }
        drawn.append(hasNaN ? nil : best?.column)
      }
      return drawn
    }
  }
}
