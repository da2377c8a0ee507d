import Foundation
import NumPyFile

/// A result in C order, written from where it was computed.
struct ResultArray<Word: BitwiseCopyable & Sendable>: NumPyReadable {
  let words: [Word]
  let type: NumPyType
  let shape: [Int]
  var isFortranOrder: Bool { false }

  func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try words.withUnsafeBufferPointer { (words) throws(E) -> R in
      try body(UnsafeRawBufferPointer(words))
    }
  }
}

extension ResultArray where Word: NumPyScalar {
  init(_ words: [Word], shape: [Int]) {
    self.init(words: words, type: Word.numPyType, shape: shape)
  }
}

extension ResultArray<UInt16> {
  /// Half precision: `values`, each rounded once.
  init(rounding values: [Float], shape: [Int]) {
    self.init(words: values.map(\.float16BitPattern), type: .float16, shape: shape)
  }
}

extension NumPyReadable {
  /// Writes to the file `output`, or, without one, prints lines of `lineLength` numbers.
  func write(to output: String?, lineLength: Int) throws {
    if let output {
      do { try write(to: output) } catch { throw Failure.data("\(error)") }
    } else {
      let text = text(lineLength: lineLength)
      do {
        try FileHandle.standardOutput.write(contentsOf: text)
      } catch {
        throw Failure.data("standard output: cannot write: \(error.localizedDescription)")
      }
    }
  }

  /// The numbers as text that reads back as the same numbers; a blank line between matrices.
  private func text(lineLength: Int) -> Data {
    let numbers =
      type == .float64
      ? values(as: Double.self).map(\.description)
      : values(as: Float.self).map { type == .float16 ? $0.float16Description : "\($0)" }
    let linesOfBatch = shape.count == 3 && lineLength > 1 ? shape[1] : Int.max
    var text = ""
    for (line, start) in stride(from: 0, to: numbers.count, by: max(lineLength, 1)).enumerated() {
      if line > 0 && line % linesOfBatch == 0 { text += "\n" }
      text += numbers[start..<(start + lineLength)].joined(separator: " ") + "\n"
    }
    return Data(text.utf8)
  }
}
