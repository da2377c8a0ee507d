/// A Python value written out, of the kinds that a `.npy` header may contain.
package enum PythonLiteral: Sendable {
  case dictionary([(key: PythonLiteral, value: PythonLiteral)])
  case list([PythonLiteral])
  case tuple([PythonLiteral])
  case string(String)
  case integer(Int)
  case bool(Bool)
  case none

  /// What it is, for a message: "a list".
  var kind: String {
    switch self {
    case .dictionary: "a dictionary"
    case .list: "a list"
    case .tuple: "a tuple"
    case .string: "a string"
    case .integer: "an integer"
    case .bool(let value): value ? "True" : "False"
    case .none: "None"
    }
  }
}
