// Scoped views on the memory of standard collections.

extension Array where Element: BitwiseCopyable {
  /// Calls `body` with a view on the elements as `rows` rows of `columns` columns.
  ///
  /// - Precondition: the array holds exactly `rows * columns` elements.
  public func withMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBufferPointer { (buffer) throws(E) -> R in
      try body(MatrixView(buffer, rows: rows, columns: columns))
    }
  }

  /// Calls `body` with a writable view on the elements as `rows` rows of `columns` columns.
  ///
  /// - Precondition: the array holds exactly `rows * columns` elements.
  public mutating func withMutableMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MutableMatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeMutableBufferPointer { (buffer) throws(E) -> R in
      try body(MutableMatrixView(buffer, rows: rows, columns: columns))
    }
  }
}

extension ContiguousArray where Element: BitwiseCopyable {
  /// Calls `body` with a view on the elements as `rows` rows of `columns` columns.
  ///
  /// - Precondition: the array holds exactly `rows * columns` elements.
  public func withMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBufferPointer { (buffer) throws(E) -> R in
      try body(MatrixView(buffer, rows: rows, columns: columns))
    }
  }

  /// Calls `body` with a writable view on the elements as `rows` rows of `columns` columns.
  ///
  /// - Precondition: the array holds exactly `rows * columns` elements.
  public mutating func withMutableMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MutableMatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeMutableBufferPointer { (buffer) throws(E) -> R in
      try body(MutableMatrixView(buffer, rows: rows, columns: columns))
    }
  }
}

extension Span where Element: BitwiseCopyable {
  /// Calls `body` with a view on the elements as `rows` rows of `columns` columns.
  ///
  /// - Precondition: the span holds exactly `rows * columns` elements.
  public func withMatrixView<R, E: Error>(
    rows: Int, columns: Int, _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R {
    try withUnsafeBufferPointer { (buffer) throws(E) -> R in
      try body(MatrixView(buffer, rows: rows, columns: columns))
    }
  }
}
