import Foundation
import LogSumExp
import TestSupport

/// Rows with their exact results from mpmath (scripts/golden), independent of the wide reference.
struct Golden: Decodable {
  struct Row: Decodable {
    let type: String
    let temperature: Double
    let row: [String]
    let logSumExp: [Value]
    let softmax: [Value]
    let logSoftmax: [Value]
  }

  /// An exact value: the nearest number of the type, and what it misses, in ULP.
  struct Value: Decodable {
    let rounded: Double
    let offset: Double

    init(from decoder: any Decoder) throws {
      var values = try decoder.unkeyedContainer()
      rounded = Double(try values.decode(String.self))!
      offset = try values.decode(Double.self)
    }
  }

  let rows: [Row]

  init(contentsOf path: String) {
    self = attempt {
      try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }
  }

  /// The wide reference against these.
  var check: ReferenceCheck {
    rows.reduce(into: ReferenceCheck()) { check, row in
      row.type == Float.typeName ? check.add(row, Float.self) : check.add(row, Double.self)
    }
  }
}

/// How far the wide reference is from mpmath.
struct ReferenceCheck: Codable {
  var rows = 0
  var results = 0
  /// Largest difference in ULP of the result's type, except where LSE cancels (`nearZero`).
  var ulp = 0.0
  /// Largest difference of an LSE of Doubles that cancels below 2^-47.
  var nearZero = 0.0

  /// Far below what is measured: errors are given to 0.01 ULP, and bounded by 2^-100 near 0.
  var isPassed: Bool { rows > 0 && ulp < 1e-4 && nearZero < 0x1p-102 }

  fileprivate mutating func add<T: MeasuredScalar>(_ golden: Golden.Row, _ type: T.Type) {
    let row = golden.row.map { T(Double($0)!) }
    let reference = RowReference(row, temperature: golden.temperature)
    rows += 1
    let lse = golden.logSumExp[0]
    let difference = distance(lse, reference.logSumExp)
    if RowGroup.isNearZero(T(lse.rounded)) && row.max()! < 0 {
      nearZero = max(nearZero, difference * lse.rounded.ulp)
    } else {
      ulp = max(ulp, difference)
    }
    let others = zip(
      golden.softmax + golden.logSoftmax, reference.softmax + reference.logSoftmax)
    for (value, exact) in others { ulp = max(ulp, distance(value, exact)) }
    results += 1 + 2 * row.count
  }

  private func distance<T: MeasuredScalar>(_ value: Golden.Value, _ exact: Exact<T>) -> Double {
    let error = exact.error(of: T(value.rounded))
    // The reference's own sign is not known here: the exact value lies on the side that fits better.
    return min((error - value.offset).magnitude, (error + value.offset).magnitude)
  }
}
