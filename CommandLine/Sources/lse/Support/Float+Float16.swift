import Foundation
import NumPyFile

extension Float {
  /// This half-precision number in the fewest digits that tell it from the others.
  var float16Description: String {
    for digits in 1...5 where isFinite && self != 0 {
      let text = shortest(digits: digits)
      if Float(text)?.float16BitPattern == float16BitPattern { return Float(text)!.description }
    }
    return description
  }

  private func shortest(digits: Int) -> String {
    String(format: "%.\(digits)g", Double(self))
  }
}
