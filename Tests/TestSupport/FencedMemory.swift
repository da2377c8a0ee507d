#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory between two pages that may not be touched: reading or writing one byte too far stops the program.
public final class FencedMemory<T: BitwiseCopyable> {
  private let pages: UnsafeMutableRawPointer
  private let size: Int
  private let page = Int(sysconf(Int32(_SC_PAGESIZE)))

  /// Memory of at least `count` elements.
  public init(count: Int) {
    let inside = (count * MemoryLayout<T>.stride + page - 1) / page * page
    size = inside + 2 * page
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS
    #endif
    pages = mmap(nil, size, PROT_READ | PROT_WRITE, flags, -1, 0)!
    mprotect(pages, page, PROT_NONE)
    mprotect(pages + size - page, page, PROT_NONE)
  }

  deinit { munmap(pages, size) }

  /// `count` elements of which the first follows the fence.
  public func first(_ count: Int) -> UnsafeMutableBufferPointer<T> {
    let base = (pages + page).assumingMemoryBound(to: T.self)
    return UnsafeMutableBufferPointer(start: base, count: count)
  }

  /// `count` elements of which the last stands before the fence.
  public func last(_ count: Int) -> UnsafeMutableBufferPointer<T> {
    let end = (pages + size - page).assumingMemoryBound(to: T.self)
    return UnsafeMutableBufferPointer(start: end - count, count: count)
  }
}
