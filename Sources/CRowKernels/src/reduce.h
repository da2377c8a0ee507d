// Reduction of one pass: rows to (max, sum), the exponentials stored or not.
//
// The order of a row's sum depends on its length alone: groups of four vectors,
// (v0 + v1) + (v2 + v3) in T, the groups one after another in LANES Double sums, then lane l to
// lane l + h, h halving; up to SHORT_COLUMNS no sum is rounded to T (docs/invariance.md). An absent
// element adds 0 or so little that it changes no bit.

// Rows of at most so many columns are short: a row stands in each lane.
#define SHORT_COLUMNS (LSE_F32 ? LANES : 2 * LANES)

/// What the elements of a row are taken relative to.
typedef struct {
  V shift, least, origin;
} NAME(base);

/// How a row is summed. In LSE form terms are relative to the max. In softmax form they are shifted
/// by an integer, so that x - max is not rounded; another integer changes their exponents alone.
enum NAME(form) {
  NAME(small),    // LSE form times 2^EXP_BIAS, all in two parts: for a row whose errors would show
  NAME(relative), // LSE form with gradual underflow, for the blas plan
  NAME(shifted),  // softmax form with gradual underflow, for the blas plan
  NAME(summed),   // softmax form times 2^EXP_BIAS
  NAME(exact),    // the same, for short rows whose rest is to be right by itself
  NAME(ahead),    // summed, and the memory where results will go is fetched meanwhile
  NAME(stored),   // summed, and the terms are stored there
};
/// Added to a form from `summed` on where a max may be so large that its row has a shift as well.
#define FAR 8
#define FORM(form) ((form) & (FAR - 1))
#define IS_STORED(form) (FORM(form) == NAME(stored))
#define IS_NEAR(form) ((form) >= NAME(summed) && (form) < FAR)
#define IS_EXACT(form) (IS_STORED(form) || FORM(form) == NAME(exact))

/// How far down a form's exponentials go.
INLINE int NAME(range)(int form) {
  return form == NAME(relative) || form == NAME(shifted) ? GRADED : SCALED;
}

/// Where |a c| is so small for a max a that the row needs no shift but an integer.
INLINE VI NAME(is_near)(V product) {
  return (product < REFERENCE_LIMIT) & (product > -REFERENCE_LIMIT);
}

/// N for a near row: a c rounded.
INLINE V NAME(integer)(V product) { return (product + ROUND_MAGIC) - ROUND_MAGIC; }

/// From the maxima of LANES rows, a row in each lane.
INLINE NAME(base) NAME(lane_base)(V m, NAME(scale) k, int form) {
  V shift = NAME(max)(NAME(set)(-T_MAX), -NAME(max)(NAME(set)(-T_MAX), -m));
  V least = NAME(set)(form == NAME(small) ? k.least_graded * (T)SMALL_PART : k.least_graded);
  NAME(base) b = {shift, least, NAME(set)(EXP_BIAS)};
  if (FORM(form) >= NAME(shifted)) {
    V product = m * k.high;
    VI near = NAME(is_near)(product);
    b.origin -= (V)((VI)NAME(integer)(product) & near);
    b.shift = (V)((VI)shift & ~near);
    b.least = least + (V)((VI)m & near);
  }
  return b;
}

/// The base of one row, in every lane.
INLINE NAME(base) NAME(row_base)(T a, NAME(scale) k, int form) {
  return NAME(lane_base)(NAME(set)(a), k, form);
}

/// The bases of LANES rows in memory, for one row after the other.
typedef struct {
  T shift[LANES], least[LANES], origin[LANES];
} NAME(bases);

INLINE void NAME(put_bases)(NAME(bases) * to, NAME(base) b) {
  NAME(store)(to->shift, b.shift);
  NAME(store)(to->least, b.least);
  NAME(store)(to->origin, b.origin);
}

INLINE NAME(base) NAME(base_of)(const NAME(bases) * from, int row) {
  NAME(base)
  b = {NAME(set)(from->shift[row]), NAME(set)(from->least[row]), NAME(set)(from->origin[row])};
  return b;
}

/// Terms on their way: what lies between the two halves of `count` exponentials.
typedef struct {
  V t[4], f[4], origin, top;
} NAME(begun);

INLINE V NAME(relative_to)(NAME(base) b, V x, int form) {
  return NAME(max)(b.least, IS_NEAR(form) ? x : x - b.shift);
}

INLINE void NAME(begin_terms)(NAME(begun) * g, const V *x, int count, NAME(base) b, NAME(scale) k,
                              int form) {
  V z[4];
  for (int i = 0; i < count; i++)
    z[i] = NAME(relative_to)(b, x[i], form);
  NAME(exp_reduce)(z, g->t, g->f, count, b.origin, k);
  if (form == NAME(small))
    for (int i = 0; i < count; i++) {
      // What x - shift misses, by Knuth's sum; 0 for what was limited from below.
      V d = x[i] - b.shift, back = d - x[i];
      V low = (x[i] - (d - back)) - (b.shift + back);
      g->f[i] = NAME(add_low)(g->f[i], (V)((VI)low & (d >= b.least)), k);
    }
  g->origin = b.origin;
}

INLINE void NAME(end_terms)(const NAME(begun) * g, V *e, int count, NAME(scale) k, int form) {
  NAME(exp_finish)(g->t, g->f, e, 0, count, g->origin, k, NAME(range)(form));
}

/// Elements to terms, in place.
INLINE void NAME(terms)(V *x, int count, NAME(base) b, NAME(scale) k, int form) {
  NAME(begun) g;
  NAME(begin_terms)(&g, x, count, b, k, form);
  NAME(end_terms)(&g, x, count, k, form);
}

INLINE V NAME(row_maximum_lanes)(const T *x, ptrdiff_t n) {
  V low = NAME(set)(-(T)__builtin_inf());
  V m0 = low, m1 = low, m2 = low, m3 = low;
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    m0 = NAME(max)(NAME(load)(x + i), m0);
    m1 = NAME(max)(NAME(load)(x + i + LANES), m1);
    m2 = NAME(max)(NAME(load)(x + i + 2 * LANES), m2);
    m3 = NAME(max)(NAME(load)(x + i + 3 * LANES), m3);
  }
  for (; i + LANES <= n; i += LANES)
    m0 = NAME(max)(NAME(load)(x + i), m0);
  if (i < n)
    m1 = NAME(max)(NAME(load_first)(x + i, n - i), m1);
  return NAME(max)(NAME(max)(m0, m1), NAME(max)(m2, m3));
}

#define ADD(a, b) ((a) + (b))

INLINE T NAME(row_maximum)(const T *x, ptrdiff_t n) {
  V m = NAME(row_maximum_lanes)(x, n);
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m);
  return m[0];
}

/// LANES Double sums; Double's are in two parts.
typedef struct {
#if LSE_F32
  D lower, upper;
#else
  D high, low;
#endif
} NAME(sums);

INLINE NAME(sums) NAME(widen)(V v) {
#if LSE_F32
  typedef NAME(half) half;
#if LANES == 16
  half lower = LSE_SHUFFLE(v, v, 0, 1, 2, 3, 4, 5, 6, 7);
  half upper = LSE_SHUFFLE(v, v, 8, 9, 10, 11, 12, 13, 14, 15);
#elif LANES == 8
  half lower = LSE_SHUFFLE(v, v, 0, 1, 2, 3), upper = LSE_SHUFFLE(v, v, 4, 5, 6, 7);
#else
  half lower = LSE_SHUFFLE(v, v, 0, 1), upper = LSE_SHUFFLE(v, v, 2, 3);
#endif
  NAME(sums) s = {__builtin_convertvector(lower, D), __builtin_convertvector(upper, D)};
#else
  NAME(sums) s = {v, {}};
#endif
  return s;
}

/// Doubles rounded to a vector of T.
INLINE V NAME(narrowed)(const D *d) {
#if LSE_F32
  NAME(half) a = __builtin_convertvector(d[0], NAME(half));
  NAME(half) b = __builtin_convertvector(d[1], NAME(half));
#if LANES == 16
  return LSE_SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#elif LANES == 8
  return LSE_SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
#else
  return LSE_SHUFFLE(a, b, 0, 1, 2, 3);
#endif
#else
  return d[0];
#endif
}

/// The sums of the first `count` of four vectors: (e0 + e1) + (e2 + e3), what is absent left out.
INLINE NAME(sums) NAME(group)(const V *e, int count, int form) {
#if LSE_F32 && LSE_ISA == 128
  (void)form;
  NAME(sums) w = NAME(widen)(e[0]); // Double is inside anyway
  if (count > 1) {
    NAME(sums) w1 = NAME(widen)(e[1]);
    w.lower += w1.lower, w.upper += w1.upper;
  }
  if (count > 2) {
    NAME(sums) w2 = NAME(widen)(e[2]);
    if (count > 3) {
      NAME(sums) w3 = NAME(widen)(e[3]);
      w2.lower += w3.lower, w2.upper += w3.upper;
    }
    w.lower += w2.lower, w.upper += w2.upper;
  }
  return w;
#else
  V a = e[0], b = e[2];
#if !LSE_F32
  if (IS_STORED(form)) {
    NAME(two) p = {a, {}}, q = {b, {}};
    if (count > 1)
      LSE_TWO_SUM(p, e[0], e[1], (D){})
    if (count > 3)
      LSE_TWO_SUM(q, e[2], e[3], (D){})
    if (count > 2)
      LSE_TWO_SUM(p, p.high, q.high, p.low + q.low)
    NAME(sums) s = {p.high, p.low};
    return s;
  }
#endif
  if (count > 1)
    a = a + e[1];
  if (count > 3)
    b = b + e[3];
#if LSE_F32
  if (IS_STORED(form) && count > 2) {
    NAME(sums) s = NAME(widen)(a), more = NAME(widen)(b);
    s.lower += more.lower, s.upper += more.upper;
    return s;
  }
#endif
  return NAME(widen)(count > 2 ? a + b : a);
#endif
}

INLINE void NAME(add_group)(NAME(sums) * s, NAME(sums) w) {
#if LSE_F32
  s->lower += w.lower;
  s->upper += w.upper;
#else
  LSE_TWO_SUM((*s), s->high, w.high, s->low + w.low)
#endif
}

/// The first level of halving; Float's sums are in one part, low is 0.
INLINE NAME(two) NAME(first_fold)(NAME(sums) s) {
#if LSE_F32
  NAME(two) d = {s.lower + s.upper, {}};
#else
  NAME(two) d = {s.high, s.low};
#endif
  return d;
}

/// The other levels: for one row, in lane 0, and for D_LANES rows.
INLINE NAME(two) NAME(fold_row)(NAME(two) d) {
#if LSE_F32
  LSE_FOLD_ONE_ALL(D_LANES, ADD, d.high);
#else
  LSE_FOLD_ONE_TWO_ALL(D_LANES, d)
#endif
  return d;
}

INLINE NAME(two) NAME(fold_rows)(NAME(two) * d) {
#if LSE_F32
  D high[D_LANES];
  for (int i = 0; i < D_LANES; i++)
    high[i] = d[i].high;
  LSE_FOLD_ALL(D_LANES, ADD, high)
  NAME(two) t = {high[0], {}};
  return t;
#else
  LSE_FOLD_TWO_ALL(D_LANES, d)
  return d[0];
#endif
}

/// Terms that are exactly 1, as the max's own is and no larger one can be, are left out of LSE
/// form's sums and counted.
INLINE ptrdiff_t NAME(take_out_ones)(V *e, int count) {
  return NAME(clear_equal)(e, count, NAME(set)(1));
}

/// `count` vectors of a row (a constant), the last one with `last` elements.
INLINE void NAME(load_group)(V *v, const T *x, int count, ptrdiff_t last) {
  for (int j = 0; j < count - 1; j++)
    v[j] = NAME(load)(x + j * LANES);
  v[count - 1] = last < LANES ? NAME(load_first)(x + (count - 1) * LANES, last)
                              : NAME(load)(x + (count - 1) * LANES);
}

/// The terms of those, stored if they are to be; gives their sums.
INLINE NAME(sums) NAME(sum_group)(V *e, int count, ptrdiff_t last, T *out, int form) {
  if (IS_STORED(form)) {
    for (int j = 0; j < count - 1; j++)
      NAME(store)(out + j * LANES, e[j]);
    if (last < LANES)
      NAME(store_first)(out + (count - 1) * LANES, e[count - 1], last);
    else
      NAME(store)(out + (count - 1) * LANES, e[count - 1]);
  }
  return NAME(group)(e, count, form);
}

/// The sums of a group of terms to memory, for the blas plan.
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

/// `sum_group`, and its sums to those of the row, or to `put` if there is one.
INLINE void NAME(take_group)(V *e, int count, ptrdiff_t last, T *out, int form, NAME(sums) * s,
                             double **put) {
  NAME(sums) w = NAME(sum_group)(e, count, last, out, form);
  if (put)
    *put = NAME(put_group)(*put, e, count);
  else
    NAME(add_group)(s, w);
}

/// The largest of `count` vectors (a constant), lane by lane.
INLINE V NAME(top_of)(const V *x, int count) {
  V top = x[0];
  if (count > 1)
    top = NAME(max)(top, x[1]);
  if (count > 3)
    return NAME(max)(top, NAME(max)(x[2], x[3]));
  return count > 2 ? NAME(max)(top, x[2]) : top;
}

/// The last 1 to 4 vectors of a row.
INLINE void NAME(last_group)(const T *x, int count, ptrdiff_t last, T *out, NAME(base) b,
                             NAME(scale) k, int form, NAME(sums) * s, double **put, V *top) {
  V e[4];
  NAME(load_group)(e, x, count, last);
  *top = NAME(max)(NAME(top_of)(e, count), *top);
  NAME(terms)(e, count, b, k, form);
  NAME(take_group)(e, count, last, out, form, s, put);
}

// How far ahead elements are fetched and places of terms; elements alone, which come from memory
// where rows are many, across the page they are in (docs/performance.md).
#define PREFETCH (2048 / (int)sizeof(T))
#define PREFETCH_FAR (4096 / (int)sizeof(T))

/// Begins the four vectors at `x`.
INLINE void NAME(begin_group)(NAME(begun) * g, const T *x, NAME(base) b, NAME(scale) k, int form) {
  V v[4];
  NAME(load_group)(v, x, 4, LANES);
  g->top = NAME(top_of)(v, 4);
  NAME(begin_terms)(g, v, 4, b, k, form);
}

/// The second half of the group that `g` holds and that stands at `x`, beside the first half of the
/// one after it, which stands at `next`.
INLINE void NAME(group_step)(const NAME(begun) * g, const T *x, T *out, NAME(begun) * after,
                             const T *next, NAME(base) next_base, NAME(scale) k, int form,
                             NAME(sums) * s, double **put, V *top) {
  V e[4];
  for (int j = 0; j < 4; j++) {
    __builtin_prefetch(x + j * LANES +
                       (FORM(form) == NAME(ahead) ? PREFETCH : PREFETCH_FAR));
    if (IS_STORED(form))
      __builtin_prefetch(out + j * LANES + PREFETCH, 1);
    else if (FORM(form) == NAME(ahead))
      __builtin_prefetch(out + j * LANES, 1);
  }
  NAME(begin_group)(after, next, next_base, k, form);
  NAME(end_terms)(g, e, 4, k, form);
  *top = NAME(max)(g->top, *top);
  NAME(take_group)(e, 4, LANES, out, form, s, put);
}

/// Sums of a row longer than a vector, and the largest element of each lane. The first half of a
/// group's exponentials runs beside the second half of the group's before, across the ends of rows:
/// if the row has a whole group, its first one is in `g` on entry, and `next`'s first one on return. With
/// `put` the groups' sums go there, and are not added up.
INLINE NAME(two) NAME(row_sums)(const T *x, ptrdiff_t n, T *out, NAME(base) b, NAME(scale) k,
                                int form, NAME(begun) * g, const T *next, NAME(base) next_base,
                                double **put, V *top) {
  NAME(sums) s = {};
  V largest = NAME(set)(-(T)__builtin_inf());
  ptrdiff_t i = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    NAME(begun) after;
    int inside = i + 8 * LANES <= n;
    NAME(group_step)(g, x + i, out + i, &after, inside ? x + i + 4 * LANES : next,
                     inside ? b : next_base, k, form, &s, put, &largest);
    *g = after;
  }
  x += i, out += i, n -= i;
  if (n > 3 * LANES)
    NAME(last_group)(x, 4, n - 3 * LANES, out, b, k, form, &s, put, &largest);
  else if (n > 2 * LANES)
    NAME(last_group)(x, 3, n - 2 * LANES, out, b, k, form, &s, put, &largest);
  else if (n > LANES)
    NAME(last_group)(x, 2, n - LANES, out, b, k, form, &s, put, &largest);
  else if (n > 0)
    NAME(last_group)(x, 1, n, out, b, k, form, &s, put, &largest);
  *top = largest;
  return NAME(first_fold)(s);
}

/// The same for a row by itself.
INLINE NAME(two) NAME(lone_row_sums)(const T *x, ptrdiff_t n, T *out, NAME(base) b, NAME(scale) k,
                                     int form, double **put, V *top) {
  NAME(begun) g;
  if (n >= 4 * LANES)
    NAME(begin_group)(&g, x, b, k, form);
  // The last group begun is one of the row's again, and not used.
  return NAME(row_sums)(x, n, out, b, k, form, &g, x, b, put, top);
}

/// A sum in two parts, scalar.
typedef struct {
  double high, low;
} NAME(sum);

#if !LSE_F32
/// The levels of `fold_row` for LANES rows, a row in each lane: d[i] is what is lane i there.
INLINE NAME(two) NAME(fold_lanes)(NAME(two) * d) {
  for (int h = LANES / 2; h > 0; h /= 2)
    for (int i = 0; i < h; i++)
      LSE_TWO_SUM(d[i], d[i].high, d[i + h].high, d[i].low + d[i + h].low)
  return d[0];
}
#endif

/// Totals of LANES rows, in the order of `D`s.
typedef struct {
  NAME(two) part[LANES / D_LANES];
} NAME(totals);

INLINE NAME(totals) NAME(as_totals)(NAME(sums) s) {
#if LSE_F32
  NAME(totals) t = {{{s.lower, {}}, {s.upper, {}}}};
#else
  NAME(totals) t = {{{s.high, s.low}}};
#endif
  return t;
}

/// LANES rows, a row in each lane: s[i] is what is lane i of a row by itself. Sums are formed in place.
INLINE NAME(totals) NAME(fold_sums)(NAME(sums) * s) {
#if LSE_F32
  for (int h = LANES / 2; h > 0; h /= 2)
    for (int i = 0; i < h; i++)
      s[i].lower += s[i + h].lower, s[i].upper += s[i + h].upper;
  return NAME(as_totals)(s[0]);
#else
  NAME(two) d[LANES];
  for (int i = 0; i < LANES; i++)
    d[i] = NAME(first_fold)(s[i]);
  return (NAME(totals)){{NAME(fold_lanes)(d)}};
#endif
}

/// Makes terms in two parts 0 that were limited from below.
INLINE void NAME(clear_tiny)(V *e, V *low, int count) {
  for (int j = 0; j < count; j++) {
    VI tiny = e[j] < (T)LEAST_SCALED;
    e[j] = (V)((VI)e[j] & ~tiny), low[j] = (V)((VI)low[j] & ~tiny);
  }
}

/// `count` vectors of a row in small form, the last of them with `n` elements in all, to `s`.
INLINE ptrdiff_t NAME(small_group)(const T *x, int count, ptrdiff_t n, NAME(base) b, NAME(scale) k,
                                   NAME(sums) * s) {
  V e[4], low[4];
  for (int j = 0; j < count; j++)
    e[j] = NAME(load_first)(x + j * LANES, NAME(left)(n, j));
  NAME(begun) g;
  NAME(begin_terms)(&g, e, count, b, k, NAME(small));
  NAME(exp_finish)(g.t, g.f, e, low, count, g.origin, k, SCALED);
  NAME(clear_tiny)(e, low, count);
  ptrdiff_t ones = NAME(clear_equal)(e, count, NAME(set)(UP)); // 2^EXP_BIAS stands for 1
  for (int j = 0; j < count; j++) {
    NAME(sums) high = NAME(widen)(e[j]), rest = NAME(widen)(low[j]);
#if LSE_F32
    s->lower += high.lower + rest.lower;
    s->upper += high.upper + rest.upper;
#else
    LSE_TWO_SUM((*s), s->high, high.high, s->low + rest.high)
#endif
  }
  return ones;
}

/// A sum of terms in small form and `more` ones, in two parts that do not overlap.
INLINE NAME(two) NAME(small_end)(NAME(two) d, D more) {
  D high = d.high + d.low, low = d.low - (high - d.high);
  D first = high * DOWN, total = more + first;
  NAME(two) s = {total, (first - (total - more)) + low * DOWN}; // more is 0 or the larger one
  return s;
}

/// Sum of the other terms of a row, right to its last bits and with gradual underflow: for rows in
/// which the fast form's errors would show, or terms below its least are among them.
static __attribute__((noinline)) NAME(sum) NAME(small_rest)(const T *x, ptrdiff_t n, T a,
                                                            NAME(scale) k) {
  NAME(base) b = NAME(row_base)(a, k, NAME(small));
  NAME(sums) sums = {};
  ptrdiff_t ones = 0;
  for (; n > LANES; x += 4 * LANES, n -= 4 * LANES)
    ones += NAME(small_group)(x, 4, n, b, k, &sums);
  if (n > 0)
    ones += NAME(small_group)(x, 1, n, b, k, &sums);
  NAME(two) d = NAME(small_end)(NAME(fold_row)(NAME(first_fold)(sums)),
                              NAME(d_set)((double)(ones - 1)));
  return (NAME(sum)){d.high[0], d.low[0]};
}

/// The same for `count` rows of at most SHORT_COLUMNS, `rows` says which, a row in each lane; their
/// maxima are in `state`, where the sums go.
static __attribute__((noinline)) void NAME(small_rests)(const T *x, const ptrdiff_t *rows,
                                                        int count, ptrdiff_t n, ptrdiff_t stride,
                                                        NAME(scale) k, double *state,
                                                        ptrdiff_t capacity) {
  V e[SHORT_COLUMNS], low[SHORT_COLUMNS];
  T maxima[LANES];
  for (int r = 0; r < LANES; r++) {
    ptrdiff_t row = rows[r < count ? r : 0];
    maxima[r] = (T)state[row];
    for (int j = 0; j < SHORT_COLUMNS; j += LANES) {
      ptrdiff_t left = n - j;
      e[j + r] = NAME(load_first)(x + row * stride + (left > 0 ? j : 0),
                                  left < 0 ? 0 : left < LANES ? left : LANES);
    }
  }
  for (int j = 0; j < SHORT_COLUMNS; j += LANES) {
    V *columns = e + j;
    LSE_TRANSPOSE(LANES, columns)
  }
  NAME(base) b = NAME(lane_base)(NAME(load)(maxima), k, NAME(small));
  VI ones = {};
  for (int j = 0; j < SHORT_COLUMNS; j += 2) {
    if (j >= n) {
      e[j] = e[j + 1] = low[j] = low[j + 1] = (V){};
      continue;
    }
    NAME(begun) g;
    NAME(begin_terms)(&g, e + j, 2, b, k, NAME(small));
    NAME(exp_finish)(g.t, g.f, e + j, low + j, 2, g.origin, k, SCALED);
    NAME(clear_tiny)(e + j, low + j, 2);
    for (int i = j; i < j + 2; i++) {
      M one = NAME(equal)(e[i], NAME(set)(UP));
      ones = NAME(count_up)(ones, one);
      e[i] = NAME(clear)(e[i], one);
    }
  }
  NAME(totals) more = NAME(as_totals)(NAME(widen)(__builtin_convertvector(ones, V) - 1));
#if LSE_F32
  NAME(sums) sums[LANES];
  for (int i = 0; i < LANES; i++) {
    NAME(sums) rest = NAME(widen)(low[i]);
    sums[i] = NAME(widen)(e[i]);
    sums[i].lower += rest.lower, sums[i].upper += rest.upper;
  }
#else
  NAME(sums) sums[LANES];
  for (int i = 0; i < LANES; i++)
    LSE_TWO_SUM(sums[i], e[i], e[i + LANES], low[i] + low[i + LANES])
#endif
  NAME(totals) total = NAME(fold_sums)(sums);
  for (int i = 0; i < LANES / D_LANES; i++)
    total.part[i] = NAME(small_end)(total.part[i], more.part[i].high);
  for (int r = 0; r < count; r++) {
    state[capacity + rows[r]] = total.part[r / D_LANES].high[r % D_LANES];
    state[2 * capacity + rows[r]] = total.part[r / D_LANES].low[r % D_LANES];
  }
}

/// Measures some rows again: of those noted, together when they are LANES or with `flush`.
typedef struct {
  ptrdiff_t rows[LANES];
  int count;
} NAME(noted);

INLINE void NAME(flush)(NAME(noted) * noted, const T *x, ptrdiff_t n, ptrdiff_t stride,
                        NAME(scale) k, double *state, ptrdiff_t capacity) {
  if (noted->count > 2 && n <= SHORT_COLUMNS) {
    NAME(small_rests)(x, noted->rows, noted->count, n, stride, k, state, capacity);
  } else {
    for (int i = 0; i < noted->count; i++) {
      ptrdiff_t row = noted->rows[i];
      NAME(sum) s = NAME(small_rest)(x + row * stride, n, (T)state[row], k);
      state[capacity + row] = s.high;
      state[2 * capacity + row] = s.low;
    }
  }
  noted->count = 0;
}

INLINE void NAME(note)(NAME(noted) * noted, ptrdiff_t row, const T *x, ptrdiff_t n,
                       ptrdiff_t stride, NAME(scale) k, double *state, ptrdiff_t capacity) {
  noted->rows[noted->count++] = row;
  if (noted->count == LANES)
    NAME(flush)(noted, x, n, stride, k, state, capacity);
}

// Below this a rest of exact form has lost bits that T would show, or holds terms that were limited.
#if LSE_F32
#define LEAST_REST 0x1p-20
#else
#define LEAST_REST 0x1p-40
#endif

INLINE int NAME(is_finite)(T a) { return a <= T_MAX && a >= -T_MAX; }

/// True if the errors of a rest may show in LSE although nothing cancels there, since that is between
/// -T and T; or if terms below the least one are among its own. product = a c, and log2(1 + r) >=
/// r / NEAR_REST log2(e) up to a rest of e - 1.
INLINE int NAME(shows)(double rest, T product) {
  return rest < SMALL_REST ||
         (product >= 0 ? product + rest * NEAR_SLOPE < NEAR_PRODUCT
                       : product > -NEAR_MAXIMUM && rest < NEAR_CANCELLED);
}

/// True if a rest is to be measured again.
INLINE int NAME(is_rough)(double rest, T product, int form) {
  return IS_EXACT(form) ? rest < LEAST_REST : NAME(shows)(rest, product);
}

enum NAME(kind) { NAME(ordinary), NAME(special), NAME(again) };

/// Writes one row's state and says whether the row is special, or its rest to be measured again.
INLINE int NAME(put_state)(double *state, ptrdiff_t capacity, ptrdiff_t n, T a, NAME(sum) s,
                           NAME(scale) k, int form) {
  int infinite = !NAME(is_finite)(a);
  if (infinite)
    s.high = a > 0 || s.high != s.high ? __builtin_nan("") : 0;
  state[0] = a;
  state[capacity] = s.high;
  state[2 * capacity] = s.low;
  if (infinite || s.high != s.high)
    return NAME(special);
  return !IS_STORED(form) && n > 1 && NAME(is_rough)(s.high, a * k.high[0], form) ? NAME(again)
                                                                         : NAME(ordinary);
}

/// The same for a row by itself, measured again at once. Not 0 if it is special.
INLINE ptrdiff_t NAME(put_row)(const T *x, ptrdiff_t n, NAME(scale) k, double *state,
                               ptrdiff_t capacity, T a, NAME(sum) s, int form) {
  int kind = NAME(put_state)(state, capacity, n, a, s, k, form);
  if (kind == NAME(again)) {
    s = NAME(small_rest)(x, n, a, k);
    state[capacity] = s.high;
    state[2 * capacity] = s.low;
  }
  return kind == NAME(special);
}

/// True if `put_state` would only store what it is given for LANES rows: what is not ordinary is
/// rare, and one test for all.
INLINE int NAME(are_ordinary)(V first, NAME(totals) total, ptrdiff_t n, NAME(scale) k, int form) {
  NAME(totals) a = NAME(as_totals)(NAME(widen)(first));
  NAME(totals) products = NAME(as_totals)(NAME(widen)(first * k.high));
  DI ordinary = (DI){} - 1;
  for (int i = 0; i < LANES / D_LANES; i++) {
    D high = total.part[i].high;
    ordinary &= (a.part[i].high <= T_MAX) & (a.part[i].high >= -T_MAX);
    if (IS_STORED(form) || n == 1) {
      ordinary &= high >= 0;
    } else if (IS_EXACT(form)) {
      ordinary &= high >= LEAST_REST;
    } else {
      D product = products.part[i].high;
      ordinary &= high >= SMALL_REST;
      ordinary &= ((product >= 0) & (product + high * NEAR_SLOPE >= NEAR_PRODUCT)) |
                  ((product < 0) & ((product <= -NEAR_MAXIMUM) | (high >= NEAR_CANCELLED)));
    }
  }
  return __builtin_reduce_and(ordinary) != 0;
}

/// Writes the states of LANES rows.
INLINE void NAME(store_states)(double *state, ptrdiff_t capacity, V first, NAME(totals) total) {
  NAME(totals) a = NAME(as_totals)(NAME(widen)(first));
  for (int i = 0; i < LANES / D_LANES; i++) {
    NAME(d_store)(state + i * D_LANES, a.part[i].high);
    NAME(d_store)(state + capacity + i * D_LANES, total.part[i].high);
    NAME(d_store)(state + 2 * capacity + i * D_LANES, total.part[i].low);
  }
}

/// Writes the states of the first `rows` of LANES rows with maxima m. `first` is what goes to a
/// state's first place: the max, or for stored terms what they are relative to.
INLINE ptrdiff_t NAME(put_states)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                  NAME(scale) k, double *state, ptrdiff_t capacity, V first,
                                  NAME(totals) total, int form) {
  ptrdiff_t special = 0;
  if (__builtin_expect(rows < LANES || !NAME(are_ordinary)(first, total, n, k, form), 0)) {
    NAME(noted) noted = {.count = 0};
    for (ptrdiff_t r = 0; r < rows; r++) {
      NAME(sum)
      s = {total.part[r / D_LANES].high[r % D_LANES], total.part[r / D_LANES].low[r % D_LANES]};
      int state_of = NAME(put_state)(state + r, capacity, n, first[r], s, k, form);
      special += state_of == NAME(special);
      if (state_of == NAME(again))
        NAME(note)(&noted, r, x, n, stride, k, state, capacity);
    }
    NAME(flush)(&noted, x, n, stride, k, state, capacity);
    return special;
  }
  NAME(store_states)(state, capacity, first, total);
  return 0;
}

/// Terms in two parts of LANES rows' maxima m, as they stand in the rows' sums.
INLINE V NAME(own_terms)(V m, NAME(base) b, NAME(scale) k, int form, V *low) {
  NAME(begun) g;
  V high;
  NAME(begin_terms)(&g, &m, 1, b, k, form);
  NAME(exp_finish)(g.t, g.f, &high, low, 1, g.origin, k, NAME(range)(form));
  return high;
}

/// LSE form's rest from softmax form's sum: sum / own - 1, where own is the max's own term, of which
/// the sum holds the first part. The second one is left out where other terms may be as large: theirs
/// are missing as well, and n equal elements give n - 1.
INLINE NAME(two) NAME(rest_of)(NAME(two) sum, D own, D own_low) {
#if LSE_F32
  D others = sum.high - own;
  own_low = (D)((DI)own_low & (others < own));
  NAME(two) rest = {others / (own + own_low), {}};
  rest.high = (D)((DI)rest.high & ~(rest.high < 0)); // all terms but one are rounded away
#else
  NAME(two) d = NAME(two_sum)(sum.high, -own);
  own_low = (D)((DI)own_low & (d.high < own));
  D inverse = 1 / own;
  NAME(two) rest = {d.high * inverse, {}};
  rest.low = ((d.low + sum.low) - NAME(d_fms)(rest.high, own, d.high) - rest.high * own_low) * inverse;
  DI below = rest.high < 0;
  rest.high = (D)((DI)rest.high & ~below), rest.low = (D)((DI)rest.low & ~below);
#endif
  return rest;
}

/// The same for LANES rows with maxima m.
INLINE NAME(totals)
    NAME(rests_of)(NAME(totals) sums, V m, NAME(base) b, NAME(scale) k, int form) {
  V low, high = NAME(own_terms)(m, b, k, form, &low);
  NAME(totals) own = NAME(as_totals)(NAME(widen)(high)), own_low = NAME(as_totals)(NAME(widen)(low));
  for (int i = 0; i < LANES / D_LANES; i++)
    sums.part[i] = NAME(rest_of)(sums.part[i], own.part[i].high, own_low.part[i].high);
  return sums;
}

// MARK: Up to SHORT_COLUMNS columns

#if LSE_ISA == 512
// Elements in 128 bits.
#define SHORT_PIECE (LSE_F32 ? 4 : 2)

/// SHORT_PIECE vectors with a piece of row after row in each, to one column in each, or back.
INLINE void NAME(turn_pieces)(V *v) {
#if LSE_F32
  __m512 a = _mm512_unpacklo_ps((__m512)v[0], (__m512)v[1]);
  __m512 b = _mm512_unpackhi_ps((__m512)v[0], (__m512)v[1]);
  __m512 c = _mm512_unpacklo_ps((__m512)v[2], (__m512)v[3]);
  __m512 d = _mm512_unpackhi_ps((__m512)v[2], (__m512)v[3]);
  v[0] = (V)_mm512_unpacklo_pd((__m512d)a, (__m512d)c);
  v[1] = (V)_mm512_unpackhi_pd((__m512d)a, (__m512d)c);
  v[2] = (V)_mm512_unpacklo_pd((__m512d)b, (__m512d)d);
  v[3] = (V)_mm512_unpackhi_pd((__m512d)b, (__m512d)d);
#else
  __m512d a = (__m512d)v[0], b = (__m512d)v[1];
  v[0] = (V)_mm512_unpacklo_pd(a, b);
  v[1] = (V)_mm512_unpackhi_pd(a, b);
#endif
}

/// v with the piece at p from lane `at` on; n elements of it, or all if it is `whole`.
INLINE V NAME(put_piece)(V v, int at, const T *p, ptrdiff_t n, int whole) {
#if LSE_F32
  if (whole)
    return (V)_mm512_mask_broadcast_f32x4((__m512)v, (M)(15 << at), _mm_loadu_ps(p));
  return (V)_mm512_mask_loadu_ps((__m512)v, (M)(NAME(first)(n) << at), p - at);
#else
  if (whole)
    return (V)_mm512_mask_broadcast_f64x2((__m512d)v, (M)(3 << at), _mm_loadu_pd(p));
  return (V)_mm512_mask_loadu_pd((__m512d)v, (M)(NAME(first)(n) << at), p - at);
#endif
}

/// Stores the piece from lane `at` on.
INLINE void NAME(take_piece)(V v, int at, T *p, ptrdiff_t n, int whole) {
#if LSE_F32
  if (!whole)
    _mm512_mask_storeu_ps(p - at, (M)(NAME(first)(n) << at), (__m512)v);
  else if (at == 0)
    _mm_storeu_ps(p, _mm512_castps512_ps128((__m512)v));
  else if (at == 4)
    _mm_storeu_ps(p, _mm512_extractf32x4_ps((__m512)v, 1));
  else if (at == 8)
    _mm_storeu_ps(p, _mm512_extractf32x4_ps((__m512)v, 2));
  else
    _mm_storeu_ps(p, _mm512_extractf32x4_ps((__m512)v, 3));
#else
  _mm512_mask_storeu_pd(p - at, (M)(NAME(first)(whole ? SHORT_PIECE : n) << at), (__m512d)v);
#endif
}

/// LANES rows, a row in each lane.
INLINE void NAME(load_all_columns)(V *e, int width, const T *x, ptrdiff_t n, ptrdiff_t stride) {
#pragma clang loop unroll(full)
  for (int c = 0; c < width; c += SHORT_PIECE) {
    for (int r = 0; r < SHORT_PIECE; r++) {
      e[c + r] = NAME(set)(-(T)__builtin_inf());
      for (int at = 0; at < LANES; at += SHORT_PIECE)
        e[c + r] = NAME(put_piece)(e[c + r], at, x + (at + r) * stride + c, n - c, c + SHORT_PIECE < width);
    }
    NAME(turn_pieces)(e + c);
  }
}

/// And back.
INLINE void NAME(store_all_columns)(V *e, int width, T *out, ptrdiff_t n, ptrdiff_t stride) {
#pragma clang loop unroll(full)
  for (int c = 0; c < width; c += SHORT_PIECE) {
    NAME(turn_pieces)(e + c);
    for (int r = 0; r < SHORT_PIECE; r++)
      for (int at = 0; at < LANES; at += SHORT_PIECE)
        NAME(take_piece)(e[c + r], at, out + (at + r) * stride + c, n - c, c + SHORT_PIECE < width);
  }
}
#else
INLINE void NAME(load_all_columns)(V *e, int width, const T *x, ptrdiff_t n, ptrdiff_t stride) {
  for (int c = 0; c < width; c += LANES) {
    V *v = e + c;
    for (int r = 0; r < LANES; r++)
      v[r] = n - c < LANES ? NAME(load_first)(x + r * stride + c, n - c)
                           : NAME(load)(x + r * stride + c);
    LSE_TRANSPOSE(LANES, v)
  }
}

INLINE void NAME(store_all_columns)(V *e, int width, T *out, ptrdiff_t n, ptrdiff_t stride) {
  for (int c = 0; c < width; c += LANES) {
    V *v = e + c;
    LSE_TRANSPOSE(LANES, v)
    for (int r = 0; r < LANES; r++)
      if (n - c < LANES)
        NAME(store_first)(out + r * stride + c, v[r], n - c);
      else
        NAME(store)(out + r * stride + c, v[r]);
  }
}
#endif

/// The first `rows` of LANES rows, a row in each lane, a column in each vector, -inf from column n
/// on. `width` is a constant, n rounded up to a multiple of 2; there is room for SHORT_COLUMNS.
INLINE void NAME(load_columns)(V *e, int width, const T *x, ptrdiff_t rows, ptrdiff_t n,
                               ptrdiff_t stride) {
  T few[LANES * SHORT_COLUMNS];
  if (__builtin_expect(rows < LANES, 0)) {
    for (ptrdiff_t r = 0; r < LANES; r++)
      for (ptrdiff_t c = 0; c < n; c++)
        few[r * n + c] = x[(r < rows ? r : 0) * stride + c];
    x = few, stride = n;
  }
  NAME(load_all_columns)(e, width, x, n, stride);
}

/// Writes them.
INLINE void NAME(store_columns)(V *e, int width, T *out, ptrdiff_t rows, ptrdiff_t n,
                                ptrdiff_t stride) {
  if (__builtin_expect(rows == LANES, 1)) {
    NAME(store_all_columns)(e, width, out, n, stride);
    return;
  }
  T few[LANES * SHORT_COLUMNS];
  NAME(store_all_columns)(e, width, few, n, n);
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < n; c++)
      out[r * stride + c] = few[r * n + c];
}

/// Sums of one vector of terms for each of `width` columns, a row in each lane.
INLINE NAME(totals) NAME(lane_sums)(const V *e, int width) {
#if LSE_F32
  NAME(sums) s[LANES];
  for (int i = 0; i < width; i++)
    s[i] = NAME(widen)(e[i]);
  for (int h = LANES / 2; h > 0; h /= 2)
    for (int i = 0; i < h && i + h < width; i++)
      s[i].lower += s[i + h].lower, s[i].upper += s[i + h].upper;
  return NAME(as_totals)(s[0]);
#else
  NAME(two) d[LANES];
  for (int i = 0; i < LANES; i++) {
    d[i].high = i < width ? e[i] : (D){}, d[i].low = (D){};
    if (i + LANES < width)
      LSE_TWO_SUM(d[i], e[i], e[i + LANES], (D){})
  }
  return (NAME(totals)){{NAME(fold_lanes)(d)}};
#endif
}

/// The sum of one row, as `lane_sums` forms it.
INLINE NAME(two) NAME(short_sum)(const V *e, ptrdiff_t n) {
#if LSE_F32
  (void)n;
  return NAME(fold_row)(NAME(first_fold)(NAME(widen)(e[0])));
#else
  NAME(two) d = {e[0], {}};
  return NAME(fold_row)(n > LANES ? NAME(two_sum)(e[0], e[1]) : d);
#endif
}

/// One row on its way: elements, terms (0 from n on), and in every lane the max.
typedef struct {
  V x[2], e[2], m;
  NAME(base) b;
  NAME(two) sum; // in lane 0
} NAME(short_row);

INLINE NAME(short_row) NAME(reduce_short)(const T *x, ptrdiff_t n, NAME(scale) k, int form) {
  NAME(short_row) row;
  int two = !LSE_F32 && n > LANES;
  row.x[0] = two ? NAME(load)(x) : NAME(load_first)(x, n);
  row.m = row.x[0];
  if (two) {
    row.x[1] = NAME(load_first)(x + LANES, n - LANES);
    row.m = NAME(max)(row.x[1], row.m);
  }
  LSE_FOLD_ONE_ALL(LANES, NAME(max), row.m);
  row.b = NAME(lane_base)(row.m, k, form);
  row.e[0] = row.x[0];
  NAME(terms)(row.e, 1, row.b, k, form);
  if (two) {
    row.e[1] = row.x[1];
    NAME(terms)(row.e + 1, 1, row.b, k, form);
    row.e[1] = NAME(keep_first)(row.e[1], n - LANES);
  } else {
    row.e[0] = NAME(keep_first)(row.e[0], n);
  }
  row.sum = NAME(short_sum)(row.e, n);
  return row;
}

/// Its results.
INLINE void NAME(store_short)(T *out, const V *v, ptrdiff_t n) {
  NAME(store_first)(out, v[0], n < LANES ? n : LANES);
  if (!LSE_F32 && n > LANES)
    NAME(store_first)(out + LANES, v[1], n - LANES);
}

/// Its rest.
INLINE NAME(two) NAME(short_rest)(const NAME(short_row) * row, NAME(scale) k, int form) {
  V low, high = NAME(own_terms)(row->m, row->b, k, form, &low);
  return NAME(rest_of)(row->sum, NAME(d_set)(high[0]), NAME(d_set)(low[0]));
}

/// `reduce` or `reduce_storing` for one row.
INLINE ptrdiff_t NAME(reduce_row)(const T *x, ptrdiff_t n, T *out, NAME(scale) k, int form,
                                  double *state, ptrdiff_t capacity) {
  NAME(short_row) row = NAME(reduce_short)(x, n, k, form);
  T a = row.m[0];
  if (!IS_STORED(form))
    row.sum = NAME(short_rest)(&row, k, form);
  else if (NAME(is_finite)(a))
    NAME(store_short)(out, row.e, n);
  NAME(sum) sum = {row.sum.high[0], row.sum.low[0]};
  return NAME(put_row)(x, n, k, state, capacity, a, sum, form);
}

/// LANES rows on their way, a row in each lane.
typedef struct {
  V m;
  NAME(base) b;
  NAME(totals) sum;
  int is_near; // 0 if some row has a shift that is no integer, or is special by its max: nothing is set
} NAME(columns);

/// Elements to terms, in place; what the columns from n on become does not matter.
INLINE NAME(columns) NAME(reduce_columns)(V *e, int width, ptrdiff_t n, NAME(scale) k, int form) {
  NAME(columns) c;
  c.m = NAME(set)(-(T)__builtin_inf());
#define STEP(j) (width - (j) < 4 ? width - (j) : 4)
  for (int j = 0; j < width; j += 4)
    c.m = NAME(max)(NAME(top_of)(e + j, STEP(j)), c.m);
  c.is_near = __builtin_reduce_and(NAME(is_near)(c.m * k.high)) != 0;
  if (__builtin_expect(!c.is_near, 0))
    return c;
  c.b = NAME(lane_base)(c.m, k, form);
  NAME(begun) g, following;
  NAME(begin_terms)(&g, e, STEP(0), c.b, k, form);
#pragma clang loop unroll(full)
  for (int j = 0; j < width; j += 4) {
    if (j + 4 < width)
      NAME(begin_terms)(&following, e + j + 4, STEP(j + 4), c.b, k, form);
    NAME(end_terms)(&g, e + j, STEP(j), k, form);
    g = following;
  }
#undef STEP
  if (n < width)
    e[width - 1] = (V){};
  c.sum = NAME(lane_sums)(e, width);
  return c;
}

// Returns `function` of n rounded up to a multiple of 2, a constant, and the other arguments.
#define WIDTH(width, function, ...)                                                                \
  if (width < SHORT_COLUMNS && n <= width)                                                         \
    return NAME(function)(width < SHORT_COLUMNS ? width : SHORT_COLUMNS, __VA_ARGS__);
#define BY_WIDTH(function, ...)                                                                    \
  WIDTH(2, function, __VA_ARGS__)                                                                  \
  WIDTH(4, function, __VA_ARGS__)                                                                  \
  WIDTH(6, function, __VA_ARGS__)                                                                  \
  WIDTH(8, function, __VA_ARGS__)                                                                  \
  WIDTH(10, function, __VA_ARGS__)                                                                 \
  WIDTH(12, function, __VA_ARGS__)                                                                 \
  WIDTH(14, function, __VA_ARGS__)                                                                 \
  return NAME(function)(SHORT_COLUMNS, __VA_ARGS__);

/// `reduce` for the first `rows` of LANES rows.
INLINE ptrdiff_t NAME(reduce_batch_of)(int width, const T *x, ptrdiff_t rows, ptrdiff_t n,
                                       ptrdiff_t stride, NAME(scale) k, int form, double *state,
                                       ptrdiff_t capacity) {
  V e[SHORT_COLUMNS];
  NAME(load_columns)(e, width, x, rows, n, stride);
  NAME(columns) c = NAME(reduce_columns)(e, width, n, k, form);
  ptrdiff_t special = 0;
  if (__builtin_expect(!c.is_near, 0)) {
    for (ptrdiff_t r = 0; r < rows; r++)
      special += NAME(reduce_row)(x + r * stride, n, 0, k, form | FAR, state + r, capacity);
    return special;
  }
  return NAME(put_states)(x, rows, n, stride, k, state, capacity, c.m,
                          NAME(rests_of)(c.sum, c.m, c.b, k, form), form);
}

INLINE ptrdiff_t NAME(reduce_batch)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                    NAME(scale) k, int form, double *state, ptrdiff_t capacity) {
  BY_WIDTH(reduce_batch_of, x, rows, n, stride, k, form, state, capacity)
}

// MARK: More than SHORT_COLUMNS columns

// A row's terms need not be relative to its own max: any integer shift gives the same bits, as long
// as nothing overflows or underflows that counts. So rows take a shift that did for a row before, and
// their maxima are found on the way; a row that it does not do for is reduced again.

/// The shift to try.
typedef struct {
  NAME(base) base;
  T maximum; // for which it is right
  int wary;  // maxima come first, since the last one was too far off
  int in_place; // or since terms are stored where the rows come from
} NAME(guess);

INLINE void NAME(set_guess)(NAME(guess) * g, T a, NAME(scale) k, int form) {
  g->maximum = NAME(is_near)(NAME(set)(a * k.high[0]))[0] ? a : 0;
  g->base = NAME(row_base)(g->maximum, k, form);
}

INLINE NAME(guess)
    NAME(first_guess)(const T *x, int in_place, NAME(scale) k, int form) {
  NAME(guess) g;
  NAME(set_guess)(&g, *x, k, form);
  g.in_place = in_place;
  g.wary = g.in_place;
  return g;
}

/// True where the terms of a row with max a, taken relative to `base`, neither overflow nor lose
/// what counts.
INLINE VI NAME(does_for)(NAME(base) base, V a, NAME(scale) k) {
  V product = a * k.high, above = NAME(integer)(product) + (base.origin - EXP_BIAS);
  return NAME(is_near)(product) & (above <= GUESS_ABOVE) & (above >= -GUESS_BELOW);
}

/// After a row whose max was found first.
INLINE void NAME(learn)(NAME(guess) * g, V a, NAME(scale) k, int form) {
  g->wary = 1;
  if (__builtin_reduce_and(NAME(does_for)(g->base, a, k)))
    g->wary = g->in_place;
  else
    NAME(set_guess)(g, a[0], k, form);
}

/// One row.
INLINE ptrdiff_t NAME(long_row)(const T *x, ptrdiff_t n, T *out, NAME(scale) k, int form,
                                double *state, ptrdiff_t capacity, NAME(guess) * g) {
  int sure = g->wary;
  T a = sure ? NAME(row_maximum)(x, n) : 0, reference;
  NAME(base) b;
  NAME(two) d;
  for (;;) {
    if (sure && !NAME(is_finite)(a)) {
      NAME(sum) none = {__builtin_nan(""), 0};
      if (a < 0)
        none = NAME(small_rest)(x, n, a, k); // NaN if there is one
      return NAME(put_row)(x, n, k, state, capacity, a, none, form);
    }
    reference = sure ? a : g->maximum;
    b = sure ? NAME(row_base)(a, k, form | FAR) : g->base;
    V top;
    d = b.shift[0] != 0 ? NAME(lone_row_sums)(x, n, out, b, k, form | FAR, 0, &top)
                        : NAME(lone_row_sums)(x, n, out, b, k, form, 0, &top);
    if (sure)
      break;
    LSE_FOLD_ONE_ALL(LANES, NAME(max), top);
    a = top[0];
    if (NAME(does_for)(b, top, k)[0])
      break;
    sure = 1;
  }
  d = NAME(fold_row)(d);
  if (sure)
    NAME(learn)(g, NAME(set)(a), k, form);
  if (!IS_STORED(form)) {
    V low, high = NAME(own_terms)(NAME(set)(a), b, k, form | FAR, &low);
    d = NAME(rest_of)(d, NAME(d_set)(high[0]), NAME(d_set)(low[0]));
    reference = a;
  }
  NAME(sum) sum = {d.high[0], d.low[0]};
  return NAME(put_row)(x, n, k, state, capacity, reference, sum, form);
}

/// Sums of D_LANES rows of 2 to 4 vectors, `count` of them (a constant), from row `first` on: two
/// rows of two vectors or one longer row at a time, so that about four exponentials run side by
/// side.
INLINE NAME(two) NAME(group_sums)(int count, const T *x, ptrdiff_t n, ptrdiff_t stride, T *out,
                                  ptrdiff_t out_stride, const NAME(bases) * bases, int first,
                                  NAME(scale) k, int form, V *tops) {
  int together = count == 2 && D_LANES > 1 ? 2 : 1;
  ptrdiff_t last = n - (count - 1) * LANES;
  NAME(two) d[D_LANES];
  for (int r = 0; r < D_LANES; r += together) {
    V e[4], t[4], f[4];
    NAME(base) b[2];
    for (int q = 0; q < together; q++) {
      b[q] = NAME(base_of)(bases, first + r + q);
      NAME(load_group)(e + q * count, x + (first + r + q) * stride, count, last);
      tops[first + r + q] = NAME(top_of)(e + q * count, count);
      if (FORM(form) == NAME(ahead))
        for (int i = 0; i < count; i++)
          __builtin_prefetch(out + (first + r + q) * out_stride + i * LANES, 1);
      for (int i = q * count; i < (q + 1) * count; i++)
        e[i] = NAME(relative_to)(b[q], e[i], form);
    }
    for (int q = 0; q < together; q++)
      NAME(exp_reduce)(e + q * count, t + q * count, f + q * count, count, b[q].origin, k);
    for (int q = 0; q < together; q++)
      NAME(exp_finish)
    (t + q * count, f + q * count, e + q * count, 0, count, b[q].origin, k, NAME(range)(form));
    for (int q = 0; q < together; q++)
      d[r + q] = NAME(first_fold)(NAME(sum_group)(e + q * count, count, last,
                                                  out + (first + r + q) * out_stride, form));
  }
  return NAME(fold_rows)(d);
}

/// Sums of D_LANES rows longer than that.
INLINE NAME(two)
    NAME(long_sums)(const T *x, ptrdiff_t n, ptrdiff_t stride, T *out, ptrdiff_t out_stride,
                    const NAME(bases) * bases, int first, NAME(scale) k, int form, V *tops) {
  NAME(two) d[D_LANES];
  NAME(begun) g;
  NAME(begin_group)(&g, x + first * stride, NAME(base_of)(bases, first), k, form);
  for (int i = 0; i < D_LANES; i++) {
    int row = first + i, next = i + 1 < D_LANES ? row + 1 : row;
    d[i] = NAME(row_sums)(x + row * stride, n, out + row * out_stride, NAME(base_of)(bases, row), k,
                          form, &g, x + next * stride, NAME(base_of)(bases, next), 0,
                          tops + row);
  }
  return NAME(fold_rows)(d);
}

/// Writes the states of LANES rows with maxima m, whose terms are relative to those of `reference`.
INLINE ptrdiff_t NAME(put_sums)(const T *x, ptrdiff_t n, ptrdiff_t stride, NAME(scale) k,
                                double *state, ptrdiff_t capacity, V m, V reference, NAME(base) b,
                                NAME(totals) total, int form) {
  if (!IS_STORED(form)) {
    total = NAME(rests_of)(total, m, b, k, form);
    reference = m;
  }
  return NAME(put_states)(x, LANES, n, stride, k, state, capacity, reference, total, form);
}

/// LANES rows one after the other.
INLINE ptrdiff_t NAME(single_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                   T *out, ptrdiff_t out_stride, NAME(scale) k, int form,
                                   double *state, ptrdiff_t capacity, NAME(guess) * g) {
  ptrdiff_t special = 0;
  for (ptrdiff_t r = 0; r < rows; r++)
    special +=
        NAME(long_row)(x + r * stride, n, out + r * out_stride, k, form, state + r, capacity, g);
  return special;
}

/// LANES rows: the horizontal ends of all of them at once.
INLINE ptrdiff_t NAME(long_batch)(const T *x, ptrdiff_t n, ptrdiff_t stride, T *out,
                                  ptrdiff_t out_stride, NAME(scale) k, int form, double *state,
                                  ptrdiff_t capacity, NAME(guess) * g) {
  V m[LANES];
  int sure = g->wary;
  if (sure) {
    for (int r = 0; r < LANES; r++)
      m[r] = NAME(row_maximum_lanes)(x + r * stride, n);
    LSE_FOLD_ALL(LANES, NAME(max), m)
  }
  NAME(base) b;
  NAME(totals) total;
  V reference;
  for (;;) {
    if (sure && !__builtin_reduce_and(NAME(is_near)(m[0] * k.high)))
      return NAME(single_rows)(x, LANES, n, stride, out, out_stride, k, form, state, capacity, g);
    reference = sure ? m[0] : NAME(set)(g->maximum);
    b = NAME(lane_base)(reference, k, form);
    NAME(bases) bases;
    NAME(put_bases)(&bases, b);
    for (int half = 0; half < LANES / D_LANES; half++) {
      int first = half * D_LANES;
      total.part[half] =
          n > 4 * LANES
              ? NAME(long_sums)(x, n, stride, out, out_stride, &bases, first, k, form, m)
          : n > 3 * LANES
              ? NAME(group_sums)(4, x, n, stride, out, out_stride, &bases, first, k, form, m)
          : n > 2 * LANES
              ? NAME(group_sums)(3, x, n, stride, out, out_stride, &bases, first, k, form, m)
              : NAME(group_sums)(2, x, n, stride, out, out_stride, &bases, first, k, form, m);
    }
    LSE_FOLD_ALL(LANES, NAME(max), m)
    if (sure || __builtin_expect(__builtin_reduce_and(NAME(does_for)(b, m[0], k)), 1))
      break;
    sure = 1;
  }
  if (sure)
    NAME(learn)(g, m[0], k, form);
  return NAME(put_sums)(x, n, stride, k, state, capacity, m[0], reference, b, total, form);
}

// Below this many columns the horizontal ends weigh enough to take LANES rows together.
#define BATCH_COLUMNS 512

INLINE ptrdiff_t NAME(reduce_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                   T *out, ptrdiff_t out_stride, double scale_high,
                                   double scale_low, double *state, ptrdiff_t capacity, int form,
                                   int in_place) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  ptrdiff_t special = 0, r = 0;
  if (n <= SHORT_COLUMNS) {
    int short_form = FORM(form) == NAME(ahead) ? NAME(exact) : form;
    if (!IS_STORED(form))
      for (; rows - r > 2; r += LANES) {
        if (FORM(form) == NAME(ahead) && n == out_stride && rows - r >= LANES)
          for (ptrdiff_t i = 0; i < n; i++)
            __builtin_prefetch(out + r * out_stride + i * LANES + LANES - 1, 1);
        special += NAME(reduce_batch)(x + r * stride, rows - r < LANES ? rows - r : LANES, n, stride,
                                      k, short_form, state + r, capacity);
      }
    for (; r < rows; r++)
      special += NAME(reduce_row)(x + r * stride, n, out + r * out_stride, k, short_form | FAR, state + r,
                                  capacity);
    return special;
  }
  NAME(guess) g = NAME(first_guess)(x, in_place, k, form);
  if (n <= BATCH_COLUMNS)
    for (; rows - r >= LANES; r += LANES)
      special += NAME(long_batch)(x + r * stride, n, stride, out + r * out_stride, out_stride, k,
                                  form, state + r, capacity, &g);
  return special + NAME(single_rows)(x + r * stride, rows - r, n, stride, out + r * out_stride,
                                     out_stride, k, form, state + r, capacity, &g);
}

/// A function of its own: the compiler does worse by `reduce` with both in it.
static __attribute__((noinline)) ptrdiff_t NAME(reduce_ahead)(const void *x, ptrdiff_t rows,
                                                              ptrdiff_t columns, ptrdiff_t stride,
                                                              void *next, ptrdiff_t next_stride,
                                                              double scale_high, double scale_low,
                                                              double *state, ptrdiff_t capacity) {
  return NAME(reduce_rows)(x, rows, columns, stride, next, next_stride, scale_high, scale_low,
                           state, capacity, NAME(ahead), 0);
}

static ptrdiff_t NAME(reduce)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                              void *next, ptrdiff_t next_stride, double scale_high,
                              double scale_low, double *state, ptrdiff_t capacity) {
  if (next)
    return NAME(reduce_ahead)(x, rows, columns, stride, next, next_stride, scale_high, scale_low,
                              state, capacity);
  return NAME(reduce_rows)(x, rows, columns, stride, 0, 0, scale_high, scale_low, state, capacity,
                           NAME(summed), 0);
}

static ptrdiff_t NAME(reduce_storing)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                      ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                      double scale_high, double scale_low, int in_place,
                                      double *state, ptrdiff_t capacity) {
  return NAME(reduce_rows)(x, rows, columns, stride, out, out_stride, scale_high, scale_low, state,
                           capacity, NAME(stored), in_place || x == out);
}

/// What `rests_of` forms is right to an absolute error only.
static void NAME(refine)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                         double scale_high, double scale_low, double *state, ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  NAME(noted) noted = {.count = 0};
  if (columns > 1)
    for (ptrdiff_t r = 0; r < rows; r++)
      if (state[capacity + r] < NEAR_REST && NAME(is_finite)((T)state[r]))
        NAME(note)(&noted, r, x, columns, stride, k, state, capacity);
  NAME(flush)(&noted, x, columns, stride, k, state, capacity);
}

INLINE ptrdiff_t NAME(exponentials_in)(int form, const T *x, ptrdiff_t columns, T maximum,
                                       NAME(scale) k, T *out) {
  NAME(base) b = NAME(row_base)(maximum, k, form);
  ptrdiff_t ones = 0, i = 0;
  for (; i + 4 * LANES <= columns; i += 4 * LANES) {
    V e[4];
    NAME(load_group)(e, x + i, 4, LANES);
    NAME(terms)(e, 4, b, k, form);
    if (form == NAME(relative))
      ones += NAME(take_out_ones)(e, 4);
    for (int j = 0; j < 4; j++)
      NAME(store)(out + i + j * LANES, e[j]);
  }
  for (; i < columns; i += LANES) {
    ptrdiff_t n = columns - i < LANES ? columns - i : LANES;
    V e = NAME(load_first)(x + i, n);
    NAME(terms)(&e, 1, b, k, form);
    if (form == NAME(relative))
      ones += NAME(take_out_ones)(&e, 1);
    NAME(store_first)(out + i, e, n);
  }
  return ones;
}

static ptrdiff_t NAME(exponentials)(const void *x, ptrdiff_t columns, double maximum,
                                    double scale_high, double scale_low, int zeroing, void *out) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  return zeroing ? NAME(exponentials_in)(NAME(relative), x, columns, (T)maximum, k, out)
                 : NAME(exponentials_in)(NAME(shifted), x, columns, (T)maximum, k, out);
}
