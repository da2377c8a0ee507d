#if canImport(Glibc)
  import Glibc

  /// Where threads run. Glibc's module leaves these functions out, so they are looked up by name.
  enum Processor {
    private typealias GetProcessor = @convention(c) () -> Int32
    private typealias Affinity =
      @convention(c) (pid_t, Int, UnsafeMutablePointer<cpu_set_t>) -> Int32

    private static let getProcessor = find("sched_getcpu", as: GetProcessor.self)
    private static let getAffinity = find("sched_getaffinity", as: Affinity.self)
    private static let setAffinity = find("sched_setaffinity", as: Affinity.self)

    private static func find<F>(_ name: String, as type: F.Type) -> F? {
      dlsym(nil, name).map { unsafeBitCast($0, to: type) }
    }

    /// The processor that the calling thread runs on, -1 if that is unknown.
    static var current: Int { getProcessor.map { Int($0()) } ?? -1 }

    /// Moves the calling thread off `processor` if it runs there and may run elsewhere.
    ///
    /// Linux wakes a thread where the one runs that woke it, and may leave both there for milliseconds,
    /// each taking the other's time, while another processor idles. Forbidding the place for a moment
    /// moves the thread; where it may run is the same afterwards.
    static func leave(_ processor: Int) {
      guard processor >= 0, current == processor, let getAffinity, let setAffinity else { return }
      let size = MemoryLayout<cpu_set_t>.size
      var allowed = cpu_set_t()
      guard processor < 8 * size, getAffinity(0, size, &allowed) >= 0 else { return }
      var others = allowed
      withUnsafeMutableBytes(of: &others) { $0[processor / 8] &= ~(1 << UInt8(processor % 8)) }
      if setAffinity(0, size, &others) == 0 { _ = setAffinity(0, size, &allowed) }
    }
  }
#else
  enum Processor {
    static var current: Int { -1 }
    static func leave(_ processor: Int) {}
  }
#endif
