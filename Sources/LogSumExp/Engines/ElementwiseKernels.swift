/// A function of each element: how many operands it has, and which scalar function it is.
@usableFromInline
enum Elementwise: Sendable {
  case logAddExp, logAddExp2, logSubtractExp, softplus, logExpm1, log1mExp, logistic, logLogistic
  case logit, logCosh, logMix, xLogX, xLogY, xLog1pY

  /// The function of numbers already in Double; those it does not have are 0.
  func callAsFunction(_ x: Double, _ y: Double, _ z: Double, narrow: Bool) -> Double {
    switch self {
    case .logAddExp: ScalarElementwise.logAddExp(x, y, narrow: narrow)
    case .logAddExp2: ScalarElementwise.logAddExp2(x, y)
    case .logSubtractExp: ScalarElementwise.logSubtractExp(x, y, narrow: narrow)
    case .softplus: ScalarElementwise.softplus(x)
    case .logExpm1: ScalarElementwise.logSubtractExp(x, 0, narrow: narrow)
    case .log1mExp: ScalarElementwise.log1mExp(x)
    case .logistic: ScalarElementwise.logistic(x)
    case .logLogistic: ScalarElementwise.logLogistic(x)
    case .logit: ScalarElementwise.logit(x)
    case .logCosh: ScalarElementwise.logCosh(x)
    case .logMix: ScalarElementwise.logMix(x, y, z)
    case .xLogX: ScalarElementwise.xLogX(x)
    case .xLogY: ScalarElementwise.xLogY(x, y)
    case .xLog1pY: ScalarElementwise.xLog1pY(x, y)
    }
  }
}

/// The elementwise kernels of one variant in C for one scalar type. A function that has none there is
/// computed by the Swift engine's kernel (`SwiftElementwise`).
struct ElementwiseKernels {
  /// A function of each of `count` elements, a multiple of 16; `out` lies apart from the operands.
  /// Returns 0, or else sets the byte in `again` of each element that is to be done again
  /// by the scalar function.
  typealias Kernel =
    @convention(c) (
      _ operands: UnsafePointer<UnsafeRawPointer>, _ count: Int, _ out: UnsafeMutableRawPointer,
      _ again: UnsafeMutablePointer<UInt8>
    ) -> Int

  let logAddExp, logSubtractExp, softplus, logExpm1, log1mExp, logistic, logLogistic: Kernel
  let logAddExp2, logit, logCosh, xLogX, xLogY, xLog1pY: Kernel

  /// The kernel for a function, if there is one.
  func kernel(_ function: Elementwise) -> Kernel? {
    switch function {
    case .logAddExp: logAddExp
    case .logSubtractExp: logSubtractExp
    case .softplus: softplus
    case .logExpm1: logExpm1
    case .log1mExp: log1mExp
    case .logistic: logistic
    case .logLogistic: logLogistic
    case .logAddExp2: logAddExp2
    case .logit: logit
    case .logCosh: logCosh
    case .xLogX: xLogX
    case .xLogY: xLogY
    case .xLog1pY: xLog1pY
    case .logMix: nil
    }
  }
}

extension Engine {
  /// The kernel in C for a function, if this engine has one.
  func kernel(_ function: Elementwise, _ format: _RowScalarFormat) -> ElementwiseKernels.Kernel? {
    family == .swift ? nil : CVariants.elementwise(Int(variant), format)?.kernel(function)
  }
}
