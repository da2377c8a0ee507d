import Foundation
import LogSumExp
import NumPyFile
import TestSupport

/// Rows and their exact results as `.npy` files, for Python to measure other libraries on.
///
/// `index.json` lists the cases. Case n has `n-rows.npy` and, for each operation, `n-OPERATION.npy` with
/// an axis of 2 in front: the exact values rounded to the rows' type, and what their magnitudes miss, in
/// ULP.
struct PeerFiles {
  private struct Entry: Encodable {
    let family: String
    let type: String
    let temperature: Double
    let length: Int
  }

  let folder: String
  private var entries: [Entry] = []

  init(folder: String) { self.folder = folder }

  mutating func add<T: MeasuredScalar & NumPyScalar>(_ rows: RowMeasurement<T>) {
    let work = rows.work
    let shape = [rows.rows.count, work.length]
    write(NumPyArray(rows.elements, shape: shape), "rows")
    for (operation, exact) in rows.exact {
      let values = exact.expected.map { $0.value! }
      let isReduction = operation.name == RowOperation.logSumExp.rawValue
      let array = NumPyArray(
        values.map { Double($0.rounded) } + values.map(\.offset),
        shape: [2] + (isReduction ? [rows.rows.count] : shape))
      write(array, operation.name)
    }
    entries.append(
      Entry(
        family: work.family.name, type: T.typeName, temperature: work.temperature,
        length: work.length))
  }

  func writeIndex() {
    attempt { try JSONEncoder().encode(entries).write(to: URL(filePath: "\(folder)/index.json")) }
  }

  private func write(_ array: NumPyArray, _ name: String) {
    let file = URL(filePath: "\(folder)/\(entries.count)-\(name).npy")
    attempt { try Data(array.npyBytes()).write(to: file) }
  }
}
