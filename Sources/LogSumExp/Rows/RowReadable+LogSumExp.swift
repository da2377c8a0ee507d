extension RowReadable {
  /// Log-sum-exp of each row, in nats: T log(sum over j of exp(x_ij / T)).
  ///
  /// ```swift
  /// Matrix([1.0, 2.0, 3.0, -40.0, 0.0, -40.0], rows: 2, columns: 3).logSumExp()
  /// // [3.40760596444438, 8.496708510583178e-18]
  /// ```
  ///
  /// By column it is `logSumExp` of the transposed view.
  ///
  /// **Shapes:** one result for each row, batch after batch.
  ///
  /// **Edge cases:** an empty row gives -inf, one element itself, all -inf -inf, any +inf +inf, any NaN
  /// NaN (`skipsNaN` drops it). A negative temperature gives the soft minimum. docs/semantics.md has
  /// the whole table.
  ///
  /// **Error bound:** 2 ULP of the exact result for the elements as they are, on every engine and plan, at
  /// any temperature; 1.5 for `Float` with plan `fused` on AVX-512 and AVX2. For a `Double` result below 2^-47
  /// it is an absolute error of 2^-100 where max and log-sum cancel, and 3 ULP (`blas` and `swift` 6) where
  /// they do not, as in `[0, -40]`; for a subnormal one it is 2.5 of the least number (`blas` 7, `swift` 6).
  /// docs/accuracy.md has the errors measured, for each type, engine, plan and kernel, on rows of 1 to
  /// 1,000,000 elements of 24 kinds. With weights: see
  /// `signedLogSumExp(weights:mask:bias:selecting:temperature:options:)`.
  ///
  /// **Condition:** if each x changes by at most d, so does LSE; relative to itself, by d / |LSE|, without
  /// limit near 0. The bound has no condition in it: rows that cancel are done again in wider arithmetic.
  /// But elements that are rounded themselves, each by u |x|, leave an LSE near 0 as uncertain as that.
  ///
  /// - Parameters:
  ///   - weights: Weights w of the terms, w exp(x / T); a negative sum gives NaN (see
  ///     `signedLogSumExp(weights:mask:bias:selecting:temperature:options:)`). nil: all 1.
  ///   - mask: Which elements take part.
  ///   - bias: Added to x / T, in a matrix of the same shape.
  ///   - selecting: Which rows and columns are taken; mask and bias have the selection's shape.
  ///   - temperature: T. The larger, the softer the maximum.
  ///   - options: Engine, threads and the choices for special rows.
  /// - Complexity: O(elements); each element is read from memory once.
  /// - Precondition: `temperature` is finite and not 0; `options.threads` is nil or at least 1; weights,
  ///   mask and bias have the shape of what is selected.
  ///
  /// Source: Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax functions,
  /// IMA J. Numer. Anal. 41 (2021).
  @inlinable
  public func logSumExp(
    weights: Weights<Scalar>? = nil, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) -> [Scalar] {
    reducedRows(
      weights == nil ? .logSumExp : .weightedLogSumExp,
      RowInputs(weights: weights, mask: mask, bias: bias, selection: selecting), temperature,
      options)
  }

  /// Log-sum-exp of each row, into memory of the caller's. Serial calls allocate nothing.
  ///
  /// See `logSumExp(weights:mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `out` holds as many elements as there are rows in all batches, and does not overlap
  ///   the input.
  @inlinable
  public func logSumExp(
    into out: inout MutableSpan<Scalar>, weights: Weights<Scalar>? = nil, mask: Mask = .none,
    bias: MatrixView<Scalar>? = nil, selecting: Selection = .all, temperature: Double = 1,
    options: RowOptions = .default
  ) {
    out.withUnsafeMutableBufferPointer { buffer in
      logSumExp(
        into: buffer, weights: weights, mask: mask, bias: bias, selecting: selecting,
        temperature: temperature, options: options)
    }
  }

  /// Log-sum-exp of each row, into memory of the caller's. Serial calls allocate nothing.
  ///
  /// See `logSumExp(weights:mask:bias:selecting:temperature:options:)`.
  ///
  /// - Precondition: `out` holds as many elements as there are rows in all batches, and does not overlap
  ///   the input.
  @inlinable
  public func logSumExp(
    into out: UnsafeMutableBufferPointer<Scalar>, weights: Weights<Scalar>? = nil,
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) {
    withMatrixView { view in
      view.reduceRows(
        weights == nil ? .logSumExp : .weightedLogSumExp,
        RowInputs(weights: weights, mask: mask, bias: bias, selection: selecting), into: out,
        temperature, options)
    }
  }
}

extension Collection where Element: RowScalar {
  /// Log-sum-exp of the elements, in nats: log(sum of exp(x)).
  ///
  /// ```swift
  /// [1.0, 2.0].logSumExp()   // 2.313261687518223
  /// [0.0, -40.0].logSumExp() // 4.248354255291589e-18
  /// ```
  ///
  /// **Edge cases:** empty gives -inf. See `RowReadable.logSumExp(weights:mask:bias:selecting:temperature:options:)`.
  ///
  /// - Complexity: O(count).
  @inlinable
  public func logSumExp(temperature: Double = 1, options: RowOptions = .default) -> Element {
    withOneRow { row in row.logSumExp(temperature: temperature, options: options)[0] }
  }

  /// exp(x / T) over the sum of exp(x / T), for each element. See `RowReadable.softmax`.
  @inlinable
  public func softmax(temperature: Double = 1, options: RowOptions = .default) -> [Element] {
    withOneRow { row in row.softmax(temperature: temperature, options: options).scalars }
  }

  /// x / T - log(sum of exp(x / T)), for each element. See `RowReadable.logSoftmax`.
  @inlinable
  public func logSoftmax(temperature: Double = 1, options: RowOptions = .default) -> [Element] {
    withOneRow { row in row.logSoftmax(temperature: temperature, options: options).scalars }
  }

  /// Calls `body` with the elements as a matrix of one row, copied only if they are not in one piece.
  @inlinable
  func withOneRow<R>(_ body: (MatrixView<Element>) -> R) -> R {
    let inPlace = withContiguousStorageIfAvailable { buffer in
      body(MatrixView(buffer, rows: 1, columns: buffer.count))
    }
    if let inPlace { return inPlace }
    return Array(self).withMatrixView(rows: 1, columns: count, body)
  }
}
