extension NumPyHeader {
  /// The bytes before the data, as `numpy.save` (NumPy 2) writes them.
  static func bytes(type: NumPyType, shape: [Int], isFortranOrder: Bool) -> [UInt8] {
    // Where both orders are one, NumPy says C.
    let isFortranOrder = isFortranOrder && shape.count { $0 > 1 } > 1 && !shape.contains(0)
    var text = "{'descr': '\(type.descr)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
    text += "'shape': \(tuple(shape)), }"
    // NumPy leaves room for the slowest axis to grow in place to 21 digits.
    if let axis = isFortranOrder ? shape.last : shape.first {
      text += String(repeating: " ", count: 21 - String(axis).count)
    }
    return bytes(framing: text)
  }

  /// `text` with the magic string, version and length before it and padding after it.
  ///
  /// The whole becomes a multiple of 64 bytes: 1 to 64 spaces, then a newline. Version 1.0 has two
  /// bytes for the length; a longer text makes it version 2.0, which has four.
  package static func bytes(framing text: String) -> [UInt8] {
    for (major, lengthBytes) in [(1, 2), (2, 4)] as [(UInt8, Int)] {
      let start = magic.count + 2 + lengthBytes
      let unpadded = start + text.utf8.count + 1
      let padding = 64 - unpadded % 64
      let length = text.utf8.count + padding + 1
      if lengthBytes == 2 && length > 0xFFFF { continue }
      var bytes = magic + [major, 0]
      bytes += (0..<lengthBytes).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      bytes += text.utf8
      bytes += [UInt8](repeating: UInt8(ascii: " "), count: padding)
      bytes.append(UInt8(ascii: "\n"))
      return bytes
    }
    fatalError("NumPyHeader: the version 2.0 takes any length")
  }
}
