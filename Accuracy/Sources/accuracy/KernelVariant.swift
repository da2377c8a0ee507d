import CRowKernels

/// The kernels in C of one instruction set.
struct KernelVariant {
  let name: String
  private let f32, f64: lse_kernels

  /// Those that this processor runs.
  static let all = (0..<lse_variant_count()).map { index in
    let variant = lse_variant_at(index)
    return KernelVariant(
      name: String(cString: variant.name), f32: variant.f32.pointee, f64: variant.f64.pointee)
  }

  func kernels<T: MeasuredScalar>(_ type: T.Type) -> lse_kernels {
    T.self == Float.self ? f32 : f64
  }
}

/// log2(e) as the kernels of a type take it at T = 1: in two parts, the first a number of the type.
enum LogOfE {
  static let high = 0x1.71547652b82fep0
  static let low = 0x1.777d0ffda0d24p-56

  static func parts<T: MeasuredScalar & BinaryFloatingPoint>(_ type: T.Type) -> (Double, Double) {
    let first = Double(T(high))
    return (first, (high - first) + low)
  }
}
