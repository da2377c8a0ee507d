/// Why deflated data cannot be inflated.
struct InflateFault: Error {
  /// The byte of the data at which it shows.
  let offset: Int
  let reason: String
}

/// The bits of a run of bytes, the lowest of each byte first.
struct BitReader {
  private let bytes: UnsafeRawBufferPointer
  /// The first byte that has not been loaded.
  private var position = 0
  /// The next `count` bits, the first one lowest; zeros above.
  private var bits: UInt64 = 0
  private var count = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  /// The byte that holds the next bit.
  var offset: Int { position - (count + 7) / 8 }

  /// Loads as many whole bytes as fit: afterwards 56 bits are there, or all that are left.
  @inline(__always)
  mutating func refill() {
    if bytes.count - position >= 8 {
      let word = UInt64(
        littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      let loaded = (63 - count) >> 3
      bits |= (word & (1 << UInt64(8 * loaded) &- 1)) &<< UInt64(count)
      position += loaded
      count += 8 * loaded
    } else {
      while count < 56 && position < bytes.count {
        bits |= UInt64(bytes[position]) &<< UInt64(count)
        position += 1
        count += 8
      }
    }
  }

  /// The next `width` bits, zeros after the last one; they stay.
  @inline(__always)
  func peek(_ width: Int) -> Int { Int(truncatingIfNeeded: bits & (1 &<< UInt64(width) &- 1)) }

  /// Takes `width` bits of those that the last `refill` loaded.
  @inline(__always)
  mutating func skip(_ width: Int) throws(InflateFault) {
    guard width <= count else {
      throw InflateFault(offset: bytes.count, reason: "the deflated data end early")
    }
    bits &>>= UInt64(width)
    count &-= width
  }

  /// The next `width` bits, of those that the last `refill` loaded.
  @inline(__always)
  mutating func take(_ width: Int) throws(InflateFault) -> Int {
    let value = peek(width)
    try skip(width)
    return value
  }

  /// Takes the rest of a byte that has been begun.
  mutating func skipToByte() {
    bits &>>= UInt64(count % 8)
    count -= count % 8
  }

  /// The next `length` bytes, where a byte begins.
  mutating func takeBytes(_ length: Int) throws(InflateFault) -> UnsafeRawBufferPointer {
    position -= count / 8
    bits = 0
    count = 0
    guard length <= bytes.count - position else {
      throw InflateFault(offset: bytes.count, reason: "the deflated data end early")
    }
    defer { position += length }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + length)])
  }
}
