/// The numbers in the records of a zip archive: low byte first, read only within the archive.
struct ZipFields {
  let bytes: UnsafeRawBufferPointer
  /// The archive's, for messages.
  let name: String

  func fault(at offset: Int, _ reason: String) -> NumPyFileError {
    NumPyFileError(name, at: .byte(offset), reason)
  }

  /// The bytes of a range, which may be any.
  func slice(_ start: Int, count: Int) throws(NumPyFileError) -> UnsafeRawBufferPointer {
    guard start >= 0, start <= bytes.count, count <= bytes.count - start else {
      throw fault(at: start, "the archive has no \(counted(count, "byte")) there")
    }
    return UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
  }

  /// The number of `width` bytes at `offset`.
  func number(at offset: Int, width: Int) throws(NumPyFileError) -> Int {
    let value = try slice(offset, count: width).reversed().reduce(0 as UInt64) {
      $0 << 8 | UInt64($1)
    }
    guard let number = Int(exactly: value) else {
      throw fault(at: offset, "\(value) is larger than any archive")
    }
    return number
  }

  /// Whether a record begins at `offset` with this signature.
  func isSignature(_ signature: ZipSignature, at offset: Int) -> Bool {
    guard offset >= 0, offset <= bytes.count - 4 else { return false }
    let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
    return UInt32(littleEndian: word) == signature.rawValue
  }
}

/// What the records of an archive begin with, "PK" and two more bytes.
///
/// Source: PKWARE, "APPNOTE.TXT - .ZIP File Format Specification", 4.3.
enum ZipSignature: UInt32 {
  case member = 0x0403_4B50
  case directoryEntry = 0x0201_4B50
  case wideEnd = 0x0606_4B50
  case wideEndLocator = 0x0706_4B50
  case end = 0x0605_4B50
}
