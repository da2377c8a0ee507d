/// An array in NumPy's layout, either in memory or mapped from a file.
///
/// Write code over `NumPyReadable` to take both:
///
/// ```swift
/// func largest(_ array: some NumPyReadable) -> Double? { array.values(as: Double.self).max() }
///
/// largest(try NumPyArray(contentsOf: "scores.npy"))         // read into memory
/// largest(try MappedNumPyArray(contentsOf: "scores.npy"))   // paged in on demand
/// ```
public protocol NumPyReadable: Sendable {
  /// The type of the elements.
  var type: NumPyType { get }
  /// The length of each axis: none for a single number, at most three.
  var shape: [Int] { get }
  /// Whether the first axis varies fastest in memory (Fortran order) instead of the last (C order).
  var isFortranOrder: Bool { get }

  /// Calls `body` with the elements' bytes: this machine's byte order, the file's element order.
  ///
  /// The bytes are aligned for the element type. They must not be used after `body` returns.
  func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R
}

extension NumPyReadable {
  /// Number of elements; 1 for a single number.
  public var count: Int { shape.reduce(1, *) }

  /// Distance in memory, in elements, between neighbours along each axis.
  ///
  /// With it both orders can be read in place. Element `(i, j)` of a matrix is
  /// `values[i * strides[0] + j * strides[1]]`:
  ///
  /// ```swift
  /// array.shape            // [2, 3]
  /// array.strides          // [3, 1] in C order, [1, 2] in Fortran order
  /// ```
  public var strides: [Int] {
    var strides = [Int](repeating: 1, count: shape.count)
    var step = 1
    for axis in isFortranOrder ? Array(shape.indices) : shape.indices.reversed() {
      strides[axis] = step
      step *= max(shape[axis], 1)
    }
    return strides
  }

  /// Calls `body` with the elements in place, or returns `nil` if they are of another type.
  ///
  /// ```swift
  /// let sum = array.withUnsafeElements(of: Float.self) { $0.reduce(0, +) }
  /// ```
  ///
  /// For `Bool` the file's bytes must be 0 or 1, as NumPy writes them; `values` takes any.
  public func withUnsafeElements<Scalar: NumPyScalar, R, E: Error>(
    of scalar: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> R
  ) throws(E) -> R? {
    guard scalar.numPyType == type else { return nil }
    return try withUnsafeBytes { (bytes) throws(E) -> R in
      try body(bytes.assumingMemoryBound(to: scalar))
    }
  }
}
