#if OpenBLAS
  internal import CRowKernels
#endif

/// The kernels of one engine, plan and variant for one scalar type: everything the walk calls.
///
/// All kernels see rows whose elements are neighbours (column stride 1); the walk packs others first.
/// Sizes and strides are counted in elements; `columns` is at least 1. Per-row results stand in `state`,
/// three arrays of `capacity` Doubles one after the other: with r for the row,
/// `state[r]`, `state[capacity + r]`, `state[2 * capacity + r]`.
///
/// c = log2(e) / T > 0 comes in two parts, `scaleHigh + scaleLow`, so that exp(x / T) = 2^(x c) at the
/// kernels' full accuracy for any temperature T; `scaleHigh` is representable in the scalar type.
///
/// The C struct `lse_kernels` (CRowKernels.h) has the same members.
struct RowKernels {
  typealias Reduce =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ next: UnsafeMutableRawPointer?, _ nextStride: Int,
      _ scaleHigh: Double, _ scaleLow: Double,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Int
  typealias Refine =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ scaleHigh: Double, _ scaleLow: Double,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Void
  typealias ReduceStoring =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ out: UnsafeMutableRawPointer, _ outStride: Int,
      _ scaleHigh: Double, _ scaleLow: Double, _ isInPlace: Int32,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Int
  typealias Merge =
    @convention(c) (
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int, _ count: Int,
      _ scaleHigh: Double, _ scaleLow: Double
    ) -> Void
  typealias FinishLogSumExp =
    @convention(c) (
      _ state: UnsafePointer<Double>, _ capacity: Int, _ rows: Int, _ temperature: Double,
      _ isReduced: Int32, _ out: UnsafeMutableRawPointer, _ outStride: Int
    ) -> Int
  typealias FinishWeighted =
    @convention(c) (
      _ state: UnsafePointer<Double>, _ capacity: Int, _ rows: Int, _ temperature: Double,
      _ out: UnsafeMutableRawPointer, _ outStride: Int
    ) -> Int
  typealias FinishLogSoftmax =
    @convention(c) (
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int, _ rows: Int, _ inverseHigh: Double
    ) -> Void
  typealias FinishSoftmax =
    @convention(c) (
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int, _ rows: Int
    ) -> Void
  typealias ReduceWeighted =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ weights: UnsafeRawPointer, _ weightsStride: Int,
      _ scaleHigh: Double, _ scaleLow: Double,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Int
  #if OpenBLAS
    typealias Pack =
      @convention(c) (
        _ source: UnsafePointer<lse_source>, _ rows: Int, _ columns: Int,
        _ tile: UnsafeMutableRawPointer, _ stride: Int
      ) -> Void
    typealias Unpack =
      @convention(c) (
        _ tile: UnsafeRawPointer, _ stride: Int, _ tileColumnStride: Int,
        _ rows: Int, _ columns: Int, _ format: Int32,
        _ out: UnsafeMutableRawPointer, _ rowStride: Int, _ columnStride: Int,
        _ state: UnsafePointer<Double>?, _ capacity: Int
      ) -> Void
    typealias ReduceSource =
      @convention(c) (
        _ source: UnsafePointer<lse_source>, _ rows: Int, _ columns: Int,
        _ tile: UnsafeMutableRawPointer, _ stride: Int,
        _ out: UnsafeMutableRawPointer?, _ outStride: Int, _ outColumnStride: Int,
        _ scaleHigh: Double, _ scaleLow: Double, _ isInPlace: Int32,
        _ state: UnsafeMutablePointer<Double>, _ capacity: Int
      ) -> Int
    typealias SoftmaxTurned =
      @convention(c) (
        _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
        _ out: UnsafeMutableRawPointer, _ outStride: Int, _ tile: UnsafeMutableRawPointer,
        _ scaleHigh: Double, _ scaleLow: Double
      ) -> Int
    typealias SubtractTurned =
      @convention(c) (
        _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
        _ out: UnsafeMutableRawPointer, _ outStride: Int,
        _ inverseHigh: Double, _ inverseLow: Double,
        _ state: UnsafePointer<Double>, _ capacity: Int
      ) -> Void
  #endif
  typealias Scale =
    @convention(c) (
      _ out: UnsafeMutableRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ state: UnsafePointer<Double>, _ capacity: Int
    ) -> Void
  typealias ScaleStreaming =
    @convention(c) (
      _ x: UnsafeRawPointer, _ columns: Int, _ out: UnsafeMutableRawPointer,
      _ state: UnsafePointer<Double>, _ capacity: Int
    ) -> Void
  typealias Subtract =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ out: UnsafeMutableRawPointer, _ outStride: Int,
      _ inverseHigh: Double, _ inverseLow: Double, _ streams: Int32,
      _ state: UnsafePointer<Double>, _ capacity: Int
    ) -> Void

  typealias Cumulate =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ out: UnsafeMutableRawPointer, _ outStride: Int, _ exclusive: Int32, _ reverse: Int32,
      _ scaleHigh: Double, _ scaleLow: Double, _ temperature: Double,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Void

  typealias SoftmaxRows =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ out: UnsafeMutableRawPointer, _ outStride: Int, _ scaleHigh: Double, _ scaleLow: Double,
      _ state: UnsafeMutablePointer<Double>, _ capacity: Int
    ) -> Int

  typealias Row =
    @convention(c) (
      _ x: UnsafeRawPointer, _ columns: Int, _ out: UnsafeMutableRawPointer
    ) -> Int

  typealias ReduceGrouped =
    @convention(c) (
      _ x: UnsafeRawPointer, _ rows: Int, _ columns: Int, _ stride: Int,
      _ out: UnsafeMutableRawPointer?, _ outStride: Int, _ scaleHigh: Double, _ scaleLow: Double,
      _ isInPlace: Int32, _ state: UnsafeMutablePointer<Double>, _ capacity: Int,
      _ sums: UnsafeMutablePointer<Double>, _ sumsStride: Int
    ) -> Void

  /// LSE form. For each row: state = (a, rest high, rest low), a = max of x, rest = sum of
  /// 2^((x_i - a) c) over all i but one at which x_i = a. `next` is given for log-softmax, which will write
  /// there: kernels may fetch that memory meanwhile, and leave rests of at most `shortColumns` that need no
  /// `refine`.
  ///
  /// Returns the number of special rows: those with a infinite or a NaN among the elements. There rest is
  /// NaN where a NaN is present or a = +inf, and 0 where all are -inf; a is the max of what is not NaN
  /// (-inf without any), but may be anything beside a NaN.
  let reduce: Reduce
  /// Softmax form. Stores e_i = s 2^(x_i c - N) in `out`, with s a power of two of the kernel's, N the
  /// reference exponent of some r near a (see below), and state = (r, sum of e_i high, low). `out` may be
  /// `x` with the same stride. Returns the number of special rows as `reduce` does, with the same states.
  /// With `isInPlace` the caller's elements stand in `out`, and a row with an infinite a is left unwritten.
  ///
  /// N = round(r c) while |r c| < a limit of the kernel's, so that the shift is by integers and x - a is
  /// never rounded; beyond, where x - a is exact wherever exp is not 0, r = a and N = a c.
  let reduceStoring: ReduceStoring
  /// Merges the LSE-form states 0..<count of the blocks of one row into state 0, in a fixed order. Blocks
  /// may be all -inf, but not all of them; beside a NaN what comes out does not matter.
  let merge: Merge
  /// Merges the softmax-form states of the blocks of one row as `merge` does, and leaves for each block b
  /// the factor (high in state[b], low in state[capacity + b]) that `scale` is to apply to it: less than 0
  /// if it is too small for the scalar type, and then a power of two larger, which `scale` makes up for.
  let mergeStored: Merge
  /// Writes a + T log1p(rest) in the scalar type; `isReduced` is not 0 if the states are those of `reduce`,
  /// not of the blas plan. Returns 0 unless errors of this path show in some row
  /// (`WideRow.isNear`, or a little more): the walk then does such rows again in wider arithmetic. What is
  /// written for a special row does not matter.
  let finishLogSumExp: FinishLogSumExp
  /// LSE form to what `subtract` takes. T = 1: the two parts of a + log1p(rest) in state[r] and
  /// state[capacity + r]. Else a stays, and log1p(rest) follows in two parts. First parts are
  /// representable in the scalar type.
  let finishLogSoftmax: FinishLogSoftmax
  /// Softmax form to the two parts of 1 / sum: high (representable in the scalar type), low.
  let finishSoftmax: FinishSoftmax
  /// out = out * (high + low), for each row.
  let scale: Scale
  /// The same for one row, from `x` to `out` past the cache; nil if the kernels do no such thing.
  var scaleStreaming: ScaleStreaming? = nil
  /// T = 1: out = (x - high) - low. Else out = (x - a) / T - high - low, with 1 / T in two parts, so that
  /// an element equal to a gives -log1p(rest). `out` may be `x` with the same stride.
  /// With `streams` (not 0) it is written past the cache, if the kernels do such a thing.
  let subtract: Subtract
  /// Makes a small rest in `reduce`'s states right to its last bits, which only log-softmax shows: its
  /// largest element is -log1p(rest). nil where `reduce` does so by itself.
  var refine: Refine? = nil
  /// True if `refine` leaves less than a quarter of a unit roundoff, in a row of any rest if it finds 0
  /// in its place.
  var refinesAnyRest = false
  /// For the blas plan: `reduceStoring`, or without `out` `reduce`, up to the sum. Leaves for each row in
  /// `sums` `sumsStride` numbers whose sum is that of the terms, in LSE form without those that are 1.
  /// `state` = (a, 0, how many terms are 1), in softmax form (r, 0, 0). If that is infinite, the first
  /// number is what the row's sum is to be. `sumsStride` is at least 16 for each begun 64 columns.
  var reduceGrouped: ReduceGrouped? = nil
  /// Weighted form. state = (a, sum of w_i 2^((x_i - a) c) high, low), a = max of x over the weights that
  /// are not 0. A `weightsStride` of 0 gives all rows the same weights. Returns the number of special
  /// rows: as `reduce`'s, and those with a weight that is NaN or so large or small that a sum may leave
  /// the type's range; their sum is NaN.
  var reduceWeighted: ReduceWeighted
  /// Writes a + T log |sum| in the scalar type for states of that form. Returns 0 unless that will not do
  /// for some row: a sum of 0, below it or hardly above it, or a result near 0
  /// (`WideRow.isNearZero`, or a little more). What is written for such a row does not matter.
  var finishWeighted: FinishWeighted
  #if OpenBLAS
    /// From the caller's memory into a tile, and back; nil for `SwiftSource`. `unpack` with a `state` does
    /// what `scale` does on the way, with the same bits. A `tileColumnStride` above 1 is that of terms that
    /// `reduceSource` left so: rows then lie side by side in the tile and in `out`, which may be one, and
    /// blocks without mass need not have been written.
    var pack: Pack? = nil
    var unpack: Unpack? = nil
    /// `pack`, then `reduce` or, with `out`, `reduceStoring`, with the same bits; `tile` need not be
    /// written. `out` may be `tile`, with the same stride. With an `outColumnStride` above 1 rows of `source`
    /// lie side by side and nothing happens to their elements; so do their terms, in `out`, which may be the
    /// elements' place. In `tile` there is room for a cache line's rows at `stride`; if it is `out`, rows
    /// that are not ordinary make the result above 0 and have no state.
    var reduceSource: ReduceSource? = nil
    /// All steps of softmax, with the same bits, where rows lie side by side in `x` and in `out`, which may be
    /// one; strides are those of columns. Returns how many rows, from the first on, it did: it stops before
    /// some that are not ordinary, and before the last ones if they are fewer than four cache lines' worth.
    /// There is room for as many rows in `tile`.
    var softmaxTurned: SoftmaxTurned? = nil
    /// `subtract` where rows lie side by side in `x` and in `out`; strides are those of columns.
    var subtractTurned: SubtractTurned? = nil
  #endif
  /// out_j = a + T log1p(rest) of the elements up to x_j, or with `exclusive` (not 0) before it; with
  /// `reverse` (not 0) from the right. `state` = (a, r high, r low) of what went before, (-inf, 0, 0) at
  /// the start of a row, and is left as that of all; r is counted as the kernel likes. `out` may be `x`
  /// with the same stride. Special elements need nothing else.
  let cumulate: Cumulate
  /// Softmax of rows of at most `shortColumns`, all steps in one call. Returns the number of special
  /// rows, which it does not write; the states of the others are those of no special row. `out` may be `x`
  /// with the same stride.
  var softmaxRows: SoftmaxRows? = nil
  var shortColumns = 0
  /// One row of at most `shortColumns` by itself at T = 1, all steps in one call, with the bits of all
  /// others' steps. Returns 0, or else has written nothing: for longer rows, special rows, and results
  /// to be done again. `out` may be `x`.
  var softmaxRow: Row? = nil
  var logSumExpRow: Row? = nil
  var logSoftmaxRow: Row? = nil
}
