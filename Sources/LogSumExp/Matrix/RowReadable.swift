/// A matrix whose rows can be read in place. Conform once and every operation is there.
///
/// ```swift
/// struct Scores { var values: [Float]; var columns: Int }
/// extension Scores: RowReadable {
///   func withMatrixView<R, E: Error>(
///     _ body: (MatrixView<Float>) throws(E) -> R
///   ) throws(E) -> R {
///     try values.withMatrixView(rows: values.count / columns, columns: columns, body)
///   }
/// }
/// ```
public protocol RowReadable<Scalar> {
  /// Type of the elements.
  associatedtype Scalar: RowScalar

  /// Calls `body` with a view on the elements, valid until `body` returns.
  func withMatrixView<R, E: Error>(_ body: (MatrixView<Scalar>) throws(E) -> R) throws(E) -> R
}

/// A matrix whose rows can be read and overwritten in place.
public protocol RowWritable<Scalar>: RowReadable {
  /// Calls `body` with a writable view on the elements, valid until `body` returns.
  mutating func withMutableMatrixView<R, E: Error>(
    _ body: (MutableMatrixView<Scalar>) throws(E) -> R
  ) throws(E) -> R
}

extension MatrixView: RowReadable where Element: RowScalar {
  public typealias Scalar = Element

  @inlinable
  public func withMatrixView<R, E: Error>(
    _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R { try body(self) }
}

extension MutableMatrixView: RowReadable, RowWritable where Element: RowScalar {
  public typealias Scalar = Element

  @inlinable
  public func withMatrixView<R, E: Error>(
    _ body: (MatrixView<Element>) throws(E) -> R
  ) throws(E) -> R { try body(view) }

  @inlinable
  public mutating func withMutableMatrixView<R, E: Error>(
    _ body: (MutableMatrixView<Element>) throws(E) -> R
  ) throws(E) -> R { try body(self) }
}
