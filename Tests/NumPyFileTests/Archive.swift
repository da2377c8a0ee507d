import NumPyFile

/// A zip archive with one member, which its directory describes as told, true or not.
struct Archive {
  var name = "a.npy"
  var flags = 0
  var method = 8
  /// What the directory states; by default what is so.
  var count: Int
  var checkSum: UInt32
  var data: [UInt8]
  var comment: [UInt8] = []

  /// A member whose `data` are to give `contents`.
  init(_ contents: [UInt8], data: [UInt8], method: Int = 8) {
    count = contents.count
    checkSum = Self.crc32(contents)
    self.data = data
    self.method = method
  }

  /// A stored member.
  init(stored contents: [UInt8]) { self.init(contents, data: contents, method: 0) }

  var headerCount: Int { 30 + name.utf8.count }

  var bytes: [UInt8] {
    let common =
      number(20, 2) + number(flags, 2) + number(method, 2) + number(0, 4)
      + number(Int(checkSum), 4) + number(data.count, 4) + number(count, 4)
      + number(name.utf8.count, 2) + number(0, 2)
    let header = number(0x0403_4B50, 4) + common + name.utf8
    let entry = number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 14) + name.utf8
    return header + data + entry + number(0x0605_4B50, 4) + number(0, 4) + number(1, 2)
      + number(1, 2) + number(entry.count, 4) + number(header.count + data.count, 4)
      + number(comment.count, 2) + comment
  }

  /// The array read from it.
  func array() throws(NumPyFileError) -> NumPyArray {
    try NumPyArchive(bytes: bytes, name: "x").array(named: "a")
  }

  /// What is wrong with it, or "nothing".
  var fault: String { NumPyFileTests.fault { () throws(NumPyFileError) in try array() } }

  private func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: $0 < 8 ? value >> (8 * $0) : 0) }
  }

  /// The check sum of zip archives, bit by bit.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~0 as UInt32) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in
        rest >> 1 ^ (rest & 1 == 1 ? 0xEDB8_8320 : 0)
      }
    }
  }
}

/// Bits put together as deflate does: numbers lowest bit first, words of codes highest bit first.
struct DeflateBits {
  private var bits: [UInt8] = []

  mutating func number(_ value: Int, _ width: Int) {
    for place in 0..<width { bits.append(UInt8(value >> place & 1)) }
  }

  mutating func word(_ value: Int, _ width: Int) {
    for place in (0..<width).reversed() { bits.append(UInt8(value >> place & 1)) }
  }

  mutating func fillByte() { while bits.count % 8 != 0 { bits.append(0) } }

  var bytes: [UInt8] {
    stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<min(start + 8, bits.count)].reversed().reduce(0) { $0 << 1 | $1 }
    }
  }
}

/// What `body` says is wrong, or "nothing".
func fault<R>(_ body: () throws(NumPyFileError) -> R) -> String {
  do throws(NumPyFileError) {
    _ = try body()
    return "nothing"
  } catch {
    return error.description
  }
}

/// A small array and its `.npy` file.
let sampleArray = NumPyArray([1, 2, 3] as [Float], shape: [3])
