import Foundation

/// Gaussian naive Bayes: given the digit, pixels are independent and normal.
///
/// log p(x, c) = log p(c) - 1/2 sum_j ((x_j - mean_cj)^2 / variance_cj + log(2 pi variance_cj))
struct NaiveBayes {
  /// Added to each variance: that of rounding to a whole number, so that a pixel that never varied
  /// in training has a density.
  static let smoothing = 1.0 / 12

  private var means: [Double] = []
  private var inverseVariances: [Double] = []
  /// log p(c) - 1/2 sum_j log(2 pi variance_cj).
  private var constants: [Double] = []

  /// The model fitted to the given images.
  init(_ digits: Digits, images: [Int]) {
    for digit in 0..<Digits.classCount {
      let members = images.filter { digits.labels[$0] == digit }
      let count = Double(members.count)
      var constant = log(count / Double(images.count))
      for pixel in 0..<Digits.pixelCount {
        let values = members.map { digits.pixels[$0 * Digits.pixelCount + pixel] }
        let mean = values.reduce(0, +) / count
        let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let variance = spread / count + Self.smoothing
        means.append(mean)
        inverseVariances.append(1 / variance)
        constant -= 0.5 * log(2 * .pi * variance)
      }
      constants.append(constant)
    }
  }

  /// log p(x, c) for each digit c.
  func logJoint(_ pixels: ArraySlice<Double>) -> [Double] {
    (0..<Digits.classCount).map { digit in
      var distance = 0.0
      for (index, pixel) in zip(digit * Digits.pixelCount..<means.count, pixels) {
        let difference = pixel - means[index]
        distance += difference * difference * inverseVariances[index]
      }
      return constants[digit] - 0.5 * distance
    }
  }

  /// log p(x, c) for each image, row after row, by models that did not see it: each of `folds` equal
  /// runs of images is left out once. Runs, since neighbours are often by one writer.
  static func crossValidated(_ digits: Digits, folds: Int) -> [Double] {
    (0..<folds).flatMap { fold in
      let held = fold * digits.count / folds..<(fold + 1) * digits.count / folds
      let model = NaiveBayes(digits, images: (0..<digits.count).filter { !held.contains($0) })
      return held.flatMap { model.logJoint(digits[$0]) }
    }
  }
}
