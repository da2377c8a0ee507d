import Foundation
import LogSumExp

/// What to time; a line of JSON on the standard input of `lse benchmark --serve`.
struct BenchmarkRequest: Codable {
  enum Element: String, CaseIterable, Codable {
    case float32, float64, float16, bfloat16
  }

  var operation: BenchmarkWork
  var variation: BenchmarkVariation?
  var rows: Int
  var columns: Int
  var type: Element?
  var engine: String?
  var plan: String?
  var kernel: String?
  var threads: Int?
  /// Time to spend, about; without it the number of samples decides.
  var seconds: Double?
  var samples: Int?

  /// Throws where the library would stop the program.
  func check() throws {
    for (name, value) in [("rows", rows), ("columns", columns), ("threads", threads ?? 1)]
    where value < 1 {
      throw Failure.usage("\(name) is \(value), must be at least 1")
    }
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    if overflow || count > Self.mostElements {
      throw Failure.usage("\(rows) x \(columns) elements are too many")
    }
    if let variation {
      let work = operation.rawValue
      if operation.rows == nil {
        throw Failure.usage("\(work) is not on rows: no variation \(variation.rawValue)")
      }
      if variation.isWeighted && operation != .logSumExp {
        throw Failure.usage("\(work) takes no weights: no variation \(variation.rawValue)")
      }
    }
  }

  /// 2^32: 32 GiB of Double for the input alone.
  static let mostElements = 1 << 32
}

/// What was timed and how it came out; times are nanoseconds for each element.
struct BenchmarkReport: Encodable {
  var operation: String
  /// "" for none.
  var variation: String
  var rows: Int
  var columns: Int
  var type: String
  var engine: String
  var plan: String
  var kernel: String
  @Nullable var openblasCore: String?
  var threads: Int
  var nanosecondsPerElement: Double
  var samples: [Double]
}

extension BenchmarkReport {
  /// One line of text.
  var line: String {
    let time = String(format: "%.4f", nanosecondsPerElement)
    let low = String(format: "%.4f", samples.min() ?? .nan)
    let high = String(format: "%.4f", samples.max() ?? .nan)
    return """
      \(variation.isEmpty ? operation : operation + " " + variation) \(type) \(rows)x\(columns): \(time) ns an element \
      (\(low) to \(high), \(samples.count) samples); \(engine), \(plan), \(kernel), \
      \(threads == 1 ? "1 thread" : "\(threads) threads")
      """
  }
}
