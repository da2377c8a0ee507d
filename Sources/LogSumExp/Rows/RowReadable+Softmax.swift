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
  ///   - temperature: T. The larger, the more even the result; a negative one favours the least.
  ///   - options: Engine, threads and the choices for special rows.
  /// - Complexity: O(elements).
  /// - Precondition: `temperature` is finite and not 0; `options.threads` is nil or at least 1.
  @inlinable
  public func softmax(
    temperature: Double = 1, options: RowOptions = .default
  ) -> Matrix<Scalar> {
    mappedRows(.softmax, temperature, options)
  }

  /// Softmax of each row, into memory of the caller's. Serial calls allocate nothing up to 512 blocks a row.
  ///
  /// See `softmax(temperature:options:)`.
  ///
  /// - Precondition: `out` has the input's shape, and is the input's memory in the same layout or does
  ///   not overlap it.
  @inlinable
  public func softmax(
    into out: MutableMatrixView<Scalar>, temperature: Double = 1, options: RowOptions = .default
  ) {
    mapRows(.softmax, into: out, temperature, options)
  }
}

extension RowWritable {
  /// Replaces each row by its softmax. See `softmax(temperature:options:)`.
  @inlinable
  public mutating func formSoftmax(temperature: Double = 1, options: RowOptions = .default) {
    withMutableMatrixView { view in
      view.view.softmax(into: view, temperature: temperature, options: options)
    }
  }
}
