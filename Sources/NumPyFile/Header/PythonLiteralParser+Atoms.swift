// Strings, integers, words, and the steps between them.

extension PythonLiteralParser {
  /// A string in either quote. A backslash takes the next byte as it is.
  mutating func parseString() throws(NumPyFileError) -> PythonLiteral {
    let quote = text[position]
    let opening = position
    position += 1
    var bytes: [UInt8] = []
    while position < text.count, text[position] != quote {
      if text[position] == UInt8(ascii: "\\") { position += 1 }
      if position < text.count { bytes.append(text[position]) }
      position += 1
    }
    guard position < text.count else {
      position = opening
      throw fault("the string that begins here has no end")
    }
    position += 1
    return .string(String(decoding: bytes, as: UTF8.self))
  }

  /// A decimal integer, with Python 2's suffix `L` if it is there.
  mutating func parseInteger() throws(NumPyFileError) -> PythonLiteral {
    let first = position
    position += 1
    while let byte = peek, ("0"..."9").contains(byte) { position += 1 }
    let digits = String(decoding: text[first..<position], as: UTF8.self)
    let last = position
    if peek == "L" || peek == "l" { position += 1 }
    if let byte = peek, isWordByte(byte) || byte == "." {
      throw unexpected("an integer")
    }
    guard let value = Int(digits) else {
      position = first
      throw fault(
        last - first < 19
          ? "'\(digits)' is not an integer" : "\(excerpt(digits.utf8)) is too large an integer")
    }
    return .integer(value)
  }

  /// `True`, `False`, `None`, or a string with Python 2's prefix.
  mutating func parseWord() throws(NumPyFileError) -> PythonLiteral {
    let first = position
    while let byte = peek, isWordByte(byte) { position += 1 }
    switch String(decoding: text[first..<position], as: UTF8.self) {
    case "True": return .bool(true)
    case "False": return .bool(false)
    case "None": return .none
    case "u" where peek == "'" || peek == "\"", "b" where peek == "'" || peek == "\"":
      return try parseString()
    default:
      position = first
      throw unexpected("a value")
    }
  }

  /// The next byte, `nil` at the end.
  var peek: Unicode.Scalar? {
    position < text.count ? Unicode.Scalar(text[position]) : nil
  }

  /// Steps over white space and then `byte`; says whether it was there.
  mutating func take(_ byte: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    position += 1
    return true
  }

  mutating func skipSpace() {
    while let byte = peek, byte == " " || ("\t"..."\r").contains(byte) { position += 1 }
  }

  private func isWordByte(_ byte: Unicode.Scalar) -> Bool {
    switch byte {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    default: false
    }
  }

  func fault(_ reason: String) -> NumPyFileError {
    NumPyFileError(name, at: .byte(start + position), "in the header: " + reason)
  }

  func unexpected(_ wanted: String) -> NumPyFileError {
    let rest = text[position...].prefix(8)
    return fault("'\(escaped(rest))' where \(wanted) should be")
  }
}
