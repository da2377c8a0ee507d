// Reduction of one pass: rows to (max, sum), the exponentials stored or not.
//
// The order of a row's sum depends on its length alone. Up to LANES columns:
// (e_i + e_{i+L/2}) + (e_{i+L/4} + e_{i+3L/4}) in T, then in Double lane l to lane l + h, h halving.
// Above: groups of four vectors, (v0 + v1) + (v2 + v3) in T, the groups one after another in LANES
// Double sums, then lane l to lane l + h. An absent element adds 0, which changes no bit.

/// What the elements of a row are taken relative to.
typedef struct {
  V shift, least, maximum;
  VI bias;
} NAME(base);

/// How a row is summed.
enum NAME(form) {
  NAME(fast) = 0,   // LSE form: relative to the max, terms of 2^-EXP_NORMAL at the least
  NAME(small) = 1,  // LSE form with gradual underflow, for a row whose rest is small
  NAME(stored) = 2, // softmax form: shifted by integers, gradual underflow, terms stored
};

/// From the row's max.
INLINE NAME(base) NAME(row_base)(T a, NAME(scale) k, int form) {
  T shift = a > T_MAX ? T_MAX : a < -T_MAX ? -T_MAX : a;
  T reference = 0, least = -(form == NAME(fast) ? EXP_NORMAL : EXP_LEAST) / k.high[0];
  if (form == NAME(stored)) {
    reference = NAME(reference)(a, k.high[0], &shift);
    if (shift == 0)
      least += a;
  }
  NAME(base) b = {NAME(set)(shift), NAME(set)(least), NAME(set)(a),
                  EXP_BIAS_OF((VI){} + (TI)reference)};
  return b;
}

/// Elements to terms, in place.
INLINE void NAME(terms)(V *x, int count, NAME(base) b, NAME(scale) k, int form) {
  for (int i = 0; i < count; i++)
    x[i] = NAME(max)(b.least, x[i] - b.shift);
  NAME(exp)(x, count, k, b.bias, form != NAME(fast));
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

/// LANES Double sums.
typedef struct {
#if LSE_F32
  D lower, upper;
#else
  D all;
#endif
} NAME(sums);

INLINE void NAME(add_group)(NAME(sums) * s, V group) {
#if LSE_F32
  typedef float half __attribute__((vector_size(D_LANES * 4)));
#if LANES == 16
  half lower = LSE_SHUFFLE(group, group, 0, 1, 2, 3, 4, 5, 6, 7);
  half upper = LSE_SHUFFLE(group, group, 8, 9, 10, 11, 12, 13, 14, 15);
#elif LANES == 8
  half lower = LSE_SHUFFLE(group, group, 0, 1, 2, 3), upper = LSE_SHUFFLE(group, group, 4, 5, 6, 7);
#else
  half lower = LSE_SHUFFLE(group, group, 0, 1), upper = LSE_SHUFFLE(group, group, 2, 3);
#endif
  s->lower += __builtin_convertvector(lower, D);
  s->upper += __builtin_convertvector(upper, D);
#else
  s->all += group;
#endif
}

/// The first level of halving.
INLINE D NAME(first_fold)(NAME(sums) s) {
#if LSE_F32
  return s.lower + s.upper;
#else
  return s.all;
#endif
}

/// Sums of a row longer than a vector, the terms equal to the max left out and counted unless stored.
INLINE D NAME(row_sums)(const T *x, ptrdiff_t n, T *out, NAME(base) b, NAME(scale) k, int form,
                        ptrdiff_t *ties) {
  NAME(sums) s = {};
  ptrdiff_t i = 0, equal = 0;
  for (; i + 4 * LANES <= n; i += 4 * LANES) {
    V e[4];
    for (int j = 0; j < 4; j++)
      e[j] = NAME(load)(x + i + j * LANES);
    NAME(terms)(e, 4, b, k, form);
    if (form == NAME(stored)) {
      for (int j = 0; j < 4; j++)
        NAME(store)(out + i + j * LANES, e[j]);
    } else {
      // The max's own term is exactly 1, and no term is larger.
      V largest = NAME(max)(NAME(max)(e[0], e[1]), NAME(max)(e[2], e[3]));
      if (__builtin_expect(NAME(any)(NAME(equal)(largest, NAME(set)(1))), 0))
        for (int j = 0; j < 4; j++) {
          M t = NAME(equal)(NAME(load)(x + i + j * LANES), b.maximum);
          e[j] = NAME(clear)(e[j], t);
          equal += NAME(count)(t);
        }
    }
    NAME(add_group)(&s, (e[0] + e[1]) + (e[2] + e[3]));
  }
  if (i < n) {
    V e[4] = {};
    for (int j = 0; j < 4 && i < n; j++, i += LANES) {
      V v = n - i >= LANES ? NAME(load)(x + i) : NAME(load_first)(x + i, n - i);
      e[j] = v;
      NAME(terms)(&e[j], 1, b, k, form);
      if (form == NAME(stored)) {
        if (n - i >= LANES)
          NAME(store)(out + i, e[j]);
        else
          NAME(store_first)(out + i, e[j], n - i);
      } else {
        M t = NAME(equal)(v, b.maximum);
        e[j] = NAME(clear)(e[j], t);
        equal += NAME(count)(t);
      }
    }
    NAME(add_group)(&s, (e[0] + e[1]) + (e[2] + e[3]));
  }
  *ties = equal;
  return NAME(first_fold)(s);
}

/// Sum of the other terms of a row in which that is very small, terms below the fast form's least
/// among them: again with gradual underflow.
static __attribute__((noinline)) double NAME(small_rest)(const T *x, ptrdiff_t n, T a,
                                                         NAME(scale) k) {
  NAME(base) b = NAME(row_base)(a, k, NAME(small));
  ptrdiff_t ties;
  double total = 0;
  if (n > LANES) {
    D d = NAME(row_sums)(x, n, 0, b, k, NAME(small), &ties);
    LSE_FOLD_ONE_ALL(D_LANES, ADD, d);
    total = d[0];
  } else {
    V v = NAME(load_first)(x, n);
    V e = v;
    NAME(terms)(&e, 1, b, k, NAME(small));
    M t = NAME(equal)(v, b.maximum);
    ties = NAME(count)(t);
    e = NAME(clear)(e, t);
    for (int i = 0; i < LANES; i++)
      total += e[i];
  }
  return total + (double)(ties - 1);
}

/// The sum of a state: `total` with all terms equal to the max but one, where they are not in it yet.
INLINE double NAME(whole_sum)(double total, ptrdiff_t ties, int form) {
  return form == NAME(stored) ? total : total + (double)(ties - 1);
}

/// Writes one row's state and says whether the row is special.
INLINE ptrdiff_t NAME(put_state)(const T *x, ptrdiff_t n, NAME(scale) k, double *state,
                                 ptrdiff_t capacity, T a, double sum, int form) {
  int infinite = !(a <= T_MAX && a >= -T_MAX);
  if (infinite)
    sum = a > 0 || sum != sum ? __builtin_nan("") : 0;
  else if (form == NAME(fast) && sum < SMALL_REST && n > 1)
    sum = NAME(small_rest)(x, n, a, k);
  state[0] = a;
  state[capacity] = sum;
  state[2 * capacity] = 0;
  return infinite || sum != sum;
}

/// One row of up to LANES columns in one vector.
INLINE ptrdiff_t NAME(short_row)(const T *x, ptrdiff_t n, T *out, NAME(scale) k, int form,
                                 double *state, ptrdiff_t capacity) {
  V v = NAME(load_first)(x, n);
  V m = v;
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m);
  T a = m[0];
  NAME(base) b = NAME(row_base)(a, k, form);
  V e = v;
  NAME(terms)(&e, 1, b, k, form);
  ptrdiff_t ties = 0;
  if (form == NAME(stored)) {
    if (!(a > T_MAX))
      NAME(store_first)(out, e, n);
    e = NAME(keep_first)(e, n);
  } else {
    M t = NAME(equal)(v, b.maximum);
    e = NAME(keep_first)(NAME(clear)(e, t), n);
    ties = NAME(count)(t);
  }
  double total;
#if LANES == 16
  LSE_FOLD_ONE(ADD, e, 16, 8), LSE_FOLD_ONE(ADD, e, 16, 4);
  total = ((double)e[0] + (double)e[2]) + ((double)e[1] + (double)e[3]);
#elif LANES == 8
  LSE_FOLD_ONE(ADD, e, 8, 4), LSE_FOLD_ONE(ADD, e, 8, 2);
  total = (double)e[0] + (double)e[1];
#elif LANES == 4
  LSE_FOLD_ONE(ADD, e, 4, 2), LSE_FOLD_ONE(ADD, e, 4, 1);
  total = e[0];
#else
  total = e[0] + e[1];
#endif
  return NAME(put_state)(x, n, k, state, capacity, a,
                         NAME(whole_sum)(total, ties, form), form);
}

/// One row longer than a vector.
INLINE ptrdiff_t NAME(long_row)(const T *x, ptrdiff_t n, T *out, NAME(scale) k, int form,
                                double *state, ptrdiff_t capacity) {
  T a = NAME(row_maximum)(x, n);
  ptrdiff_t ties = 0;
  double total = __builtin_nan("");
  if (!(a > T_MAX)) {
    D d = NAME(row_sums)(x, n, out, NAME(row_base)(a, k, form), k, form, &ties);
    LSE_FOLD_ONE_ALL(D_LANES, ADD, d);
    total = d[0];
  }
  return NAME(put_state)(x, n, k, state, capacity, a,
                         NAME(whole_sum)(total, ties, form), form);
}

/// The base of LANES rows, a row in each lane: as row_base gives it for one row.
INLINE NAME(base) NAME(lane_base)(V m, NAME(scale) k, int form) {
  V shift = NAME(max)(NAME(set)(-T_MAX), -NAME(max)(NAME(set)(-T_MAX), -m));
  T least = -(form == NAME(fast) ? EXP_NORMAL : EXP_LEAST) / k.high[0];
  NAME(base) b = {shift, NAME(set)(least), m, {}};
  if (form == NAME(stored)) {
    V product = m * k.high;
    VI near = (product < REFERENCE_LIMIT) & (product > -REFERENCE_LIMIT);
    VI reference = ((VI)(product + ROUND_MAGIC) - (VI)NAME(set)(ROUND_MAGIC)) & near;
    b.bias = EXP_BIAS_OF(reference);
    b.shift = (V)((VI)shift & ~near);
    b.least = least + (V)((VI)m & near);
  }
  return b;
}

/// LANES rows (or the first `rows` of them) of up to LANES columns, a row in each lane.
INLINE ptrdiff_t NAME(short_batch)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                   T *out, ptrdiff_t out_stride, NAME(scale) k, int form,
                                   double *state, ptrdiff_t capacity) {
  V v[LANES], e[LANES];
  for (int r = 0; r < LANES; r++)
    v[r] = NAME(load_first)(x + (r < rows ? r : 0) * stride, n);
  LSE_TRANSPOSE(LANES, v)
  V m = v[0];
  for (ptrdiff_t j = 1; j < n; j++)
    m = NAME(max)(v[j], m);
  NAME(base) b = NAME(lane_base)(m, k, form);

  ptrdiff_t j = 0;
  for (int i = 0; i < LANES; i++)
    e[i] = v[i];
  for (; n - j >= 4; j += 4)
    NAME(terms)(e + j, 4, b, k, form);
  for (; j < n; j++)
    NAME(terms)(e + j, 1, b, k, form);
  VI ties = {};
  if (form != NAME(stored))
    for (j = 0; j < n; j++) {
      M t = NAME(equal)(v[j], m);
      ties = NAME(count_up)(ties, t);
      e[j] = NAME(clear)(e[j], t);
    }
  for (j = n; j < LANES; j++)
    e[j] = (V){};
  NAME(sums) s = {};
#if LANES == 16
  NAME(sums) s0 = {}, s1 = {}, s2 = {}, s3 = {};
  NAME(add_group)(&s0, (e[0] + e[8]) + (e[4] + e[12]));
  NAME(add_group)(&s1, (e[1] + e[9]) + (e[5] + e[13]));
  NAME(add_group)(&s2, (e[2] + e[10]) + (e[6] + e[14]));
  NAME(add_group)(&s3, (e[3] + e[11]) + (e[7] + e[15]));
  s.lower = (s0.lower + s2.lower) + (s1.lower + s3.lower);
  s.upper = (s0.upper + s2.upper) + (s1.upper + s3.upper);
#elif LANES == 8
  NAME(add_group)(&s, (e[0] + e[4]) + (e[2] + e[6]));
  NAME(add_group)(&s, (e[1] + e[5]) + (e[3] + e[7]));
#elif LANES == 4
  NAME(add_group)(&s, (e[0] + e[2]) + (e[1] + e[3]));
#else
  NAME(add_group)(&s, e[0] + e[1]);
#endif

  // The lanes' maxima and, unless stored, counts as Doubles in the order of the sums.
  NAME(sums) maxima = {}, counts = {};
  NAME(add_group)(&maxima, m);
  D total[LANES / D_LANES], maximum[LANES / D_LANES];
  if (form != NAME(stored))
    NAME(add_group)(&counts, __builtin_convertvector(ties, V) - 1);
#if LSE_F32
  total[0] = s.lower + counts.lower, total[1] = s.upper + counts.upper;
  maximum[0] = maxima.lower, maximum[1] = maxima.upper;
#else
  total[0] = s.all + counts.all;
  maximum[0] = maxima.all;
#endif
  // What is not ordinary is rare: one test for the batch.
  DI ordinary = (DI){} - 1;
  for (int i = 0; i < LANES / D_LANES; i++) {
    ordinary &= (maximum[i] <= T_MAX) & (maximum[i] >= -T_MAX);
    ordinary &= total[i] >= (form == NAME(fast) && n > 1 ? SMALL_REST : 0);
  }
  ptrdiff_t special = 0;
  if (__builtin_expect(rows < LANES || !__builtin_reduce_and(ordinary), 0)) {
    for (ptrdiff_t r = 0; r < rows; r++)
      special += NAME(put_state)(x + r * stride, n, k, state + r, capacity, m[r],
                                 total[r / D_LANES][r % D_LANES], form);
  } else {
    for (int i = 0; i < LANES / D_LANES; i++) {
      NAME(d_store)(state + i * D_LANES, maximum[i]);
      NAME(d_store)(state + capacity + i * D_LANES, total[i]);
      NAME(d_store)(state + 2 * capacity + i * D_LANES, (D){});
    }
  }
  if (form == NAME(stored)) {
    LSE_TRANSPOSE(LANES, e)
    for (ptrdiff_t r = 0; r < rows; r++)
      if (special == 0 || !(m[r] > T_MAX))
        NAME(store_first)(out + r * out_stride, e[r], n);
  }
  return special;
}

/// LANES rows longer than a vector: the horizontal ends of all of them at once.
INLINE ptrdiff_t NAME(long_batch)(const T *x, ptrdiff_t n, ptrdiff_t stride, T *out,
                                  ptrdiff_t out_stride, NAME(scale) k, int form, double *state,
                                  ptrdiff_t capacity) {
  V m[LANES];
  for (int r = 0; r < LANES; r++)
    m[r] = NAME(row_maximum_lanes)(x + r * stride, n);
  LSE_FOLD_ALL(LANES, NAME(max), m)
  T maxima[LANES];
  NAME(store)(maxima, m[0]);
  ptrdiff_t special = 0, ties[LANES];
  for (int first = 0; first < LANES; first += D_LANES) {
    D d[D_LANES];
    for (int i = 0; i < D_LANES; i++) {
      int r = first + i;
      d[i] = NAME(d_set)(__builtin_nan(""));
      ties[r] = 0;
      if (!(maxima[r] > T_MAX))
        d[i] = NAME(row_sums)(x + r * stride, n, out + r * out_stride,
                              NAME(row_base)(maxima[r], k, form), k, form, &ties[r]);
    }
    LSE_FOLD_ALL(D_LANES, ADD, d)
    for (int i = 0; i < D_LANES; i++) {
      int r = first + i;
      special += NAME(put_state)(x + r * stride, n, k, state + r, capacity, maxima[r],
                                 NAME(whole_sum)(d[0][i], ties[r], form), form);
    }
  }
  return special;
}

// Below this many columns the horizontal ends weigh enough to take LANES rows together.
#define BATCH_COLUMNS 512

INLINE ptrdiff_t NAME(reduce_rows)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride,
                                   T *out, ptrdiff_t out_stride, double scale_high,
                                   double scale_low, double *state, ptrdiff_t capacity,
                                   int form) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  ptrdiff_t special = 0, r = 0;
  if (n <= LANES) {
    for (; rows - r > 2; r += LANES)
      special += NAME(short_batch)(x + r * stride, rows - r < LANES ? rows - r : LANES, n, stride,
                                   out + r * out_stride, out_stride, k, form, state + r,
                                   capacity);
    for (; r < rows; r++)
      special += NAME(short_row)(x + r * stride, n, out + r * out_stride, k, form, state + r,
                                 capacity);
    return special;
  }
  if (n <= BATCH_COLUMNS)
    for (; rows - r >= LANES; r += LANES)
      special += NAME(long_batch)(x + r * stride, n, stride, out + r * out_stride, out_stride, k,
                                  form, state + r, capacity);
  for (; r < rows; r++)
    special += NAME(long_row)(x + r * stride, n, out + r * out_stride, k, form, state + r,
                              capacity);
  return special;
}

static ptrdiff_t NAME(reduce)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                              double scale_high, double scale_low, double *state,
                              ptrdiff_t capacity) {
  return NAME(reduce_rows)(x, rows, columns, stride, 0, 0, scale_high, scale_low, state, capacity,
                           NAME(fast));
}

static ptrdiff_t NAME(reduce_storing)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                      ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                      double scale_high, double scale_low, double *state,
                                      ptrdiff_t capacity) {
  return NAME(reduce_rows)(x, rows, columns, stride, out, out_stride, scale_high, scale_low, state,
                           capacity, NAME(stored));
}

static double NAME(maximum)(const void *x, ptrdiff_t columns) {
  return NAME(row_maximum)(x, columns);
}

static ptrdiff_t NAME(exponentials)(const void *x, ptrdiff_t columns, double maximum,
                                    double scale_high, double scale_low, int zeroing, void *out) {
  int form = zeroing ? NAME(small) : NAME(stored);
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  NAME(base) b = NAME(row_base)((T)maximum, k, form);
  const T *from = x;
  T *to = out;
  ptrdiff_t ties = 0;
  for (ptrdiff_t i = 0; i < columns; i += LANES) {
    ptrdiff_t n = columns - i;
    V v = n >= LANES ? NAME(load)(from + i) : NAME(load_first)(from + i, n);
    V e = v;
    NAME(terms)(&e, 1, b, k, form);
    M t = NAME(equal)(v, b.maximum);
    ties += NAME(count)(t);
    if (zeroing)
      e = NAME(clear)(e, t);
    if (n >= LANES)
      NAME(store)(to + i, e);
    else
      NAME(store_first)(to + i, e, n);
  }
  return ties;
}
