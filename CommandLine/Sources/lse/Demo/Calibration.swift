import Foundation
import LogSumExp

/// How often the model is right where it says how sure it is.
struct Calibration {
  struct Bin {
    var count = 0
    var confidence = 0.0
    var correct = 0
  }

  /// Lower ends of the bins.
  static let bounds = [0, 0.5, 0.8, 0.9, 0.99, 0.999]

  private(set) var bins = [Bin](repeating: Bin(), count: bounds.count)

  init(_ posteriors: Matrix<Double>, labels: [Int]) {
    for (row, label) in labels.enumerated() {
      let posterior = posteriors[row: row]
      let confidence = posterior.max()!
      let bin = Self.bounds.lastIndex { $0 <= confidence } ?? 0
      bins[bin].count += 1
      bins[bin].confidence += confidence
      if posterior.firstIndex(of: confidence)! - posterior.startIndex == label {
        bins[bin].correct += 1
      }
    }
  }

  var accuracy: Double {
    Double(bins.reduce(0) { $0 + $1.correct }) / Double(bins.reduce(0) { $0 + $1.count })
  }

  /// One line of the table: images, mean confidence, accuracy.
  func line(_ bin: Int) -> String {
    let bin = bins[bin]
    if bin.count == 0 { return String(format: "%6d       -       -", 0) }
    let count = Double(bin.count)
    return String(
      format: "%6d   %5.3f   %5.3f", bin.count, bin.confidence / count,
      Double(bin.correct) / count)
  }

  /// The bins' bounds, as text.
  static func label(_ bin: Int) -> String {
    let upper = bin + 1 < bounds.count ? bounds[bin + 1] : 1
    return String(format: "%5.3f to %5.3f", bounds[bin], upper)
  }
}
