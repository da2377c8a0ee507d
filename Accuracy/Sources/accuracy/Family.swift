import Foundation
import TestSupport

/// A kind of rows, hard for a reason of its own.
struct Family: Sendable {
  typealias Fill = @Sendable (_ count: Int, _ isFloat: Bool, inout SplitMix64) -> [Double]

  let name: String
  /// Rows of these lengths only; nil: of all.
  var lengths: [Int]? = nil
  /// Whether there is a row of a million elements too.
  var isLong = false
  let fill: Fill

  /// A row of `count` elements; `draw` tells rows of one length apart.
  func row<T: MeasuredScalar>(_ type: T.Type, count: Int, draw: Int) -> [T] {
    let index = Self.all.firstIndex { $0.name == name }!
    var random = SplitMix64(seed: index, count, draw)
    return fill(count, !T.isDouble, &random).map { T($0) }
  }

  static let all: [Family] = spreads + shapes + magnitudes

  /// Standard deviations of normal rows; those of `spreadLength` elements only are for a plot.
  private static let spreads =
    [1, 5, 20].map { normal($0, isLong: $0 == 5) }
    + [0.01, 0.1, 0.3, 2, 10, 50, 100].map { normal($0, lengths: [spreadLength]) }
  static let spreadLength = 1024

  private static func normal(
    _ deviation: Double, lengths: [Int]? = nil, isLong: Bool = false
  ) -> Family {
    let name = String(format: "normal, sigma %g", deviation)
    return Family(name: name, lengths: lengths, isLong: isLong) { count, _, random in
      (0..<count).map { _ in random.normal(0, deviation) }
    }
  }
}

// MARK: - Shapes

extension Family {
  private static let shapes = [
    Family(name: "uniform on [-10, 10)") { count, _, random in
      (0..<count).map { _ in random.uniform(-10, 10) }
    },
    // The others add nothing to 1 in the type. In every other row the max is 0: LSE is the rest alone.
    Family(name: "one dominant") { count, isFloat, random in
      var row = (0..<count).map { _ in random.normal(isFloat ? -20 : -40, 4) }
      let largest = random.next() & 1 == 0 ? 0 : random.normal(5)
      row[Int(random.next() % UInt64(count))] = largest
      return row
    },
    Family(name: "all equal", isLong: true) { count, _, random in
      [Double](repeating: random.normal(0, 5), count: count)
    },
    // Normalised log-probabilities; every other row is off by up to 1, down to 2^-60.
    Family(name: "cancelling", isLong: true) { count, _, random in
      let scores = (0..<count).map { _ in random.normal(0, 3) }
      let total = log(scores.reduce(0) { $0 + exp($1) })
      let miss = random.next() & 1 == 0 ? 0 : exp2(random.uniform(-60, 0))
      return scores.map { $0 - total + miss }
    },
    Family(name: "some -inf") { count, _, random in
      var row = (0..<count).map { _ in
        random.uniform() < 0.3 ? -Double.infinity : random.normal(0, 5)
      }
      row[Int(random.next() % UInt64(count))] = random.normal()
      return row
    },
    Family(name: "ascending") { count, _, random in
      let (start, span) = (random.normal(0, 5), random.uniform(1, 40))
      return (0..<count).map { start + span * Double($0) / Double(count) }
    },
    Family(name: "descending") { count, _, random in
      let (start, span) = (random.normal(0, 5), random.uniform(1, 40))
      return (0..<count).map { start - span * Double($0) / Double(count) }
    },
    Family(name: "two elements", lengths: [2]) { _, isFloat, random in
      let (a, d) = (random.normal(0, 10), exp2(random.uniform(-30, isFloat ? 6.7 : 9.5)))
      return random.next() & 1 == 0 ? [0, -d] : [a, a - d]
    },
  ]
}

// MARK: - Magnitudes

extension Family {
  private static let magnitudes = [
    offset(1e4, isLong: true), offset(-1e4), offset(1e8),
    // The exponentials are subnormal.
    Family(name: "subnormal terms") { count, isFloat, random in
      var row = (0..<count).map { _ in
        isFloat ? random.uniform(-105, -86) : random.uniform(-746, -707)
      }
      row[Int(random.next() % UInt64(count))] = random.next() & 1 == 0 ? 0 : random.normal()
      return row
    },
    // The elements themselves are subnormal.
    Family(name: "subnormal elements") { count, isFloat, random in
      let least = isFloat ? Double(Float.leastNonzeroMagnitude) : Double.leastNonzeroMagnitude
      return (0..<count).map { _ in random.normal(0, isFloat ? 1e3 : 1e6).rounded() * least }
    },
    Family(name: "near overflow") { count, isFloat, random in
      let greatest =
        isFloat ? Double(Float.greatestFiniteMagnitude) : Double.greatestFiniteMagnitude
      // Next to the greatest numbers the reference holds simple multiples only.
      if random.next() & 1 == 0 {
        return (0..<count).map { _ in greatest * [-1, 1, 0.5][Int(random.next() % 3)] }
      }
      return (0..<count).map { _ in 0.9 * greatest * random.uniform(-1, 1) }
    },
  ]

  private static func offset(_ offset: Double, isLong: Bool = false) -> Family {
    let name = String(format: "offset %g", offset)
    return Family(name: name, isLong: isLong) { count, isFloat, random in
      // Around 1e8 the Floats are 8 apart.
      let deviation = isFloat && offset.magnitude > 1e7 ? 30.0 : 3
      return (0..<count).map { _ in random.normal(offset, deviation) }
    }
  }
}
