// Weighted reduction of one pass: rows to (a, sum of w_i 2^((x_i - a) c)), a the max of x where the
// weight is not 0.
//
// Groups of four vectors, (w0 e0 + w1 e1) + (w2 e2 + w3 e3) in T, the groups one after another in
// LANES Double sums (Double's in two parts), then lane l to lane l + h.
//
// Terms are relative to the row's own max, so that the max's is exactly 1: what cancels must not
// keep its error. Its pass is over rows that have been fetched meanwhile. Terms are formed
// 2^EXP_BIAS too large and limited from below; where they cancel so far that this could show, once
// more with gradual underflow, to 0 for -inf.

// Weights in magnitude between these powers of two, or 0, leave no term or sum out of range; rows
// with others are special.
#if LSE_F32
#define WEIGHT_RANGE 30
#define WEIGHT_SHIFT 23
#define LEAST_WEIGHT 0x1p-30f
#define WEIGHT_BITS_LEAST ((TI)-0x7fffffff - 1)
#else
#define WEIGHT_RANGE 300
#define WEIGHT_SHIFT 52
#define LEAST_WEIGHT 0x1p-300
#define WEIGHT_BITS_LEAST ((TI)-0x7fffffffffffffff - 1)
#endif

enum NAME(weights) { NAME(nonzero), NAME(some_zero), NAME(extreme) };

/// `load_first` of weights, but 0 from n on.
INLINE V NAME(load_weights)(const T *w, ptrdiff_t n) {
  return n >= LANES ? NAME(load)(w) : NAME(keep_first)(NAME(load_first)(w, n), n);
}

/// What weights there have been.
typedef struct {
#if LSE_ISA == 512
  V least, most; // in magnitude; NaN is left out, and shows in the sum
#else
  VI most; // of magnitudes' bits, the least that is not extreme becoming the least integer
#endif
} NAME(seen);

INLINE NAME(seen) NAME(see_nothing)(void) {
#if LSE_ISA == 512
  return (NAME(seen)){NAME(set)(1), NAME(set)(1)};
#else
  return (NAME(seen)){(VI){} + WEIGHT_BITS_LEAST};
#endif
}

INLINE void NAME(see)(NAME(seen) * s, V w) {
#if LSE_ISA == 512 && LSE_F32
  s->least = (V)_mm512_range_ps((__m512)w, (__m512)s->least, 0xa);
  s->most = (V)_mm512_range_ps((__m512)w, (__m512)s->most, 0xb);
#elif LSE_ISA == 512
  s->least = (V)_mm512_range_pd((__m512d)w, (__m512d)s->least, 0xa);
  s->most = (V)_mm512_range_pd((__m512d)w, (__m512d)s->most, 0xb);
#else
  VI bits = (VI)w & ~(VI)NAME(set)(-(T)0);
  TI least = (TI)((VI)NAME(set)(LEAST_WEIGHT))[0];
  // Below the least one the sum wraps around.
  s->most = __builtin_elementwise_max(s->most, bits + (WEIGHT_BITS_LEAST - least));
#endif
}

/// What two have seen.
INLINE NAME(seen) NAME(see_both)(NAME(seen) s, NAME(seen) other) {
#if LSE_ISA == 512
  NAME(see)(&s, other.least);
  NAME(see)(&s, other.most);
#else
  s.most = __builtin_elementwise_max(s.most, other.most);
#endif
  return s;
}

/// The first n lanes of a vector.
INLINE void NAME(see_first)(NAME(seen) * s, V w, ptrdiff_t n) {
  V one = NAME(set)(1);
  NAME(see)(s, n < LANES ? NAME(keep_first)(w, n) + (one - NAME(keep_first)(one, n)) : w);
}

/// True if all of them are neither 0 nor extreme.
INLINE int NAME(are_usual)(NAME(seen) s) {
#if LSE_ISA == 512
  V bound = NAME(set)(1 / (T)LEAST_WEIGHT);
  return __builtin_reduce_and((s.least >= (T)LEAST_WEIGHT) & (s.most <= bound)) != 0;
#else
  return __builtin_reduce_max(s.most) <= WEIGHT_BITS_LEAST + ((TI)2 * WEIGHT_RANGE << WEIGHT_SHIFT);
#endif
}

/// 1 in place of 0.
INLINE V NAME(not_zero)(V weights) {
  VI none = weights == 0;
  return (V)(((VI)weights & ~none) | ((VI)NAME(set)(1) & none));
}

/// What weights a row has that are not as they are most often.
static __attribute__((noinline)) int NAME(unusual_weights)(const T *w, ptrdiff_t n) {
  NAME(seen) seen = NAME(see_nothing)();
  for (ptrdiff_t i = 0; i < n; i += LANES)
    NAME(see_first)(&seen, NAME(not_zero)(NAME(load_weights)(w + i, n - i)), n - i);
  return NAME(are_usual)(seen) ? NAME(some_zero) : NAME(extreme);
}

/// What weights a row has.
INLINE int NAME(weights_of)(const T *w, ptrdiff_t n) {
  NAME(seen) some = NAME(see_nothing)(), others = some;
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    NAME(see)(&some, NAME(load)(w + i));
    NAME(see)(&others, NAME(load)(w + i + LANES));
  }
  for (; i < n; i += LANES)
    NAME(see_first)(&some, NAME(load_weights)(w + i, n - i), n - i);
  return NAME(are_usual)(NAME(see_both)(some, others)) ? NAME(nonzero)
                                                       : NAME(unusual_weights)(w, n);
}

/// What a weight of 0 stands beside becomes -inf.
INLINE V NAME(leave_out)(V v, V weights) {
  VI none = weights == 0;
  return (V)(((VI)v & ~none) | ((VI)NAME(set)(-(T)__builtin_inf()) & none));
}

/// The max of elements and `m`, elements left out if `kind` says so; to `seen`, if not null, what
/// weights those have that are not left out.
INLINE V NAME(weighted_max)(V m, const T *x, const T *w, ptrdiff_t n, int kind, NAME(seen) * seen) {
  V v = n < LANES ? NAME(load_first)(x, n) : NAME(load)(x);
  V weights = NAME(load_weights)(w, n);
  if (seen)
    NAME(see_first)(seen, kind == NAME(some_zero) ? NAME(not_zero)(weights) : weights, n);
  if (kind == NAME(some_zero))
    v = NAME(leave_out)(v, weights);
  return NAME(max)(v, m);
}

/// The same for a row, by lanes.
INLINE V NAME(weighted_maximum)(const T *x, const T *w, ptrdiff_t n, int kind, NAME(seen) * seen) {
  V low = NAME(set)(-(T)__builtin_inf());
  V m[4] = {low, low, low, low};
  NAME(seen) none = NAME(see_nothing)(), each[4] = {none, none, none, none};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    for (int j = 0; j < 4; j++) {
      ptrdiff_t at = i + j * LANES;
      m[j] = NAME(weighted_max)(m[j], x + at, w + at, LANES, kind, seen ? each + j : 0);
    }
  for (; i < n; i += LANES)
    m[0] = NAME(weighted_max)(m[0], x + i, w + i, n - i, kind, seen ? each : 0);
  if (seen)
    *seen = NAME(see_both)(*seen, NAME(see_both)(NAME(see_both)(each[0], each[1]),
                                                 NAME(see_both)(each[2], each[3])));
  return NAME(max)(NAME(max)(m[0], m[1]), NAME(max)(m[2], m[3]));
}

/// Rows beside each other, and what is fetched while they are summed.
typedef struct {
  const T *x, *w;
  ptrdiff_t n, ahead, weights_ahead; // 0: not at all
} NAME(weighed);

/// The weights of the group from element i on, absent ones 0.
INLINE void NAME(group_weights)(V *weights, const NAME(weighed) * row, ptrdiff_t i) {
  const T *w = row->w + i;
  ptrdiff_t n = row->n - i;
  if (__builtin_expect(n >= 4 * LANES, 1)) {
    for (int j = 0; j < 4; j++)
      weights[j] = NAME(load)(w + j * LANES);
  } else {
    for (int j = 0; j < 4; j++) {
      ptrdiff_t left = n - j * LANES;
      weights[j] = NAME(load_weights)(w + j * LANES, left < 0 ? 0 : left);
    }
  }
}

/// Begins the terms of that group.
INLINE void NAME(begin_weighted)(NAME(begun) * g, const NAME(weighed) * row, ptrdiff_t i, int kind,
                                 NAME(base) b, NAME(scale) k) {
  V v[4];
  const T *x = row->x + i;
  ptrdiff_t n = row->n - i;
  if (__builtin_expect(n >= 4 * LANES, 1)) {
    for (int j = 0; j < 4; j++)
      v[j] = NAME(load)(x + j * LANES);
  } else {
    for (int j = 0; j < 4; j++) {
      ptrdiff_t left = n - j * LANES;
      v[j] = NAME(load_first)(x + j * LANES, left < 0 ? 0 : left < LANES ? left : LANES);
    }
  }
  if (kind == NAME(some_zero)) {
    V weights[4];
    NAME(group_weights)(weights, row, i);
    for (int j = 0; j < 4; j++)
      v[j] = NAME(leave_out)(v[j], weights[j]);
  }
  NAME(begin_terms)(g, v, 4, b, k, NAME(relative));
}

// The first half of a group's exponentials runs beside the second half of the group's before, where
// there are registers for it.
#define OVERLAPS (LSE_ISA == 512)

/// Sums of a row; its first group is in `g` on entry and `next`'s on return, if they overlap.
/// `range` is GRADED, or SCALED for terms 2^EXP_BIAS too large.
INLINE NAME(two) NAME(weighted_sums)(const NAME(weighed) * row, int kind, int range, NAME(base) b,
                                     NAME(scale) k, NAME(begun) * g, const NAME(weighed) * next,
                                     NAME(base) next_base) {
  NAME(sums) s = {};
  ptrdiff_t i = 0;
  do {
    NAME(begun) after;
    for (int j = 0; j < 4; j++) {
      __builtin_prefetch(row->x + i + j * LANES + row->ahead);
      if (row->weights_ahead)
        __builtin_prefetch(row->w + i + j * LANES + row->weights_ahead);
    }
    if (!OVERLAPS)
      NAME(begin_weighted)(g, row, i, kind, b, k);
    else if (i + 4 * LANES < row->n)
      NAME(begin_weighted)(&after, row, i + 4 * LANES, kind, b, k);
    else
      NAME(begin_weighted)(&after, next, 0, kind, next_base, k);
    V e[4], weights[4];
    NAME(exp_finish)(g->t, g->f, e, 0, 4, g->origin, k, range);
    NAME(group_weights)(weights, row, i);
    V first = NAME(fma)(e[1], weights[1], e[0] * weights[0]);
    V second = NAME(fma)(e[3], weights[3], e[2] * weights[2]);
    NAME(add_group)(&s, NAME(widen)(first + second));
    if (OVERLAPS)
      *g = after;
    i += 4 * LANES;
  } while (i < row->n);
  return NAME(first_fold)(s);
}

// Sums nearer 0 may hold something of terms that were limited, and are formed again with gradual
// underflow.
#if LSE_F32
#define LEAST_WEIGHED 0x1p-64
#else
#define LEAST_WEIGHED 0x1p-400
#endif

/// Writes the state of a row with max a. Where every weight is 0 or every x -inf, the sum is only
/// to show a NaN.
INLINE ptrdiff_t NAME(put_weighted)(double *state, ptrdiff_t capacity, T a, double high,
                                    double low) {
  int infinite = !NAME(is_finite)(a);
  state[0] = a;
  state[capacity] = !infinite ? high : a > 0 || high != high ? __builtin_nan("") : 0;
  state[2 * capacity] = infinite ? 0 : low;
  return infinite || high != high;
}

/// A row whose terms cancel, once more.
static __attribute__((noinline)) ptrdiff_t NAME(graded_row)(const T *x, const T *w, ptrdiff_t n,
                                                            NAME(scale) k, T a, double *state,
                                                            ptrdiff_t capacity) {
  NAME(base) b = NAME(row_base)(a, k, NAME(relative));
  NAME(weighed) row = {x, w, n, 0, 0};
  NAME(begun) g;
  NAME(begin_weighted)(&g, &row, 0, NAME(some_zero), b, k);
  NAME(two) d = NAME(fold_row)(
      NAME(weighted_sums)(&row, NAME(some_zero), GRADED, b, k, &g, &row, b));
  return NAME(put_weighted)(state, capacity, a, d.high[0], d.low[0]);
}

/// `count` rows, LANES at most, from their maxima by lanes on. `kind` is a constant.
INLINE ptrdiff_t NAME(weighted_batch)(const T *x, const T *w, int count, ptrdiff_t n,
                                      ptrdiff_t stride, ptrdiff_t weights_stride, NAME(scale) k,
                                      int kind, V *m, double *state, ptrdiff_t capacity) {
  NAME(two) d[LANES];
  int folds_all = count > 2;
  if (folds_all) {
    for (int r = count; r < LANES; r++)
      m[r] = m[0];
    LSE_FOLD_ALL(LANES, NAME(max), m)
  } else {
    LSE_FOLD_ONE_ALL(LANES, NAME(max), m[0]);
    if (count > 1) {
      LSE_FOLD_ONE_ALL(LANES, NAME(max), m[1]);
      m[0][1] = m[1][0];
    }
  }
  NAME(bases) bases;
  NAME(put_bases)(&bases, NAME(lane_base)(m[0], k, NAME(relative)));
  NAME(weighed) row = {x, w, n, count * stride, count * weights_stride};
  NAME(base) b = NAME(base_of)(&bases, 0);
  NAME(begun) g;
  NAME(begin_weighted)(&g, &row, 0, kind, b, k);
  for (int r = 0; r < count; r++) {
    int following = r + 1 < count ? r + 1 : r;
    NAME(weighed) next = row;
    next.x = x + following * stride, next.w = w + following * weights_stride;
    NAME(base) next_base = NAME(base_of)(&bases, following);
    d[r] = NAME(weighted_sums)(&row, kind, SCALED, b, k, &g, &next, next_base);
    row = next, b = next_base;
  }
  NAME(totals) total;
  if (folds_all) {
    for (int r = count; r < LANES; r++)
      d[r] = d[0];
    for (int half = 0; half < LANES / D_LANES; half++)
      total.part[half] = NAME(fold_rows)(d + half * D_LANES);
  } else {
    total.part[0] = NAME(fold_row)(d[0]);
    if (count > 1) {
      NAME(two) other = NAME(fold_row)(d[1]);
      total.part[0].high[1] = other.high[0], total.part[0].low[1] = other.low[0];
    }
  }
  NAME(totals) a = NAME(as_totals)(NAME(widen)(m[0]));
  DI ordinary = (DI){} - 1;
  for (int i = 0; i < LANES / D_LANES; i++) {
    total.part[i].high *= DOWN, total.part[i].low *= DOWN;
    D top = a.part[i].high, size = __builtin_elementwise_abs(total.part[i].high);
    ordinary &= (top <= T_MAX) & (top >= -T_MAX) & (size >= LEAST_WEIGHED);
  }
  if (count == LANES && __builtin_expect(__builtin_reduce_and(ordinary) != 0, 1)) {
    NAME(store_states)(state, capacity, m[0], total);
    return 0;
  }
  ptrdiff_t special = 0;
  for (int r = 0; r < count; r++) {
    double high = total.part[r / D_LANES].high[r % D_LANES];
    if (NAME(is_finite)(m[0][r]) && high < LEAST_WEIGHED && high > -LEAST_WEIGHED)
      special += NAME(graded_row)(x + r * stride, w + r * weights_stride, n, k, m[0][r], state + r,
                                  capacity);
    else
      special += NAME(put_weighted)(state + r, capacity, m[0][r], high,
                                    total.part[r / D_LANES].low[r % D_LANES]);
  }
  return special;
}

/// The same with the maxima, where weights may be 0 or extreme. `kind` says so if all are.
static __attribute__((noinline)) ptrdiff_t
    NAME(unusual_batch)(const T *x, const T *w, int count, ptrdiff_t n, ptrdiff_t stride,
                        ptrdiff_t weights_stride, NAME(scale) k, int kind, double *state,
                        ptrdiff_t capacity) {
  V m[LANES];
  ptrdiff_t special = 0;
  int first = 0; // of the rows before r that have no state yet
  for (int r = 0; r <= count; r++) {
    const T *weights = w + r * weights_stride;
    if (r < count && kind != NAME(extreme)) {
      NAME(seen) seen = NAME(see_nothing)();
      m[r - first] = NAME(weighted_maximum)(x + r * stride, weights, n, NAME(some_zero), &seen);
      if (NAME(are_usual)(seen))
        continue;
    }
    if (r > first)
      special += NAME(weighted_batch)(x + first * stride, w + first * weights_stride, r - first, n,
                                      stride, weights_stride, k, NAME(some_zero), m, state + first,
                                      capacity);
    if (r < count) {
      state[r] = 0;
      state[capacity + r] = state[2 * capacity + r] = __builtin_nan("");
      special++;
    }
    first = r + 1;
  }
  return special;
}

// Rows of a batch are so few that they are still near when the pass for their maxima has been over
// them.
#define WEIGHED_BYTES 16384

static ptrdiff_t NAME(reduce_weighted)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                       ptrdiff_t stride, const void *weights,
                                       ptrdiff_t weights_stride, double scale_high,
                                       double scale_low, double *state, ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  if (rows == 1)
    stride = weights_stride = columns; // fetched next is what may be the row's next block
  ptrdiff_t special = 0, bytes = columns * (ptrdiff_t)sizeof(T) * (weights_stride == 0 ? 1 : 2);
  int together = bytes * LANES <= WEIGHED_BYTES ? LANES : (int)(WEIGHED_BYTES / 2 / bytes);
  int kind = weights_stride == 0 ? NAME(weights_of)(weights, columns) : NAME(nonzero);
  int usual = kind == NAME(nonzero); // or as those of the batch before were not
  for (ptrdiff_t r = 0; r < rows;) {
    int count = together < 1 ? 1 : rows - r < together ? (int)(rows - r) : together;
    const T *from = (const T *)x + r * stride, *w = (const T *)weights + r * weights_stride;
    V m[LANES];
    NAME(seen) seen = NAME(see_nothing)();
    if (usual)
      for (int i = 0; i < count; i++)
        m[i] = weights_stride == 0
                   ? NAME(row_maximum_lanes)(from + i * stride, columns)
                   : NAME(weighted_maximum)(from + i * stride, w + i * weights_stride, columns,
                                            NAME(nonzero), &seen);
    usual = usual && NAME(are_usual)(seen);
    special += __builtin_expect(usual, 1)
                   ? NAME(weighted_batch)(from, w, count, columns, stride, weights_stride, k,
                                          NAME(nonzero), m, state + r, capacity)
                   : NAME(unusual_batch)(from, w, count, columns, stride, weights_stride, k, kind,
                                         state + r, capacity);
    r += count;
  }
  return special;
}
