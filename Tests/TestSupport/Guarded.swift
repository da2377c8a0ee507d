/// Memory for `count` elements at any distance from a 64-byte boundary, with a border on both sides
/// that must stay as it is.
public final class Guarded<T: BinaryFloatingPoint & BitwiseCopyable> {
  private static var border: Int { 32 }
  private let memory: UnsafeMutableRawBufferPointer
  private let start: UnsafeMutablePointer<T>
  private let count: Int
  private let filling: T

  /// - Parameters:
  ///   - offset: Distance from a 64-byte boundary, in elements.
  ///   - filling: What stands everywhere at first.
  public init(count: Int, offset: Int = 0, filling: T) {
    let size = MemoryLayout<T>.stride
    let before = Self.border + offset
    let total = before + count + Self.border
    memory = .allocate(byteCount: total * size, alignment: 64)
    let first = memory.bindMemory(to: T.self).baseAddress!
    first.update(repeating: filling, count: total)
    self.start = first + before
    self.count = count
    self.filling = filling
    self.borders = (Self.border + offset, Self.border)
  }

  private let borders: (before: Int, after: Int)

  deinit { memory.deallocate() }

  /// The elements.
  public var elements: UnsafeMutableBufferPointer<T> {
    UnsafeMutableBufferPointer(start: start, count: count)
  }

  /// Address of element 0.
  public var base: UnsafeMutablePointer<T> { start }

  /// True if nothing was written outside the elements.
  public var isIntact: Bool {
    (1...borders.before).allSatisfy { isSame(start[-$0], filling) }
      && (0..<borders.after).allSatisfy { isSame(start[count + $0], filling) }
  }
}
