extension RowReadable {
  /// Softmax of each row: exp(x_ij / T) over the sum of exp(x_ik / T) over k.
  ///
  /// ```swift
  /// Matrix([1.0, 2.0], rows: 1, columns: 2).softmax()   // [0.2689414213699951, 0.7310585786300049]
  /// ```
  ///
  /// By column it is `softmax` of the transposed view.
  ///
  /// **Shapes:** rows and columns as the input's; batches follow one another as rows.
  ///
  /// **Edge cases:** a row of -inf alone has no mass and gives NaN (`unmaskedNoMass` chooses), any +inf
  /// NaN (`infinity` chooses), any NaN NaN (`skipsNaN` drops it). docs/semantics.md has the whole table.
  ///
  /// **Error bound:** docs/accuracy.md, for each type, engine and plan.
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
  public func softmax(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> Matrix<Scalar> {
    mappedRows(
      .softmax, RowInputs(mask: mask, bias: bias, selection: selecting), temperature, options)
  }

  /// Softmax of each row, into memory of the caller's. Serial calls allocate nothing up to 512 blocks a row.
  ///
  /// See `softmax(mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `out` has the input's shape, and is the input's memory in the same layout or does
  ///   not overlap it.
  @inlinable
  public func softmax(
    into out: MutableMatrixView<Scalar>, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) {
    mapRows(
      .softmax, RowInputs(mask: mask, bias: bias, selection: selecting), into: out, temperature,
      options)
  }
}

extension RowWritable {
  /// Replaces each row by its softmax. See `softmax(mask:bias:selecting:temperature:options:)`.
  @inlinable
  public mutating func formSoftmax(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, temperature: Double = 1,
    options: RowOptions = .default
  ) {
    withMutableMatrixView { view in
      view.view.softmax(
        into: view, mask: mask, bias: bias, temperature: temperature, options: options)
    }
  }
}
