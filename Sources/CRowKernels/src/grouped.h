// The blas plan's rows: exponentials, and the sums of groups of four vectors of them, lane by lane,
// which BLAS adds up. A group is (v0 + v1) + (v2 + v3) in T, as in reduce.h.

/// One group of a row in LSE form: `count` vectors, the last of them with `last` elements.
INLINE double *NAME(grouped)(const T *x, int count, ptrdiff_t last, NAME(base) b, NAME(scale) k,
                             int few, double *sums, ptrdiff_t *ones) {
  V e[4];
  NAME(load_group)(e, x, count, last);
  NAME(terms)(e, count, b, k, NAME(relative));
  V largest = e[0];
  for (int j = 1; j < count; j++)
    largest = NAME(max)(largest, e[j]);
  // In a row of few groups the branch would be taken too often to be foretold.
  if (few || __builtin_expect(NAME(any)(NAME(equal)(largest, NAME(set)(1))), 0))
    *ones += NAME(take_out_ones)(e, count);
  return NAME(put_group)(sums, e, count);
}

/// All groups of an ordinary row.
INLINE double *NAME(grouped_row)(const T *x, ptrdiff_t n, NAME(base) b, NAME(scale) k,
                                 double *sums, ptrdiff_t *ones) {
  int few = n <= BATCH_COLUMNS;
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    for (int j = 0; j < 4; j++)
      __builtin_prefetch(x + i + j * LANES + PREFETCH);
    sums = NAME(grouped)(x + i, 4, LANES, b, k, few, sums, ones);
  }
  x += i, n -= i;
  if (n > 3 * LANES)
    return NAME(grouped)(x, 4, n - 3 * LANES, b, k, few, sums, ones);
  if (n > 2 * LANES)
    return NAME(grouped)(x, 3, n - 2 * LANES, b, k, few, sums, ones);
  if (n > LANES)
    return NAME(grouped)(x, 2, n - LANES, b, k, few, sums, ones);
  return n > 0 ? NAME(grouped)(x, 1, n, b, k, few, sums, ones) : sums;
}

/// What stands for the sum of a row with an infinite max: NaN if it is +inf or a NaN is there, or else 0.
INLINE double NAME(infinite_sum)(const T *x, ptrdiff_t n, T a, NAME(scale) k) {
  NAME(sum) s = NAME(small_rest)(x, n, a, k); // NaN if there is one
  return a > 0 || s.high != s.high ? __builtin_nan("") : 0;
}

INLINE void NAME(put_grouped)(double *state, ptrdiff_t capacity, T a, ptrdiff_t ones, double *to,
                              double *end) {
  while (to < end)
    *to++ = 0;
  state[0] = a;
  state[capacity] = 0;
  state[2 * capacity] = (double)ones;
}

/// LSE form.
INLINE void NAME(grouped_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                               NAME(scale) k, double *state, ptrdiff_t capacity, double *sums,
                               ptrdiff_t sums_stride) {
  T maxima[LANES];
  NAME(bases) bases;
  for (ptrdiff_t r = 0; r < rows; r++, x += stride, sums += sums_stride) {
    int lane = r % LANES;
    if (lane == 0) { // the bases of the next LANES rows
      V m[LANES];
      for (int i = 0; i < LANES; i++)
        m[i] = r + i < rows ? NAME(row_maximum_lanes)(x + i * stride, n) : (V){};
      LSE_FOLD_ALL(LANES, NAME(max), m)
      NAME(store)(maxima, m[0]);
      NAME(put_bases)(&bases, NAME(lane_base)(m[0], k, NAME(relative)));
    }
    T a = maxima[lane];
    double *to = sums;
    ptrdiff_t ones = 0;
    if (NAME(is_finite)(a))
      to = NAME(grouped_row)(x, n, NAME(base_of)(&bases, lane), k, to, &ones);
    else
      *to++ = NAME(infinite_sum)(x, n, a, k);
    NAME(put_grouped)(state + r, capacity, a, ones, to, sums + sums_stride);
  }
}

/// One row with its max first.
static __attribute__((noinline)) void
    NAME(store_sure)(const T *x, ptrdiff_t n, T *out, NAME(scale) k, double *state,
                     ptrdiff_t capacity, double *sums, double *end, NAME(guess) * guess) {
  T a = NAME(row_maximum)(x, n);
  double *to = sums;
  if (NAME(is_finite)(a)) {
    NAME(base) b = NAME(row_base)(a, k, NAME(stored) | FAR);
    V top;
    NAME(lone_row_sums)(x, n, out, b, k, NAME(stored) | FAR, &to, &top);
    NAME(learn)(guess, NAME(set)(a), k, NAME(stored));
  } else {
    *to++ = NAME(infinite_sum)(x, n, a, k);
  }
  NAME(put_grouped)(state, capacity, a, 0, to, end);
}

/// Softmax form, by the guess where the row is not written over before its max is known.
INLINE void NAME(stored_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride, T *out,
                              ptrdiff_t out_stride, NAME(scale) k, int in_place, double *state,
                              ptrdiff_t capacity, double *sums, ptrdiff_t sums_stride) {
  const int form = NAME(stored);
  NAME(guess) guess = NAME(first_guess)(x, in_place, k, form);
  for (ptrdiff_t r = 0; r < rows;) {
    int count = guess.wary ? 1 : rows - r < LANES ? (int)(rows - r) : LANES;
    VI does = {};
    if (!guess.wary) {
      V m[LANES];
      NAME(base) b = guess.base;
      NAME(begun) g;
      if (n >= 4 * LANES)
        NAME(begin_group)(&g, x + r * stride, b, k, form);
      for (int i = 0; i < count; i++) {
        const T *from = x + (r + i) * stride;
        double *own = sums + (r + i) * sums_stride;
        double *to = own;
        NAME(row_sums)
        (from, n, out + (r + i) * out_stride, b, k, form, &g, i + 1 < count ? from + stride : from, b,
         &to, m + i);
        NAME(put_grouped)(state + r + i, capacity, guess.maximum, 0, to, own + sums_stride);
      }
      for (int i = count; i < LANES; i++)
        m[i] = m[0];
      LSE_FOLD_ALL(LANES, NAME(max), m)
      does = NAME(does_for)(b, m[0], k);
    }
    for (int i = 0; i < count && !__builtin_reduce_and(does); i++)
      if (!does[i]) {
        double *own = sums + (r + i) * sums_stride;
        NAME(store_sure)(x + (r + i) * stride, n, out + (r + i) * out_stride, k, state + r + i, capacity,
                         own, own + sums_stride, &guess);
      }
    r += count;
  }
}

static void NAME(reduce_grouped)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                                 void *out, ptrdiff_t out_stride, double scale_high,
                                 double scale_low, int in_place, double *state, ptrdiff_t capacity,
                                 double *sums, ptrdiff_t sums_stride) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  if (out)
    NAME(stored_rows)(x, rows, columns, stride, out, out_stride, k, in_place || x == out, state,
                      capacity, sums, sums_stride);
  else
    NAME(grouped_rows)(x, rows, columns, stride, k, state, capacity, sums, sums_stride);
}
