import Foundation
import LogSumExp

extension Classification {
  /// What came out, at most 80 columns wide.
  var report: String {
    let calibrations = [posteriors, tempered].map { Calibration($0, labels: digits.labels) }
    let floats = floatScores
    let finite = floats.logSumExp(options: options).count { $0 > -.infinity }
    let image = leastSure
    let picture = Picture(digits[image], posterior: posteriors[row: image])
    return """
      Handwritten digits: \(digits.count) images of 8 x 8 pixels, 13 writers (UCI, CC BY 4.0)
      Gaussian naive Bayes, cross-validated: \(Self.folds) runs of images, each left out once

        accuracy            \(fixed(100 * calibrations[0].accuracy)) %
        mean log-evidence   \(fixed(mean(evidence))) nats an image, lowest \(fixed(evidence.min()!))
        log(sum(exp(x)))    -inf for \(Self.lost(floats, exp: exp)) images in Float, \
      \(Self.lost(scores, exp: exp)) in Double
        logSumExp           finite for \(finite) images in Float

                          softmax, T = 1            softmax, T = \(fixed(temperature)) (best fit)
        confidence        images  stated    true    images  stated    true
      \(table(calibrations))
        mean log p(true digit)     \(fixed(fit(temperature: 1), 3))\
                          \(fixed(fit(temperature: temperature), 3))

        Least sure of image \(image), in truth \(digits.labels[image]); softmax, T = 1:
      \(picture.lines.joined(separator: "\n"))

      """
  }

  private func table(_ calibrations: [Calibration]) -> String {
    Calibration.bounds.indices.map { bin in
      let cells = calibrations.map { $0.line(bin) }
      return "  \(Calibration.label(bin))    " + cells.joined(separator: "    ")
    }.joined(separator: "\n")
  }

  /// Engine, and the time of each operation on the scores.
  var times: String {
    let buffers = BenchmarkBuffers<Double>(rows: scores.rows, columns: scores.columns)
    buffers.input.update(from: scores.scalars, count: scores.scalars.count)
    let lines = RowOperation.allCases.map { operation in
      let call = BenchmarkWork(rawValue: operation.rawValue)!.call(on: buffers, options: options)
      let time = fixed(median(Stopwatch.samples(until: .samples(15), of: call)) / 1e3)
      let choice = options.engine.choice(for: operation, columns: scores.columns, of: Double.self)
      let name = operation.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
      return "  \(name) \(time) us a call; plan \(choice.plan), kernel \(choice.kernel)"
    }
    return """
        engine       \(options.engine.name): \(options.engine.reason)
      \(lines.joined(separator: "\n"))
      """
  }
}

private func fixed(_ value: Double, _ digits: Int = 1) -> String {
  String(format: "%.\(digits)f", value)
}

private func mean(_ values: [Double]) -> Double {
  values.reduce(0, +) / Double(values.count)
}
