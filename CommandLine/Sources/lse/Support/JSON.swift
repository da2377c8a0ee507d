import Foundation

/// One JSON object on one line, keys sorted.
func json(_ value: some Encodable) throws -> String {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// A property whose key stays in the JSON where it is nil, as null.
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
  // Spelt out, so that it is not nil by itself and memberwise initializers take the value.
  var wrappedValue: Optional<Value>

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
