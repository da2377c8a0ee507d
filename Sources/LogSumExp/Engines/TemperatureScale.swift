/// The factors that a temperature T > 0 stands for, each in two parts so that folding T into the range
/// reduction costs no accuracy: c = log2(e) / T, so that exp(x / T) = 2^(x c), and 1 / T.
///
/// The high parts are representable in the scalar type; high + low has at least twice its precision.
struct TemperatureScale: Sendable {
  let temperature: Double
  let scaleHigh, scaleLow: Double
  let inverseHigh, inverseLow: Double

  @inline(__always)
  init(_ temperature: Double, _ format: _RowScalarFormat) {
    self.temperature = temperature
    if temperature == 1 {
      inverseHigh = 1
      inverseLow = 0
      (scaleHigh, scaleLow) = Self.parts(Constants.f64Log2eHi, Constants.f64Log2eLo, format)
    } else {
      // Quotient and remainder: q = p / T, and (p - q T + low) / T is what q misses.
      let scale = Constants.f64Log2eHi / temperature
      let scaleRest =
        (Constants.f64Log2eHi.addingProduct(-scale, temperature) + Constants.f64Log2eLo)
        / temperature
      (scaleHigh, scaleLow) = Self.parts(scale, scaleRest, format)
      let inverse = 1 / temperature
      let inverseRest = (1.0).addingProduct(-inverse, temperature) / temperature
      (inverseHigh, inverseLow) = Self.parts(inverse, inverseRest, format)
    }
  }

  @inline(__always)
  private static func parts(
    _ high: Double, _ low: Double, _ format: _RowScalarFormat
  ) -> (Double, Double) {
    if format == .float64 { return (high, low) }
    let rounded = Double(Float(high))
    return (rounded, (high - rounded) + low)
  }

  /// Temperatures for which the kernels' scale factors are normal numbers with room to spare. Others
  /// are computed element by element (`PlainRow`).
  @inline(__always)
  static func isOrdinary(_ temperature: Double, _ format: _RowScalarFormat) -> Bool {
    let magnitude = temperature.magnitude
    return format == .float32
      ? magnitude > 0x1p-80 && magnitude < 0x1p80 : magnitude > 0x1p-800 && magnitude < 0x1p800
  }
}
