import Foundation
import LogSumExp
import TestSupport
import Testing

/// NaN, +inf and -inf at every place of a row: no lane, tail or block border hides one.
@Suite("Specials at every position")
struct SpecialPositionTests {
  @Test("alone, lengths 1...70", arguments: Configuration.distinct, ScalarType.allCases)
  func alone(configuration: Configuration, type: ScalarType) {
    for count in 1...70 {
      let places = (0..<count).flatMap { place in
        Double.specials.map { [(place, $0)] }
      }
      type.run { check($0, count, places, configuration) }
    }
  }

  @Test("in pairs", arguments: Configuration.distinct, ScalarType.allCases)
  func pairs(configuration: Configuration, type: ScalarType) {
    let lengths = isDebug ? [2, 3, 9, 17] : [2, 3, 4, 5, 8, 9, 15, 16, 17, 31, 33, 47, 64, 65, 70]
    for count in lengths {
      var places: [[(Int, Double)]] = []
      for first in 0..<count {
        for second in (first + 1)..<max(count, first + 1) {
          for a in Double.specials {
            for b in Double.specials { places.append([(first, a), (second, b)]) }
          }
        }
      }
      type.run { check($0, count, places, configuration) }
    }
  }

  @Test("at block borders", arguments: Configuration.distinct, ScalarType.allCases)
  func borders(configuration: Configuration, type: ScalarType) {
    type.run { type in
      let block = type.blockLength
      let columns = [0, block - 1, block, block + 1, 2 * block - 1, 2 * block, 4999]
      var places = columns.flatMap { column in Double.specials.map { [(column, $0)] } }
      for a in Double.specials {
        for b in Double.specials {
          places.append([(block - 1, a), (block, b)])
          places.append([(1, a), (4999, b)])
        }
      }
      // A whole block of one special value.
      for a in Double.specials { places.append((block..<(2 * block)).map { ($0, a) }) }
      check(type, 5000, places, configuration)
    }
  }

  @Test("a long row of nothing else", arguments: Configuration.distinct, ScalarType.allCases)
  func nothingElse(configuration: Configuration, type: ScalarType) {
    let all = Double.specials.map { value in (0..<5000).map { ($0, value) } }
    type.run { check($0, 5000, all, configuration) }
  }

  private func check<T: TestScalar>(
    _ type: T.Type, _ count: Int, _ places: [[(column: Int, value: Double)]],
    _ configuration: Configuration
  ) {
    let base = RowFamily.normal5.row(T.self, count: count)
    let rows = places.map { specials in
      var row = base
      for (column, value) in specials { row[column] = T(value) }
      return row
    }
    let options = configuration.options()
    let lse = results(.logSumExp, of: rows, options: options)
    let softmax = results(.softmax, of: rows, options: options)
    let logSoftmax = results(.logSoftmax, of: rows, options: options)
    for index in rows.indices {
      let row = rows[index]
      let expected = Expected(row)
      let isRight =
        expected.matches(lse: lse[index][0])
        && expected.matches(softmax: softmax[index], logSoftmax: logSoftmax[index], row: row)
      #expect(
        isRight,
        """
        \(T.self) \(configuration) length \(count), \(places[index].prefix(2)): \
        LSE \(lse[index][0]), not \(expected.lse); softmax \(softmax[index].prefix(8)), \
        log-softmax \(logSoftmax[index].prefix(8))
        """)
    }
  }
}

/// What the table gives for a row, its numbers only roughly: here the places count.
private struct Expected {
  let lse: Double
  let isNaN: Bool

  init<T: TestScalar>(_ row: [T]) {
    if row.contains(where: \.isNaN) {
      lse = .nan
    } else {
      let maximum = Double(row.max()!)
      lse =
        maximum.isInfinite
        ? maximum : maximum + log(row.reduce(0) { $0 + exp(Double($1) - maximum) })
    }
    isNaN = !lse.isFinite
  }

  func matches<T: TestScalar>(lse got: T) -> Bool {
    isNaN ? isSame(Double(got), lse) : isClose(Double(got), lse, T.self)
  }

  func matches<T: TestScalar>(softmax: [T], logSoftmax: [T], row: [T]) -> Bool {
    if isNaN { return softmax.allSatisfy(\.isNaN) && logSoftmax.allSatisfy(\.isNaN) }
    return row.indices.allSatisfy { column in
      let x = row[column]
      if x == -.infinity { return softmax[column] == 0 && logSoftmax[column] == -.infinity }
      return isClose(Double(softmax[column]), exp(Double(x) - lse), T.self)
        && isClose(Double(logSoftmax[column]), Double(x) - lse, T.self)
    }
  }

  private func isClose<T: TestScalar>(_ a: Double, _ b: Double, _ type: T.Type) -> Bool {
    (a - b).magnitude <= Double(T.ulpOfOne) * 100 * max(b.magnitude, 1)
  }
}
