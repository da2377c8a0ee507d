import Foundation
import LogSumExp

/// One image as text beside bars of what the model makes of it.
struct Picture {
  /// From no ink to all.
  static let shades = Array(" .:-=+*#%@")
  static let barLength = 30

  let lines: [String]

  init(_ pixels: ArraySlice<Double>, posterior: ArraySlice<Double>) {
    let blank = String(repeating: " ", count: 2 * Digits.side)
    let pixels = Array(pixels)
    let picture = (0..<Digits.side).map { row in
      pixels[(row * Digits.side)..<((row + 1) * Digits.side)].map { ink in
        String(repeating: Self.shades[Int(ink * Double(Self.shades.count - 1) / 16)], count: 2)
      }.joined()
    }
    lines = zip([blank] + picture + [blank], posterior.enumerated()).map { line, entry in
      let bar = String(repeating: "█", count: Int((entry.1 * Double(Self.barLength)).rounded()))
      let padded = bar.padding(toLength: Self.barLength, withPad: " ", startingAt: 0)
      return "  |\(line)|   \(entry.0) \(padded) " + String(format: "%5.3f", entry.1)
    }
  }
}
