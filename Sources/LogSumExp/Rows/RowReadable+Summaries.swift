extension RowReadable {
  /// Max and log-sum of each row, in nats: a = max of x_ij, and T log(sum of exp((x_ij - a) / T)). Their
  /// sum is LSE; apart they keep what the sum rounds away.
  ///
  /// At a negative temperature the min takes the max's place.
  ///
  /// **Edge cases:** (-inf, -inf) for an empty row, (-inf, 0) for -inf alone, (+inf, 0) beside +inf, NaN
  /// twice beside NaN.
  ///
  /// **Error bound:** the max is exact; the log-sum, relative to itself, within 2.5 ULP for `Float` and 4 for
  /// `Double` (docs/accuracy.md). Its condition is that of log-softmax of the max.
  ///
  /// - Complexity: O(elements).
  @inlinable
  public func maxAndLogSum(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> [(max: Scalar, logSum: Scalar)] {
    let pairs = withMatrixView { view in
      view.summaries(
        .maxAndLogSum, RowInputs(mask: mask, bias: bias, selection: selecting), count: 2,
        temperature, options)
    }
    return (0..<pairs.count / 2).map { (pairs[2 * $0], pairs[2 * $0 + 1]) }
  }

  /// Softmax of each row, and its log-sum-exp: the same bits as the two calls by themselves.
  @inlinable
  public func softmaxAndLogSumExp(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> (softmax: Matrix<Scalar>, logSumExp: [Scalar]) {
    withMatrixView { view in
      (
        view.softmax(
          mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options),
        view.logSumExp(
          mask: mask, bias: bias, selecting: selecting, temperature: temperature, options: options)
      )
    }
  }

  /// Log-softmax of one column of each row, without the others: what a cross-entropy takes.
  ///
  /// ```swift
  /// logits.logProbabilities(of: targets)   // one target a row
  /// ```
  ///
  /// **Edge cases:** as log-softmax.
  ///
  /// **Error bound:** as log-softmax.
  ///
  /// - Parameter columns: A column for each row.
  /// - Complexity: O(elements) to reduce the rows; no matrix of results is formed.
  /// - Precondition: As many columns as rows, each within the matrix.
  @inlinable
  public func logProbabilities(
    of columns: [Int], mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) -> [Scalar] {
    logProbabilities(
      of: columns, perRow: 1, mask: mask, bias: bias, selecting: selecting,
      temperature: temperature, options: options
    ).scalars
  }

  /// Log-softmax of `count` columns of each row: rows by `count`.
  ///
  /// - Parameter columns: `count` columns for each row, row after row.
  /// - Precondition: `columns` holds rows times `count` indices, each within the matrix.
  @inlinable
  public func logProbabilities(
    of columns: [Int], perRow count: Int, mask: Mask = .none, bias: MatrixView<Scalar>? = nil,
    selecting: Selection = .all, temperature: Double = 1, options: RowOptions = .default
  ) -> Matrix<Scalar> {
    withMatrixView { view in
      Matrix(
        view.picked(
          columns, count, RowInputs(mask: mask, bias: bias, selection: selecting), temperature,
          options),
        rows: RowInputs<Scalar>(selection: selecting).shape(of: view.layout).totalRows,
        columns: count)
    }
  }

  /// The k largest elements of each row: their columns, the largest first, and their log-softmax.
  ///
  /// **Edge cases:** of equal elements the first comes first; NaN counts as larger than all; what does not
  /// take part comes last. At a negative temperature the smallest elements are taken.
  ///
  /// - Complexity: O(elements log k).
  /// - Precondition: 1 <= count <= columns.
  @inlinable
  public func largest(
    _ count: Int, mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> (columns: [[Int]], logProbabilities: Matrix<Scalar>) {
    withMatrixView { view in
      let (places, values) = view.largestRows(
        count, RowInputs(mask: mask, bias: bias, selection: selecting), temperature, options)
      let rows = places.count / max(1, count)
      return (
        (0..<rows).map { Array(places[$0 * count..<($0 + 1) * count]) },
        Matrix(values, rows: rows, columns: count)
      )
    }
  }

  /// The column of the largest element of each row, and its log-softmax. See `largest(_:)`.
  @inlinable
  public func argmax(
    mask: Mask = .none, bias: MatrixView<Scalar>? = nil, selecting: Selection = .all,
    temperature: Double = 1, options: RowOptions = .default
  ) -> [(column: Int, logProbability: Scalar)] {
    withMatrixView { view in
      let (places, values) = view.largestRows(
        1, RowInputs(mask: mask, bias: bias, selection: selecting), temperature, options)
      return zip(places, values).map { ($0, $1) }
    }
  }
}

extension MatrixView where Element: RowScalar {
  /// `count` results a row, in an array.
  @usableFromInline
  func summaries(
    _ task: RowTask, _ inputs: RowInputs<Element>, count: Int, _ temperature: Double,
    _ options: RowOptions, _ complete: (inout RowExtras) -> Void = { _ in }
  ) -> [Element] {
    let layout = inputs.shape(of: layout).perRow(count)
    return [Element](unsafeUninitializedCapacity: layout.count) { buffer, filled in
      RowCall.run(
        task, from: self, inputs,
        to: RowMemory(
          base: buffer.baseAddress ?? UnsafeMutablePointer(mutating: emptyPointer()),
          layout: layout, format: Element._format),
        temperature: temperature, options: options, complete)
      filled = layout.count
    }
  }

  @usableFromInline
  func picked(
    _ picks: [Int], _ count: Int, _ inputs: RowInputs<Element>, _ temperature: Double,
    _ options: RowOptions
  ) -> [Element] {
    let shape = inputs.shape(of: layout)
    require(count >= 0, "perRow: \(count) columns a row, must not be negative")
    require(
      picks.count == shape.totalRows * count,
      "of: \(picks.count) columns are not \(count) for each of \(shape.totalRows) rows")
    for column in picks {
      require(
        column >= 0 && column < shape.columns,
        "of: column \(column) lies outside 0..<\(shape.columns)")
    }
    return picks.withUnsafeBufferPointer { picks in
      summaries(.pick, inputs, count: count, temperature, options) {
        $0.picks = picks.baseAddress
        $0.picksPerRow = count
      }
    }
  }

  @usableFromInline
  func largestRows(
    _ count: Int, _ inputs: RowInputs<Element>, _ temperature: Double, _ options: RowOptions
  ) -> ([Int], [Element]) {
    let shape = inputs.shape(of: layout)
    require(
      count >= 1 && count <= shape.columns,
      "largest: \(count) elements of \(shape.columns) columns, must be 1 to that many")
    var values: [Element] = []
    let places = [Int](unsafeUninitializedCapacity: shape.totalRows * count) { places, filled in
      values = summaries(.largest, inputs, count: count, temperature, options) {
        $0.places = places.baseAddress
      }
      filled = shape.totalRows * count
    }
    return (places, values)
  }
}
