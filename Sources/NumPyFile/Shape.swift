/// The most axes an array may have.
let maximalRank = 3

/// Number of elements of `shape`, or `nil` if an axis is negative or the bytes overflow an `Int`.
///
/// The axes that are not empty must fit even if another one is empty, as in NumPy; then no stride
/// overflows either.
func elementCount(of shape: [Int], byteCount: Int) -> Int? {
  var product = byteCount
  for axis in shape where axis != 0 {
    guard axis > 0 else { return nil }
    let (next, overflow) = product.multipliedReportingOverflow(by: axis)
    if overflow { return nil }
    product = next
  }
  return shape.contains(0) ? 0 : product / byteCount
}

/// `shape` as Python writes it: `()`, `(3,)`, `(3, 4)`.
func tuple(_ shape: [Int]) -> String {
  shape.count == 1 ? "(\(shape[0]),)" : "(" + shape.map(String.init).joined(separator: ", ") + ")"
}
