// Cumulative LSE of one pass: out_j = a_j + T log1p(rest_j) over the elements up to j, in Double.
//
// A step is short because nothing of an exponential depends on the step before. With y = x c, n the
// integer nearest y, and N that of the running max a, a term is 2^(y - N) = 2^(y - n) 2^(n - N):
//
//   x <= a:  r += term(x)
//   x > a:   r = (r + term(a)) 2^(N - N'),  a = x
//   out:     a + T log1p(r / term(a))
//
// r is the sum of the terms without the max's own. Only powers of two, which are exact, carry it
// from one max to the next, so its error does not grow where every element is a new max. Terms
// stand 2^SCAN_BIAS too large, so that for Double those of 2^-1074 keep all their bits.
//
// Largest errors found (CumulativeTests): Float 0.50 ULP, Double 0.96 ULP,
// the latter where max and log-sum begin to cancel.
//
// The recurrence is an element's own: it is the same in lanes that are rows (`scan_batch`), in
// lanes that are columns of one row (`scan_row`), and wherever a row is cut.

#if LSE_F32
#define SCAN_BIAS 0
#else
#define SCAN_BIAS 600
#endif
// Beyond this |y| an element counts as this; as far as it goes n is an integer in 1.5 2^52 + n. For
// Float y = 2^50 is so large beside log1p that this changes no bit; for Double see `scan_huge`.
#define SCAN_LIMIT 0x1p50
#define SCAN_HUGE 0x1p49
#define SCAN_MAGIC 0x1.8p52

/// What a row's prefix has come to, for D_LANES rows.
typedef struct {
  /// a, and 1.5 2^52 + N.
  D maximum, n;
  /// r, term(a) and 1 / term(a).
  NAME(two) rest, term, inverse;
  /// Not 0 if the max of a row is finite and beyond SCAN_HUGE.
  int huge;
} NAME(scan);

typedef struct {
  D high, low;
  double temperature, scale_high, scale_low;
} NAME(scan_scale);

#if LSE_ISA == 512
INLINE D NAME(d_max)(D a, D b) { return (D)_mm512_max_pd((__m512d)a, (__m512d)b); }
INLINE D NAME(d_min)(D a, D b) { return (D)_mm512_min_pd((__m512d)a, (__m512d)b); }
#elif LSE_ISA == 256
INLINE D NAME(d_max)(D a, D b) { return (D)_mm256_max_pd((__m256d)a, (__m256d)b); }
INLINE D NAME(d_min)(D a, D b) { return (D)_mm256_min_pd((__m256d)a, (__m256d)b); }
#else
INLINE D NAME(d_max)(D a, D b) {
  DI m = a > b;
  return (D)(((DI)a & m) | ((DI)b & ~m));
}
INLINE D NAME(d_min)(D a, D b) { return -NAME(d_max)(-a, -b); }
#endif
INLINE D NAME(d_select)(DI m, D a, D b) { return (D)(((DI)a & m) | ((DI)b & ~m)); }
INLINE int NAME(d_any)(DI m) { return __builtin_reduce_or(m) != 0; }

/// 2^(d + bias) for integers d; 0 from -1023 - bias down.
INLINE D NAME(scan_power)(D d, int bias) {
  d = NAME(d_max)(d, NAME(d_set)(-1023 - bias));
  return (D)((DI)(d + (SCAN_MAGIC + 1023 + bias)) << 52);
}

/// 1.5 2^52 + n, and 2^(y - n): for Float with error below 2^-34, for Double in two parts with
/// error below 2^-57.
INLINE NAME(two) NAME(scan_exp)(D x, D *n, NAME(scan_scale) k) {
  NAME(two) p;
#if LSE_F32
  // In this order a NaN in x stays.
  D y = NAME(d_max)(NAME(d_set)(-SCAN_LIMIT), NAME(d_min)(NAME(d_set)(SCAN_LIMIT), x * k.high));
  *n = y + SCAN_MAGIC;
  D f = y - (*n - SCAN_MAGIC);
#define B(i) NAME(d_set)(LSE_PASTE(LSE_F64F32_EXP2_D7_B, i))
  D f2 = f * f;
  D b76 = NAME(d_fma)(f, B(7), B(6)), b54 = NAME(d_fma)(f, B(5), B(4));
  D b32 = NAME(d_fma)(f, B(3), B(2)), b1 = NAME(d_fma)(f, B(1), NAME(d_set)(1));
  p.high = NAME(d_fma)(NAME(d_fma)(NAME(d_fma)(b76, f2, b54), f2, b32), f2, b1);
  p.low = (D){};
#undef B
#else
  D limit = NAME(d_set)(SCAN_LIMIT / k.scale_high);
  x = NAME(d_max)(-limit, NAME(d_min)(limit, x));
  *n = NAME(d_fma)(x, k.high, NAME(d_set)(SCAN_MAGIC));
  D f = NAME(d_fma)(x, k.low, NAME(d_fms)(x, k.high, *n - SCAN_MAGIC));
  // f ln2 in two parts, then as the table-free exponential in exp.h.
  D r = f * LSE_LN2_HI;
  D low = NAME(d_fma)(f, NAME(d_set)(LSE_LN2_LO), NAME(d_fms)(f, NAME(d_set)(LSE_LN2_HI), r));
#define Q(i) NAME(d_set)(LSE_PASTE(LSE_F64_EXP_D12_Q, i))
  D r2 = r * r, r4 = r2 * r2;
  D q10 = NAME(d_fma)(Q(1), r, Q(0)), q32 = NAME(d_fma)(Q(3), r, Q(2));
  D q54 = NAME(d_fma)(Q(5), r, Q(4)), q76 = NAME(d_fma)(Q(7), r, Q(6));
  D q98 = NAME(d_fma)(NAME(d_fma)(Q(10), r, Q(9)), r, Q(8));
  D q = NAME(d_fma)(NAME(d_fma)(NAME(d_fma)(q98, r2, q76), r2, q54), r4,
                    NAME(d_fma)(q32, r2, q10));
  low = NAME(d_fma)(r2, q, low);
  D one = 1 + r;
  low = (r - (one - 1)) + low;
  p.high = one + low;
  p.low = low - (p.high - one);
#undef Q
#endif
  return p;
}

/// p 2^(n - N + SCAN_BIAS).
INLINE NAME(two) NAME(scan_term)(NAME(two) p, D n, D reference) {
  D power = NAME(scan_power)(n - reference, SCAN_BIAS);
  NAME(two) t = {p.high * power, p.low * power};
  return t;
}

INLINE NAME(two) NAME(scan_inverse)(NAME(two) t) {
  NAME(two) i;
  i.high = 1 / t.high;
#if LSE_F32
  i.low = (D){};
#else
  i.low = -i.high * (NAME(d_fms)(t.high, i.high, NAME(d_set)(1)) + t.low * i.high);
#endif
  return i;
}

INLINE NAME(two) NAME(scan_add)(NAME(two) s, NAME(two) t) {
#if LSE_F32
  s.high += t.high;
#else
  LSE_TWO_SUM(s, s.high, t.high, s.low + t.low)
#endif
  return s;
}

/// The lanes in which a max is finite and beyond SCAN_HUGE. In Float such a max outweighs any
/// log1p.
INLINE DI NAME(scan_is_huge)(D maximum, NAME(scan_scale) k) {
#if LSE_F32
  (void)k;
  return (DI)(maximum - maximum) & 0;
#else
  D size = __builtin_elementwise_abs(maximum);
  return (size > SCAN_HUGE / k.scale_high) & (size <= T_MAX);
#endif
}

/// The state of D_LANES rows whose prefixes have the given max and r.
INLINE NAME(scan) NAME(scan_from)(D maximum, NAME(two) rest, NAME(scan_scale) k) {
  NAME(scan) s;
  s.maximum = maximum;
  NAME(two) p = NAME(scan_exp)(maximum, &s.n, k);
  s.term = NAME(scan_term)(p, s.n, s.n);
  s.inverse = NAME(scan_inverse)(s.term);
  s.rest = rest;
  s.huge = !LSE_F32 && NAME(d_any)(NAME(scan_is_huge)(maximum, k));
  return s;
}

#if !LSE_F32
/// r / term(a), in two parts.
INLINE NAME(two) NAME(scan_ratio)(const NAME(scan) * s) {
  NAME(two) q;
  q.high = s->rest.high * s->inverse.high;
  q.low = NAME(d_fms)(s->rest.high, s->inverse.high, q.high) +
          NAME(d_fma)(s->rest.high, s->inverse.low, s->rest.low * s->inverse.high);
  return q;
}

INLINE D NAME(scan_plain_exp)(D z, NAME(scan_scale) k) {
  D n;
  NAME(two) p = NAME(scan_exp)(z, &n, k);
  return p.high * NAME(scan_power)(n - SCAN_MAGIC, 0);
}

/// The step where the max is huge and y - n has no digits left, from exp((x - a) / T) instead.
/// There one digit of log1p is as much as the result shows.
static __attribute__((noinline)) void NAME(scan_huge_step)(NAME(scan) * s,
                                                           const NAME(scan) * before,
                                                           const D *element,
                                                           const NAME(scan_scale) * k) {
  D x = *element;
  DI up = x > before->maximum;
  D a = NAME(d_select)(up, x, before->maximum);
  D ratio = NAME(scan_ratio)(before).high;
  D risen = (ratio + 1) * NAME(scan_plain_exp)(before->maximum - a, *k);
  ratio = NAME(d_select)(up, risen, ratio + NAME(scan_plain_exp)(x - a, *k));
  NAME(two) rest = {};
  NAME(scan) after = NAME(scan_from)(a, rest, *k);
  DI huge = NAME(scan_is_huge)(a, *k);
  s->rest.high = NAME(d_select)(huge, ratio * after.term.high, s->rest.high);
  s->rest.low = NAME(d_select)(huge, rest.low, s->rest.low);
  s->huge = NAME(d_any)(huge);
}
#endif

/// One element more in each lane: x with its n and 2^(y - n).
INLINE void NAME(scan_step)(NAME(scan) * s, D x, D n, NAME(two) p, NAME(scan_scale) k) {
  (void)k;
  DI up = x > s->maximum;
  if (__builtin_expect(!NAME(d_any)(up) && !s->huge, 1)) {
    s->rest = NAME(scan_add)(s->rest, NAME(scan_term)(p, n, s->n));
    return;
  }
#if !LSE_F32
  NAME(scan) before = *s;
#endif
  D next = NAME(d_select)(up, n, s->n);
  D d = s->n - next;
#if LSE_F32
  D power = NAME(scan_power)(d, 0);
  NAME(two) old = {s->term.high * power, (D){}};
  s->rest.high = s->rest.high * power;
#else
  // In two factors: 2^d may be below the least number where its product with r is not.
  D first = NAME(d_max)(d, NAME(d_set)(-1000));
  D power = NAME(scan_power)(first, 0), more = NAME(scan_power)(d - first, 0);
  NAME(two) old = {s->term.high * power * more, s->term.low * power * more};
  s->rest.high = s->rest.high * power * more;
  s->rest.low = s->rest.low * power * more;
#endif
  NAME(two) term = NAME(scan_term)(p, n, next);
  NAME(two) added;
  added.high = NAME(d_select)(up, old.high, term.high);
  added.low = NAME(d_select)(up, old.low, term.low);
  s->rest = NAME(scan_add)(s->rest, added);
  s->term.high = NAME(d_select)(up, term.high, s->term.high);
  s->term.low = NAME(d_select)(up, term.low, s->term.low);
  s->maximum = NAME(d_select)(up, x, s->maximum);
  s->n = next;
  s->inverse = NAME(scan_inverse)(s->term);
#if !LSE_F32
  if (__builtin_expect(s->huge | NAME(d_any)(NAME(scan_is_huge)(s->maximum, k)), 0))
    NAME(scan_huge_step)(s, &before, &x, &k);
#endif
}

/// What is written, from a, r and 1 / term(a).
INLINE D NAME(scan_result)(const NAME(scan) * s, NAME(scan_scale) k) {
  D t = NAME(d_set)(k.temperature);
#if LSE_F32
  return s->maximum + t * NAME(log1p)(s->rest.high * s->inverse.high, (D){}).high;
#else
  NAME(two) q = NAME(scan_ratio)(s);
  NAME(two) l = NAME(log1p)(q.high, q.low);
  D high = l.high, low = l.low;
  if (k.temperature != 1) {
    high = t * l.high;
    low = NAME(d_fms)(t, l.high, high) + t * l.low;
  }
  NAME(two) sum = NAME(two_sum)(s->maximum, high);
  D y = sum.high + (sum.low + low);
  // An infinite sum misses nothing but a NaN.
  DI whole = (__builtin_elementwise_abs(sum.high) <= T_MAX) | (q.high != q.high);
  return NAME(d_select)(whole, y, sum.high);
#endif
}

// MARK: LANES rows

#define SCAN_PARTS (LANES / D_LANES)

INLINE void NAME(scan_widen)(V v, D *d) {
#if LSE_F32
  NAME(sums) w = NAME(widen)(v);
  d[0] = w.lower, d[1] = w.upper;
#else
  d[0] = v;
#endif
}

/// What the steps take and leave of a column, and the low parts, which Float does not have.
typedef struct {
  D x, n, power;   // the element or a, 1.5 2^52 + n, 2^(y - n)
  D rest, inverse; // r, 1 / term(a)
#if !LSE_F32
  D power_low, rest_low, inverse_low;
#endif
} NAME(scan_column);

INLINE void NAME(scan_put)(NAME(scan_column) * c, const NAME(scan) * s) {
  c->x = s->maximum;
  c->rest = s->rest.high;
  c->inverse = s->inverse.high;
#if !LSE_F32
  c->rest_low = s->rest.low;
  c->inverse_low = s->inverse.low;
#endif
}

/// A tile of `width` columns, a column in each vector, elements to results: exponentials, sums and
/// logarithms apart, so that only the sums wait for one another.
INLINE void NAME(scan_tile)(V *v, ptrdiff_t width, NAME(scan) * s, int exclusive, int reverse,
                            NAME(scan_scale) k) {
  NAME(scan_column) columns[LANES][SCAN_PARTS];
  for (ptrdiff_t i = 0; i < width; i++) {
    D x[SCAN_PARTS];
    NAME(scan_widen)(v[reverse ? width - 1 - i : i], x);
    for (int part = 0; part < SCAN_PARTS; part++) {
      NAME(scan_column) *c = &columns[i][part];
      c->x = x[part];
      NAME(two) p = NAME(scan_exp)(c->x, &c->n, k);
      c->power = p.high;
#if !LSE_F32
      c->power_low = p.low;
#endif
    }
  }
  for (ptrdiff_t i = 0; i < width; i++)
    for (int part = 0; part < SCAN_PARTS; part++) {
      NAME(scan_column) *c = &columns[i][part];
      D x = c->x, n = c->n;
      NAME(two) p = {c->power, (D){}};
#if !LSE_F32
      p.low = c->power_low;
#endif
      if (exclusive)
        NAME(scan_put)(c, s + part);
      NAME(scan_step)(s + part, x, n, p, k);
      if (!exclusive)
        NAME(scan_put)(c, s + part);
    }
  for (ptrdiff_t i = 0; i < width; i++) {
    D y[SCAN_PARTS];
    for (int part = 0; part < SCAN_PARTS; part++) {
      const NAME(scan_column) *c = &columns[i][part];
      NAME(scan) at;
      at.maximum = c->x;
      at.rest.high = c->rest, at.inverse.high = c->inverse;
#if !LSE_F32
      at.rest.low = c->rest_low, at.inverse.low = c->inverse_low;
#endif
      y[part] = NAME(scan_result)(&at, k);
    }
    v[reverse ? width - 1 - i : i] = NAME(narrowed)(y);
  }
}

/// The first `rows` of LANES rows, a row in each lane.
INLINE void NAME(scan_batch)(const T *x, ptrdiff_t rows, ptrdiff_t n, ptrdiff_t stride, T *out,
                             ptrdiff_t out_stride, int exclusive, int reverse, NAME(scan_scale) k,
                             double *state, ptrdiff_t capacity) {
  NAME(scan) s[SCAN_PARTS];
  for (int part = 0; part < SCAN_PARTS; part++) {
    ptrdiff_t first = part * D_LANES < rows ? part * D_LANES : 0;
    double *at = state + first;
    s[part] = NAME(scan_from)(NAME(gather_state)(at, rows - first),
                              NAME(rest)(at, capacity, rows - first), k);
  }
  for (ptrdiff_t done = 0; done < n; done += LANES) {
    ptrdiff_t width = n - done < LANES ? n - done : LANES;
    ptrdiff_t column = reverse ? n - done - width : done;
    V v[LANES];
    for (int r = 0; r < LANES; r++) {
      const T *from = x + (r < rows ? r : 0) * stride + column;
      v[r] = width < LANES ? NAME(load_first)(from, width) : NAME(load)(from);
    }
    LSE_TRANSPOSE(LANES, v)
    NAME(scan_tile)(v, width, s, exclusive, reverse, k);
    LSE_TRANSPOSE(LANES, v)
    for (int r = 0; r < LANES; r++) {
      T *to = out + r * out_stride + column;
      if (r >= rows)
        break;
      if (width < LANES)
        NAME(store_first)(to, v[r], width);
      else
        NAME(store)(to, v[r]);
    }
  }
  for (int part = 0; part < SCAN_PARTS; part++)
    if (part * D_LANES < rows) {
      double *at = state + part * D_LANES;
      ptrdiff_t count = rows - part * D_LANES;
      NAME(scatter_state)(at, s[part].maximum, count);
      NAME(scatter_state)(at + capacity, s[part].rest.high, count);
      NAME(scatter_state)(at + 2 * capacity, s[part].rest.low, count);
    }
}

// MARK: One row

/// One row, D_LANES columns at a time: exponentials and logarithms side by side, steps one after
/// the other with the same element in every lane.
INLINE void NAME(scan_row)(const T *x, ptrdiff_t n, T *out, int exclusive, int reverse,
                           NAME(scan_scale) k, double *state, ptrdiff_t capacity) {
  NAME(scan) s = NAME(scan_from)(NAME(d_set)(state[0]), NAME(rest)(state, capacity, 1), k);
  for (ptrdiff_t done = 0; done < n; done += D_LANES) {
    ptrdiff_t width = n - done < D_LANES ? n - done : D_LANES;
    ptrdiff_t column = reverse ? n - done - width : done;
    double lanes[D_LANES];
    for (int i = 0; i < D_LANES; i++)
      lanes[i] = x[column + (i < width ? i : 0)];
    D elements = NAME(d_load)(lanes), exponents;
    NAME(two) powers = NAME(scan_exp)(elements, &exponents, k);
    NAME(scan) all = s;
    for (int i = 0; i < width; i++) {
      int lane = reverse ? (int)width - 1 - i : i;
      NAME(two) p = {NAME(d_set)(powers.high[lane]), NAME(d_set)(powers.low[lane])};
      for (int after = 0; after < 2; after++) {
        if (after != exclusive) {
          all.maximum[lane] = s.maximum[0];
          all.rest.high[lane] = s.rest.high[0], all.rest.low[lane] = s.rest.low[0];
          all.inverse.high[lane] = s.inverse.high[0], all.inverse.low[lane] = s.inverse.low[0];
        }
        if (!after)
          NAME(scan_step)(&s, NAME(d_set)(elements[lane]), NAME(d_set)(exponents[lane]), p, k);
      }
    }
    D y = NAME(scan_result)(&all, k);
    for (int i = 0; i < width; i++)
      out[column + i] = (T)y[i];
  }
  state[0] = s.maximum[0];
  state[capacity] = s.rest.high[0];
  state[2 * capacity] = s.rest.low[0];
}

INLINE void NAME(scan_rows)(const T *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, T *out,
                            ptrdiff_t out_stride, int exclusive, int reverse, NAME(scan_scale) k,
                            double *state, ptrdiff_t capacity) {
  ptrdiff_t r = 0;
  // LANES rows together take about as long as a quarter of them one by one.
  for (; rows - r > LANES / 4; r += LANES)
    NAME(scan_batch)(x + r * stride, rows - r < LANES ? rows - r : LANES, columns, stride,
                     out + r * out_stride, out_stride, exclusive, reverse, k, state + r, capacity);
  for (; r < rows; r++)
    NAME(scan_row)(x + r * stride, columns, out + r * out_stride, exclusive, reverse, k, state + r,
                   capacity);
}

static void NAME(cumulate)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                 ptrdiff_t stride, void *out, ptrdiff_t out_stride, int exclusive,
                                 int reverse, double scale_high, double scale_low,
                                 double temperature, double *state, ptrdiff_t capacity) {
  NAME(scan_scale) k = {NAME(d_set)(LSE_F32 ? scale_high + scale_low : scale_high),
                        NAME(d_set)(scale_low), temperature, scale_high, scale_low};
  NAME(scan_rows)
  (x, rows, columns, stride, out, out_stride, exclusive, reverse, k, state, capacity);
}
