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
  /// **Error bound:** with plan `fused` 4 ULP for `Float` and 5 for `Double`, with `blas` 6 and 8, on the
  /// engine `swift` 6, for the elements as they are, at any spread and temperature; results that are
  /// subnormal are within 2.5 of the least number (`blas` 7, `swift` 6). A row's sum is 1 within 4 unit
  /// roundoffs (`blas` 9 for `Double`, `swift` 6). docs/accuracy.md has the errors measured, for each kernel,
  /// on rows of 1 to 1,000,000 elements of 24 kinds.
  ///
  /// **Condition:** if each x changes by at most d, a result changes by 2 d of itself at most, T = 1, at
  /// any size of x: nothing cancels. d is absolute: scores around 1e4 that were rounded to `Float`, by
  /// 5e-4 each, determine softmax to 1e-3, whatever computes it.
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

  /// Softmax of each row, into memory of the caller's. Serial calls allocate nothing up to 512 blocks a row
  /// and 16 MB; from there on, for rows of 128 KB to 16 MB, memory for one row.
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
