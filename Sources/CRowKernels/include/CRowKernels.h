// Row kernels in C: one table of functions per instruction set and scalar type, chosen at run time.
//
// Sources/LogSumExp/Engines/RowKernels.swift holds the contract of each function; the members here
// are the same, in the same order.
#ifndef CROWKERNELS_H
#define CROWKERNELS_H

#include <stddef.h>

#pragma clang assume_nonnull begin

/// Elements in the caller's memory, and what becomes of them on their way into a tile.
typedef struct lse_source {
  const void *_Nullable x;
  ptrdiff_t row_stride, column_stride; // in elements, as all strides
  int format;                          // LSE_OWN, LSE_FLOAT16, LSE_BFLOAT16
  int negates;                         // x becomes -x
  int skips_nan;                       // NaN becomes -inf, after the bias
  double bias_factor;                  // x becomes x + bias_factor bias, the product rounded
  const void *_Nullable bias;          // of x's format
  ptrdiff_t bias_row_stride, bias_column_stride;
  const unsigned char *_Nullable mask; // 0: x becomes -inf
  ptrdiff_t mask_row_stride, mask_column_stride;
  const ptrdiff_t *_Nullable kept; // for each row, how many of its first columns are not -inf
  const ptrdiff_t *_Nullable columns; // which columns of x to take, in this order
  const void *_Nullable results; // where those of x's format will be written soon, to be fetched meanwhile
  ptrdiff_t results_row_stride;
} lse_source;

enum { LSE_OWN, LSE_FLOAT16, LSE_BFLOAT16 };

typedef struct lse_kernels {
  ptrdiff_t (*reduce)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                      void *_Nullable next, ptrdiff_t next_stride, double scale_high,
                      double scale_low, double *state, ptrdiff_t capacity);
  void (*refine)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                 double scale_high, double scale_low, double *state, ptrdiff_t capacity);
  ptrdiff_t (*reduce_storing)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                              void *out, ptrdiff_t out_stride, double scale_high, double scale_low,
                              int in_place, double *state, ptrdiff_t capacity);
  void (*merge)(double *state, ptrdiff_t capacity, ptrdiff_t count, double scale_high,
                double scale_low);
  void (*merge_stored)(double *state, ptrdiff_t capacity, ptrdiff_t count, double scale_high,
                       double scale_low);
  ptrdiff_t (*finish_logsumexp)(const double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                double temperature, int is_reduced, void *out,
                                ptrdiff_t out_stride);
  void (*finish_logsoftmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows, double inverse_high);
  void (*finish_softmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows);
  void (*scale)(void *out, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, const double *state,
                ptrdiff_t capacity);
  // `scale` of one row from `x` to `out`, past the cache.
  void (*scale_streaming)(const void *x, ptrdiff_t columns, void *out, const double *state,
                          ptrdiff_t capacity);
  void (*subtract)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, void *out,
                   ptrdiff_t out_stride, double inverse_high, double inverse_low, int streams,
                   const double *state, ptrdiff_t capacity);
  // For the blas plan.
  void (*reduce_grouped)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                         void *_Nullable out, ptrdiff_t out_stride, double scale_high,
                         double scale_low, int in_place, double *state, ptrdiff_t capacity,
                         double *sums, ptrdiff_t sums_stride);
  // A row's terms into `out`, in the form of the blas plan or of softmax: for the accuracy harness.
  ptrdiff_t (*exponentials)(const void *x, ptrdiff_t columns, double maximum, double scale_high,
                            double scale_low, int zeroing, void *out);
  ptrdiff_t (*reduce_weighted)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                               const void *weights, ptrdiff_t weights_stride, double scale_high,
                               double scale_low, double *state, ptrdiff_t capacity);
  ptrdiff_t (*finish_weighted)(const double *state, ptrdiff_t capacity, ptrdiff_t rows,
                               double temperature, void *out, ptrdiff_t out_stride);
  // Between the caller's memory and tiles whose rows are `stride` apart.
  void (*pack)(const lse_source *source, ptrdiff_t rows, ptrdiff_t columns, void *tile,
               ptrdiff_t stride);
  void (*unpack)(const void *tile, ptrdiff_t stride, ptrdiff_t tile_column_stride, ptrdiff_t rows,
                 ptrdiff_t columns, int format, void *out, ptrdiff_t row_stride,
                 ptrdiff_t column_stride, const double *_Nullable state, ptrdiff_t capacity);
  // `pack` to `tile`, then `reduce`, or with `out` `reduce_storing`; the tile need not be written.
  ptrdiff_t (*reduce_source)(const lse_source *source, ptrdiff_t rows, ptrdiff_t columns,
                             void *tile, ptrdiff_t stride, void *_Nullable out,
                             ptrdiff_t out_stride, ptrdiff_t out_column_stride, double scale_high,
                             double scale_low, int in_place, double *state, ptrdiff_t capacity);
  // All steps of softmax for rows side by side, from the first on; returns how many it did.
  ptrdiff_t (*softmax_turned)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                              void *out, ptrdiff_t out_stride, void *tile, double scale_high,
                              double scale_low);
  // `subtract` of rows side by side; strides are those of columns.
  void (*subtract_turned)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                          void *out, ptrdiff_t out_stride, double inverse_high, double inverse_low,
                          const double *state, ptrdiff_t capacity);
  void (*cumulate)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, void *out,
                   ptrdiff_t out_stride, int exclusive, int reverse, double scale_high,
                   double scale_low, double temperature, double *state, ptrdiff_t capacity);
  // Rows of at most `short_columns`, all steps in one.
  ptrdiff_t (*softmax_rows)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                            void *out, ptrdiff_t out_stride, double scale_high, double scale_low,
                            double *state, ptrdiff_t capacity);
  ptrdiff_t short_columns;
  // One short row by itself at T = 1; not 0 if nothing was written.
  ptrdiff_t (*softmax_row)(const void *x, ptrdiff_t columns, void *out);
  ptrdiff_t (*logsumexp_row)(const void *x, ptrdiff_t columns, void *out);
  ptrdiff_t (*logsoftmax_row)(const void *x, ptrdiff_t columns, void *out);
} lse_kernels;

/// A function of each of `count` elements, a multiple of 16. `out` lies apart from the operands or is
/// one of them. Returns 0, or else sets the byte in `again` of each element that the caller has to
/// do again.
typedef ptrdiff_t (*lse_each)(const void *_Nonnull const *_Nonnull operands, ptrdiff_t count, void *out,
                              unsigned char *again);

typedef struct lse_elementwise {
  lse_each log_add_exp, log_subtract_exp, softplus, log_expm1, log1m_exp, logistic, log_logistic;
  lse_each log_add_exp2, logit, log_cosh, x_log_x, x_log_y, x_log1p_y;
} lse_elementwise;

/// One instruction set's kernels.
typedef struct lse_variant {
  const char *name;
  const lse_kernels *f32;
  const lse_kernels *f64;
  const lse_elementwise *f32_each;
  const lse_elementwise *f64_each;
} lse_variant;

/// Number of variants that this processor runs.
ptrdiff_t lse_variant_count(void);

/// The variants that this processor runs, best first. Precondition: index < lse_variant_count().
lse_variant lse_variant_at(ptrdiff_t index);

#pragma clang assume_nonnull end
#endif
