/// Measures how long a call takes: repeated until a sample is long beside the clock's own step,
/// several samples, each the mean of its repetitions.
struct Stopwatch {
  /// When there are enough samples.
  enum End {
    case samples(Int)
    case seconds(Double)
  }

  /// Shortest sample. The clock steps by tens of nanoseconds and a switch of tasks costs microseconds.
  static let shortestSample = Duration.milliseconds(2)
  /// Fewest samples where only a time is given.
  static let fewestSamples = 3

  /// Nanoseconds of one call of `body` in each sample, after a warm-up.
  static func samples(until end: End, of body: () -> Void) -> [Double] {
    let repetitions = repetitions(of: body)
    let clock = ContinuousClock()
    let start = clock.now
    var samples: [Double] = []
    func isDone() -> Bool {
      switch end {
      case .samples(let count): samples.count >= count
      case .seconds(let seconds):
        samples.count >= fewestSamples && start.duration(to: clock.now) >= .seconds(seconds)
      }
    }
    while !isDone() {
      let time = clock.measure { for _ in 0..<repetitions { body() } }
      samples.append(time.nanoseconds / Double(repetitions))
    }
    return samples
  }

  /// Calls that fill the shortest sample; finding out warms caches, pages and branch predictors.
  private static func repetitions(of body: () -> Void) -> Int {
    body()
    let clock = ContinuousClock()
    var repetitions = 1
    while true {
      let time = clock.measure { for _ in 0..<repetitions { body() } }
      if time >= shortestSample { return repetitions }
      let factor = min(shortestSample.nanoseconds * 1.2 / max(time.nanoseconds, 1), 16)
      repetitions = Int((Double(repetitions) * max(factor, 1.5)).rounded(.up))
    }
  }
}

extension Duration {
  var nanoseconds: Double {
    let (seconds, attoseconds) = components
    return Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
  }
}

/// The middle value, or the mean of the two middle ones; of at least one value.
func median(_ values: [Double]) -> Double {
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
