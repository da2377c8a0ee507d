// States to results of one pass: logarithms and reciprocals across rows, D_LANES rows at a time, all
// in Double.

/// A Double in two parts.
typedef struct {
  D high, low;
} NAME(pair);

INLINE NAME(pair) NAME(two_sum)(D a, D b) {
  D s = a + b, bb = s - a;
  NAME(pair) p = {s, (a - (s - bb)) + (b - bb)};
  return p;
}

/// log(1 + s) for s >= 0 in two parts, error below 2^-58 relative to the result.
///
/// y = 1 + s with what it misses, correction; y = 2^k m, m in [sqrt(1/2), sqrt(2)], f = m - 1;
/// log m = 2 atanh(q), q = f / (2 + f), as f - (f^2/2 - q (f^2/2 + R(q^2))) keeps f itself exact
/// (Tang; fdlibm's e_log.c has the same form).
INLINE NAME(pair) NAME(log1p)(D s, D s_low) {
  NAME(pair) y = NAME(two_sum)(NAME(d_set)(1), s);
  D correction = y.low + s_low;
  DI bits = (DI)y.high;
  DI k = ((bits - 0x3fe6a09e667f3bcdLL) >> 52);
  D m = (D)(bits - (k << 52));
  // k as a Double: small integers in the last bits of 1.5 2^52.
  D kd = (D)((DI)NAME(d_set)(0x1.8p52) + k) - 0x1.8p52;
  D f = m - 1;
  D q = f / (2 + f);
  D z = q * q, z2 = z * z;
  D p10 = NAME(d_fma)(NAME(d_set)(LSE_F64_LOG_P1), z, NAME(d_set)(LSE_F64_LOG_P0));
  D p32 = NAME(d_fma)(NAME(d_set)(LSE_F64_LOG_P3), z, NAME(d_set)(LSE_F64_LOG_P2));
#if LSE_F32
  D r = NAME(d_fma)(p32, z2, p10) * z;
#else
  D p54 = NAME(d_fma)(NAME(d_set)(LSE_F64_LOG_P5), z, NAME(d_set)(LSE_F64_LOG_P4));
  D p76 = NAME(d_fma)(NAME(d_set)(LSE_F64_LOG_P7), z, NAME(d_set)(LSE_F64_LOG_P6));
  D r = NAME(d_fma)(NAME(d_fma)(NAME(d_fma)(p76, z2, p54), z2, p32), z2, p10) * z;
#endif
  D half = 0.5 * f * f;
  // correction / y, y = 2^k m: 1 / m to a few bits, exactly 1 where y = 1.
  D inverse = 1 - f * (1 - f * (1 - f * (1 - f)));
  D scale = (D)((1023 - k) << 52);
  D low = (NAME(d_fma)(q, half + r, -half) + kd * LSE_F64_LN2_SPLIT_LO) +
          correction * inverse * scale;
  D high = kd * LSE_F64_LN2_SPLIT_HI; // exact
  NAME(pair) sum = NAME(two_sum)(high, f);
  sum.low += low;
  return sum;
}

/// D_LANES states from `p` on, or the first n with the last one repeated.
INLINE D NAME(gather_state)(const double *p, ptrdiff_t n) {
  if (n >= D_LANES)
    return NAME(d_load)(p);
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
  for (ptrdiff_t i = 0; i < n; i++)
    p[i] = d[i];
}

/// The state's sum without its special values, so that no arithmetic below meets them.
INLINE NAME(pair) NAME(rest)(const double *state, ptrdiff_t capacity, ptrdiff_t n) {
  NAME(pair) p = {NAME(gather_state)(state + capacity, n),
                  NAME(gather_state)(state + 2 * capacity, n)};
  return p;
}

static ptrdiff_t NAME(finish_logsumexp)(const double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                        double temperature, void *out, ptrdiff_t out_stride) {
  T *to = out;
  D t = NAME(d_set)(temperature);
  ptrdiff_t again = 0;
  for (ptrdiff_t r = 0; r < rows; r += D_LANES) {
    ptrdiff_t n = rows - r < D_LANES ? rows - r : D_LANES;
    D a = NAME(gather_state)(state + r, n);
    NAME(pair) s = NAME(rest)(state + r, capacity, n);
    NAME(pair) l = NAME(log1p)(s.high, s.low);
    D high = l.high, low = l.low;
    if (temperature != 1) {
      high = t * l.high;
      low = NAME(d_fms)(t, l.high, high) + t * l.low;
    }
    NAME(pair) sum = NAME(two_sum)(a, high);
    D y = sum.high + (sum.low + low);
    // A max below 0 that the logarithm nearly cancels: see WideRow.swift, which tests the same with
    // 1/2 on the rounded result.
    D magnitude = __builtin_elementwise_abs(y);
    DI near = magnitude < 0.51 * high;
    again -= __builtin_reduce_add(near & (a < 0));
    if (n == D_LANES && out_stride == 1) {
#if LSE_F32
      typedef float half __attribute__((vector_size(D_LANES * 4)));
      typedef float half_u __attribute__((vector_size(D_LANES * 4), aligned(4), may_alias));
      *(half_u *)(to + r) = __builtin_convertvector(y, half);
#else
      NAME(store)(to + r, y);
#endif
    } else {
      for (ptrdiff_t i = 0; i < n; i++)
        to[(r + i) * out_stride] = (T)y[i];
    }
  }
  return again;
}

static void NAME(finish_logsoftmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                    double inverse_high, double inverse_low) {
  D k = NAME(d_set)(inverse_high);
  for (ptrdiff_t r = 0; r < rows; r += D_LANES) {
    ptrdiff_t n = rows - r < D_LANES ? rows - r : D_LANES;
    D a = NAME(gather_state)(state + r, n);
    NAME(pair) s = NAME(rest)(state + r, capacity, n);
    NAME(pair) l = NAME(log1p)(s.high, s.low);
    D scaled = a, scaled_low = {};
    if (inverse_high != 1) {
      scaled = a * k;
      scaled_low = NAME(d_fms)(a, k, scaled) + a * inverse_low;
    }
    NAME(pair) sum = NAME(two_sum)(scaled, l.high);
    D low = sum.low + (scaled_low + l.low);
#if LSE_F32
    typedef float half __attribute__((vector_size(D_LANES * 4)));
    D high = __builtin_convertvector(__builtin_convertvector(sum.high + low, half), D);
#else
    D high = sum.high + low;
#endif
    low = (sum.high - high) + low;
    NAME(scatter_state)(state + r, high, n);
    NAME(scatter_state)(state + capacity + r, low, n);
  }
}

/// 1 / (high + low) in two parts, times `factor`.
INLINE NAME(pair) NAME(reciprocal)(D high, D low, D factor) {
  D r = 1 / high;
  D miss = NAME(d_fms)(high, r, NAME(d_set)(1)) + low * r;
  D r_low = -r * miss;
#if LSE_F32
  typedef float half __attribute__((vector_size(D_LANES * 4)));
  D exact = r * factor;
  D rounded = __builtin_convertvector(__builtin_convertvector(exact, half), D);
  NAME(pair) p = {rounded, (exact - rounded) + r_low * factor};
#else
  D exact = r * factor;
  NAME(pair) p = {exact, NAME(d_fms)(r, factor, exact) + r_low * factor};
#endif
  return p;
}

static void NAME(finish_softmax)(double *state, ptrdiff_t capacity, ptrdiff_t rows,
                                 double inverse_high, double inverse_low) {
  (void)inverse_high, (void)inverse_low;
  for (ptrdiff_t r = 0; r < rows; r += D_LANES) {
    ptrdiff_t n = rows - r < D_LANES ? rows - r : D_LANES;
    NAME(pair) s = NAME(rest)(state + r, capacity, n);
    NAME(pair) p = NAME(reciprocal)(s.high, s.low, NAME(d_set)(1));
    NAME(scatter_state)(state + r, p.high, n);
    NAME(scatter_state)(state + capacity + r, p.low, n);
  }
}
