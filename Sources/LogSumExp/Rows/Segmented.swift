extension Collection where Element: RowScalar {
  /// Log-sum-exp of each segment, in nats: of the elements offsets[s]..<offsets[s + 1], for rows of
  /// different lengths one after another.
  ///
  /// ```swift
  /// [0.0, 0.0, 5.0].segmentedLogSumExp(offsets: [0, 2, 2, 3])   // [0.6931471805599453, -inf, 5.0]
  /// ```
  ///
  /// **Edge cases:** an empty segment gives -inf. Each segment has the bits of a row of its own.
  ///
  /// - Parameter offsets: Where segments start, and where the last one ends: one more than segments.
  /// - Complexity: O(elements + segments).
  /// - Precondition: `offsets` does not decrease and lies within 0...count.
  public func segmentedLogSumExp(
    offsets: [Int], temperature: Double = 1, options: RowOptions = .default
  ) -> [Element] {
    withSegments(offsets) { segments in
      [Element](unsafeUninitializedCapacity: segments.count) { buffer, count in
        segments.run(.logSumExp, into: buffer, temperature, options)
        count = segments.count
      }
    }
  }

  /// Softmax within each segment. See `segmentedLogSumExp(offsets:temperature:options:)`; elements outside
  /// all segments give 0.
  public func segmentedSoftmax(
    offsets: [Int], temperature: Double = 1, options: RowOptions = .default
  ) -> [Element] {
    mapSegments(.softmax, offsets, filler: 0, temperature, options)
  }

  /// Log-softmax within each segment. See `segmentedLogSumExp(offsets:temperature:options:)`; elements
  /// outside all segments give -inf.
  public func segmentedLogSoftmax(
    offsets: [Int], temperature: Double = 1, options: RowOptions = .default
  ) -> [Element] {
    mapSegments(.logSoftmax, offsets, filler: -.infinity, temperature, options)
  }

  private func mapSegments(
    _ task: RowTask, _ offsets: [Int], filler: Double, _ temperature: Double, _ options: RowOptions
  ) -> [Element] {
    withSegments(offsets) { segments in
      [Element](unsafeUninitializedCapacity: segments.elements.columns) { buffer, count in
        let outside = [0..<(offsets.first ?? 0), (offsets.last ?? 0)..<buffer.count]
        for index in outside.joined() {
          Element._format.store(filler, UnsafeMutableRawPointer(buffer.baseAddress!), index)
        }
        segments.run(task, into: buffer, temperature, options)
        count = buffer.count
      }
    }
  }

  private func withSegments<R>(_ offsets: [Int], _ body: (Segments<Element>) -> R) -> R {
    require(!offsets.isEmpty, "offsets: 0 of them, must be one more than segments")
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      require(start <= end, "offsets: \(end) follows \(start), must not decrease")
    }
    require(
      offsets[0] >= 0 && offsets[offsets.count - 1] <= count,
      "offsets: \(offsets[0])...\(offsets[offsets.count - 1]) lies outside 0...\(count)")
    return withOneRow { row in
      body(Segments(elements: row, offsets: offsets))
    }
  }
}

/// Rows of different lengths one after another. Neighbours of one length are rows of one matrix, so that
/// they go through the walk together.
private struct Segments<Element: RowScalar> {
  let elements: MatrixView<Element>
  let offsets: [Int]

  var count: Int { offsets.count - 1 }

  func run(
    _ task: RowTask, into out: UnsafeMutableBufferPointer<Element>, _ temperature: Double,
    _ options: RowOptions
  ) {
    require(
      (options.threads ?? 1) >= 1, "options.threads is \(options.threads ?? 0), must be at least 1")
    guard let base = out.baseAddress else { return }
    nonisolated(unsafe) let (to, from) = (base, elements.base)
    let isLarge = elements.columns >= RowCall.serialElements
    let workers = isLarge ? options.threads ?? processorCount : 1
    forEachPart(of: count, workers: workers) { part in
      var segment = part.lowerBound
      while segment < part.upperBound {
        let length = offsets[segment + 1] - offsets[segment]
        var end = segment + 1
        while end < part.upperBound && offsets[end + 1] - offsets[end] == length { end += 1 }
        let layout = MatrixLayout(rows: end - segment, columns: length)
        let isReduction = task.isReduction
        RowCall.run(
          task, Element._format, from: from + offsets[segment], layout,
          to: to + (isReduction ? segment : offsets[segment]),
          isReduction ? layout.perRow() : layout, temperature: temperature, options: options)
        segment = end
      }
    }
  }
}
