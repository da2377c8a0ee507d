extension Elementwise {
  /// The Swift engine's kernel: as `ElementwiseKernels.Kernel`, for either type.
  func swiftKernel(
    _ format: _RowScalarFormat, _ operands: UnsafePointer<UnsafeRawPointer>, _ count: Int,
    _ out: UnsafeMutableRawPointer, _ again: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    format == .float32
      ? run(Float.self, false, operands, count, out, again)
      : run(Double.self, true, operands, count, out, again)
  }

  @inline(__always)
  private func run<T: SwiftElement>(
    _ type: T.Type, _ wide: Bool, _ operands: UnsafePointer<UnsafeRawPointer>, _ count: Int,
    _ out: UnsafeMutableRawPointer, _ again: UnsafeMutablePointer<UInt8>
  ) -> Bool {
    typealias E = SwiftElementwise
    let loop = SwiftElementLoop<T>(operands: operands, count: count, out: out, again: again)
    switch self {
    case .logAddExp: return loop.run { E.logAddExp($0, $1(1), wide: wide) }
    case .logAddExp2: return loop.run { E.logAddExp2($0, $1(1), wide: true) }
    case .logSubtractExp: return loop.run { E.logSubtractExp($0, $1(1), wide: wide) }
    case .softplus: return loop.run { x, _ in E.logAddExp(x, .all(0), wide: wide) }
    case .logExpm1: return loop.run { x, _ in E.logSubtractExp(x, .all(0), wide: wide) }
    case .log1mExp:
      return loop.run { x, _ in
        let result = E.logSubtractExp(.all(0), x, wide: wide)
        return E(.select(x .< .all(E.vanishing), .all(-0.0), result.value), again: result.again)
      }
    case .logistic: return loop.run { x, _ in E.logistic(x, wide: wide) }
    case .logLogistic:
      return loop.run { x, _ in
        let result = E.logAddExp(x.negated(where: .all), .all(0), wide: wide)
        return E(result.value.negated(where: .all), again: result.again)
      }
    case .logit: return loop.run { x, _ in E.logit(x) }
    case .logCosh: return loop.run { x, _ in E.logCosh(x) }
    case .logMix: return loop.run { E.logMix($0, $1(1), $1(2)) }
    case .xLogX: return loop.run { x, _ in E.xLogY(x, x) }
    case .xLogY: return loop.run { E.xLogY($0, $1(1)) }
    case .xLog1pY: return loop.run { E.xLog1pY($0, $1(1)) }
    }
  }
}

extension SwiftLaneMask {
  /// Every lane.
  @inline(__always)
  static var all: SwiftLaneMask { SwiftLaneMask(repeating: true) }
}

/// A format that four lanes are read from and written to.
protocol SwiftElement {
  static func read(_ base: UnsafeRawPointer, _ index: Int) -> SwiftLanes
  static func write(_ lanes: SwiftLanes, _ base: UnsafeMutableRawPointer, _ index: Int)
}

extension Float: SwiftElement {
  @inline(__always)
  static func read(_ base: UnsafeRawPointer, _ index: Int) -> SwiftLanes {
    SwiftLanes((base + 4 &* index).loadUnaligned(as: SIMD4<Float>.self))
  }

  @inline(__always)
  static func write(_ lanes: SwiftLanes, _ base: UnsafeMutableRawPointer, _ index: Int) {
    (base + 4 &* index).storeBytes(of: SIMD4<Float>(lanes), as: SIMD4<Float>.self)
  }
}

extension Double: SwiftElement {
  @inline(__always)
  static func read(_ base: UnsafeRawPointer, _ index: Int) -> SwiftLanes {
    (base + 8 &* index).loadUnaligned(as: SwiftLanes.self)
  }

  @inline(__always)
  static func write(_ lanes: SwiftLanes, _ base: UnsafeMutableRawPointer, _ index: Int) {
    (base + 8 &* index).storeBytes(of: lanes, as: SwiftLanes.self)
  }
}

struct SwiftElementLoop<T: SwiftElement> {
  let operands: UnsafePointer<UnsafeRawPointer>
  let count: Int
  let out: UnsafeMutableRawPointer
  let again: UnsafeMutablePointer<UInt8>

  /// Calls `body` with four elements of the first operand and a way to those of the others.
  @inline(__always)
  func run(_ body: (SwiftLanes, (Int) -> SwiftLanes) -> SwiftElementwise) -> Bool {
    var any = false
    var i = 0
    while i < count {
      let result = body(T.read(operands[0], i)) { T.read(operands[$0], i) }
      T.write(result.value, out, i)
      if Swift.any(result.again) {
        any = true
        for lane in 0..<4 where result.again[lane] { again[i &+ lane] = 1 }
      }
      i &+= 4
    }
    return any
  }
}
