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

  struct Function: Decodable {
    let name: String
    let type: String
    let x: String
    let y: String
    let exact: Value
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
  let functions: [Function]

  init(contentsOf path: String) {
    self = attempt {
      try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }
  }

  /// The wide reference against these.
  var check: ReferenceCheck {
    var check = rows.reduce(into: ReferenceCheck()) { check, row in
      row.type == Float.typeName ? check.add(row, Float.self) : check.add(row, Double.self)
    }
    check.add(functions, Float.self)
    check.add(functions, Double.self)
    return check
  }
}

/// How far the wide reference is from mpmath.
struct ReferenceCheck: Codable {
  var rows = 0
  var results = 0
  /// Results of functions of numbers.
  var functions = 0
  /// Largest difference in ULP of the result's type, except where LSE cancels (`nearZero`).
  var ulp = 0.0
  /// Largest difference of an LSE of Doubles that cancels below 2^-47.
  var nearZero = 0.0

  /// Far below what is measured: errors are given to 0.01 ULP, and bounded by 2^-100 near 0.
  var isPassed: Bool { rows > 0 && functions > 0 && ulp < 1e-4 && nearZero < 0x1p-102 }

  fileprivate mutating func add<T: MeasuredScalar & BinaryFloatingPoint>(
    _ golden: Golden.Row, _ type: T.Type
  ) {
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

  fileprivate mutating func add<T: MeasuredScalar & BinaryFloatingPoint>(
    _ functions: [Golden.Function], _ type: T.Type
  ) {
    for golden in functions where golden.type == T.typeName {
      let function = ElementwiseFunction<T>.all.first { $0.name == golden.name }
      guard let exact = function?.exact(Double(golden.x)!, Double(golden.y)!) else { continue }
      let difference = distance(golden.exact, exact)
      self.functions += 1
      // Where the parts of Doubles cancel the bound is one of absolute error.
      if function!.cancels && RowGroup.isNearZero(T(golden.exact.rounded)) {
        nearZero = max(nearZero, difference * golden.exact.rounded.ulp)
      } else {
        ulp = max(ulp, difference)
      }
    }
  }

  private func distance<T: BinaryFloatingPoint>(_ value: Golden.Value, _ exact: Exact<T>) -> Double
  {
    let error = exact.error(of: T(value.rounded))
    // The reference's own sign is not known here: the exact value lies on the side that fits better.
    return min((error - value.offset).magnitude, (error + value.offset).magnitude)
  }
}
