extension NumPyReadable {
  /// The same array in memory with the last axis varying fastest.
  ///
  /// ```swift
  /// try array.inCOrder().write(to: "out.npy")     // whatever order `array` has
  /// ```
  ///
  /// - Complexity: O(`count`)
  public func inCOrder() -> NumPyArray {
    let bytes = withUnsafeBytes { isFortranOrder ? transposed($0) : Array($0) }
    return NumPyArray(type: type, shape: shape, isFortranOrder: false, payload: bytes[...])
  }

  /// The elements gathered from Fortran order into C order.
  private func transposed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let axes = [Int](repeating: 1, count: maximalRank - shape.count) + shape
    let steps = [Int](repeating: 0, count: maximalRank - shape.count) + strides
    let size = type.byteCount
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for i in 0..<axes[0] {
      for j in 0..<axes[1] {
        for k in 0..<axes[2] {
          let start = (i * steps[0] + j * steps[1] + k * steps[2]) * size
          result.append(contentsOf: bytes[start..<(start + size)])
        }
      }
    }
    return result
  }
}
