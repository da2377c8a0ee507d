/// Calls `body` with ranges that together are 0..<count, on up to `workers` threads at a time.
@inline(__always)
func forEachPart(of count: Int, workers: Int, _ body: (Range<Int>) -> Void) {
  #if canImport(Dispatch)
    if workers > 1 && count > 1 { return spread(count, workers, body) }
  #endif
  body(0..<count)
}

#if canImport(Dispatch)
  /// Cuts 0..<count into parts, which the threads take one after the other: the calling thread begins at
  /// once, and the others join when they have woken.
  @inline(never)
  private func spread(_ count: Int, _ workers: Int, _ body: (Range<Int>) -> Void) {
    let parts = min(count, workers &* partsPerWorker)
    Helpers.shared.run(parts: parts, helpers: workers &- 1) { part in
      body((part * count / parts)..<((part + 1) * count / parts))
    }
  }

  /// Enough that a thread that wakes late still finds work, few enough that taking it costs nothing.
  private let partsPerWorker = 16
#endif
