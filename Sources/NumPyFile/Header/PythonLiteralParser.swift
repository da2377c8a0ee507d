/// Reads one Python literal: a dictionary, list, tuple, string, integer, `True`, `False` or `None`.
///
/// Trailing commas, either quote, white space anywhere, Python 2's `10L` and `u'...'` are taken.
///
/// ```
/// value      = dictionary | list | tuple | string | integer | word
/// dictionary = "{" [ value ":" value { "," value ":" value } [ "," ] ] "}"
/// list       = "[" [ value { "," value } [ "," ] ] "]"
/// tuple      = "(" [ value "," [ value { "," value } [ "," ] ] ] ")"      "(3)" is the integer 3
/// ```
package struct PythonLiteralParser {
  let text: [UInt8]
  /// Offset of `text` in the file, for messages.
  let start: Int
  let name: String
  /// The next byte to read.
  var position = 0
  /// Number of brackets that are open.
  private var depth = 0

  package init(_ text: [UInt8], at start: Int, name: String) {
    self.text = text
    self.start = start
    self.name = name
  }

  /// The literal that is the whole text, white space aside.
  package mutating func parseWhole() throws(NumPyFileError) -> PythonLiteral {
    let literal = try parseValue()
    skipSpace()
    if position < text.count { throw unexpected("the end of the header") }
    return literal
  }

  private mutating func parseValue() throws(NumPyFileError) -> PythonLiteral {
    skipSpace()
    switch peek {
    case "{": return try parseDictionary()
    case "[": return .list(try parseItems(until: "]").items)
    case "(":
      let (items, hasComma) = try parseItems(until: ")")
      return items.count == 1 && !hasComma ? items[0] : .tuple(items)
    case "'", "\"": return try parseString()
    case "-", "+": return try parseInteger()
    case let byte? where ("0"..."9").contains(byte): return try parseInteger()
    default: return try parseWord()
    }
  }

  private mutating func parseDictionary() throws(NumPyFileError) -> PythonLiteral {
    try open()
    var pairs: [(key: PythonLiteral, value: PythonLiteral)] = []
    while !take("}") {
      let key = try parseValue()
      guard take(":") else { throw unexpected("':'") }
      pairs.append((key, try parseValue()))
      if take(",") { continue }
      guard take("}") else { throw unexpected("',' or '}'") }
      break
    }
    depth -= 1
    return .dictionary(pairs)
  }

  /// The items of a list or tuple, and whether a comma follows any of them.
  private mutating func parseItems(
    until end: Unicode.Scalar
  ) throws(NumPyFileError) -> (items: [PythonLiteral], hasComma: Bool) {
    try open()
    var items: [PythonLiteral] = []
    var hasComma = false
    while !take(end) {
      items.append(try parseValue())
      if take(",") {
        hasComma = true
        continue
      }
      guard take(end) else { throw unexpected("',' or '\(end)'") }
      break
    }
    depth -= 1
    return (items, hasComma)
  }

  /// Steps over an opening bracket; a few levels are enough, and many would exhaust the stack.
  private mutating func open() throws(NumPyFileError) {
    depth += 1
    if depth > 16 { throw fault("brackets are nested more than 16 deep") }
    position += 1
  }
}
