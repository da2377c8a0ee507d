/// One file in a zip archive, as its directory describes it.
struct ZipMember: Sendable {
  let name: [UInt8]
  let isEncrypted: Bool
  /// 0: stored as it is; 8: deflated.
  let method: Int
  let checkSum: Int
  let compressedCount: Int
  let count: Int
  /// Where the member's own header begins, which its name and data follow.
  let headerOffset: Int

  /// Deflate makes at most 258 bytes of two bits.
  private static let largestRatio = 4 * 258

  /// The member's bytes, checked against the sizes and the check sum that the directory states.
  func contents(in archive: ZipFields) throws(NumPyFileError) -> [UInt8] {
    func fault(_ reason: String, at offset: Int? = nil) -> NumPyFileError {
      archive.fault(
        at: offset ?? headerOffset, "member '\(excerpt(name))': " + reason)
    }
    if isEncrypted { throw fault("is encrypted") }
    guard method == 0 || method == 8 else {
      throw fault("compressed by method \(method), neither 0 (stored) nor 8 (deflated)")
    }
    let start = try dataOffset(in: archive)
    let data = try archive.slice(start, count: compressedCount)
    guard method == 8 ? count / Self.largestRatio <= compressedCount : count == compressedCount
    else {
      throw fault("\(counted(count, "byte")) cannot be in \(counted(compressedCount, "byte"))")
    }

    var inflateFault: InflateFault?
    let contents = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      let memory = UnsafeMutableRawBufferPointer(
        rebasing: UnsafeMutableRawBufferPointer(buffer)[..<count])
      do throws(InflateFault) {
        if method == 0 {
          memory.copyMemory(from: data)
        } else {
          try Inflater.inflate(data, into: memory)
        }
        initialized = count
      } catch {
        inflateFault = error
      }
    }
    if let inflateFault { throw fault(inflateFault.reason, at: start + inflateFault.offset) }

    var sum = CRC32()
    contents.withUnsafeBytes { sum.append($0) }
    guard sum.value == checkSum else {
      throw fault("the data are damaged: their CRC-32 is not the one that is stated", at: start)
    }
    return contents
  }

  /// Where the data begin: after the member's header, which repeats the name.
  private func dataOffset(in archive: ZipFields) throws(NumPyFileError) -> Int {
    guard archive.isSignature(.member, at: headerOffset) else {
      throw archive.fault(at: headerOffset, "no header of member '\(excerpt(name))'")
    }
    let nameCount = try archive.number(at: headerOffset + 26, width: 2)
    let extraCount = try archive.number(at: headerOffset + 28, width: 2)
    let nameOffset = headerOffset + 30
    guard try archive.slice(nameOffset, count: nameCount).elementsEqual(name),
      try archive.number(at: headerOffset + 8, width: 2) == method
    else {
      throw archive.fault(
        at: headerOffset, "header and directory differ about member '\(excerpt(name))'")
    }
    return nameOffset + nameCount + extraCount
  }
}
