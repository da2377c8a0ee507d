/// Why a file could not be read or written: which file, where in it, and what is wrong.
///
/// The description is one line that can be shown to a user as it is:
///
/// ```
/// scores.npy: byte 128: 40 bytes of data; shape (3, 4) of f4 needs 48
/// scores.csv: line 7: 3 numbers; line 1 has 4
/// ```
public struct NumPyFileError: Error, Hashable, Sendable {
  /// Where in the file the fault lies.
  public enum Place: Hashable, Sendable {
    /// The file as a whole: it cannot be opened, written, mapped.
    case file
    /// A byte offset from the start of the file.
    case byte(Int)
    /// An entry of the header's dictionary.
    case headerKey(String)
    /// A line of text, the first being 1.
    case line(Int)
  }

  /// The path, or another name of the source, such as `standard input`.
  public let name: String
  /// Where in the file the fault lies.
  public let place: Place
  /// What is wrong there.
  public let reason: String

  /// An error about the file called `name`.
  public init(_ name: String, at place: Place = .file, _ reason: String) {
    self.name = name
    self.place = place
    self.reason = reason
  }
}

extension NumPyFileError: CustomStringConvertible {
  public var description: String {
    let line =
      switch place {
      case .file: "\(name): \(reason)"
      case .byte(let offset): "\(name): byte \(offset): \(reason)"
      case .headerKey(let key): "\(name): header key '\(key)': \(reason)"
      case .line(let number): "\(name): line \(number): \(reason)"
      }
    return escaped(line.utf8)
  }
}

/// `text` with each control character as `\xNN`, so that it stays on one line.
///
/// Bytes beyond ASCII stay as they are; those that are no UTF-8 become U+FFFD.
func escaped(_ text: some Sequence<UInt8>) -> String {
  var bytes: [UInt8] = []
  for byte in text {
    if byte < 0x20 || byte == 0x7F {
      let digits = String(byte, radix: 16, uppercase: true)
      bytes += Array((byte < 0x10 ? "\\x0" : "\\x").utf8) + Array(digits.utf8)
    } else {
      bytes.append(byte)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// "1 byte", "2 bytes".
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// The beginning of `text`, escaped, for a message.
func excerpt(_ text: some Collection<UInt8>) -> String {
  text.count <= 32 ? escaped(text) : escaped(text.prefix(32)) + "..."
}
