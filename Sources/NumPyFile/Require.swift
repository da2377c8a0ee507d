/// Stops the program with `message` unless `condition` holds, in debug and release alike.
@inline(__always)
func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { stop(message()) }
}

@inline(never)
private func stop(_ message: String) -> Never { fatalError(message) }
