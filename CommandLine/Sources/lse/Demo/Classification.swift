import Foundation
import LogSumExp

/// The digits classified: what the library is asked for, and what it answers.
struct Classification {
  /// Runs of images, each left out once.
  static let folds = 5
  /// Candidates for the temperature.
  static let temperatures = (2...60).map { Double($0) / 2 }

  let digits: Digits
  let options: RowOptions
  /// log p(image, digit), a row for each image.
  let scores: Matrix<Double>
  /// log p(image), by logSumExp.
  let evidence: [Double]
  /// p(digit | image), by softmax.
  let posteriors: Matrix<Double>
  /// The temperature at which the true digits have the largest mean log-posterior.
  let temperature: Double
  /// Softmax at that temperature.
  let tempered: Matrix<Double>

  init(_ digits: Digits, _ options: RowOptions) {
    self.digits = digits
    self.options = options
    let scores = Matrix(
      NaiveBayes.crossValidated(digits, folds: Self.folds),
      rows: digits.count, columns: Digits.classCount)
    self.scores = scores
    evidence = scores.logSumExp(options: options)
    posteriors = scores.softmax(options: options)
    let fits = Self.temperatures.map {
      Self.meanOfTrue(scores.logSoftmax(temperature: $0, options: options), digits.labels)
    }
    temperature = zip(Self.temperatures, fits).max { $0.1 < $1.1 }!.0
    tempered = scores.softmax(temperature: temperature, options: options)
  }

  /// Mean log-posterior of the true digits at a temperature.
  func fit(temperature: Double) -> Double {
    Self.meanOfTrue(scores.logSoftmax(temperature: temperature, options: options), digits.labels)
  }

  private static func meanOfTrue(_ logPosteriors: Matrix<Double>, _ labels: [Int]) -> Double {
    let sum = labels.enumerated().reduce(0) { $0 + logPosteriors[$1.offset, $1.element] }
    return sum / Double(labels.count)
  }

  /// The scores in Float.
  var floatScores: Matrix<Float> {
    Matrix(scores.scalars.map(Float.init), rows: scores.rows, columns: scores.columns)
  }

  /// Images whose log-evidence log(sum(exp(x))), as written, loses: every term underflows.
  static func lost<Scalar: BinaryFloatingPoint>(
    _ scores: Matrix<Scalar>, exp: (Scalar) -> Scalar
  ) -> Int {
    (0..<scores.rows).count { row in scores[row: row].reduce(0) { $0 + exp($1) } == 0 }
  }

  /// The image of which the model is least sure.
  var leastSure: Int {
    (0..<digits.count).min {
      posteriors[row: $0].max()! < posteriors[row: $1].max()!
    }!
  }
}
