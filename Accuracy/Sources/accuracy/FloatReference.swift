/// Exact values in Double, which is off by at most 2^-28 ULP of a Float: enough to measure Floats in
/// wherever nothing cancels.
struct FloatReference {
  var values: [Double]

  init(capacity: Int) { values = [Double](repeating: 0, count: capacity) }

  /// Error of a result in ULP, and whether the exact value is subnormal.
  @inline(__always)
  func error(of result: Double, at index: Int) -> (Double, Bool) {
    let exact = values[index]
    let exponent = max(Int(exact.magnitude.bitPattern >> 52) - 1023, -126)
    let perUnit = Double(bitPattern: UInt64(1023 + 23 - exponent) << 52)
    return ((result - exact).magnitude * perUnit, exact.magnitude < 0x1p-126)
  }
}
