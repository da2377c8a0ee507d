import Foundation
import NumPyFile

/// An input in a `.npz` archive: `IN.npz:NAME`, or `IN.npz` where the archive holds one array.
struct ArchiveInput {
  /// Path of the archive.
  let path: String
  /// Name of the array, if one is given.
  let name: String?

  /// What `input` names, or `nil` if that is no array in an archive.
  ///
  /// The path ends with the first `.npz` that a colon or nothing follows; but a file whose name is
  /// all of `input`, with the colon, goes first.
  init?(_ input: String) {
    if let colon = input.range(of: ".npz:", options: .caseInsensitive),
      !FileManager.default.fileExists(atPath: input)
    {
      let end = input.index(before: colon.upperBound)
      path = String(input[..<end])
      name = String(input[colon.upperBound...])
    } else if input.lowercased().hasSuffix(".npz") {
      path = input
      name = nil
    } else {
      return nil
    }
  }

  /// Reads the array.
  func array() throws -> NumPyArray {
    let archive = try NumPyArchive(contentsOf: path)
    if let name { return try archive.array(named: name) }
    return try Self.onlyArray(in: archive, path)
  }

  /// The array of an archive that holds one; `source` stands for the archive in messages.
  static func onlyArray(in archive: NumPyArchive, _ source: String) throws -> NumPyArray {
    guard let name = archive.names.first else {
      throw Failure.data("\(source): holds no arrays")
    }
    guard archive.names.count == 1 else {
      let names = archive.names.map(\.debugDescription).joined(separator: ", ")
      throw Failure.usage(
        "\(source): holds \(archive.names.count) arrays, give the file and a name as "
          + "IN.npz:NAME: \(names)")
    }
    return try archive.array(named: name)
  }
}
