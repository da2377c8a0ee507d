#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#elseif canImport(WASILibc)
  import WASILibc
#endif

// Functions of the C library, for rows off the fast path.
func plainLog(_ x: Double) -> Double { log(x) }
func plainLog1p(_ x: Double) -> Double { log1p(x) }
func plainExp(_ x: Double) -> Double { exp(x) }
func plainExp2(_ x: Double) -> Double { exp2(x) }
