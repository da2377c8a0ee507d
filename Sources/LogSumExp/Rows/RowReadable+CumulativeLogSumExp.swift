extension RowReadable {
  /// LSE of the elements up to each one, in nats: out_ij = T log(sum of exp(x_ik / T) over k <= j).
  ///
  /// ```swift
  /// let scores = Matrix([1.0, 2, 3], rows: 1, columns: 3)
  /// scores.cumulativeLogSumExp()                      // [1.0, 2.313261687518223, 3.4076059644443806]
  /// scores.cumulativeLogSumExp(.exclusive)            // [-inf, 1.0, 2.313261687518223]
  /// scores.cumulativeLogSumExp(.inclusive.reversed)   // [3.4076059644443806, 3.313261687518223, 3.0]
  /// ```
  ///
  /// By column it is `cumulativeLogSumExp` of the transposed view. Exclusive results are the inclusive
  /// ones one place on, and reversed ones those of the reversed row, bit for bit.
  ///
  /// **Shapes:** rows and columns as the input's; batches follow one another as rows.
  ///
  /// **Edge cases:** -inf takes no part, and nothing but -inf gives -inf; +inf gives +inf from there to
  /// the end of the row, or to the first NaN; NaN gives NaN to the end (`skipsNaN` drops it). An
  /// exclusive row begins with -inf, the LSE of nothing. With a negative T +inf and -inf change places.
  ///
  /// **Error bound:** 0.6 ULP for `Float`, 1.5 ULP for `Double`, on any engine, where max and log-sum do
  /// not cancel; 0.50 and 1.46 were measured (docs/accuracy.md). Where they do, as in normalised
  /// log-probabilities, the absolute error is below 2^-31 (`Float`) and 2^-53 (`Double`) of their
  /// log-sum, apart from the rounding of the result: results near 0 are not done again in wider
  /// arithmetic as those of `logSumExp` are.
  ///
  /// - Parameters:
  ///   - cumulation: From which end, and with or without the element itself.
  ///   - mask: Which elements take part; the others leave the result as it is.
  ///   - bias: Added to x / T, in a matrix of the same shape.
  ///   - selecting: Which rows and columns are taken; mask and bias have the selection's shape.
  ///   - temperature: T. The larger, the softer; a negative one gives the soft minimum.
  ///   - options: Engine, threads, and whether NaN takes part.
  /// - Complexity: O(elements).
  /// - Precondition: `temperature` is finite and not 0; `options.threads` is nil or at least 1.
  @inlinable
  public func cumulativeLogSumExp(
    _ cumulation: Cumulation = .inclusive, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) -> Matrix<Scalar> {
    mappedRows(
      .cumulativeLogSumExp,
      RowInputs(mask: mask, bias: bias, selection: selecting, cumulation: cumulation),
      temperature, options)
  }

  /// LSE of the elements up to each one, into memory of the caller's. Serial calls allocate nothing.
  ///
  /// See `cumulativeLogSumExp(_:mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `out` has the input's shape, and is the input's memory in the same layout or does
  ///   not overlap it.
  @inlinable
  public func cumulativeLogSumExp(
    _ cumulation: Cumulation = .inclusive, into out: MutableMatrixView<Scalar>,
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) {
    mapRows(
      .cumulativeLogSumExp,
      RowInputs(mask: mask, bias: bias, selection: selecting, cumulation: cumulation), into: out,
      temperature, options)
  }
}

extension RowWritable {
  /// Replaces each element by the LSE of those up to it. See
  /// `cumulativeLogSumExp(_:mask:bias:selecting:temperature:options:)`.
  @inlinable
  public mutating func formCumulativeLogSumExp(
    _ cumulation: Cumulation = .inclusive, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    temperature: Double = 1, options: RowOptions = .default
  ) {
    withMutableMatrixView { view in
      view.view.cumulativeLogSumExp(
        cumulation, into: view, mask: mask, bias: bias, temperature: temperature, options: options)
    }
  }
}
