import TestSupport
import Testing

/// The wide reference against values from mpmath with 60 digits, and the measure of ULP.
@Suite("Reference")
struct ReferenceTests {
  @Test("exp and log1p to 2^-100")
  func functions() {
    for (x, high, low) in ReferenceValues.exp {
      let e = Twofold.exp(Twofold(x))
      let error = (e.value.scaled(by: e.exponent) - Twofold(high, low)).high / high
      #expect(error.magnitude < 0x1p-100, "exp \(x): \(error)")
    }
    for (x, high, low) in ReferenceValues.log1p {
      let error = (Twofold.log(onePlus: Twofold(x)) - Twofold(high, low)).high / high
      #expect(error.magnitude < 0x1p-100, "log1p \(x): \(error)")
    }
  }

  @Test("ULP of normal and subnormal numbers, powers of two and infinities")
  func units() {
    func error<T: BinaryFloatingPoint & Sendable>(
      _ got: T, _ exact: Double, _ low: Double = 0, exponent: Int = 0
    ) -> Double {
      Exact<T>(Twofold(exact, low), exponent: exponent).error(of: got)
    }
    #expect(error(1.0, 1) == 0)
    #expect(error(Float(1).nextUp, 1) == 1)
    #expect(error(Float(1).nextDown, 1) == 0.5)
    // Just below 1 the spacing is half that above.
    #expect(error(Float(1), 1, -0x1p-60) == 0x1p-36)
    #expect(error(Float(3), 3.5) == 0x1p21)
    #expect(error(Float.leastNonzeroMagnitude, 0x1p-150) == 0.5)
    #expect(error(Double.leastNonzeroMagnitude, 1.25, exponent: -1074) == 0.25)
    #expect(error(0.0, 1.25, exponent: -1074) == 1.25)
    #expect(error(Double.leastNormalMagnitude, 1, exponent: -1022) == 0)
    #expect(error(Float(-2), -2) == 0)
    #expect(error(Float.infinity, 0x1.fffffffp127) <= 0.5)
    #expect(error(Float.greatestFiniteMagnitude, 0x1.fffffep127) == 0)
    #expect(error(Float.infinity, 1e300) == 0)
    #expect(error(-Double.infinity, -.infinity) == 0)
    #expect(error(Double.infinity, -.infinity) == .infinity)
    #expect(error(Double.infinity, 1) == .infinity)
    #expect(error(Double.nan, .nan) == 0)
    #expect(error(Double.nan, 1) == .infinity)
    #expect(error(1.0, .nan) == .infinity)
    #expect(error(Float(0), 0) == 0)
  }

  @Test("rows with known results")
  func rows() {
    #expect(RowReference([0.0, -40]).logSumExp.error(of: 4.248354255291589e-18) <= 0.5)
    #expect(RowReference([1.0, 2]).softmax[0].error(of: 0.2689414213699951) <= 0.5)
    #expect(RowReference([1.0, 2]).logSoftmax[1].error(of: -0.3132616875182228) <= 0.5)
    #expect(RowReference([2.0, 4], temperature: -2).logSumExp.error(of: 1.3734766249635544) <= 0.5)
    // A case in which a and the log-sum cancel.
    let row = [0.01224480519674088, 8.229901195633044]
    #expect(
      RowReference(row, temperature: -2).logSumExp.error(of: -0.020342292319301923) <= 0.5)
    // exp(-740) is subnormal.
    let subnormal = 85 * Double.leastNonzeroMagnitude
    #expect(RowReference([0.0, -740]).logSumExp.error(of: subnormal) <= 0.5)
  }
}
