import Foundation

/// Stops with one line on standard error.
func fail(_ message: String) -> Never {
  note("accuracy: \(message)")
  exit(2)
}

/// What `body` returns; a thrown error stops the program.
func attempt<R>(_ body: () throws -> R) -> R {
  do { return try body() } catch { fail("\(error)") }
}

/// A line on standard error.
func note(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
