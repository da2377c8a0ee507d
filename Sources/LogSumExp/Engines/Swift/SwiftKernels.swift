/// The tables of the Swift engine: where the generic kernels become concrete.
///
/// `finishLogSoftmax` leaves a and log(1 + rest) apart at any temperature, and `subtract` forms
/// (x - a) / T - log(1 + rest).
extension RowKernels {
  /// Kernels in Swift alone, for Float.
  static var swiftFloat: RowKernels {
    RowKernels(
      reduce: { x, rows, columns, stride, _, _, scaleHigh, scaleLow, state, capacity in
        let scale = ExpScale<Float>(scaleHigh, scaleLow)
        let x = x.assumingMemoryBound(to: Float.self)
        if scale.isUnit && columns > 1 {
          return SwiftFloatReduce(
            x: x, rows: rows, columns: columns, stride: stride, state: state, capacity: capacity
          ).reduce(scale)
        }
        return SwiftReduce<Float>(
          x: x, rows: rows, columns: columns, stride: stride, scale: scale, state: state,
          capacity: capacity
        ).reduce()
      },
      reduceStoring: {
        x, rows, columns, stride, out, outStride, scaleHigh, scaleLow, _, state, capacity in
        SwiftReduce<Float>(
          x: x.assumingMemoryBound(to: Float.self), rows: rows, columns: columns, stride: stride,
          scale: ExpScale(scaleHigh, scaleLow), state: state, capacity: capacity
        ).reduceStoring(out.assumingMemoryBound(to: Float.self), outStride)
      },
      merge: { state, capacity, count, scaleHigh, scaleLow in
        SwiftMerge(state, capacity, count, scaleHigh, scaleLow).merge()
      },
      mergeStored: { state, capacity, count, scaleHigh, scaleLow in
        SwiftMerge(state, capacity, count, scaleHigh, scaleLow).mergeStored(Float.self)
      },
      finishLogSumExp: { state, capacity, rows, temperature, _, out, outStride in
        SwiftFinish<Float>(
          state: UnsafeMutablePointer(mutating: state), capacity: capacity, rows: rows
        ).logSumExp(temperature, out.assumingMemoryBound(to: Float.self), outStride)
      },
      finishLogSoftmax: { state, capacity, rows, _ in
        SwiftFinish<Float>(state: state, capacity: capacity, rows: rows)
          .logSoftmax()
      },
      finishSoftmax: { state, capacity, rows in
        SwiftFinish<Float>(state: state, capacity: capacity, rows: rows).softmax()
      },
      scale: { out, rows, columns, stride, state, capacity in
        let out = out.assumingMemoryBound(to: Float.self)
        for row in 0..<rows {
          SwiftMap.scale(out + row &* stride, columns, state[row], state[capacity &+ row])
        }
      },
      subtract: {
        x, rows, columns, stride, out, outStride, inverseHigh, inverseLow, _, state, capacity in
        let x = x.assumingMemoryBound(to: Float.self)
        let out = out.assumingMemoryBound(to: Float.self)
        for row in 0..<rows {
          SwiftMap.subtract(
            x + row &* stride, columns, out + row &* outStride, TwoPart(inverseHigh, inverseLow),
            state[row], TwoPart(state[capacity &+ row], state[2 &* capacity &+ row]))
        }
      },
      refine: { x, rows, columns, stride, scaleHigh, scaleLow, state, capacity in
        SwiftRefine<Float>.refine(
          x.assumingMemoryBound(to: Float.self), rows, columns, stride, scaleHigh, scaleLow, state,
          capacity)
      },
      reduceWeighted: {
        x, rows, columns, stride, weights, weightsStride, scaleHigh, scaleLow, state, capacity in
        SwiftWeigh<Float>.reduce(
          x, rows, columns, stride, weights, weightsStride, ExpScale(scaleHigh, scaleLow), state,
          capacity)
      },
      finishWeighted: { state, capacity, rows, temperature, out, outStride in
        SwiftFinish<Float>(
          state: UnsafeMutablePointer(mutating: state), capacity: capacity, rows: rows
        ).weighted(temperature, out.assumingMemoryBound(to: Float.self), outStride)
      },
      cumulate: {
        x, rows, columns, stride, out, outStride, exclusive, reverse, scaleHigh, scaleLow,
        temperature, state, capacity in
        SwiftScan<Float>.cumulate(
          x, rows, columns, stride, out, outStride, isExclusive: exclusive != 0,
          isReversed: reverse != 0, ScanScale(scaleHigh, scaleLow, temperature), state, capacity)
      }
    )
  }
}

extension RowKernels {
  /// Kernels in Swift alone, for Double.
  static var swiftDouble: RowKernels {
    RowKernels(
      reduce: { x, rows, columns, stride, _, _, scaleHigh, scaleLow, state, capacity in
        SwiftReduce<Double>(
          x: x.assumingMemoryBound(to: Double.self), rows: rows, columns: columns, stride: stride,
          scale: ExpScale(scaleHigh, scaleLow), state: state, capacity: capacity
        ).reduce()
      },
      reduceStoring: {
        x, rows, columns, stride, out, outStride, scaleHigh, scaleLow, _, state, capacity in
        SwiftReduce<Double>(
          x: x.assumingMemoryBound(to: Double.self), rows: rows, columns: columns, stride: stride,
          scale: ExpScale(scaleHigh, scaleLow), state: state, capacity: capacity
        ).reduceStoring(out.assumingMemoryBound(to: Double.self), outStride)
      },
      merge: { state, capacity, count, scaleHigh, scaleLow in
        SwiftMerge(state, capacity, count, scaleHigh, scaleLow).merge()
      },
      mergeStored: { state, capacity, count, scaleHigh, scaleLow in
        SwiftMerge(state, capacity, count, scaleHigh, scaleLow).mergeStored(Double.self)
      },
      finishLogSumExp: { state, capacity, rows, temperature, _, out, outStride in
        SwiftFinish<Double>(
          state: UnsafeMutablePointer(mutating: state), capacity: capacity, rows: rows
        ).logSumExp(temperature, out.assumingMemoryBound(to: Double.self), outStride)
      },
      finishLogSoftmax: { state, capacity, rows, _ in
        SwiftFinish<Double>(state: state, capacity: capacity, rows: rows)
          .logSoftmax()
      },
      finishSoftmax: { state, capacity, rows in
        SwiftFinish<Double>(state: state, capacity: capacity, rows: rows).softmax()
      },
      scale: { out, rows, columns, stride, state, capacity in
        let out = out.assumingMemoryBound(to: Double.self)
        for row in 0..<rows {
          SwiftMap.scale(out + row &* stride, columns, state[row], state[capacity &+ row])
        }
      },
      subtract: {
        x, rows, columns, stride, out, outStride, inverseHigh, inverseLow, _, state, capacity in
        let x = x.assumingMemoryBound(to: Double.self)
        let out = out.assumingMemoryBound(to: Double.self)
        for row in 0..<rows {
          SwiftMap.subtract(
            x + row &* stride, columns, out + row &* outStride, TwoPart(inverseHigh, inverseLow),
            state[row], TwoPart(state[capacity &+ row], state[2 &* capacity &+ row]))
        }
      },
      refine: { x, rows, columns, stride, scaleHigh, scaleLow, state, capacity in
        SwiftRefine<Double>.refine(
          x.assumingMemoryBound(to: Double.self), rows, columns, stride, scaleHigh, scaleLow, state,
          capacity)
      },
      reduceWeighted: {
        x, rows, columns, stride, weights, weightsStride, scaleHigh, scaleLow, state, capacity in
        SwiftWeigh<Double>.reduce(
          x, rows, columns, stride, weights, weightsStride, ExpScale(scaleHigh, scaleLow), state,
          capacity)
      },
      finishWeighted: { state, capacity, rows, temperature, out, outStride in
        SwiftFinish<Double>(
          state: UnsafeMutablePointer(mutating: state), capacity: capacity, rows: rows
        ).weighted(temperature, out.assumingMemoryBound(to: Double.self), outStride)
      },
      cumulate: {
        x, rows, columns, stride, out, outStride, exclusive, reverse, scaleHigh, scaleLow,
        temperature, state, capacity in
        SwiftScan<Double>.cumulate(
          x, rows, columns, stride, out, outStride, isExclusive: exclusive != 0,
          isReversed: reverse != 0, ScanScale(scaleHigh, scaleLow, temperature), state, capacity)
      }
    )
  }
}
