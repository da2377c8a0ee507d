/// An array in memory, as read from or to be written to a `.npy` file.
///
/// ```swift
/// let scores = try NumPyArray(contentsOf: "scores.npy")
/// scores.shape                       // [3, 4]
/// scores.values(as: Float.self)      // 12 numbers
///
/// try NumPyArray([1, 2, 3] as [Float], shape: [3]).write(to: "out.npy")
/// ```
public struct NumPyArray: NumPyReadable {
  /// The type of the elements.
  public let type: NumPyType
  /// The length of each axis: none for a single number, at most three.
  public let shape: [Int]
  /// Whether the first axis varies fastest in memory (Fortran order) instead of the last (C order).
  public let isFortranOrder: Bool
  /// The elements' bytes, in this machine's byte order: a part of the file's bytes where those
  /// could be kept.
  let payload: ArraySlice<UInt8>

  /// An array of the given elements, the last axis varying fastest unless `isFortranOrder`.
  ///
  /// ```swift
  /// NumPyArray([1, 2, 3, 4, 5, 6] as [Float], shape: [2, 3])
  /// ```
  ///
  /// - Precondition: `shape` has at most three axes, none negative, and `elements` fill it exactly.
  public init<Scalar: NumPyScalar>(
    _ elements: [Scalar], shape: [Int], isFortranOrder: Bool = false
  ) {
    let bytes = elements.withUnsafeBytes { Array($0) }
    self.init(scalar: Scalar.numPyType, shape, isFortranOrder, bytes[...])
  }

  /// An array of half-precision elements, given by their bits.
  ///
  /// - Precondition: `shape` has at most three axes, none negative, and the bit patterns fill it
  ///   exactly.
  public init(float16BitPatterns: [UInt16], shape: [Int], isFortranOrder: Bool = false) {
    let bytes = float16BitPatterns.withUnsafeBytes { Array($0) }
    self.init(scalar: .float16, shape, isFortranOrder, bytes[...])
  }

  /// An array of half-precision elements: `values`, each rounded once to the nearest, ties to even.
  ///
  /// ```swift
  /// NumPyArray(roundingToFloat16: [1, 0.1], shape: [2]).values(as: Float.self)   // [1, 0.09997559]
  /// ```
  ///
  /// See `Float.float16BitPattern` for the edge cases.
  ///
  /// - Precondition: `shape` has at most three axes, none negative, and `values` fill it exactly.
  public init(roundingToFloat16 values: [Float], shape: [Int], isFortranOrder: Bool = false) {
    self.init(
      float16BitPatterns: values.map(\.float16BitPattern), shape: shape,
      isFortranOrder: isFortranOrder)
  }

  private init(
    scalar type: NumPyType, _ shape: [Int], _ isFortranOrder: Bool, _ payload: ArraySlice<UInt8>
  ) {
    require(
      shape.count <= maximalRank, "NumPyArray: \(shape.count) axes; at most \(maximalRank) may be")
    let count = elementCount(of: shape, byteCount: type.byteCount)
    require(count != nil, "NumPyArray: \(tuple(shape)) is no shape of an array in memory")
    require(
      payload.count / type.byteCount == count,
      "NumPyArray: \(payload.count / type.byteCount) elements do not fill \(tuple(shape))")
    self.init(type: type, shape: shape, isFortranOrder: isFortranOrder, payload: payload)
  }

  /// An array of bytes that are known to fill its shape.
  init(type: NumPyType, shape: [Int], isFortranOrder: Bool, payload: ArraySlice<UInt8>) {
    self.type = type
    self.shape = shape
    self.isFortranOrder = isFortranOrder
    self.payload = payload
  }

  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try payload.withUnsafeBufferPointer { (bytes) throws(E) -> R in
      try body(UnsafeRawBufferPointer(bytes))
    }
  }
}
