/// The elementwise functions of Doubles: a lane of the Swift engine's, and `WideElementwise` where that is
/// not enough. They use the C library only there, and are the same on every engine.
@usableFromInline
enum ScalarElementwise {
  /// `narrow` results are rounded to Float: there a lane is enough unless nearly everything cancels.
  @usableFromInline
  static func logAddExp(_ x: Double, _ y: Double, narrow: Bool = false) -> Double {
    let result = SwiftElementwise.logAddExp(.all(x), .all(y), wide: true)
    if narrow && result.value[0].magnitude > 0x1p-20 * x.magnitude { return result.value[0] }
    return result.again[0] ? WideElementwise.logAddExp(x, y) : result.value[0]
  }

  @usableFromInline
  static func logAddExp2(_ x: Double, _ y: Double) -> Double {
    let result = SwiftElementwise.logAddExp2(.all(x), .all(y), wide: true)
    return result.again[0] ? WideElementwise.logAddExp2(x, y) : result.value[0]
  }

  @usableFromInline
  static func logSubtractExp(_ x: Double, _ y: Double, narrow: Bool = false) -> Double {
    let result = SwiftElementwise.logSubtractExp(.all(x), .all(y), wide: true)
    if narrow && result.value[0].magnitude > 0x1p-20 * x.magnitude { return result.value[0] }
    return result.again[0] ? WideElementwise.logSubtractExp(x, y) : result.value[0]
  }

  @usableFromInline
  static func softplus(_ x: Double) -> Double { logAddExp(x, 0) }

  @usableFromInline
  static func logExpm1(_ x: Double) -> Double { logSubtractExp(x, 0) }

  @usableFromInline
  static func log1mExp(_ x: Double) -> Double {
    // Where exp(x) is lost, -exp(x) is -0.
    x < SwiftElementwise.vanishing ? -0.0 : logSubtractExp(0, x)
  }

  @usableFromInline
  static func logLogistic(_ x: Double) -> Double { -logAddExp(-x, 0) }

  @usableFromInline
  static func logistic(_ x: Double) -> Double {
    let result = SwiftElementwise.logistic(.all(x), wide: true)
    return result.again[0] ? WideElementwise.logistic(x) : result.value[0]
  }

  @usableFromInline
  static func logit(_ p: Double) -> Double {
    let result = SwiftElementwise.logit(.all(p))
    return result.again[0] ? WideElementwise.logit(p) : result.value[0]
  }

  @usableFromInline
  static func logCosh(_ x: Double) -> Double {
    let result = SwiftElementwise.logCosh(.all(x))
    return result.again[0] ? WideElementwise.logCosh(x) : result.value[0]
  }

  @usableFromInline
  static func logMix(_ theta: Double, _ a: Double, _ b: Double) -> Double {
    let result = SwiftElementwise.logMix(.all(theta), .all(a), .all(b))
    return result.again[0] ? WideElementwise.logMix(theta, a, b) : result.value[0]
  }

  @usableFromInline
  static func xLogX(_ x: Double) -> Double { xLogY(x, x) }

  @usableFromInline
  static func xLogY(_ x: Double, _ y: Double) -> Double {
    let result = SwiftElementwise.xLogY(.all(x), .all(y))
    return result.again[0] ? WideElementwise.xLogY(x, y) : result.value[0]
  }

  @usableFromInline
  static func xLog1pY(_ x: Double, _ y: Double) -> Double {
    let result = SwiftElementwise.xLog1pY(.all(x), .all(y))
    return result.again[0] ? WideElementwise.xLog1pY(x, y) : result.value[0]
  }
}
