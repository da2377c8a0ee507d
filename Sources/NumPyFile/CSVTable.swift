/// The numbers of a `.csv` file, line after line.
struct CSVTable<Scalar: BinaryFloatingPoint & LosslessStringConvertible> {
  private(set) var numbers: [Scalar] = []
  private(set) var rows = 0
  private(set) var columns = 0
  private let name: String
  /// Number of the first line of numbers, to which the others must be equal in length.
  private var firstLine = 0

  init(_ bytes: [UInt8], name: String) throws(NumPyFileError) {
    self.name = name
    let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
    var rest = bytes.starts(with: byteOrderMark) ? bytes.dropFirst(3) : bytes[...]
    var lineNumber = 0
    var isFirst = true
    while !rest.isEmpty {
      lineNumber += 1
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[min(line.endIndex + 1, rest.endIndex)...]
      if trimmed(line).isEmpty { continue }
      try append(line, number: lineNumber, isFirst: isFirst)
      isFirst = false
    }
    if isFirst {
      throw NumPyFileError(name, at: .line(lineNumber + 1), "no line of numbers before it")
    }
  }

  /// Adds the numbers of a line that is not blank; the first may hold names instead.
  private mutating func append(
    _ line: ArraySlice<UInt8>, number: Int, isFirst: Bool
  ) throws(NumPyFileError) {
    let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
    let values = fields.map(parse)
    if isFirst, values.allSatisfy({ $0 == nil }) {
      columns = fields.count
      return
    }
    if let bad = values.firstIndex(where: { $0 == nil }) {
      let text = excerpt(trimmed(fields[bad]))
      throw NumPyFileError(name, at: .line(number), "field \(bad + 1) is '\(text)', not a number")
    }
    if rows == 0 {
      firstLine = number
      columns = values.count
    }
    guard values.count == columns else {
      throw NumPyFileError(
        name, at: .line(number),
        "\(counted(values.count, "number")); line \(firstLine) has \(columns)")
    }
    for case let value? in values { numbers.append(value) }
    rows += 1
  }

  /// The number that `field` is, white space around it aside.
  private func parse(_ field: ArraySlice<UInt8>) -> Scalar? {
    let text = trimmed(field)
    let isNumeric = text.allSatisfy {
      switch $0 {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
    let word = String(decoding: text, as: UTF8.self)
    if isNumeric { return Scalar(word) }
    switch word.lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  /// `text` without the white space around it, the carriage return of Windows included.
  private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard let last = text.lastIndex(where: { !isSpace($0) }) else { return [] }
    return text[...last].drop(while: isSpace)
  }
}
