/// The Floats between two, both below 0, every `step`th by bit pattern, in batches.
///
/// From -1/2 downwards first: errors are large there from the start, while towards 0 and below the least
/// Float each would be the largest so far, and its witness written down.
enum NegativeFloats {
  static func forEachBatch(
    from first: Float, through last: Float, step: Int, size: Int, _ body: ([Float]) -> Void
  ) {
    let middle = max(Int(Float(-0.5).bitPattern), Int(first.bitPattern))
    for range in [middle..<(Int(last.bitPattern) + 1), Int(first.bitPattern)..<middle] {
      for start in stride(from: range.lowerBound, to: range.upperBound, by: size * step) {
        let end = min(start + size * step, range.upperBound)
        body(stride(from: start, to: end, by: step).map { Float(bitPattern: UInt32($0)) })
      }
    }
  }
}
