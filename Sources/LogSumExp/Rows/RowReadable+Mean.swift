extension RowReadable {
  /// Log of the mean of exp, in nats: T log((1 / n) sum of exp(x_ij / T)), over the n elements of a row
  /// that take part.
  ///
  /// ```swift
  /// Matrix([5.0, 5.0], rows: 1, columns: 2).logMeanExp()   // [5.0]
  /// ```
  ///
  /// **Edge cases:** NaN where nothing takes part (an empty row, or all masked or skipped); else as
  /// `logSumExp`. -inf takes part, and counts.
  ///
  /// **Error bound:** 1 ULP, and 2^-24 (Float) or 2^-53 (Double) times 2 (T + a - m), a the max and
  /// m the mean of x by softmax. Near 0 (|result| < T / 4 for Float, T / 16 for Double) the row is
  /// computed again in wider arithmetic.
  ///
  /// - Complexity: O(elements).
  @inlinable
  public func logMeanExp(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> [Scalar] {
    reducedRows(
      .logMeanExp, RowInputs(mask: mask, bias: bias, selection: selecting), temperature, options)
  }

  /// Log-mean-exp of each row, into memory of the caller's.
  /// See `logMeanExp(mask:bias:selecting:temperature:options:)`.
  @inlinable
  public func logMeanExp(
    into out: UnsafeMutableBufferPointer<Scalar>, mask: Mask = .none,
    bias: MatrixView<Scalar>? = nil, selecting: Selection = .all, temperature: Double = 1,
    options: RowOptions = .default
  ) {
    withMatrixView { view in
      view.reduceRows(
        .logMeanExp, RowInputs(mask: mask, bias: bias, selection: selecting), into: out,
        temperature, options)
    }
  }

  /// Log of the harmonic mean of exp(x), in nats: -log((1 / n) sum of exp(-x_ij)). It is `logMeanExp` at
  /// temperature -1.
  @inlinable
  public func logHarmonicMeanExp(
    mask: Mask = .none, selecting: Selection = .all, options: RowOptions = .default
  ) -> [Scalar] {
    logMeanExp(mask: mask, selecting: selecting, temperature: -1, options: options)
  }
}
