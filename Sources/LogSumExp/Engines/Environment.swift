#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(WASILibc)
  import WASILibc
#endif

/// Value of an environment variable, nil if it is not set.
func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

/// Number of processors that are on line.
let processorCount: Int = {
  #if os(WASI)
    return 1
  #else
    return max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  #endif
}()
