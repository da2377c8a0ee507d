// Exponentials of one pass: 2^(z c - N), N an integer.
//
// z c = n + f with n a multiple of 1 / (table size), found by adding a large number whose last bits
// count those multiples; f = z c - n by fused multiply-add with c in two parts, so nothing of z c
// is lost at any temperature. With j the fraction of n and k its whole part,
//
//   2^(z c) = 2^k T_j (1 + p(f) + R_j),    p(f) = 2^f - 1,  T_j + T_j R_j = 2^(j/size) to twice T's
//   bits,
//
// rounded once at the end: s + s (p + R) with s = 2^k T_j. s is one integer addition: the table
// holds the bits of T_j less j in the place where the shifted count puts it.
//
// -N comes as `origin`, which the large number takes up. How far down results go (`range`): NORMAL
// ones must stay normal numbers; those of the other two are formed 2^EXP_BIAS times too large, by an
// origin of EXP_BIAS - N. GRADED ones are scaled down at the end, so they underflow gradually; SCALED
// ones are left so, and come in two parts if there is a place for the second. NaN gives NaN. z must
// have been limited from below so that z c - N >= -EXP_LEAST, -EXP_NORMAL for NORMAL results.
//
//   variant     Float                                Double
//   avx512      table of 16, degree 3                table of 16, degree 6
//   avx2        table of 8, degree 4                 no table, degree 12, r and 1 + r in two parts
//   neon        Double inside, no table, degree 8    as avx2
//   portable    the same without fused multiply-add  no table, degree 12, 1 + r in two parts
// Bounds and the inputs that attain them: docs/accuracy.md; coefficients: scripts/coefficients.

#if LSE_F32
#define LSE_ONE_HIGH LSE_F32_LOG2E_HI
#define EXP_LEAST 186
#define EXP_NORMAL 125
#define EXP_BIAS 64
#define MANTISSA 23
#define REFERENCE_LIMIT 0x1p17f
#define ROUND_MAGIC 0x1.8p23f
// A rest below this may hold terms that were limited at 2^-EXP_LEAST, and is summed again, graded.
#define SMALL_REST 0x1p-80
#define LEAST_SCALED 0x1p-95
// Of EXP_LEAST, what terms in two parts are limited to: below LEAST_SCALED, but with no subnormal
// second part, which takes the processor hundreds of cycles.
#define SMALL_PART (160.0 / EXP_LEAST)
#define LEAST_FACTOR 0x1p-102
#define FACTOR_BIAS 100
#define GUESS_ABOVE 24
#define GUESS_BELOW 32
#else
#define LSE_ONE_HIGH LSE_LOG2E_HI
#define EXP_LEAST 1500
#define EXP_NORMAL 1020
#define EXP_BIAS 512
#define MANTISSA 52
#define REFERENCE_LIMIT 0x1p40
#define ROUND_MAGIC 0x1.8p52
#define SMALL_REST 0x1p-940
#define LEAST_SCALED 0x1p-587
#define SMALL_PART (1100.0 / EXP_LEAST)
#define LEAST_FACTOR 0x1p-950
#define FACTOR_BIAS 700
#define GUESS_ABOVE 400
#define GUESS_BELOW 400
#endif
#ifndef LSE_RANGES
#define LSE_RANGES
enum { NORMAL, GRADED, SCALED };
#endif
#define UP LSE_PASTE(0x1p, EXP_BIAS)
// A max a >= 0 and a rest r with LSE < T have a c + r NEAR_SLOPE < NEAR_PRODUCT, and r < NEAR_REST.
// Where a < 0, and `finish_logsumexp` does not find that the two cancel, these are others.
#define NEAR_REST 1.75
#define NEAR_SLOPE 0.8385
#define NEAR_PRODUCT 1.445
#define NEAR_MAXIMUM 1.85
#define NEAR_CANCELLED 0.3
// A little more than WideRow.isNearZero has.
#define NEAR_WEIGHTED (LSE_F32 ? 0.26 : 0.065)
#define DOWN LSE_PASTE(0x1p-, EXP_BIAS)

/// c = log2(e) / T as the kernels use it, and what terms are limited to from below, relative to the
/// max.
typedef struct {
  V high, low;
  T least_normal, least_graded;
} NAME(scale);

INLINE NAME(scale) NAME(make_scale)(double high, double low) {
  T least = high == LSE_ONE_HIGH ? -1 / LSE_ONE_HIGH : -1 / (T)high; // T = 1 without a division
  NAME(scale) k = {NAME(set)((T)high), NAME(set)((T)low), EXP_NORMAL * least, EXP_LEAST * least};
  return k;
}

/// N for a row whose max is a: an integer near a c, or 0 where |a c| is so large that x - a is
/// exact wherever its exponential is not 0; elements are then taken relative to `shift` = a.
INLINE T NAME(reference)(T a, T c, T *shift) {
  T product = a * c;
  if (product < REFERENCE_LIMIT && product > -REFERENCE_LIMIT) {
    *shift = 0;
    return (product + ROUND_MAGIC) - ROUND_MAGIC;
  }
  *shift = a > T_MAX ? T_MAX : a < -T_MAX ? -T_MAX : a;
  return 0;
}

#if LSE_ISA == 512 || (LSE_ISA == 256 && LSE_F32)
#if LANES == 16
#define TABLE_BITS 4
#define TABLE lse_f32_table16
#define EXP2_B(i) LSE_F32_EXP2_T16_D3_B##i
#define EXP_MAGIC 0x1.8p19f
#elif LSE_F32
#define TABLE_BITS 3
#define TABLE lse_f32_table8
#define EXP2_B(i) LSE_F32_EXP2_T8_D4_B##i
#define EXP_MAGIC 0x1.8p20f
#else
#define TABLE_BITS 4
#define TABLE lse_f64_table16
#define EXP2_B(i) LSE_F64_EXP2_T16_D6_B##i
#define EXP_MAGIC 0x1.8p48
#endif

/// Entry t mod (table size) of a table, for each lane.
INLINE V NAME(look_up)(const T *table, V t) {
#if LANES == 16
  return (V)_mm512_permutexvar_ps((__m512i)t, _mm512_load_ps(table));
#elif LSE_F32
  return (V)_mm256_permutevar8x32_ps(_mm256_load_ps(table), (__m256i)t);
#else
  return (V)_mm512_permutex2var_pd(_mm512_load_pd(table), (__m512i)t, _mm512_load_pd(table + 8));
#endif
}

/// The two halves of an exponential, stage by stage for `count` vectors so that latencies overlap:
/// first z c = n + f, with the last bits of t counting n,
INLINE void NAME(exp_reduce)(const V *z, V *t, V *f, int count, V origin, NAME(scale) k) {
  V magic = origin + EXP_MAGIC;
#define EACH for (int i = 0; i < count; i++)
  EACH t[i] = NAME(fma)(z[i], k.high, magic);
  EACH f[i] = NAME(fma)(z[i], k.high, magic - t[i]);
  EACH f[i] = NAME(fma)(z[i], k.low, f[i]);
}

/// z + low in place of z, for a small low,
INLINE V NAME(add_low)(V f, V low, NAME(scale) k) { return NAME(fma)(low, k.high, f); }

/// then the result from t and f. Second parts of SCALED results go to `low` if it is not null.
INLINE void NAME(exp_finish)(const V *t, const V *f, V *y, V *low, int count, V origin,
                             NAME(scale) k, int range) {
  (void)origin, (void)k;
  V p[4], s[4];
#if LANES == 16
  EACH p[i] = NAME(fma)(NAME(set)(EXP2_B(3)), f[i], NAME(set)(EXP2_B(2)));
#elif LSE_F32
  EACH p[i] = NAME(fma)(NAME(set)(EXP2_B(4)), f[i], NAME(set)(EXP2_B(3)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(set)(EXP2_B(2)));
#else
  EACH p[i] = NAME(fma)(NAME(set)(EXP2_B(6)), f[i], NAME(set)(EXP2_B(5)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(set)(EXP2_B(4)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(set)(EXP2_B(3)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(set)(EXP2_B(2)));
#endif
  EACH s[i] =
      (V)((VI)NAME(look_up)(LSE_PASTE(TABLE, _bits), t[i]) + ((VI)t[i] << (MANTISSA - TABLE_BITS)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(set)(EXP2_B(1)));
  EACH p[i] = NAME(fma)(p[i], f[i], NAME(look_up)(LSE_PASTE(TABLE, _rest), t[i]));
  EACH y[i] = NAME(fma)(s[i], p[i], s[i]);
  if (low)
    EACH low[i] = NAME(fma)(s[i], p[i], s[i] - y[i]);
  if (range == GRADED)
    EACH y[i] = y[i] * NAME(set)(DOWN);
#undef EACH
}

#undef TABLE_BITS
#undef TABLE
#undef EXP2_B
#undef EXP_MAGIC
#elif LSE_F32
// Floats as Doubles; the rounding at the end also makes the subnormal results.
typedef double NAME(wide) __attribute__((vector_size(LANES * 8)));
typedef long long NAME(wide_i) __attribute__((vector_size(LANES * 8)));
INLINE void NAME(exp_reduce)(const V *z, V *t, V *f, int count, V origin, NAME(scale) k) {
  (void)origin, (void)k;
  for (int i = 0; i < count; i++)
    t[i] = z[i], f[i] = (V){};
}

INLINE V NAME(add_low)(V f, V low, NAME(scale) k) {
  (void)k;
  return f + low;
}

INLINE void NAME(exp_finish)(const V *z, const V *z_low, V *out, V *low, int count, V origin,
                             NAME(scale) k, int range) {
  typedef NAME(wide) W;
  W c = __builtin_convertvector(k.high, W) + __builtin_convertvector(k.low, W);
  W magic = 0x1.8p52 + __builtin_convertvector(origin, W);
  for (int i = 0; i < count; i++) {
    W product = (__builtin_convertvector(z[i], W) + __builtin_convertvector(z_low[i], W)) * c;
    W t = product + magic;
    W f = product - (t - magic);
    W f2 = f * f, f4 = f2 * f2;
#if LSE_FMA
#define WIDE_FMA(a, b, c) __builtin_elementwise_fma(a, b, (c) - (W){})
#define WIDE_SET(x) ((x) - (W){})
#else
#define WIDE_FMA(a, b, c) ((a) * (b) + (c))
#define WIDE_SET(x) (x)
#endif
    W b87 = WIDE_FMA(f, WIDE_SET(LSE_F64F32_EXP2_D8_B8), LSE_F64F32_EXP2_D8_B7);
    W b65 = WIDE_FMA(f, WIDE_SET(LSE_F64F32_EXP2_D8_B6), LSE_F64F32_EXP2_D8_B5);
    W b43 = WIDE_FMA(f, WIDE_SET(LSE_F64F32_EXP2_D8_B4), LSE_F64F32_EXP2_D8_B3);
    W b21 = WIDE_FMA(f, WIDE_SET(LSE_F64F32_EXP2_D8_B2), LSE_F64F32_EXP2_D8_B1);
    W y = WIDE_FMA(WIDE_FMA(WIDE_FMA(b87, f2, b65), f4, WIDE_FMA(b43, f2, b21)), f, 1);
#undef WIDE_FMA
#undef WIDE_SET
    NAME(wide_i) power = (((NAME(wide_i))t) << 52) + (1023LL << 52);
    y *= (W)power;
    if (range == GRADED)
      y *= DOWN;
    out[i] = __builtin_convertvector(y, V);
    if (low)
      low[i] = __builtin_convertvector(y - __builtin_convertvector(out[i], W), V);
  }
}
#else
INLINE void NAME(exp_reduce)(const V *z, V *t, V *f, int count, V origin, NAME(scale) k) {
  V magic = origin + 0x1.8p52;
#define EACH for (int i = 0; i < count; i++)
  EACH t[i] = NAME(fma)(z[i], k.high, magic);
  EACH f[i] = NAME(fma)(z[i], k.low, NAME(d_fms)(z[i], k.high, t[i] - magic));
}

INLINE V NAME(add_low)(V f, V low, NAME(scale) k) { return NAME(fma)(low, k.high, f); }

INLINE void NAME(exp_finish)(const V *t, const V *f, V *y, V *y_low, int count, V origin,
                             NAME(scale) k, int range) {
  (void)origin, (void)k;
  V r[4], low[4], q[4];
#define Q(i) NAME(set)(LSE_PASTE(LSE_F64_EXP_D12_Q, i))
  // r = f ln2, and what it misses.
  EACH r[i] = f[i] * LSE_LN2_HI;
#if LSE_FMA
  EACH low[i] =
      NAME(fma)(f[i], NAME(set)(LSE_LN2_LO), NAME(d_fms)(f[i], NAME(set)(LSE_LN2_HI), r[i]));
#else
  EACH low[i] = f[i] * LSE_LN2_LO;
#endif
  EACH q[i] = NAME(fma)(Q(10), r[i], Q(9));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(8));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(7));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(6));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(5));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(4));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(3));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(2));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(1));
  EACH q[i] = NAME(fma)(q[i], r[i], Q(0));
  EACH low[i] = NAME(fma)(r[i] * r[i], q[i], low[i]);
  // 1 + r in two parts.
  EACH q[i] = 1 + r[i];
  EACH low[i] = (r[i] - (q[i] - 1)) + low[i];
  EACH r[i] = q[i] + low[i];
  EACH low[i] = low[i] - (r[i] - q[i]);
  EACH q[i] = (V)(((VI)t[i] << 52) + (1023LL << 52));
  EACH y[i] = r[i] * q[i];
  if (y_low)
    EACH y_low[i] = low[i] * q[i];
  if (range == GRADED)
    EACH y[i] = y[i] * NAME(set)(DOWN);
#undef Q
#undef EACH
}
#endif
