/// The bytes of records of a zip archive, put together field by field.
struct ZipRecord {
  /// What the records say of one array.
  struct Member {
    let name: [UInt8]
    let arrayHeader: [UInt8]
    let count: Int
    let checkSum: UInt32
    let offset: Int

    init(_ name: String, _ array: any NumPyReadable, offset: Int) {
      self.name = Array(name.utf8)
      self.offset = offset
      let header = NumPyHeader.bytes(
        type: array.type, shape: array.shape, isFortranOrder: array.isFortranOrder)
      var sum = CRC32()
      header.withUnsafeBytes { sum.append($0) }
      var count = header.count
      array.withUnsafeBytes {
        sum.append($0)
        count += $0.count
      }
      arrayHeader = header
      checkSum = sum.value
      self.count = count
    }
  }

  var bytes: [UInt8] = []

  /// Appends `value` in `width` bytes, the low one first.
  private mutating func append(_ value: Int, _ width: Int) {
    for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
  }

  private mutating func append(_ signature: ZipSignature) { append(Int(signature.rawValue), 4) }

  /// The fields that a member's header and its directory entry have in common, from the version
  /// needed to the length of the name.
  private mutating func appendCommon(_ member: Member, isWide: Bool, isCountWide: Bool) {
    append(isWide ? 45 : 20, 2)
    append(member.name.allSatisfy { $0 < 0x80 } ? 0 : 1 << 11, 2)  // the name is UTF-8
    append(0, 2)  // stored
    append(0, 2)  // time: midnight
    append(1 << 5 | 1, 2)  // date: 1 January 1980, as NumPy writes
    append(Int(member.checkSum), 4)
    append(isCountWide ? 0xFFFF_FFFF : member.count, 4)
    append(isCountWide ? 0xFFFF_FFFF : member.count, 4)
    append(member.name.count, 2)
  }

  /// Appends the numbers too large for the other fields, with their identifier and length.
  private mutating func appendWide(_ numbers: [Int]) {
    if numbers.isEmpty { return }
    append(1, 2)
    append(8 * numbers.count, 2)
    for number in numbers { append(number, 8) }
  }

  /// What stands before a member's data.
  static func header(of member: Member, limit: Int) -> ZipRecord {
    let isWide = member.count >= limit
    var record = ZipRecord()
    record.append(.member)
    record.appendCommon(member, isWide: isWide, isCountWide: isWide)
    record.append(isWide ? 20 : 0, 2)
    record.bytes += member.name
    record.appendWide(isWide ? [member.count, member.count] : [])
    return record
  }

  /// Appends a member's entry in the directory.
  mutating func appendEntry(of member: Member, limit: Int) {
    let isCountWide = member.count >= limit
    let isOffsetWide = member.offset >= limit
    let wide =
      (isCountWide ? [member.count, member.count] : []) + (isOffsetWide ? [member.offset] : [])
    append(.directoryEntry)
    append(3 << 8 | 45, 2)  // made by a Unix system that knows zip64
    appendCommon(member, isWide: !wide.isEmpty, isCountWide: isCountWide)
    append(wide.isEmpty ? 0 : 4 + 8 * wide.count, 2)
    append(0, 2)  // no comment
    append(0, 2)  // the archive's only part
    append(0, 2)  // no text, as far as is known
    append(0o100644 << 16, 4)  // a regular file, with usual permissions
    append(isOffsetWide ? 0xFFFF_FFFF : member.offset, 4)
    bytes += member.name
    appendWide(wide)
  }

  /// The end record, with a wide one and its locator before it if need be.
  static func end(entries: Int, directory: Range<Int>, limit: Int) -> ZipRecord {
    var record = ZipRecord()
    let isWide = entries >= min(limit, 0xFFFF) || directory.upperBound >= limit
    if isWide {
      record.append(.wideEnd)
      record.append(44, 8)  // bytes after this field
      record.append(45, 2)
      record.append(45, 2)
      record.append(0, 8)  // one part
      for number in [entries, entries, directory.count, directory.lowerBound] {
        record.append(number, 8)
      }
      record.append(.wideEndLocator)
      record.append(0, 4)
      record.append(directory.upperBound, 8)
      record.append(1, 4)
    }
    record.append(.end)
    record.append(0, 4)  // one part
    for _ in 0..<2 { record.append(isWide ? 0xFFFF : entries, 2) }
    record.append(isWide ? 0xFFFF_FFFF : directory.count, 4)
    record.append(isWide ? 0xFFFF_FFFF : directory.lowerBound, 4)
    record.append(0, 2)  // no comment
    return record
  }
}
