extension RowReadable {
  /// Log of the magnitude of a weighted sum, in nats, and its sign: T log |sum of w_ij exp(x_ij / T)|.
  ///
  /// ```swift
  /// let x = Matrix([0.0, 1.0], rows: 1, columns: 2)
  /// x.signedLogSumExp(weights: .perColumn([1, -1]))   // values [0.541324854612918], signs [-1.0]
  /// ```
  ///
  /// **Edge cases:** a weight of 0 removes its element, NaN and infinities included. A sum of 0, or of
  /// nothing, gives (-inf, 0); terms that cancel exactly give it too. NaN among what takes part, infinite
  /// terms of both signs, and an infinite weight on x = -inf give NaN. Weights of any size are taken
  /// without overflow.
  ///
  /// **Error bound:** 1 ULP, and 2^-24 (Float) or 2^-53 (Double) times 2 T sum |w| exp(x / T)
  /// (1 + (a - x) / T) over |sum w exp(x / T)|, a the max: where terms of both signs cancel, the errors of
  /// the terms stay.
  ///
  /// See `logSumExp(weights:mask:bias:selecting:temperature:options:)` for the parameters.
  ///
  /// - Complexity: O(elements).
  @inlinable
  public func signedLogSumExp(
    weights: Weights<Scalar>, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) -> (values: [Scalar], signs: [Scalar]) {
    withMatrixView { view in
      let rows = RowInputs<Scalar>(selection: selecting).shape(of: view.layout).totalRows
      var signs: [Scalar] = []
      let values = [Scalar](unsafeUninitializedCapacity: rows) { values, count in
        signs = [Scalar](unsafeUninitializedCapacity: rows) { signs, count in
          signedLogSumExp(
            into: values, signs: signs, weights: weights, mask: mask, bias: bias,
            selecting: selecting, temperature: temperature, options: options)
          count = rows
        }
        count = rows
      }
      return (values, signs)
    }
  }

  /// Signed log-sum-exp into memory of the caller's.
  /// See `signedLogSumExp(weights:mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `values` and `signs` hold an element a row each, and overlap nothing.
  @inlinable
  public func signedLogSumExp(
    into values: UnsafeMutableBufferPointer<Scalar>, signs: UnsafeMutableBufferPointer<Scalar>,
    weights: Weights<Scalar>, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) {
    withMatrixView { view in
      view.signedLogSumExpRows(
        RowInputs(weights: weights, mask: mask, bias: bias, selection: selecting), values, signs,
        temperature, options)
    }
  }
}

extension MatrixView where Element: RowScalar {
  @usableFromInline
  func signedLogSumExpRows(
    _ inputs: RowInputs<Element>, _ values: UnsafeMutableBufferPointer<Element>,
    _ signs: UnsafeMutableBufferPointer<Element>, _ temperature: Double, _ options: RowOptions
  ) {
    let shape = inputs.shape(of: layout)
    requireRowCount("into", values.count, shape)
    requireRowCount("signs", signs.count, shape)
    guard let base = values.baseAddress, let signsBase = signs.baseAddress else { return }
    RowCall.run(
      .weightedLogSumExp, from: self, inputs,
      to: RowMemory(base: base, layout: shape.perRow(), format: Element._format),
      temperature: temperature, options: options
    ) {
      $0.signs = RowMemory(base: signsBase, layout: shape.perRow(), format: Element._format)
    }
  }
}
