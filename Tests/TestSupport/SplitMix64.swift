import Foundation

/// A random number generator with a seed (Steele, Lea and Flood 2014): the same numbers in every run.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// A generator of its own for each combination of words.
  public init(seed words: Int...) {
    self.init(seed: UInt64(0x6c73_6500))
    for word in words { state = next() ^ UInt64(bitPattern: Int64(word)) }
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform on [0, 1).
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Uniform on [low, high).
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * uniform()
  }

  /// Normal with the given mean and standard deviation (Box and Muller).
  public mutating func normal(_ mean: Double = 0, _ deviation: Double = 1) -> Double {
    let radius = (-2 * log1p(-uniform())).squareRoot()
    return mean + deviation * radius * cos(2 * .pi * uniform())
  }
}
