import LogSumExp

/// A call to time, and where.
struct Work<Scalar: Drawn> {
  let name: String
  let shapes: [Shape]
  let call: (Buffers<Scalar>, RowOptions) -> Void

  init(
    _ name: String, on shapes: Shape..., call: @escaping (Buffers<Scalar>, RowOptions) -> Void
  ) {
    self.init(name, on: shapes, call: call)
  }

  init(_ name: String, on shapes: [Shape], call: @escaping (Buffers<Scalar>, RowOptions) -> Void) {
    (self.name, self.shapes, self.call) = (name, shapes, call)
  }

  /// The operations on rows.
  static func rows(on shapes: [Shape]) -> [Work] {
    [
      Work("logSumExp", on: shapes) { $0.view.logSumExp(into: $0.rowResults, options: $1) },
      Work("softmax", on: shapes) { $0.view.softmax(into: $0.outputView, options: $1) },
      Work("logSoftmax", on: shapes) { $0.view.logSoftmax(into: $0.outputView, options: $1) },
      Work("cumulativeLogSumExp", on: shapes) {
        $0.view.cumulativeLogSumExp(into: $0.outputView, options: $1)
      },
    ]
  }

  /// Masks, weights, bias, columns and elementwise functions, each where it matters.
  static var family: [Work] {
    [
      Work("logSumExp-masked", on: .square, .heads) {
        $0.view.logSumExp(into: $0.rowResults, mask: .keeping($0.view(of: $0.mask)), options: $1)
      },
      Work("logSumExp-causal", on: .square, .heads) {
        $0.view.logSumExp(into: $0.rowResults, mask: .causal(), options: $1)
      },
      Work("logSumExp-biased", on: .square, .heads) {
        $0.view.logSumExp(into: $0.rowResults, bias: $0.view(of: $0.second), options: $1)
      },
      Work("logSumExp-weighted", on: .square, .heads) {
        let weights = Weights.perElement($0.view(of: $0.weights))
        $0.view.logSumExp(into: $0.rowResults, weights: weights, options: $1)
      },
      Work("logMeanExp", on: .square, .heads) {
        $0.view.logMeanExp(into: $0.rowResults, options: $1)
      },
      Work("softmax-masked", on: .square, .heads) {
        $0.view.softmax(into: $0.outputView, mask: .keeping($0.view(of: $0.mask)), options: $1)
      },
      Work("softmax-causal", on: .square, .heads) {
        $0.view.softmax(into: $0.outputView, mask: .causal(), options: $1)
      },
      Work("softmax-biased", on: .square, .heads) {
        $0.view.softmax(into: $0.outputView, bias: $0.view(of: $0.second), options: $1)
      },
      Work("logSumExp-byColumn", on: .square, .tall) {
        $0.view.transposed.logSumExp(into: $0.columnResults, options: $1)
      },
      Work("softmax-byColumn", on: .square, .tall) {
        $0.view.transposed.softmax(into: $0.outputView.transposed, options: $1)
      },
      Work("logAddExp", on: .million) {
        let (x, y) = (UnsafeBufferPointer($0.input), UnsafeBufferPointer($0.second))
        LogSumExp.logAddExp(x, y, into: $0.output, options: $1)
      },
      Work("softplus", on: .million) {
        LogSumExp.softplus(UnsafeBufferPointer($0.input), into: $0.output, options: $1)
      },
    ]
  }
}
