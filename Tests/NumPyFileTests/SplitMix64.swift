/// A small repeatable generator (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014, doi:10.1145/2660193.2660195).
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Changes, removes or inserts a byte or a bit, or cuts off the rest.
func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
  guard !bytes.isEmpty else { return }
  let index = Int.random(in: 0..<bytes.count, using: &random)
  switch Int.random(in: 0..<6, using: &random) {
  case 0: bytes[index] = .random(in: .min ... .max, using: &random)
  case 1: bytes[index] = bytes.randomElement(using: &random)!
  case 2: bytes.remove(at: index)
  case 3: bytes.insert(bytes.randomElement(using: &random)!, at: index)
  case 4: bytes.removeSubrange(index...)
  default: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
  }
}
