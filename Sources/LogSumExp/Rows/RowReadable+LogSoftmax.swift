extension RowReadable {
  /// Log-softmax of each row, in nats: x_ij / T - log(sum of exp(x_ik / T) over k).
  ///
  /// ```swift
  /// Matrix([1.0, 2.0], rows: 1, columns: 2).logSoftmax()   // [-1.3132616875182228, -0.31326168751822286]
  /// ```
  ///
  /// By column it is `logSoftmax` of the transposed view.
  ///
  /// **Shapes:** rows and columns as the input's; batches follow one another as rows.
  ///
  /// **Edge cases:** the largest element gives -log1p(rest), not 0, however small the rest. A row of -inf
  /// alone has no mass and gives NaN (`unmaskedNoMass` chooses), any +inf NaN (`infinity` chooses), any
  /// NaN NaN (`skipsNaN` drops it). docs/semantics.md has the whole table.
  ///
  /// **Error bound:** 2.5 ULP for `Float` and 4 for `Double`, on the engine `swift` 3, for the elements as
  /// they are, at any temperature, the dominant element's result included, however near 0; a subnormal
  /// result is within 2.5 of the least number (`blas` 7, `swift` 6). docs/accuracy.md has the errors
  /// measured, for each plan and kernel, on rows of 1 to 1,000,000 elements of 24 kinds.
  ///
  /// **Condition:** if each x changes by at most d, the result changes by 2 d (1 - softmax) at most, T = 1:
  /// 2 d of itself for the dominant element, though its result may be as small as 1e-300, and less for
  /// others. d is absolute, and for an x that was rounded u |x|.
  ///
  /// - Parameters:
  ///   - mask: Which elements take part.
  ///   - bias: Added to x / T, in a matrix of the same shape.
  ///   - selecting: Which rows and columns are taken; mask and bias have the selection's shape.
  ///   - temperature: T. The larger, the more even the result; a negative one favours the least.
  ///   - options: Engine, threads and the choices for special rows.
  /// - Complexity: O(elements).
  /// - Precondition: `temperature` is finite and not 0; `options.threads` is nil or at least 1; mask and
  ///   bias have the shape of what is selected.
  @inlinable
  public func logSoftmax(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> Matrix<Scalar> {
    mappedRows(
      .logSoftmax, RowInputs(mask: mask, bias: bias, selection: selecting), temperature, options)
  }

  /// Log-softmax of each row, into memory of the caller's. Serial calls allocate nothing up to 512 blocks a row.
  ///
  /// See `logSoftmax(mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `out` has the input's shape, and is the input's memory in the same layout or does
  ///   not overlap it.
  @inlinable
  public func logSoftmax(
    into out: MutableMatrixView<Scalar>, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) {
    mapRows(
      .logSoftmax, RowInputs(mask: mask, bias: bias, selection: selecting), into: out, temperature,
      options)
  }
}

extension RowWritable {
  /// Replaces each row by its log-softmax. See `logSoftmax(mask:bias:selecting:temperature:options:)`.
  @inlinable
  public mutating func formLogSoftmax(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, temperature: Double = 1,
    options: RowOptions = .default
  ) {
    withMutableMatrixView { view in
      view.view.logSoftmax(
        into: view, mask: mask, bias: bias, temperature: temperature, options: options)
    }
  }
}
