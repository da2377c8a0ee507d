/// Which elements of a row a cumulative result takes in.
///
/// | | result j is of the elements |
/// |---|---|
/// | `.inclusive` | 0...j |
/// | `.exclusive` | 0..<j |
/// | `.inclusive.reversed` | j..., from the right |
/// | `.exclusive.reversed` | those right of j |
public struct Cumulation: Hashable, Sendable {
  /// True if element j itself is left out of result j: the first result is then of no element.
  public var isExclusive: Bool
  /// True if the row is taken from its right end.
  public var isReversed: Bool

  /// Elements to the left or, reversed, to the right; element j among them unless exclusive.
  @inlinable
  public init(isExclusive: Bool = false, isReversed: Bool = false) {
    self.isExclusive = isExclusive
    self.isReversed = isReversed
  }

  /// From the left, element j included.
  @inlinable
  public static var inclusive: Cumulation { Cumulation() }

  /// From the left, element j left out.
  @inlinable
  public static var exclusive: Cumulation { Cumulation(isExclusive: true) }

  /// The same from the other end.
  @inlinable
  public var reversed: Cumulation {
    Cumulation(isExclusive: isExclusive, isReversed: !isReversed)
  }
}
