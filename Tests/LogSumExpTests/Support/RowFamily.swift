import Foundation
import LogSumExp
import TestSupport

/// Kinds of rows, each hard for a reason of its own.
enum RowFamily: String, CaseIterable, Sendable {
  case normal1, normal5, normal20
  /// One element far above the rest: 1 + rest is 1 in the type.
  case dominant
  case equal, ascending, descending
  /// A large common offset: x - a is exact, x is coarse.
  case offset1e4, offset1e8, negativeOffset
  /// Normalised log-probabilities: LSE is near 0 and the max and the log-sum cancel.
  case cancelling
  /// Terms whose exponential is subnormal.
  case subnormalTerms
  /// Elements that are subnormal themselves.
  case subnormalElements
  /// Both ends of the type's range.
  case nearOverflow
  /// Fills of masked places that are not -inf.
  case maskFill1e9, maskFill1e30
  /// Above the limit beyond which the shift is not by an integer.
  case shifted17, shifted20, shifted41, negativeShifted
  /// Around that limit, so that the blocks of a long row lie on both sides of it.
  case straddling
  /// The blocks of a long row at very different heights.
  case unequalBlocks
  /// Elements, and whole blocks, without mass.
  case someMinusInfinity, emptyBlocks

  /// A row of `count` elements; `draw` distinguishes rows of one length.
  func row<T: TestScalar>(_ type: T.Type, count: Int, draw: Int = 0) -> [T] {
    if count == 0 { return [] }
    let index = Self.allCases.firstIndex(of: self)!
    var random = SplitMix64(seed: index, count, draw)
    var row = (0..<count).map { T(element($0, count, type, &random)) }
    switch self {
    case .dominant:
      row[Int(random.next() % UInt64(count))] = T(5 + random.normal())
    case .subnormalTerms, .maskFill1e9, .maskFill1e30, .someMinusInfinity:
      row[Int(random.next() % UInt64(count))] = T(random.normal())
    case .emptyBlocks:
      row[count - 1] = T(random.normal())
    case .cancelling:
      let total = log(row.reduce(0) { $0 + exp(Double($1)) })
      row = row.map { T(Double($0) - total) }
    default: break
    }
    return row
  }

  private func element<T: TestScalar>(
    _ index: Int, _ count: Int, _ type: T.Type, _ random: inout SplitMix64
  ) -> Double {
    let isFloat = T.self == Float.self
    let block = index / T.blockLength
    return switch self {
    case .normal1: random.normal()
    case .normal5: random.normal(0, 5)
    case .normal20: random.normal(0, 20)
    case .dominant: random.normal(isFloat ? -20 : -40, 4)
    case .equal: 1.3
    case .ascending: 20 * Double(index) / Double(count) - 13
    case .descending: 11 - 20 * Double(index) / Double(count)
    case .offset1e4: random.normal(1e4, 3)
    case .offset1e8: random.normal(1e8, isFloat ? 30 : 3)
    case .negativeOffset: random.normal(-1e4, 3)
    case .cancelling: random.normal(0, 3)
    case .subnormalTerms: isFloat ? random.uniform(-105, -86) : random.uniform(-746, -707)
    case .subnormalElements:
      random.normal(0, 1000) * Double(T.leastNonzeroMagnitude) * (isFloat ? 1 : 1e3)
    case .nearOverflow: Double(T.greatestFiniteMagnitude) * Double([-1, 1, 0.5][index % 3])
    case .maskFill1e9: random.uniform() < 0.5 ? -1e9 : random.normal()
    case .maskFill1e30: random.uniform() < 0.5 ? -1e30 : random.normal(0, 5)
    case .shifted17: random.normal(0x1p17 * 1.5, 2)
    case .shifted20: random.normal(0x1p20 * 1.25, 4)
    case .shifted41: isFloat ? random.normal(0x1p28, 200) : random.normal(0x1p41, 3)
    case .negativeShifted: isFloat ? random.normal(-0x1p19, 3) : random.normal(-0x1p41, 3)
    case .straddling: random.normal((isFloat ? 0x1p17 : 0x1p40) / M_LOG2E, 0.5)
    case .unequalBlocks: random.normal([0, 30, 1e5, 99_990, -3e5, 1e5, 2e5, 200_010][block % 8])
    case .someMinusInfinity: random.uniform() < 0.3 ? -.infinity : random.normal(0, 5)
    case .emptyBlocks: block % 2 == 0 ? -.infinity : random.normal()
    }
  }
}
