/// What stops the tool, in one line.
enum Failure: Error, CustomStringConvertible {
  /// The command line asks for what cannot be: exit code 2.
  case usage(String)
  /// A file is not as it should be: exit code 1.
  case data(String)

  var description: String {
    switch self {
    case .usage(let message), .data(let message): message
    }
  }

  var isUsage: Bool {
    if case .usage = self { true } else { false }
  }

  /// `text` without line breaks.
  static func oneLine(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }
}
