/// How much is measured.
struct Workload {
  let isQuick: Bool

  /// Rows of one family, type, temperature and length.
  struct Case {
    let family: Family
    let temperature: Double
    let length: Int
    let draws: Int
  }

  /// The cases of the operations that other libraries have too.
  var cases: [Case] {
    Family.all.flatMap { family in
      temperatures.flatMap { temperature in
        lengths(family, temperature).map { length in
          Case(
            family: family, temperature: temperature, length: length,
            draws: draws(length, temperature, isPair: family.lengths == [2]))
        }
      }
    }
  }

  /// The cases of the others: of each no more than a part, and no very long rows.
  var fewerCases: [Case] {
    cases.filter { $0.length <= 5000 }.map {
      Case(
        family: $0.family, temperature: $0.temperature, length: $0.length,
        draws: max(isQuick ? 1 : 2, $0.draws / (isQuick ? 8 : 4)))
    }
  }

  private var temperatures: [Double] { isQuick ? [1, 0.7] : [1, 0.7, 3] }

  private func lengths(_ family: Family, _ temperature: Double) -> [Int] {
    if let only = family.lengths { return only }
    if isQuick { return [1, 2, 3, 7, 10, 16, 17, 64, 100, 1024, 2049, 5000] }
    let short = [1, 2, 3, 4, 7, 8, 10, 16, 17, 31, 64, 100, 256, 512]
    let all = short + [1024, 2049, 4096, 10_000, 100_000]
    return family.isLong && temperature == 1 ? all + [1_000_000] : all
  }

  private func draws(_ length: Int, _ temperature: Double, isPair: Bool) -> Int {
    if isPair { return isQuick ? 5000 : 200_000 }
    let elements = isQuick ? 2000 : temperature == 1 ? 24_000 : 6000
    return min(max(elements / length, length < 50_000 ? 4 : 1), isQuick ? 200 : 3000)
  }

  /// Of the Floats one in so many is measured; a prime, so that all low bits are met.
  var floatStep: Int { isQuick ? 353 : 1 }
  /// The same for rows [0, x].
  var pairStep: Int { isQuick ? 353 : 7 }
  /// Random arguments of each kind for the Double exponentials.
  var doubleArguments: Int { isQuick ? 30_000 : 4_000_000 }
  /// Random rows of two for the softmax form.
  var floatPairs: Int { isQuick ? 1 << 18 : 1 << 26 }
  var doublePairs: Int { isQuick ? 1 << 14 : 1 << 20 }
  /// Of the Floats one in so many goes through each function of one argument; a prime.
  var elementwiseStep: Int { isQuick ? 9973 : 211 }
  /// Random operands of each function.
  var elementwiseOperands: Int { isQuick ? 9000 : 450_000 }
}
