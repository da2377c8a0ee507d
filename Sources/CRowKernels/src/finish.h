// States to results of one pass: logarithms and reciprocals across rows, D_LANES rows at a time,
// all in Double.

/// log(y + correction) for a positive normal y: in two parts with error below 2^-58 for Double, in
/// one with error below 2^-36 for Float, whose results are rounded from Double. The correction is
/// what y misses; for Float it matters where y is 1.
///
/// y = 2^k m, m in [sqrt(1/2), sqrt(2)], f = m - 1;
/// log m = 2 atanh(q), q = f / (2 + f), as f - (f^2/2 - q (f^2/2 + R(q^2))) keeps f itself exact
/// (Tang; fdlibm's e_log.c has the same form).
INLINE NAME(two) NAME(log_of)(D y, D correction) {
  DI bits = (DI)y - 0x3fe6a09e667f3bcdLL;
  DI k = bits >> 52;
  D m = (D)((bits & 0xfffffffffffffLL) + 0x3fe6a09e667f3bcdLL);
  // k as a Double: small integers in the last bits of 1.5 2^52.
  D kd = (D)((DI)NAME(d_set)(0x1.8p52) + k) - 0x1.8p52;
  D f = m - 1;
  D q = f / (2 + f);
  D z = q * q;
#if LSE_F32
  D half = 0.5 * f * f;
  D r = NAME(d_fma)(NAME(d_set)(LSE_F64F32_LOG_P3), z, NAME(d_set)(LSE_F64F32_LOG_P2));
  r = NAME(d_fma)(r, z, NAME(d_set)(LSE_F64F32_LOG_P1));
  r = NAME(d_fma)(r, z, NAME(d_set)(LSE_F64F32_LOG_P0)) * z;
  D log_m = f - NAME(d_fma)(-q, half + r, half);
  NAME(two) l = {NAME(d_fma)(kd, NAME(d_set)(LSE_LN2_HI), log_m + correction), {}};
  return l;
#else
  // f^2 / 2 in two parts.
#if LSE_FMA
  D half = 0.5 * f * f;
  D half_low = NAME(d_fms)(0.5 * f, f, half);
#else
  D head = (D)((DI)f & ~0x7ffffffLL);
  D half = 0.5 * head * head; // exact
  D half_low = 0.5 * (f - head) * (f + head);
#endif
  D z2 = z * z;
#define PAIR(i, j) NAME(d_fma)(NAME(d_set)(LSE_F64_LOG_P##j), z, NAME(d_set)(LSE_F64_LOG_P##i))
  D r = NAME(d_fma)(NAME(d_fma)(NAME(d_fma)(PAIR(6, 7), z2, PAIR(4, 5)), z2, PAIR(2, 3)), z2,
                    PAIR(0, 1)) *
        z;
#undef PAIR
  // What q misses: 1 / (2 + f) = (1 - q) / 2.
  D bottom = 2 + f;
  D missed = NAME(d_fms)(q, bottom, f) + q * (f - (bottom - 2));
  D q_low = -0.5 * missed * (1 - q);
  // correction / y, y = 2^k m: 1 / m = (1 - q) / (1 + q) to a few bits, exactly 1 where y = 1.
  D inverse = 1 - 2 * q * (1 - q * (1 - q * (1 - q)));
  D scale = (D)((1023 - k) << 52);
  D low = NAME(d_fma)(q, (half + half_low) + r, NAME(d_fma)(q_low, half, -half_low)) +
          (kd * LSE_F64_LN2_SPLIT_LO + correction * inverse * scale);
  NAME(two) l = NAME(two_sum)(kd * LSE_F64_LN2_SPLIT_HI, f); // the product is exact
  D rest = l.high - half;
  l.low += ((l.high - rest) - half) + low;
  l.high = rest;
  return l;
#endif
}

/// log(1 + s) for s >= 0, with the same errors.
INLINE NAME(two) NAME(log1p)(D s, D s_low) {
#if LSE_F32
  (void)s_low;
  D y = 1 + s;
  D correction = s - (y - 1); // matters where s is small, and y 1
#else
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(1), s);
  D y = sum.high, correction = sum.low + s_low;
#endif
  return NAME(log_of)(y, correction);
}

/// D_LANES states from `p` on; of a last part of n, what is absent repeats the first.
INLINE D NAME(gather_state)(const double *p, ptrdiff_t n) {
  if (n >= D_LANES)
    return NAME(d_load)(p);
  if (n == 1)
    return NAME(d_set)(*p);
  double lanes[D_LANES];
  for (ptrdiff_t i = 0; i < D_LANES; i++)
    lanes[i] = p[i < n ? i : 0];
  return NAME(d_load)(lanes);
}

INLINE void NAME(scatter_state)(double *p, D d, ptrdiff_t n) {
  if (n >= D_LANES) {
    NAME(d_store)(p, d);
    return;
  }
  if (n == 1) {
    *p = d[0];
    return;
  }
  for (ptrdiff_t i = 0; i < n; i++)
    p[i] = d[i];
}

INLINE NAME(two) NAME(rest)(const double *state, ptrdiff_t capacity, ptrdiff_t n) {
  NAME(two)
  p = {NAME(gather_state)(state + capacity, n), NAME(gather_state)(state + 2 * capacity, n)};
  return p;
}

/// Runs the statements with r = 0, D_LANES, ..., and n = the number of rows from there on, D_LANES
/// at most.
#define EACH_PART(rows, ...)                                                                       \
  {                                                                                                \
    ptrdiff_t r = 0;                                                                               \
    for (; r + D_LANES <= rows; r += D_LANES) {                                                    \
      const ptrdiff_t n = D_LANES;                                                                 \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
    if (r < rows) {                                                                                \
      const ptrdiff_t n = rows - r;                                                                \
      __VA_ARGS__                                                                                  \
    }                                                                                              \
  }

/// Where a and high = T l cancel to `size`, or l is small beside it.
INLINE DI NAME(cancel)(D a, D size, D high, D l, double temperature, int is_reduced) {
  if (is_reduced)
    return (a < 0) & (size < 2.01 * temperature);
  return ((size < 4.01 * high) & (a < 0)) | ((l < 0.41) & (size < 16.1 * high));
}

/// a + T l, and the product in `high`.
INLINE D NAME(plus_log)(D a, NAME(two) l, double temperature, D *high) {
  D t = NAME(d_set)(temperature);
#if LSE_F32
  *high = t * l.high;
  return a + *high;
#else
  D low = l.low;
  *high = l.high;
  if (temperature != 1) {
    *high = t * l.high;
    low = NAME(d_fms)(t, l.high, *high) + t * l.low;
  }
  NAME(two) sum = NAME(two_sum)(a, *high);
  return sum.high + (sum.low + low);
#endif
}

/// LSE of D_LANES rows: a + T log1p(rest). In `near`, -1 for a row in which errors of the fast path
/// show that are small beside other results: a max below 0 that the logarithm cancels; or, for a
/// rest that is not `reduce`'s, a small one beside a max near 0, which `put_state` would have found.
/// WideRow.swift does such rows again, and tests a little less on the rounded result.
INLINE D NAME(logsumexp)(D a, NAME(two) s, double temperature, int is_reduced, DI *near) {
  NAME(two) l = NAME(log1p)(s.high, s.low);
  D high, y = NAME(plus_log)(a, l, temperature, &high);
  D size = __builtin_elementwise_abs(y);
  *near = NAME(cancel)(a, size, high, l.high, temperature, is_reduced);
  return y;
}

/// Results of D_LANES rows, or the first n.
INLINE void NAME(put_results)(T *to, D y, ptrdiff_t n, ptrdiff_t stride) {
  if (n == D_LANES && stride == 1) {
#if LSE_F32
    *(NAME(half_u) *)to = __builtin_convertvector(y, NAME(half));
#else
    NAME(store)(to, y);
#endif
  } else if (n == 1) {
    *to = (T)y[0];
  } else {
    for (ptrdiff_t i = 0; i < n; i++)
      to[i * stride] = (T)y[i];
  }
}

static ptrdiff_t NAME(finish_logsumexp)(const double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                        double temperature, int is_reduced, void *out,
                                        ptrdiff_t out_stride) {
  T *to = out;
  DI again = {};
  EACH_PART(rows, {
    DI near;
    D y = NAME(logsumexp)(NAME(gather_state)(state + r, n), NAME(rest)(state + r, capacity, n),
                          temperature, is_reduced, &near);
    again |= near;
    NAME(put_results)(to + r * out_stride, y, n, out_stride);
  })
  return __builtin_reduce_or(again) != 0;
}

/// a + T log |sum|. Not 0 if that will not do for some row: a sum below 0 or hardly above it, or a result
/// near 0.
static ptrdiff_t NAME(finish_weighted)(const double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                       double temperature, void *out, ptrdiff_t out_stride) {
  T *to = out;
  DI again = {};
  EACH_PART(rows, {
    NAME(two) s = NAME(rest)(state + r, capacity, n);
    DI below = s.high < 0;
    D size = __builtin_elementwise_abs(s.high);
    D low = (D)((DI)s.low ^ ((DI)NAME(d_set)(-0.0) & below));
    D high;
    D y = NAME(plus_log)(NAME(gather_state)(state + r, n), NAME(log_of)(size, low), temperature,
                         &high);
    again |= (s.high < 0x1p-1000) | (__builtin_elementwise_abs(y) < NEAR_WEIGHTED * temperature);
    NAME(put_results)(to + r * out_stride, y, n, out_stride);
  })
  return __builtin_reduce_or(again) != 0;
}

/// `high` and `low` with the first rounded to T.
INLINE NAME(two) NAME(rounded)(D high, D low) {
  D first = NAME(to_t)(high + low);
  NAME(two) p = {first, (high - first) + low};
  return p;
}

static void NAME(finish_logsoftmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                    double inverse_high) {
  int plain = inverse_high == 1;
  EACH_PART(rows, {
    NAME(two) s = NAME(rest)(state + r, capacity, n);
    NAME(two) l = NAME(log1p)(s.high, s.low);
    if (plain) {
      NAME(two) sum = NAME(two_sum)(NAME(gather_state)(state + r, n), l.high);
      NAME(two) p = NAME(rounded)(sum.high, sum.low + l.low);
      NAME(scatter_state)(state + r, p.high, n);
      NAME(scatter_state)(state + capacity + r, p.low, n);
    } else {
      NAME(two) p = NAME(rounded)(l.high, l.low);
      NAME(scatter_state)(state + capacity + r, p.high, n);
      NAME(scatter_state)(state + 2 * capacity + r, p.low, n);
    }
  })
}

/// 1 / (high + low) in two parts, times `factor`. Powers of two of either change exponents alone.
INLINE NAME(two) NAME(reciprocal)(D high, D low, D factor) {
  D r = 1 / high;
  D miss = NAME(d_fms)(high, r, NAME(d_set)(1)) + low * r;
  D r_low = -r * miss;
  D exact = r * factor;
  D first = NAME(to_t)(exact);
#if LSE_F32
  D missed = exact - first; // the product is exact enough
#else
  D missed = NAME(d_fms)(r, factor, exact);
#endif
  NAME(two) p = {first, missed + r_low * factor};
#if LSE_F32
  // So many bits as T holds at any exponent that `first` may have.
  D places = first * 0x1.8p6;
  p.low = (p.low + places) - places;
#endif
  return p;
}

static void NAME(finish_softmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows) {
  EACH_PART(rows, {
    NAME(two) s = NAME(rest)(state + r, capacity, n);
    NAME(two) p = NAME(reciprocal)(s.high, s.low, NAME(d_set)(1));
    NAME(scatter_state)(state + r, p.high, n);
    NAME(scatter_state)(state + capacity + r, p.low, n);
  })
}
