import CDigits
import NumPyFile

/// The images of `lse demo`: 64 pixels each, 0 to 16, row after row, and the digit each shows.
struct Digits {
  static let side = 8
  static let pixelCount = side * side
  static let classCount = 10

  let pixels: [Double]
  let labels: [Int]

  var count: Int { labels.count }

  /// The embedded data, see Sources/CDigits/README.md.
  init() throws {
    let bytes = UnsafeRawBufferPointer(start: lse_digits_bytes(), count: lse_digits_size())
    let table = try NumPyArray(bytes: Array(bytes), name: "digits.npy")
    let values = table.values(as: Double.self)
    let width = Self.pixelCount + 1
    let rows = stride(from: 0, to: values.count, by: width)
    pixels = rows.flatMap { values[$0..<($0 + Self.pixelCount)] }
    labels = rows.map { Int(values[$0 + Self.pixelCount]) }
  }

  /// The pixels of one image.
  subscript(image: Int) -> ArraySlice<Double> {
    pixels[(image * Self.pixelCount)..<((image + 1) * Self.pixelCount)]
  }
}
