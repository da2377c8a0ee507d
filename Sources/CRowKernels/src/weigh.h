// Weighted reduction of one pass: rows to (a, sum of w_i 2^((x_i - a) c)), a the max of x where the
// weight is not 0.
//
// Groups of four vectors, (w0 e0 + w1 e1) + (w2 e2 + w3 e3) in T, the groups one after another in
// LANES Double sums (Double's in two parts), then lane l to lane l + h. Terms underflow
// gradually, to 0 for -inf, so that terms of both signs cancel exactly where they are equal.

// Weights in magnitude between these powers of two, or 0, leave no term or sum out of range; rows
// with others are special.
#if LSE_F32
#define WEIGHT_RANGE 30
#define WEIGHT_SHIFT 23
#define LEAST_WEIGHT 0x1p-30f
#else
#define WEIGHT_RANGE 300
#define WEIGHT_SHIFT 52
#define LEAST_WEIGHT 0x1p-300
#endif

enum NAME(weights) { NAME(nonzero), NAME(some_zero), NAME(extreme) };

/// What weights a row has, a weight of 0 where lanes are absent.
INLINE int NAME(weights_of)(const T *w, ptrdiff_t n) {
  VI zero = {}, out = {};
  TI least = (TI)((VI)NAME(set)(LEAST_WEIGHT))[0];
  TI most = least + ((TI)2 * WEIGHT_RANGE << WEIGHT_SHIFT);
  VI sign = (VI)NAME(set)(-(T)0);
  for (ptrdiff_t i = 0; i < n; i += LANES) {
    V v = n - i >= LANES ? NAME(load)(w + i) : NAME(set)(1);
    if (n - i < LANES)
      for (ptrdiff_t j = i; j < n; j++)
        v[j - i] = w[j];
    VI bits = (VI)v & ~sign;
    VI none = bits == 0;
    zero |= none;
    out |= ((bits < least) & ~none) | (bits > most);
  }
  if (NAME(any)(NAME(equal)((V)((VI)NAME(set)(1) & out), NAME(set)(1))))
    return NAME(extreme);
  return NAME(any)(NAME(equal)((V)((VI)NAME(set)(1) & zero), NAME(set)(1))) ? NAME(some_zero)
                                                                            : NAME(nonzero);
}

/// n elements, -inf from n on and where `kind` says there may be weights of 0 and one is; the
/// weights, 0 from n on.
INLINE V NAME(load_weighted)(const T *x, const T *w, ptrdiff_t n, int kind, V *weights) {
  V v;
  if (n >= LANES) {
    v = NAME(load)(x);
    *weights = NAME(load)(w);
  } else {
    v = NAME(load_first)(x, n);
    *weights = NAME(keep_first)(NAME(load_first)(w, n), n);
  }
  if (kind == NAME(some_zero)) {
    VI none = *weights == 0;
    v = (V)(((VI)v & ~none) | ((VI)NAME(set)(-(T)__builtin_inf()) & none));
  }
  return v;
}

/// The max of a row by lanes; what `load_weighted` makes -inf is left out.
INLINE V NAME(weighted_maximum)(const T *x, const T *w, ptrdiff_t n, int kind) {
  V low = NAME(set)(-(T)__builtin_inf()), unused;
  V m[4] = {low, low, low, low};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    for (int j = 0; j < 4; j++)
      m[j] = NAME(max)(
          NAME(load_weighted)(x + i + j * LANES, w + i + j * LANES, LANES, kind, &unused), m[j]);
  for (; i < n; i += LANES)
    m[0] = NAME(max)(NAME(load_weighted)(x + i, w + i, n - i, kind, &unused), m[0]);
  return NAME(max)(NAME(max)(m[0], m[1]), NAME(max)(m[2], m[3]));
}

/// The same where weights are likely to be ordinary, and the kind of them: both in one pass.
INLINE V NAME(examined_maximum)(const T *x, const T *w, ptrdiff_t n, int *kind) {
  V low = NAME(set)(-(T)__builtin_inf());
  V m[4] = {low, low, low, low};
  TI least = (TI)((VI)NAME(set)(LEAST_WEIGHT))[0];
  TI most = least + ((TI)2 * WEIGHT_RANGE << WEIGHT_SHIFT);
  VI sign = (VI)NAME(set)(-(T)0), out[4] = {};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    for (int j = 0; j < 4; j++) {
      VI bits = (VI)NAME(load)(w + i + j * LANES) & ~sign;
      m[j] = NAME(max)(NAME(load)(x + i + j * LANES), m[j]);
      out[j] |= (bits - least) | (most - bits); // negative outside
    }
  if (i < n)
    m[0] = NAME(max)(NAME(weighted_maximum)(x + i, w + i, n - i, NAME(nonzero)), m[0]);
  *kind = i < n ? NAME(weights_of)(w + i, n - i) : NAME(nonzero);
  VI all = (out[0] | out[1]) | (out[2] | out[3]);
  if (__builtin_expect(*kind != NAME(nonzero) || __builtin_reduce_or(all) < 0, 0)) {
    *kind = NAME(weights_of)(w, n);
    return NAME(weighted_maximum)(x, w, n, NAME(some_zero));
  }
  return NAME(max)(NAME(max)(m[0], m[1]), NAME(max)(m[2], m[3]));
}

INLINE ptrdiff_t NAME(weighted_row)(const T *x, const T *w, ptrdiff_t n, NAME(scale) k, int kind,
                                    V m, double *state, ptrdiff_t capacity) {
  V low = NAME(set)(-(T)__builtin_inf());
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m);
  T a = m[0];
  // Where every weight is 0 or every x -inf, the terms are only to show a NaN.
  NAME(base) b = NAME(row_base)(a, k, NAME(relative));
  NAME(sums) s = {};
  for (ptrdiff_t i = 0; i < n; i += 4 * LANES) {
    V e[4], weights[4];
    if (i + 4 * LANES <= n) {
      for (int j = 0; j < 4; j++) {
        __builtin_prefetch(x + i + j * LANES + PREFETCH);
        __builtin_prefetch(w + i + j * LANES + PREFETCH);
        e[j] = NAME(load_weighted)(x + i + j * LANES, w + i + j * LANES, LANES, kind, weights + j);
      }
    } else {
      for (int j = 0; j < 4; j++) {
        ptrdiff_t left = n - i - j * LANES;
        e[j] = low, weights[j] = (V){};
        if (left > 0)
          e[j] = NAME(load_weighted)(x + i + j * LANES, w + i + j * LANES, left, kind, weights + j);
      }
    }
    NAME(terms)(e, 4, b, k, NAME(relative));
    V first = NAME(fma)(e[1], weights[1], e[0] * weights[0]);
    V second = NAME(fma)(e[3], weights[3], e[2] * weights[2]);
    NAME(add_group)(&s, NAME(widen)(first + second));
  }
  NAME(two) d = NAME(fold_row)(NAME(first_fold)(s));
  double sum = d.high[0];
  int infinite = !NAME(is_finite)(a);
  if (infinite)
    sum = a > 0 || sum != sum ? __builtin_nan("") : 0;
  state[0] = a;
  state[capacity] = sum;
  state[2 * capacity] = infinite ? 0 : d.low[0];
  return infinite || sum != sum;
}

static ptrdiff_t NAME(reduce_weighted)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                       ptrdiff_t stride, const void *weights,
                                       ptrdiff_t weights_stride, double scale_high,
                                       double scale_low, double *state, ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  ptrdiff_t special = 0;
  int kind = NAME(nonzero);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const T *from = (const T *)x + r * stride, *w = (const T *)weights + r * weights_stride;
    V m;
    if (weights_stride != 0) {
      m = NAME(examined_maximum)(from, w, columns, &kind);
    } else {
      if (r == 0)
        kind = NAME(weights_of)(w, columns);
      m = kind == NAME(some_zero) ? NAME(weighted_maximum)(from, w, columns, NAME(some_zero))
                                  : NAME(row_maximum_lanes)(from, columns);
    }
    if (kind == NAME(extreme)) {
      state[r] = 0;
      state[capacity + r] = state[2 * capacity + r] = __builtin_nan("");
      special++;
    } else if (kind == NAME(some_zero)) {
      special += NAME(weighted_row)(from, w, columns, k, NAME(some_zero), m, state + r, capacity);
    } else {
      special += NAME(weighted_row)(from, w, columns, k, NAME(nonzero), m, state + r, capacity);
    }
  }
  return special;
}
