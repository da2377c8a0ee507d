// Rows of at most SHORT_COLUMNS from elements to results in one call: what the other kernels do in
// three, with nothing between them in memory.

/// True for a row whose results none of these writes.
INLINE int NAME(is_special)(const NAME(short_row) * row) {
  return !NAME(is_finite)(row->m[0]) || row->sum.high[0] != row->sum.high[0];
}

/// Softmax of one that is not.
INLINE void NAME(store_softmax)(NAME(short_row) * row, ptrdiff_t n, T *out) {
  D high = NAME(d_set)(row->sum.high[0]), low = NAME(d_set)(row->sum.low[0]);
  NAME(two) p = NAME(reciprocal)(high, low, NAME(d_set)(1));
  for (int i = 0; i < (!LSE_F32 && n > LANES ? 2 : 1); i++)
    row->e[i] = NAME(scaled)(row->e[i], NAME(set)((T)p.high[0]), NAME(set)((T)p.low[0]));
  NAME(store_short)(out, row->e, n);
}

/// Softmax of the first `rows` of LANES rows. Returns 0 if some row is special or its shift is no
/// integer: then nothing is written.
INLINE int NAME(softmax_batch_of)(int width, const T *x, ptrdiff_t rows, ptrdiff_t n,
                                  ptrdiff_t stride, T *out, ptrdiff_t out_stride, NAME(scale) k) {
  V e[SHORT_COLUMNS];
  NAME(load_columns)(e, width, x, rows, n, stride);
  NAME(columns) c = NAME(reduce_columns)(e, width, n, k, NAME(exact));
  if (__builtin_expect(!c.is_near, 0))
    return 0;
  DI is_number = (DI){} - 1;
  for (int i = 0; i < LANES / D_LANES; i++)
    is_number &= c.sum.part[i].high >= 0;
  if (__builtin_expect(!__builtin_reduce_and(is_number), 0))
    return 0;
  D high[2], low[2];
  for (int i = 0; i < LANES / D_LANES; i++) {
    NAME(two)
    p = NAME(reciprocal)(c.sum.part[i].high, c.sum.part[i].low, NAME(d_set)(1));
    high[i] = p.high, low[i] = p.low;
  }
  V first = NAME(narrowed)(high), second = NAME(narrowed)(low);
  for (int j = 0; j < width; j++)
    e[j] = NAME(scaled)(e[j], first, second);
  NAME(store_columns)(e, width, out, rows, n, out_stride);
  return 1;
}

INLINE int NAME(softmax_batch)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride, T *out,
                               ptrdiff_t out_stride, NAME(scale) k) {
  BY_WIDTH(softmax_batch_of, x, rows, n, stride, out, out_stride, k)
}

static ptrdiff_t NAME(softmax_rows)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                    ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                    double scale_high, double scale_low, double *state,
                                    ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  ptrdiff_t special = 0;
  for (ptrdiff_t first = 0; first < rows; first += LANES) {
    ptrdiff_t end = rows - first < LANES ? rows : first + LANES;
    int is_done = end - first > 2 &&
                  NAME(softmax_batch)((const T *)x + first * stride, end - first, columns, stride,
                                      (T *)out + first * out_stride, out_stride, k);
    for (ptrdiff_t r = first; r < end; r++) {
      state[r] = 0, state[capacity + r] = 1;
      if (is_done)
        continue;
      NAME(short_row)
      row = NAME(reduce_short)((const T *)x + r * stride, columns, k, NAME(exact) | FAR);
      if (!NAME(is_special)(&row)) {
        NAME(store_softmax)(&row, columns, (T *)out + r * out_stride);
        continue;
      }
      NAME(sum) sum = {row.sum.high[0], row.sum.low[0]};
      NAME(put_state)(state + r, capacity, columns, row.m[0], sum, k, NAME(exact));
      special++;
    }
  }
  return special;
}

// MARK: One row at T = 1

#if LSE_F32
#define PLAIN_SCALE LSE_F32_LOG2E_HI, LSE_F32_LOG2E_LO
#else
#define PLAIN_SCALE LSE_LOG2E_HI, LSE_LOG2E_LO
#endif

/// A row and its rest. Returns 0 if it is to be left to
/// the other kernels.
INLINE int NAME(reduce_alone)(const T *x, ptrdiff_t n, int form, NAME(short_row) * row,
                              NAME(two) * rest) {
  if (n > SHORT_COLUMNS)
    return 0;
  NAME(scale) k = NAME(make_scale)(PLAIN_SCALE);
  *row = NAME(reduce_short)(x, n, k, form);
  *rest = NAME(short_rest)(row, k, form);
  return !NAME(is_special)(row) &&
         (n == 1 || !NAME(is_rough)(rest->high[0], row->m[0] * k.high[0], form));
}

static ptrdiff_t NAME(softmax_row)(const void *x, ptrdiff_t columns, void *out) {
  if (columns > SHORT_COLUMNS)
    return 1;
  NAME(scale) k = NAME(make_scale)(PLAIN_SCALE);
  NAME(short_row) row = NAME(reduce_short)(x, columns, k, NAME(exact) | FAR);
  if (NAME(is_special)(&row))
    return 1;
  NAME(store_softmax)(&row, columns, out);
  return 0;
}

static ptrdiff_t NAME(logsumexp_row)(const void *x, ptrdiff_t columns, void *out) {
  NAME(short_row) row;
  NAME(two) s;
  if (!NAME(reduce_alone)(x, columns, NAME(summed) | FAR, &row, &s))
    return 1;
  DI near;
  D y = NAME(logsumexp)(NAME(d_set)(row.m[0]), s, 1, 1, &near);
  if (near[0])
    return 1;
  *(T *)out = (T)y[0];
  return 0;
}

static ptrdiff_t NAME(logsoftmax_row)(const void *x, ptrdiff_t columns, void *out) {
  NAME(short_row) row;
  NAME(two) s;
  if (!NAME(reduce_alone)(x, columns, NAME(exact) | FAR, &row, &s))
    return 1;
  NAME(two) l = NAME(log1p)(NAME(d_set)(s.high[0]), NAME(d_set)(s.low[0]));
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(row.m[0]), l.high);
  NAME(two) p = NAME(rounded)(sum.high, sum.low + l.low);
  for (int i = 0; i < (!LSE_F32 && columns > LANES ? 2 : 1); i++)
    row.x[i] = (row.x[i] - NAME(set)((T)p.high[0])) - NAME(set)((T)p.low[0]);
  NAME(store_short)(out, row.x, columns);
  return 0;
}
