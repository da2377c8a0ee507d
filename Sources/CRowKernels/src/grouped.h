// The blas plan's rows: exponentials, and the sums of groups of four vectors of them, lane by lane,
// which BLAS adds up. A group is (v0 + v1) + (v2 + v3) in T, as in reduce.h.

INLINE double *NAME(put_group)(double *to, const V *e, int count) {
  NAME(sums) s = NAME(group)(e, count, NAME(summed)); // in one part
#if LSE_F32
  NAME(d_store)(to, s.lower);
  NAME(d_store)(to + D_LANES, s.upper);
#else
  NAME(d_store)(to, s.high);
#endif
  return to + LANES;
}

/// One group of a row: `count` vectors, the last of them with `last` elements.
INLINE double *NAME(grouped)(const T *x, int count, ptrdiff_t last, T *out, NAME(base) b,
                             NAME(scale) k, int form, int few, double *sums, ptrdiff_t *ones) {
  V e[4];
  NAME(load_group)(e, x, count, last);
  NAME(terms)(e, count, b, k, form);
  if (form == NAME(shifted)) {
    for (int j = 0; j < count - 1; j++)
      NAME(store)(out + j * LANES, e[j]);
    if (last < LANES)
      NAME(store_first)(out + (count - 1) * LANES, e[count - 1], last);
    else
      NAME(store)(out + (count - 1) * LANES, e[count - 1]);
  } else {
    V largest = e[0];
    for (int j = 1; j < count; j++)
      largest = NAME(max)(largest, e[j]);
    // In a row of few groups the branch would be taken too often to be foretold.
    if (few || __builtin_expect(NAME(any)(NAME(equal)(largest, NAME(set)(1))), 0))
      *ones += NAME(take_out_ones)(e, count);
  }
  return NAME(put_group)(sums, e, count);
}

/// All groups of an ordinary row.
INLINE double *NAME(grouped_row)(const T *x, ptrdiff_t n, T *out, NAME(base) b, NAME(scale) k,
                                 int form, double *sums, ptrdiff_t *ones) {
  int few = n <= BATCH_COLUMNS;
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    for (int j = 0; j < 4; j++) {
      __builtin_prefetch(x + i + j * LANES + PREFETCH);
      if (form == NAME(shifted))
        __builtin_prefetch(out + i + j * LANES + PREFETCH, 1);
    }
    sums = NAME(grouped)(x + i, 4, LANES, out + i, b, k, form, few, sums, ones);
  }
  x += i, out += i, n -= i;
  if (n > 3 * LANES)
    return NAME(grouped)(x, 4, n - 3 * LANES, out, b, k, form, few, sums, ones);
  if (n > 2 * LANES)
    return NAME(grouped)(x, 3, n - 2 * LANES, out, b, k, form, few, sums, ones);
  if (n > LANES)
    return NAME(grouped)(x, 2, n - LANES, out, b, k, form, few, sums, ones);
  return n > 0 ? NAME(grouped)(x, 1, n, out, b, k, form, few, sums, ones) : sums;
}

INLINE void NAME(grouped_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride, T *out,
                               ptrdiff_t out_stride, NAME(scale) k, int form, double *state,
                               ptrdiff_t capacity, double *sums, ptrdiff_t sums_stride) {
  T maxima[LANES];
  NAME(bases) bases;
  for (ptrdiff_t r = 0; r < rows; r++, x += stride, out += out_stride, sums += sums_stride) {
    int lane = r % LANES;
    if (lane == 0) { // the bases of the next LANES rows
      V m[LANES];
      for (int i = 0; i < LANES; i++)
        m[i] = r + i < rows ? NAME(row_maximum_lanes)(x + i * stride, n) : (V){};
      LSE_FOLD_ALL(LANES, NAME(max), m)
      NAME(store)(maxima, m[0]);
      NAME(put_bases)(&bases, NAME(lane_base)(m[0], k, form));
    }
    T a = maxima[lane];
    double *to = sums;
    ptrdiff_t ones = 0;
    if (NAME(is_finite)(a)) {
      to = NAME(grouped_row)(x, n, out, NAME(base_of)(&bases, lane), k, form, to, &ones);
    } else {
      NAME(sum) s = NAME(small_rest)(x, n, a, k); // NaN if there is one
      *to++ = a > 0 || s.high != s.high ? __builtin_nan("") : 0;
    }
    while (to < sums + sums_stride)
      *to++ = 0;
    state[r] = a;
    state[capacity + r] = 0;
    state[2 * capacity + r] = (double)ones;
  }
}

static void NAME(reduce_grouped)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                             void *out, ptrdiff_t out_stride, double scale_high, double scale_low,
                             double *state, ptrdiff_t capacity, double *sums,
                             ptrdiff_t sums_stride) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  if (out)
    NAME(grouped_rows)
  (x, rows, columns, stride, out, out_stride, k, NAME(shifted), state, capacity, sums, sums_stride);
  else
    NAME(grouped_rows)
  (x, rows, columns, stride, 0, 0, k, NAME(relative), state, capacity, sums, sums_stride);
}
