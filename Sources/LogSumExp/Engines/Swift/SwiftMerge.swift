/// `RowKernels.merge` and `RowKernels.mergeStored`: the states of the blocks of one row become one.
///
/// Both go through the blocks in order and sum in two parts. Powers are taken in Double for either
/// scalar type.
struct SwiftMerge {
  let state: UnsafeMutablePointer<Double>
  let capacity, count: Int
  let scale: ExpScale<Double>

  @inline(__always)
  init(
    _ state: UnsafeMutablePointer<Double>, _ capacity: Int, _ count: Int,
    _ scaleHigh: Double, _ scaleLow: Double
  ) {
    self.state = state
    self.capacity = capacity
    self.count = count
    scale = ExpScale(scaleHigh, scaleLow)
  }

  @inline(__always)
  func sum(_ block: Int) -> TwoPart {
    TwoPart(state[capacity &+ block], state[2 &* capacity &+ block])
  }

  /// The first block that has the row's max.
  @inline(__always)
  var largest: Int {
    var at = 0
    for block in 0..<count where state[block] > state[at] { at = block }
    return at
  }

  /// 2^(z c - reference), exactly 0 from -`vanishing` on.
  @inline(__always)
  func power(_ z: Double, reference: Int = 0) -> Double {
    typealias V = SIMD2<Double>
    let values = scale.shift(by: 0, reference: reference)
    let power = scale.exp(
      V(repeating: z), shift: V(repeating: 0), floor: V(repeating: values.floor),
      rounder: V(repeating: values.rounder))
    return power[0] * Double.unbias
  }

  /// LSE form: rest = sum_b (1 + rest_b) 2^((a_b - a) c) - 1. The 1 of the first block with the max is
  /// left out, not subtracted.
  @inline(never)
  func merge() {
    let at = largest
    let maximum = state[at]
    var total = TwoPart(0)
    for block in 0..<count where state[block] != -.infinity {
      let rest = sum(block)
      if block == at {
        total.add(rest)
      } else {
        let parts = DoubleDouble.sum(state[block], -maximum).powerOfTwo(
          times: DoubleDouble(scale.scale.high, scale.scale.low))
        let weight = parts.high + parts.low
        total.add(TwoPart(product: rest.high, weight))
        total.low += rest.low * weight
        total.add(weight)
      }
    }
    total = total.normalized
    state[0] = maximum
    state[capacity] = total.high
    state[2 &* capacity] = total.low
  }

  /// Softmax form: factor_b = 2^(R_b - R) / sum_k sum_k 2^(R_k - R), R the reference exponents of the
  /// blocks and of the merged max.
  @inline(never)
  func mergeStored<Scalar: SwiftScalar>(_: Scalar.Type) {
    let maximum = state[largest]
    let limit = Scalar.shiftLimit
    let exponent = maximum * scale.scale.high
    let isInteger = exponent.magnitude < limit
    let reference = isInteger ? ExpScale<Double>.integer(exponent) : 0
    var total = TwoPart(0)
    for block in 0..<count {
      let a = state[block]
      let exponent = a * scale.scale.high
      let factor: Double
      if a == -.infinity {
        factor = 0
      } else if exponent.magnitude < limit {
        let n = ExpScale<Double>.integer(exponent)
        factor =
          isInteger ? power(0, reference: reference &- n) : power(-maximum, reference: 0 &- n)
      } else {
        factor = isInteger ? power(a, reference: reference) : power(a - maximum)
      }
      let sum = sum(block)
      total.add(TwoPart(product: sum.high, factor))
      total.low += sum.low * factor
      state[block] = factor
    }
    let inverse = total.normalized.reciprocal
    for block in 0..<count {
      let factor = TwoPart(state[block]) * inverse
      let high = Scalar.factor(factor.high)
      state[block] = high
      state[capacity &+ block] = (factor.high - high) + factor.low
    }
  }
}
