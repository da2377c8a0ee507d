#if OpenBLAS
  internal import CRowKernels

  /// The kernel variants in C, as the walk sees them.
  enum CVariants {
    private struct Table: Sendable {
      let names: [String]
      /// Two entries a variant: Float, Double. Immortal.
      nonisolated(unsafe) let kernels: UnsafePointer<RowKernels>
      let elementwise: [ElementwiseKernels]
    }

    private static let table: Table = {
      let count = lse_variant_count()
      let kernels = UnsafeMutablePointer<RowKernels>.allocate(capacity: 2 * count)
      var names: [String] = []
      var elementwise: [ElementwiseKernels] = []
      for index in 0..<count {
        let variant = lse_variant_at(index)
        names.append(String(cString: variant.name))
        (kernels + 2 * index).initialize(to: RowKernels(variant.f32.pointee))
        (kernels + 2 * index + 1).initialize(to: RowKernels(variant.f64.pointee))
        elementwise.append(ElementwiseKernels(variant.f32_each.pointee))
        elementwise.append(ElementwiseKernels(variant.f64_each.pointee))
      }
      return Table(names: names, kernels: UnsafePointer(kernels), elementwise: elementwise)
    }()

    static var names: [String] { table.names }

    @inline(__always)
    static func pointer(_ variant: Int, _ format: _RowScalarFormat) -> UnsafePointer<RowKernels> {
      table.kernels + (2 &* variant &+ (format == .float64 ? 1 : 0))
    }

    static func elementwise(_ variant: Int, _ format: _RowScalarFormat) -> ElementwiseKernels? {
      table.elementwise[2 * variant + format.rawValue]
    }
  }

  extension ElementwiseKernels {
    init(_ c: lse_elementwise) {
      self.init(
        logAddExp: c.log_add_exp, logSubtractExp: c.log_subtract_exp, softplus: c.softplus,
        logExpm1: c.log_expm1, log1mExp: c.log1m_exp, logistic: c.logistic,
        logLogistic: c.log_logistic, logAddExp2: c.log_add_exp2, logit: c.logit,
        logCosh: c.log_cosh, xLogX: c.x_log_x, xLogY: c.x_log_y, xLog1pY: c.x_log1p_y)
    }
  }

  extension RowKernels {
    init(_ c: lse_kernels) {
      self.init(
        reduce: c.reduce, reduceStoring: c.reduce_storing, merge: c.merge,
        mergeStored: c.merge_stored, finishLogSumExp: c.finish_logsumexp,
        finishLogSoftmax: c.finish_logsoftmax, finishSoftmax: c.finish_softmax,
        scale: c.scale, scaleStreaming: c.scale_streaming, subtract: c.subtract,
        refine: c.refine, refinesAnyRest: true, reduceGrouped: c.reduce_grouped,
        reduceWeighted: c.reduce_weighted,
        finishWeighted: c.finish_weighted, pack: c.pack, unpack: c.unpack,
        reduceSource: c.reduce_source,
        softmaxTurned: c.softmax_turned, subtractTurned: c.subtract_turned, cumulate: c.cumulate,
        softmaxRows: c.softmax_rows, shortColumns: c.short_columns, softmaxRow: c.softmax_row,
        logSumExpRow: c.logsumexp_row, logSoftmaxRow: c.logsoftmax_row)
    }
  }
#else
  /// Without the trait `OpenBLAS` there is no kernel in C.
  enum CVariants {
    static var names: [String] { [] }

    static func pointer(_ variant: Int, _ format: _RowScalarFormat) -> UnsafePointer<RowKernels> {
      SwiftTables.pointer(format)
    }

    static func elementwise(_ variant: Int, _ format: _RowScalarFormat) -> ElementwiseKernels? {
      nil
    }
  }
#endif

/// The Swift engine's kernels, as the walk sees them.
enum SwiftTables {
  nonisolated(unsafe) private static let table: UnsafePointer<RowKernels> = {
    let kernels = UnsafeMutablePointer<RowKernels>.allocate(capacity: 2)
    kernels.initialize(to: .swiftFloat)
    (kernels + 1).initialize(to: .swiftDouble)
    return UnsafePointer(kernels)
  }()

  @inline(__always)
  static func pointer(_ format: _RowScalarFormat) -> UnsafePointer<RowKernels> {
    table + (format == .float64 ? 1 : 0)
  }
}
