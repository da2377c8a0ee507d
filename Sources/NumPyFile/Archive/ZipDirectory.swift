/// The directory of a zip archive: what its members are and where.
///
/// An archive is read from its end:
///
/// ```
/// header, name, data     of each member
/// directory              an entry for each member
/// wide end record        where counts or offsets exceed 16 or 32 bits ("zip64")
///   and its locator
/// end record             where the directory is; a comment
/// ```
struct ZipDirectory {
  private(set) var members: [ZipMember] = []

  private static let endCount = 22
  private static let locatorCount = 20
  private static let entryCount = 46

  /// The directory of `archive`, all of which is checked but the members themselves.
  init(of archive: ZipFields) throws(NumPyFileError) {
    let (entries, range) = try Self.locate(in: archive)
    guard entries <= range.count / Self.entryCount else {
      throw archive.fault(
        at: range.lowerBound,
        "a directory of \(counted(range.count, "byte")) cannot have \(entries) entries")
    }
    var offset = range.lowerBound
    for _ in 0..<entries {
      members.append(try Self.entry(at: &offset, in: archive, end: range.upperBound))
    }
    guard offset == range.upperBound else {
      throw archive.fault(at: offset, "more than the directory's \(entries) entries")
    }
  }

  /// The number of entries and where they are, from the end record.
  private static func locate(
    in archive: ZipFields
  ) throws(NumPyFileError) -> (entries: Int, range: Range<Int>) {
    let end = try endRecord(in: archive)
    let locator = end - locatorCount
    if archive.isSignature(.wideEndLocator, at: locator) {
      let record = try archive.number(at: locator + 8, width: 8)
      guard archive.isSignature(.wideEnd, at: record), record <= locator - 56,
        try archive.number(at: record + 4, width: 8) == locator - record - 12
      else {
        throw archive.fault(at: locator + 8, "no zip64 end record where the locator says")
      }
      return try locate(in: archive, fields: record + 24, width: 8, end: record)
    }
    return try locate(in: archive, fields: end + 8, width: 2, end: end)
  }

  /// The same from the four fields of either end record: the number of entries in this part of the
  /// archive and in all, the directory's size and its offset.
  private static func locate(
    in archive: ZipFields, fields: Int, width: Int, end: Int
  ) throws(NumPyFileError) -> (entries: Int, range: Range<Int>) {
    let entries = try archive.number(at: fields + width, width: width)
    guard try archive.number(at: fields, width: width) == entries else {
      throw archive.fault(at: fields, "an archive in several parts cannot be read")
    }
    let wide = max(width, 4)
    let size = try archive.number(at: fields + 2 * width, width: wide)
    let start = try archive.number(at: fields + 2 * width + wide, width: wide)
    guard start <= end, size == end - start else {
      throw archive.fault(
        at: fields, "the directory does not end where the end record begins, at byte \(end)")
    }
    return (entries, start..<end)
  }

  /// Where the end record begins, which a comment of up to 2¹⁶ - 1 bytes may follow.
  private static func endRecord(in archive: ZipFields) throws(NumPyFileError) -> Int {
    let count = archive.bytes.count
    if count == 0 { throw archive.fault(at: 0, "empty file, not a .npz archive") }
    guard archive.bytes.starts(with: "PK".utf8.prefix(count)) else {
      throw archive.fault(
        at: 0, "not a .npz archive: the first bytes are '\(excerpt(archive.bytes.prefix(6)))'")
    }
    let latest = count - endCount
    for offset in stride(from: latest, through: max(latest - 0xFFFF, 0), by: -1)
    where archive.isSignature(.end, at: offset) {
      if try archive.number(at: offset + 20, width: 2) == latest - offset { return offset }
    }
    throw archive.fault(at: count, "the archive ends without an end record; it is not whole")
  }

  /// The entry at `offset`, which is moved on to the next.
  private static func entry(
    at offset: inout Int, in archive: ZipFields, end: Int
  ) throws(NumPyFileError) -> ZipMember {
    let start = offset
    guard archive.isSignature(.directoryEntry, at: start) else {
      throw archive.fault(at: start, "no directory entry")
    }
    let nameCount = try archive.number(at: start + 28, width: 2)
    let extraCount = try archive.number(at: start + 30, width: 2)
    let commentCount = try archive.number(at: start + 32, width: 2)
    let extra = start + entryCount + nameCount
    offset = extra + extraCount + commentCount
    guard offset <= end else {
      throw archive.fault(at: start, "a directory entry longer than the directory")
    }
    let name = Array(try archive.slice(start + entryCount, count: nameCount))
    var wide = try WideFields(archive, extra..<(extra + extraCount))
    // Their order there: count, compressed count, offset.
    let count = try wide.number(else: start + 24)
    let compressedCount = try wide.number(else: start + 20)
    let headerOffset = try wide.number(else: start + 42)
    return ZipMember(
      name: name, isEncrypted: try archive.number(at: start + 8, width: 2) & 1 == 1,
      method: try archive.number(at: start + 10, width: 2),
      checkSum: try archive.number(at: start + 16, width: 4), compressedCount: compressedCount,
      count: count, headerOffset: headerOffset)
  }
}

/// The numbers of 64 bits that take the place of those too large for an entry's 32.
private struct WideFields {
  private let archive: ZipFields
  private var range = 0..<0

  /// Looks for the field of the identifier 1 among an entry's extra fields.
  init(_ archive: ZipFields, _ extra: Range<Int>) throws(NumPyFileError) {
    self.archive = archive
    var offset = extra.lowerBound
    while extra.upperBound - offset >= 4 {
      let isWide = try archive.number(at: offset, width: 2) == 1
      let start = offset + 4
      offset = start + (try archive.number(at: offset + 2, width: 2))
      guard offset <= extra.upperBound else {
        throw archive.fault(at: start - 4, "an extra field longer than its entry")
      }
      if isWide {
        range = start..<offset
        return
      }
    }
  }

  /// The number at `offset`, or, where that is the largest of 32 bits, the next wide one.
  mutating func number(else offset: Int) throws(NumPyFileError) -> Int {
    let narrow = try archive.number(at: offset, width: 4)
    if narrow != 0xFFFF_FFFF { return narrow }
    guard range.count >= 8 else { throw archive.fault(at: offset, "no zip64 number for this one") }
    defer { range = (range.lowerBound + 8)..<range.upperBound }
    return try archive.number(at: range.lowerBound, width: 8)
  }
}
