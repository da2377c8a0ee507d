// Weighted reduction of one pass: rows to (a, sum of w_i 2^((x_i - a) c)), a the max of x where the
// weight is not 0.
//
// Groups of four vectors, (w0 e0 + w1 e1) + (w2 e2 + w3 e3) in T, the groups one after another in
// LANES Double sums (Double's in two parts), then lane l to lane l + h.
//
// Rows of weights that are positive or 0 take an integer shift, as in reduce.h, in one pass; the max's own
// term, in two parts, divides the sum. Its rounding and that of its product show where the result is near
// 0, which such a row's state tells: it goes the way of the others.
//
// Terms of others are relative to the row's own max, so that the max's is exactly 1: what cancels must not
// keep its error. Its pass is over rows that have been fetched meanwhile. Terms are formed
// 2^EXP_BIAS too large and limited from below; where they cancel so far that this could show, once
// more with gradual underflow, to 0 for -inf.

// Weights in magnitude between these powers of two, or 0, leave no term or sum out of range; rows
// with others are special.
#if LSE_F32
#define WEIGHT_RANGE 30
#define POSITIVE_RANGE 20
#define POSITIVE_ABOVE GUESS_ABOVE
#define POSITIVE_LEAST -170
#define WEIGHT_SHIFT 23
#define WEIGHT_BITS_LEAST ((TI)-0x7fffffff - 1)
#else
#define WEIGHT_RANGE 300
#define POSITIVE_RANGE 100
#define POSITIVE_ABOVE 100
#define POSITIVE_LEAST -1300
#define WEIGHT_SHIFT 52
#define WEIGHT_BITS_LEAST ((TI)-0x7fffffffffffffff - 1)
#endif

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

/// `positive`, a constant: only weights above 0 will do, and of less range.
INLINE void NAME(see)(NAME(seen) * s, V w, int positive) {
#if LSE_ISA == 512
  if (positive) {
    s->least = NAME(min)(w, s->least);
    s->most = NAME(max)(w, s->most);
    return;
  }
#endif
#if LSE_ISA == 512 && LSE_F32
  s->least = (V)_mm512_range_ps((__m512)w, (__m512)s->least, 0xa);
  s->most = (V)_mm512_range_ps((__m512)w, (__m512)s->most, 0xb);
#elif LSE_ISA == 512
  s->least = (V)_mm512_range_pd((__m512d)w, (__m512d)s->least, 0xa);
  s->most = (V)_mm512_range_pd((__m512d)w, (__m512d)s->most, 0xb);
#else
  VI bits = positive ? (VI)w : (VI)w & ~(VI)NAME(set)(-(T)0);
  TI range = positive ? POSITIVE_RANGE : WEIGHT_RANGE;
  TI least = (TI)((VI)NAME(set)(1))[0] - (range << WEIGHT_SHIFT);
  // Below the least one the sum wraps around.
  s->most = __builtin_elementwise_max(s->most, bits + (WEIGHT_BITS_LEAST - least));
#endif
}

/// What two have seen.
INLINE NAME(seen) NAME(see_both)(NAME(seen) s, NAME(seen) other) {
#if LSE_ISA == 512
  s.least = NAME(min)(s.least, other.least);
  s.most = NAME(max)(s.most, other.most);
#else
  s.most = __builtin_elementwise_max(s.most, other.most);
#endif
  return s;
}

/// The first n lanes of a vector.
INLINE void NAME(see_first)(NAME(seen) * s, V w, ptrdiff_t n, int positive) {
  V one = NAME(set)(1);
  NAME(see)(s, n < LANES ? NAME(keep_first)(w, n) + (one - NAME(keep_first)(one, n)) : w, positive);
}

/// True if all of them are neither 0 nor extreme.
INLINE int NAME(are_usual)(NAME(seen) s, int positive) {
#if LSE_ISA == 512
  T most = positive ? LSE_PASTE(0x1p, POSITIVE_RANGE) : LSE_PASTE(0x1p, WEIGHT_RANGE);
  return __builtin_reduce_and((s.least >= 1 / most) & (s.most <= most)) != 0;
#else
  TI range = positive ? POSITIVE_RANGE : WEIGHT_RANGE;
  return __builtin_reduce_max(s.most) <= WEIGHT_BITS_LEAST + (2 * range << WEIGHT_SHIFT);
#endif
}

/// 1 in place of 0.
INLINE V NAME(not_zero)(V weights) {
  VI none = weights == 0;
  return (V)(((VI)weights & ~none) | ((VI)NAME(set)(1) & none));
}

#ifndef LSE_WEIGHTS
#define LSE_WEIGHTS
/// Weights of ordinary size that are all positive; some of them 0; or others.
enum { POSITIVE, NOT_NEGATIVE, ANY };
#endif

/// What the weights of a row are.
static __attribute__((noinline)) int NAME(kind_of)(const T *w, ptrdiff_t n) {
  NAME(seen) some = NAME(see_nothing)(), others = some;
  ptrdiff_t i = 0;
  for (; i + 2 * LANES <= n; i += 2 * LANES) {
    NAME(see)(&some, NAME(load)(w + i), 1);
    NAME(see)(&others, NAME(load)(w + i + LANES), 1);
  }
  for (; i < n; i += LANES)
    NAME(see_first)(&some, NAME(load_weights)(w + i, n - i), n - i, 1);
  if (NAME(are_usual)(NAME(see_both)(some, others), 1))
    return POSITIVE;
  some = NAME(see_nothing)();
  for (i = 0; i < n; i += LANES)
    NAME(see_first)(&some, NAME(not_zero)(NAME(load_weights)(w + i, n - i)), n - i, 1);
  return NAME(are_usual)(some, 1) ? NOT_NEGATIVE : ANY;
}

/// The same by the first vector, which others may follow.
INLINE int NAME(seems)(const T *w, ptrdiff_t n) { return NAME(kind_of)(w, NAME(left)(n, 0)); }

/// What a weight of 0 stands beside becomes -inf.
INLINE V NAME(leave_out)(V v, V weights) {
  VI none = weights == 0;
  return (V)(((VI)v & ~none) | ((VI)NAME(set)(-(T)__builtin_inf()) & none));
}

/// The max of elements and `m`, those left out whose weight is 0; to `seen` what other weights there are.
INLINE V NAME(weighted_max)(V m, const T *x, const T *w, ptrdiff_t n, NAME(seen) * seen) {
  V v = n < LANES ? NAME(load_first)(x, n) : NAME(load)(x);
  V weights = NAME(load_weights)(w, n);
  NAME(see_first)(seen, NAME(not_zero)(weights), n, 0);
  return NAME(max)(NAME(leave_out)(v, weights), m);
}

/// The same for a row, by lanes.
INLINE V NAME(weighted_maximum)(const T *x, const T *w, ptrdiff_t n, NAME(seen) * seen) {
  V low = NAME(set)(-(T)__builtin_inf());
  V m[4] = {low, low, low, low};
  NAME(seen) none = NAME(see_nothing)(), each[4] = {none, none, none, none};
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES)
    for (int j = 0; j < 4; j++) {
      ptrdiff_t at = i + j * LANES;
      m[j] = NAME(weighted_max)(m[j], x + at, w + at, LANES, each + j);
    }
  for (; i < n; i += LANES)
    m[0] = NAME(weighted_max)(m[0], x + i, w + i, n - i, each);
  *seen = NAME(see_both)(NAME(see_both)(each[0], each[1]), NAME(see_both)(each[2], each[3]));
  return NAME(max)(NAME(max)(m[0], m[1]), NAME(max)(m[2], m[3]));
}

/// Rows beside each other, and what is fetched while they are summed.
typedef struct {
  const T *x, *w;
  ptrdiff_t n, ahead, weights_ahead; // 0: not at all
} NAME(weighed);

/// Four vectors of which n elements are left; absent ones are 0 among weights, or else -inf.
INLINE void NAME(load_four)(V *v, const T *p, ptrdiff_t n, int are_weights) {
  if (__builtin_expect(n >= 4 * LANES, 1)) {
    for (int j = 0; j < 4; j++)
      v[j] = NAME(load)(p + j * LANES);
  } else {
    for (int j = 0; j < 4; j++) {
      ptrdiff_t left = NAME(left)(n, j);
      v[j] = are_weights ? NAME(load_weights)(p + j * LANES, left)
                         : NAME(load_first)(p + j * LANES, left);
    }
  }
}

/// The weights of the group from element i on.
INLINE void NAME(group_weights)(V *weights, const NAME(weighed) * row, ptrdiff_t i) {
  NAME(load_four)(weights, row->w + i, row->n - i, 1);
}

/// How the terms of a row are formed; a constant.
typedef struct {
  int form;       // summed for weights that are not negative, or relative
  int range;      // GRADED, or SCALED for terms 2^EXP_BIAS too large
  int some_zero;  // elements whose weight is 0 are left out
  int sees;       // what weights there are is noted
} NAME(weighing);

/// Begins the terms of that group.
INLINE void NAME(begin_weighted)(NAME(begun) * g, const NAME(weighed) * row, ptrdiff_t i,
                                 NAME(weighing) way, NAME(base) b, NAME(scale) k) {
  V v[4];
  NAME(load_four)(v, row->x + i, row->n - i, 0);
  if (way.some_zero) {
    V weights[4];
    NAME(group_weights)(weights, row, i);
    for (int j = 0; j < 4; j++)
      v[j] = NAME(leave_out)(v[j], weights[j]);
  }
  if (way.form == NAME(summed))
    g->top = NAME(top_of)(v, 4);
  NAME(begin_terms)(g, v, 4, b, k, way.form);
}

// The first half of a group's exponentials runs beside the second half of the group's before, where
// there are registers for it.
#define OVERLAPS (LSE_ISA == 512)

/// Sums of a row; its first group is in `g` on entry and `next`'s on return, if they overlap. `top` and
/// `seen` if the way is such.
INLINE NAME(two) NAME(weighted_sums)(const NAME(weighed) * row, NAME(weighing) way, NAME(base) b,
                                     NAME(scale) k, NAME(begun) * g, const NAME(weighed) * next,
                                     NAME(base) next_base, V *top, NAME(seen) * seen) {
  NAME(sums) s = {};
  V largest = NAME(set)(-(T)__builtin_inf());
  ptrdiff_t i = 0;
  do {
    NAME(begun) after;
    for (int j = 0; j < 4; j++) {
      __builtin_prefetch(row->x + i + j * LANES + row->ahead);
      if (row->weights_ahead)
        __builtin_prefetch(row->w + i + j * LANES + row->weights_ahead);
    }
    if (!OVERLAPS)
      NAME(begin_weighted)(g, row, i, way, b, k);
    else if (i + 4 * LANES < row->n)
      NAME(begin_weighted)(&after, row, i + 4 * LANES, way, b, k);
    else
      NAME(begin_weighted)(&after, next, 0, way, next_base, k);
    V e[4], weights[4];
    NAME(exp_finish)(g->t, g->f, e, 0, 4, g->origin, k, way.range);
    NAME(group_weights)(weights, row, i);
    if (way.sees) {
      ptrdiff_t left = row->n - i;
      for (int j = 0; j < 4 && left > j * LANES; j++) {
        V seen_weights = way.some_zero ? NAME(not_zero)(weights[j]) : weights[j];
        if (__builtin_expect(left >= 4 * LANES, 1))
          NAME(see)(seen, seen_weights, 1);
        else
          NAME(see_first)(seen, seen_weights, left - j * LANES, 1);
      }
    }
    V first = NAME(fma)(e[1], weights[1], e[0] * weights[0]);
    V second = NAME(fma)(e[3], weights[3], e[2] * weights[2]);
    NAME(add_group)(&s, NAME(widen)(first + second));
    if (way.form == NAME(summed))
      largest = NAME(max)(g->top, largest);
    if (OVERLAPS)
      *g = after;
    i += 4 * LANES;
  } while (i < row->n);
  if (way.form == NAME(summed))
    *top = largest;
  return NAME(first_fold)(s);
}

/// The sums of `count` rows, whose bases are in `bases` or, without them, `b` for all. `top`, if the way
/// is such, is a vector for each row.
INLINE void NAME(sum_weighted)(NAME(weighed) row, int count, ptrdiff_t stride,
                               ptrdiff_t weights_stride, NAME(weighing) way,
                               const NAME(bases) * bases, NAME(base) b, NAME(scale) k,
                               NAME(two) * d, V *top, NAME(seen) * seen) {
  if (bases)
    b = NAME(base_of)(bases, 0);
  NAME(begun) g;
  NAME(begin_weighted)(&g, &row, 0, way, b, k);
  for (int r = 0; r < count; r++) {
    int following = r + 1 < count ? r + 1 : r;
    NAME(weighed) next = row;
    if (following > r)
      next.x += stride, next.w += weights_stride;
    NAME(base) next_base = bases ? NAME(base_of)(bases, following) : b;
    d[r] = NAME(weighted_sums)(&row, way, b, k, &g, &next, next_base, top + r, seen);
    row = next, b = next_base;
  }
}

/// The maxima of `count` rows, LANES at most, a row in each lane.
INLINE V NAME(fold_maxima)(V *m, int count) {
  if (count > 2) {
    for (int r = count; r < LANES; r++)
      m[r] = m[0];
    LSE_FOLD_ALL(LANES, NAME(max), m)
    return m[0];
  }
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m[0]);
  if (count > 1) {
    LSE_FOLD_ONE_ALL(LANES, NAME(max), m[1]);
    m[0][1] = m[1][0];
  }
  return m[0];
}

/// The same for their sums.
INLINE NAME(totals) NAME(fold_totals)(NAME(two) * d, int count) {
  NAME(totals) total = {};
  if (count > 2) {
    for (int r = count; r < LANES; r++)
      d[r] = d[0];
    for (int half = 0; half < LANES / D_LANES; half++)
      total.part[half] = NAME(fold_rows)(d + half * D_LANES);
    return total;
  }
  total.part[0] = NAME(fold_row)(d[0]);
  if (count > 1) {
    NAME(two) other = NAME(fold_row)(d[1]);
    total.part[0].high[1] = other.high[0], total.part[0].low[1] = other.low[0];
  }
  return total;
}

// MARK: Weights that are not negative

/// A sum over the max's own term.
INLINE NAME(two) NAME(over)(NAME(two) sum, D own, D own_low) {
#if LSE_F32
  NAME(two) p = {sum.high / (own + own_low), {}};
#else
  D inverse = 1 / own;
  NAME(two) p = {sum.high * inverse, {}};
  p.low = ((sum.low - NAME(d_fms)(p.high, own, sum.high)) - p.high * own_low) * inverse;
#endif
  return p;
}

/// Where the result of a row with a c = product and such a sum is more than 3 T from 0. From 2 T on the
/// rounding of the own term and of its product showed as 1.02 ULP (docs/accuracy.md).
INLINE DI NAME(is_far)(D product, D sum) {
  // The power of two in the sum, as a Double: a small integer in the last bits of 1.5 2^52.
  D power = (D)((DI)NAME(d_set)(0x1.8p52) + (((DI)sum >> 52) - 1023)) - 0x1.8p52;
  D least = product + power;
  return (sum > 0) & (sum <= 0x1p1000) & ((least >= 4.4) | (least <= -5.4));
}

/// Sums of `count` rows, LANES at most, of weights that are positive, or 0 with `some_zero`, whose shifts
/// are common. Rows that keep no state are told by a bit each; in `unfit` those that another shift may do
/// for.
INLINE unsigned NAME(positive_batch)(const T *x, const T *w, int count, ptrdiff_t n, ptrdiff_t stride,
                                     ptrdiff_t weights_stride, NAME(scale) k, int some_zero,
                                     int sees, NAME(base) b, double *state, ptrdiff_t capacity,
                                     unsigned *unfit, NAME(seen) * seen) {
  const NAME(weighing) way = {NAME(summed), SCALED, some_zero, sees};
  V m[LANES];
  NAME(two) d[LANES];
  NAME(weighed) row = {x, w, n, PREFETCH, sees ? PREFETCH : 0};
  NAME(sum_weighted)(row, count, stride, weights_stride, way, 0, b, k, d, m, seen);
  V maxima = NAME(fold_maxima)(m, count), product = maxima * k.high;
  NAME(totals) total = NAME(fold_totals)(d, count);
  V low, high = NAME(own_terms)(maxima, b, k, NAME(summed), &low);
  NAME(totals) own = NAME(as_totals)(NAME(widen)(high)), own_low = NAME(as_totals)(NAME(widen)(low));
  NAME(totals) products = NAME(as_totals)(NAME(widen)(product));
  VI does = NAME(does_for)(b, maxima, k);
  does &= NAME(integer)(product) + (b.origin - EXP_BIAS) <= POSITIVE_ABOVE;
  DI far = (DI){} - 1, each[LANES / D_LANES];
  for (int i = 0; i < LANES / D_LANES; i++) {
    total.part[i] = NAME(over)(total.part[i], own.part[i].high, own_low.part[i].high);
    each[i] = NAME(is_far)(products.part[i].high, total.part[i].high);
    far &= each[i];
  }
  if (__builtin_expect(count == LANES && __builtin_reduce_and(does) && __builtin_reduce_and(far), 1)) {
    NAME(store_states)(state, capacity, maxima, total);
    return 0;
  }
  unsigned left = 0;
  for (int r = 0; r < count; r++) {
    state[r] = maxima[r];
    state[capacity + r] = total.part[r / D_LANES].high[r % D_LANES];
    state[2 * capacity + r] = total.part[r / D_LANES].low[r % D_LANES];
    *unfit |= (unsigned)!does[r] << r;
    left |= (unsigned)!(does[r] && each[r / D_LANES][r % D_LANES]) << r;
  }
  return left;
}

// MARK: Others

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
  const NAME(weighing) way = {NAME(relative), GRADED, 1, 0};
  NAME(base) b = NAME(row_base)(a, k, NAME(relative));
  NAME(weighed) row = {x, w, n, 0, 0};
  NAME(two) d;
  NAME(sum_weighted)(row, 1, 0, 0, way, 0, b, k, &d, 0, 0);
  d = NAME(fold_row)(d);
  return NAME(put_weighted)(state, capacity, a, d.high[0], d.low[0]);
}

/// `count` rows, LANES at most, from their maxima by lanes on.
INLINE ptrdiff_t NAME(weighted_batch)(const T *x, const T *w, int count, ptrdiff_t n,
                                      ptrdiff_t stride, ptrdiff_t weights_stride, NAME(scale) k,
                                      V *m, double *state, ptrdiff_t capacity) {
  const NAME(weighing) way = {NAME(relative), SCALED, 1, 0};
  NAME(two) d[LANES];
  NAME(fold_maxima)(m, count);
  NAME(bases) bases;
  NAME(put_bases)(&bases, NAME(lane_base)(m[0], k, NAME(relative)));
  NAME(weighed) row = {x, w, n, count * stride, count * weights_stride};
  NAME(sum_weighted)(row, count, stride, weights_stride, way, &bases, (NAME(base)){}, k, d, m, 0);
  NAME(totals) total = NAME(fold_totals)(d, count);
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

/// `count` rows, LANES at most, whose weights may be anything.
static __attribute__((noinline)) ptrdiff_t
    NAME(any_batch)(const T *x, const T *w, int count, ptrdiff_t n, ptrdiff_t stride,
                    ptrdiff_t weights_stride, NAME(scale) k, double *state, ptrdiff_t capacity) {
  V m[LANES];
  ptrdiff_t special = 0;
  int first = 0; // of the rows before r that have no state yet
  for (int r = 0; r <= count; r++) {
    if (r < count) {
      NAME(seen) seen;
      m[r - first] = NAME(weighted_maximum)(x + r * stride, w + r * weights_stride, n, &seen);
      if (NAME(are_usual)(seen, 0))
        continue;
    }
    if (r > first)
      special += NAME(weighted_batch)(x + first * stride, w + first * weights_stride, r - first, n,
                                      stride, weights_stride, k, m, state + first, capacity);
    if (r < count) {
      state[r] = 0;
      state[capacity + r] = state[2 * capacity + r] = __builtin_nan("");
      special++;
    }
    first = r + 1;
  }
  return special;
}

/// The rows of `left` among `count`, each the way that its own elements and weights say: those of weights
/// that are not negative by a shift of their own, if they are `unfit` for the guess. `fits` is 1 if all
/// rows' weights are such, -1 if none's are, and else 0.
static __attribute__((noinline)) ptrdiff_t
    NAME(left_rows)(const T *x, const T *w, int count, ptrdiff_t n, ptrdiff_t stride,
                    ptrdiff_t weights_stride, NAME(scale) k, NAME(scale) positive_k, int fits,
                    unsigned left, unsigned unfit, NAME(guess) * guess, double *state,
                    ptrdiff_t capacity, ptrdiff_t together) {
  ptrdiff_t special = 0;
  int first = 0; // of the rows before r that have no state yet
  for (int r = 0; r <= count; r++) {
    int remains = r < count && left >> r & 1;
    const T *from = x + r * stride, *weights = w + r * weights_stride;
    if (remains && unfit >> r & 1 &&
        (fits > 0 || (fits == 0 && NAME(seems)(weights, n) != ANY && NAME(kind_of)(weights, n) != ANY))) {
      NAME(seen) seen;
      V m = NAME(weighted_maximum)(from, weights, n, &seen);
      LSE_FOLD_ONE_ALL(LANES, NAME(max), m);
      T a = m[0];
      if (NAME(is_near)(NAME(set)(a * k.high[0]))[0]) {
        NAME(set_guess)(guess, a, positive_k, NAME(summed));
        unsigned none = 0;
        remains = NAME(positive_batch)(from, weights, 1, n, stride, weights_stride, positive_k, 1, 0,
                                       guess->base, state + r, capacity, &none, 0) != 0;
      }
    }
    if (remains && r - first < together)
      continue;
    if (r > first)
      special += NAME(any_batch)(x + first * stride, w + first * weights_stride, r - first, n, stride,
                                 weights_stride, k, state + first, capacity);
    first = remains ? r : r + 1;
  }
  return special;
}

// Rows that are read twice are taken together only so far that they are still near the second time.
#define WEIGHED_BYTES 16384

static ptrdiff_t NAME(reduce_weighted)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                       ptrdiff_t stride, const void *weights,
                                       ptrdiff_t weights_stride, double scale_high,
                                       double scale_low, double *state, ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low), positive_k = k;
  // Products with the least weight are to be no subnormal numbers.
  positive_k.least_graded *= (T)-POSITIVE_LEAST / EXP_LEAST;
  if (rows == 1)
    stride = weights_stride = columns; // fetched next is what may be the row's next block
  ptrdiff_t special = 0, bytes = columns * (ptrdiff_t)sizeof(T) * (weights_stride == 0 ? 1 : 2);
  ptrdiff_t together = bytes * LANES <= WEIGHED_BYTES ? LANES : WEIGHED_BYTES / 2 / bytes;
  int repeats = weights_stride == 0;
  // Of the batch before, but never less than of the first weights.
  int kind = repeats ? NAME(kind_of)(weights, columns) : NAME(seems)(weights, columns);
  NAME(guess) guess = NAME(first_guess)(x, 0, positive_k, NAME(summed));
  for (ptrdiff_t r = 0; r < rows;) {
    int count = rows - r < LANES ? (int)(rows - r) : LANES;
    const T *from = (const T *)x + r * stride, *w = (const T *)weights + r * weights_stride;
    unsigned left = ~0U, unfit = ~0U;
    int fits = repeats ? -1 : 0;
    if (kind == ANY && !repeats)
      kind = NAME(seems)(w, columns);
#define BATCH(some_zero, sees)                                                                     \
  NAME(positive_batch)(from, w, count, columns, stride, weights_stride, positive_k, some_zero, sees, \
                       guess.base, state + r, capacity, &some, &seen)
    if (__builtin_expect(kind != ANY, 1)) {
      NAME(seen) seen = NAME(see_nothing)();
      unsigned some = 0, others;
      if (kind == POSITIVE)
        others = repeats ? BATCH(0, 0) : BATCH(0, 1);
      else
        others = repeats ? BATCH(1, 0) : BATCH(1, 1);
      if (repeats || NAME(are_usual)(seen, 1))
        fits = 1, left = others, unfit = some;
      else
        kind++;
    }
#undef BATCH
    if (__builtin_expect(left != 0, 0))
      special += NAME(left_rows)(from, w, count, columns, stride, weights_stride, k, positive_k, fits,
                                 left, unfit, &guess, state + r, capacity,
                                 together < 1 ? 1 : together);
    r += count;
  }
  return special;
}
