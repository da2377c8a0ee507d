#if canImport(Dispatch)
  import Dispatch
#endif

/// Calls `body` with ranges that together are 0..<count, on up to `workers` threads at a time.
@inline(__always)
func forEachPart(of count: Int, workers: Int, _ body: (Range<Int>) -> Void) {
  if workers <= 1 || count <= 1 { return body(0..<count) }
  spread(count, workers, body)
}

@inline(never)
private func spread(_ count: Int, _ workers: Int, _ body: (Range<Int>) -> Void) {
  #if canImport(Dispatch)
    let parts = min(workers, count)
    withoutActuallyEscaping(body) { body in
      nonisolated(unsafe) let body = body
      DispatchQueue.concurrentPerform(iterations: parts) { part in
        body((part * count / parts)..<((part + 1) * count / parts))
      }
    }
  #else
    body(0..<count)
  #endif
}
