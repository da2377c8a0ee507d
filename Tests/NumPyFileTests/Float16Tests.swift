import NumPyFile
import Testing

@Suite("Half precision as bits")
struct Float16Tests {
  private let finite = UInt16(0)...0x7BFF

  @Test("each of the 65,536 patterns is read and written back")
  func roundTrip() {
    let patterns = (UInt16.min...UInt16.max).map { $0 }
    let different = patterns.filter { Float(float16BitPattern: $0).float16BitPattern != $0 }
    #expect(different == [])
    let values = NumPyArray(float16BitPatterns: patterns, shape: [256, 256]).values(as: Float.self)
    let array = NumPyArray(roundingToFloat16: values, shape: [256, 256])
    #expect(array.type == .float16 && array.float16BitPatterns() == patterns)
  }

  @Test("values by their definition: fraction · 2^exponent")
  func values() {
    let wrong = finite.filter { bits in
      let (exponent, fraction) = (Int(bits >> 10), Int(bits & 0x3FF))
      let whole = Float(exponent == 0 ? fraction : fraction + 1024)
      let value = Float(sign: .plus, exponent: max(exponent, 1) - 25, significand: whole)
      return Float(float16BitPattern: bits) != value
        || Float(float16BitPattern: bits | 0x8000) != -value
    }
    #expect(wrong == [])
  }

  /// Rounding is monotonic between neighbours; so it is right everywhere if it turns at the middle.
  @Test("rounding turns at the middle of all neighbours, and there to the even one")
  func middles() {
    let wrong = finite.filter { bits in
      let low = Float(float16BitPattern: bits)
      // The one after 65504 would be 65536; what rounds to it is infinite.
      let high = bits == 0x7BFF ? 65536 : Float(float16BitPattern: bits + 1)
      let middle = (low + high) / 2  // exact: both have 11 bits
      let roundings = [
        (low, bits), (low.nextUp, bits), (middle.nextDown, bits), (middle, bits + bits % 2),
        (middle.nextUp, bits + 1), (high.nextDown, bits + 1), (high, bits + 1),
      ]
      return !roundings.allSatisfy { value, expected in
        value.float16BitPattern == expected && (-value).float16BitPattern == expected | 0x8000
      }
    }
    #expect(wrong == [])
  }

  @Test(
    "random numbers are at most half a step from their rounding", arguments: [1, 2] as [UInt64])
  func random(seed: UInt64) {
    var random = SplitMix64(state: seed)
    for _ in 0..<20_000 {
      let value = Float(bitPattern: .random(in: .min ... .max, using: &random))
      if value.isNaN { continue }
      let bits = value.float16BitPattern
      #expect((bits >> 15 == 1) == (value.sign == .minus))
      let rounded = Double(Float(float16BitPattern: bits).magnitude)
      let magnitude = Double(value.magnitude)
      if magnitude >= 65520 {
        #expect(rounded == .infinity)
      } else {
        let exponent = max(magnitude == 0 ? -14 : Int(magnitude.exponent), -14)
        let step = Double(sign: .plus, exponent: exponent - 10, significand: 1)
        #expect((rounded - magnitude).magnitude <= step / 2)
      }
    }
  }

  @Test("a NaN stays one whatever its payload; zeros and infinities keep their sign")
  func specials() {
    for shift in 0..<23 {
      for sign in [0, 1 << 31] as [UInt32] {
        let bits = Float(bitPattern: sign | 0x7F80_0000 | 1 << shift).float16BitPattern
        #expect(Float(float16BitPattern: bits).isNaN)
        #expect(UInt32(bits >> 15) == sign >> 31)
      }
    }
    #expect(Float(0).float16BitPattern == 0 && Float(-0.0).float16BitPattern == 0x8000)
    #expect(Float.infinity.float16BitPattern == 0x7C00)
    #expect((-Float.infinity).float16BitPattern == 0xFC00)
    #expect(Float.greatestFiniteMagnitude.float16BitPattern == 0x7C00)
    #expect(Float.leastNonzeroMagnitude.float16BitPattern == 0)
  }
}
