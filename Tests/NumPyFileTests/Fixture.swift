import Foundation
import NumPyFile

/// One array that NumPy wrote; `scripts/fixtures` makes them and says what the files hold.
struct Fixture: CustomStringConvertible, Sendable {
  var type: NumPyType
  var byteOrder: String
  var version: String
  var isFortranOrder: Bool
  var shape: [Int]
  var strides: [Int]
  var bytes: [UInt8]

  var description: String {
    "\(byteOrder)\(type.rawValue) \(version) \(shape)\(isFortranOrder ? " F" : "")"
  }

  /// All fixtures of one type.
  static func all(of type: NumPyType) throws -> [Fixture] {
    let blob = [UInt8](try Data(contentsOf: url("arrays.bin")))
    return try rows("arrays.tsv").filter { $0[0] == type.rawValue }.map { fields in
      let start = Int(fields[6])!
      return Fixture(
        type: type, byteOrder: fields[1], version: fields[2], isFortranOrder: fields[3] == "True",
        shape: integers(fields[4]), strides: integers(fields[5]),
        bytes: Array(blob[start..<(start + Int(fields[7])!)]))
    }
  }

  /// The elements of a type as Python writes them; an array holds the first, in C order.
  static func values(of type: NumPyType) throws -> [String] {
    let row = try rows("values.tsv").first { $0[0] == type.rawValue }
    return Array(row!.dropFirst())
  }

  /// The folder of the fixtures, and a file in it.
  static func url(_ name: String) -> URL {
    Bundle.module.resourceURL!.appendingPathComponent("Fixtures").appendingPathComponent(name)
  }

  static func path(_ name: String) -> String { url(name).path }

  private static func rows(_ name: String) throws -> [[String]] {
    try String(contentsOf: url(name), encoding: .utf8).split(separator: "\n").map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private static func integers(_ text: String) -> [Int] {
    text.split(separator: ",").map { Int($0)! }
  }
}

/// The bytes of a `.npy` file with the given header text, unpadded, and data.
func npy(
  _ header: String, version: (UInt8, UInt8) = (1, 0), data: [UInt8] = []
) -> [UInt8] {
  let length = header.utf8.count
  let lengthBytes = version.0 == 1 ? 2 : 4
  return [0x93] + Array("NUMPY".utf8) + [version.0, version.1]
    + (0..<lengthBytes).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    + Array(header.utf8) + data
}

/// What is wrong with `bytes`, or "nothing".
func fault(_ bytes: [UInt8]) -> String {
  do throws(NumPyFileError) {
    _ = try NumPyArray(bytes: bytes, name: "x")
    return "nothing"
  } catch {
    return error.description
  }
}

/// What is wrong with a file of the given header and data, or "nothing".
func fault(header: String, data: [UInt8] = []) -> String { fault(npy(header, data: data)) }
