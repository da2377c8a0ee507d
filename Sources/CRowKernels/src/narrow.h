// Sums of exponentials and logistic functions of Floats in all lanes of a vector of Floats: with
// z = -|x - y|, log(e^x + e^y) = max(x, y) + log(1 + e^z). Every part has a low part, so the result
// is rounded about once. Lanes in which max and logarithm cancel, or e^z is subnormal, or that have
// no number, are put aside and done in Double (elementwise.h). With lanes enough for its tables,
// `narrow_sum` takes the logarithm from polynomials in z instead.
//
// Errors found: docs/scalars.md.

#if LSE_ISA == 512
#define NARROW_TABLE(name) LSE_GLUE(lse_f32_log16, _, name)
#define NARROW_STEPS 15
#define NARROW_CANCELLING 0x1.4p-3f
#else
#define NARROW_TABLE(name) LSE_GLUE(lse_f32_log8, _, name)
#define NARROW_STEPS 7
#define NARROW_CANCELLING 0x1p-2f
#endif
// NARROW_CANCELLING: part of its parts at which a difference of them is done in Double.
/// e^z is below all Floats below NARROW_FAR. It is limited to that of NARROW_LEAST, since low parts
/// that are subnormal take twenty times as long: what is between the two is done in Double, unless
/// it does not count beside a sum of at least NARROW_SEEN.
#define NARROW_FAR -105
#define NARROW_LEAST -40
#define NARROW_SEEN 0x1p-30f
/// Vectors at a time, and elements of a part, whose elements put aside fit the stack.
#define NARROW_VECTORS 4
#define NARROW_PART 2048
/// Below this `narrow_sum` is done in Double.
#define NARROW_NEAR 0x1p-5f

typedef unsigned NAME(bits);
#if LSE_ISA == 512
#define NARROW_SET(a, b, relation)                                                                 \
  ((unsigned)_mm512_cmp_ps_mask((__m512)(a), (__m512)(b), relation))
#else
#define NARROW_SET(a, b, relation)                                                                 \
  ((unsigned)_mm256_movemask_ps(_mm256_cmp_ps((__m256)(a), (__m256)(b), relation)))
#endif
/// Lanes from NARROW_FAR to NARROW_LEAST.
#define NARROW_BETWEEN(x)                                                                          \
  (NARROW_SET(x, NAME(set)(NARROW_FAR), _CMP_GE_OQ) &                                              \
   NARROW_SET(x, NAME(set)(NARROW_LEAST), _CMP_LT_OQ))

INLINE V NAME(least_of)(V a, V b) {
#if LSE_ISA == 512
  return (V)_mm512_min_ps((__m512)a, (__m512)b);
#else
  return (V)_mm256_min_ps((__m256)a, (__m256)b);
#endif
}

/// a where z is at least `least`, else b.
INLINE V NAME(where_least)(V z, V least, V a, V b) {
#if LSE_ISA == 512
  __mmask16 m = _mm512_cmp_ps_mask((__m512)z, (__m512)least, _CMP_GE_OQ);
  return (V)_mm512_mask_blend_ps(m, (__m512)b, (__m512)a);
#else
  __m256 m = _mm256_cmp_ps((__m256)z, (__m256)least, _CMP_GE_OQ);
  return (V)_mm256_blendv_ps((__m256)b, (__m256)a, m);
#endif
}

/// e^z + low for `count` vectors of z, limited from below to NARROW_LEAST.
INLINE void NAME(narrow_exp)(const V *z, const V *z_low, V *e, V *low, int count) {
  NAME(scale) k = NAME(make_scale)(LSE_F32_LOG2E_HI, LSE_F32_LOG2E_LO);
  V limited[NARROW_VECTORS], t[NARROW_VECTORS], f[NARROW_VECTORS];
  for (int i = 0; i < count; i++)
    limited[i] = NAME(max)(NAME(set)(NARROW_LEAST), z[i]);
  NAME(exp_reduce)(limited, t, f, count, (V){}, k);
  for (int i = 0; z_low && i < count; i++)
    f[i] = NAME(add_low)(f[i], z_low[i], k);
  NAME(exp_finish)(t, f, e, low, count, (V){}, k, SCALED);
}

/// (1 + e) c = 1 + r + missed for `count` vectors, as in `log1p_of`: t finds c and its logarithm in the
/// tables, q is the series log(1 + r) from r^3 on, over r^3.
INLINE void NAME(narrow_series)(const V *e, V *t, V *c, V *r, V *missed, V *q, int count) {
#define EACH for (int i = 0; i < count; i++)
  EACH t[i] = NAME(fma)(e[i], NAME(set)(NARROW_STEPS), NAME(set)(0x1.8p23f));
  EACH c[i] = NAME(look_up)(NARROW_TABLE(inverse), t[i]);
  EACH r[i] = c[i] * e[i];
  EACH missed[i] = NAME(fma)(c[i], e[i], -r[i]);
  EACH r[i] += c[i] - 1; // exact
#define TERM(k) NAME(set)((k) % 2 ? 1.0f / (k) : -1.0f / (k))
#if LSE_ISA == 512
  EACH q[i] = NAME(fma)(TERM(6), r[i], TERM(5));
#else
  EACH q[i] = NAME(fma)(TERM(8), r[i], TERM(7));
  EACH q[i] = NAME(fma)(q[i], r[i], TERM(6));
  EACH q[i] = NAME(fma)(q[i], r[i], TERM(5));
#endif
  EACH q[i] = NAME(fma)(q[i], r[i], TERM(4));
  EACH q[i] = NAME(fma)(q[i], r[i], TERM(3));
#undef TERM
#undef EACH
}

/// log(e^x + e^y) of `count` vectors, y being 0 if null; bits of the lanes to do in Double are set
/// in `aside`.
INLINE void NAME(narrow_add)(const V *x, const V *y, V *out, NAME(bits) * aside, int count) {
#define EACH for (int i = 0; i < count; i++)
  V m[NARROW_VECTORS], z[NARROW_VECTORS], z_low[NARROW_VECTORS], e[NARROW_VECTORS],
      low[NARROW_VECTORS], c[NARROW_VECTORS], t[NARROW_VECTORS], r[NARROW_VECTORS],
      q[NARROW_VECTORS], l[NARROW_VECTORS], s[NARROW_VECTORS], b[NARROW_VECTORS];
  V zero = {};
  if (y) {
    EACH m[i] = NAME(max)(x[i], y[i]);
    EACH s[i] = NAME(least_of)(y[i], x[i]); // one of m and s is NaN if x or y is
    EACH z[i] = s[i] - m[i];
    EACH b[i] = z[i] + m[i];
    EACH z_low[i] = (s[i] - b[i]) - (m[i] - (b[i] - z[i]));
  } else {
    EACH m[i] = NAME(max)(zero, x[i]);
    EACH z[i] = -__builtin_elementwise_abs(x[i]);
  }
  NAME(narrow_exp)(z, y ? z_low : 0, e, low, count);
  NAME(narrow_series)(e, t, c, r, b, q, count);
  EACH low[i] = NAME(fma)(c[i], low[i], b[i] + NAME(look_up)(NARROW_TABLE(low), t[i]));
  EACH q[i] = NAME(fma)(q[i], r[i], NAME(set)(-0.5f));
  EACH low[i] = NAME(fma)(q[i], r[i] * r[i], low[i]);
  EACH b[i] = NAME(look_up)(NARROW_TABLE(high), t[i]);
  EACH l[i] = b[i] + r[i];
  EACH low[i] = (r[i] - (l[i] - b[i])) + low[i];
  EACH s[i] = m[i] + l[i];
  EACH b[i] = s[i] - m[i];
  EACH low[i] = ((m[i] - (s[i] - b[i])) + (l[i] - b[i])) + low[i];
  EACH out[i] = NAME(where_least)(z[i], NAME(set)(NARROW_FAR), s[i] + low[i], m[i]);
  V least = NAME(set)(NARROW_SEEN);
  EACH {
    if (y) // NaN, equal infinities, what cancels or is so small that a limited e^z would show
      aside[i] = NARROW_SET(z[i], z[i], _CMP_UNORD_Q) |
                 NARROW_SET(__builtin_elementwise_abs(out[i]),
                            NAME(max)(l[i] * NARROW_CANCELLING, least), _CMP_LT_OQ);
    else // limited
      aside[i] = NARROW_BETWEEN(x[i]);
  }
#undef EACH
}

#if LSE_ISA == 512
/// What the sum of a and b has lost: their larger magnitude less it, and the smaller one.
INLINE V NAME(lost)(V a, V b, V sum) {
  V large = (V)_mm512_range_ps((__m512)a, (__m512)b, 7);
  V small = (V)_mm512_range_ps((__m512)a, (__m512)b, 6);
  return (large - sum) + small;
}

/// log(e^x + e^y) of `count` vectors, y not null; bits of the lanes to do in Double are set in
/// `aside`: those near 0 and those without a finite sum. log(1 + e^z) is one of 32 polynomials, of
/// which value and slope have a low part together, so that the bits of a result near 0 are there.
/// Below z = -22 it does not count.
INLINE void NAME(narrow_sum)(const V *x, const V *y, V *out, NAME(bits) * aside, int count) {
#define EACH for (int i = 0; i < count; i++)
#define PIECE(name)                                                                                \
  (V) _mm512_permutex2var_ps(_mm512_load_ps(lse_f32_softplus32_##name), (__m512i)j[i],             \
                             _mm512_load_ps(lse_f32_softplus32_##name + 16))
  V m[NARROW_VECTORS], s[NARROW_VECTORS], r[NARROW_VECTORS], q[NARROW_VECTORS], t[NARROW_VECTORS],
      c[NARROW_VECTORS];
  VI j[NARROW_VECTORS];
  EACH m[i] = NAME(max)(x[i], y[i]);
  EACH s[i] = NAME(least_of)(y[i], x[i]); // one of m and s is NaN if x or y is
  EACH s[i] = NAME(max)(m[i] - 22, s[i]);
  EACH t[i] = s[i] - m[i];
  EACH j[i] = (VI)NAME(least_of)(NAME(set)(23.5f), 1.5f - t[i]) >> 20;
  // r = (s - m) - middle; what the rounding of s - m has lost counts only where |s| > |m|.
  EACH q[i] = (s[i] - t[i]) - m[i];
  EACH r[i] = (t[i] - PIECE(middle)) + q[i];
  EACH q[i] = NAME(fma)(PIECE(c5), r[i], PIECE(c4));
  EACH q[i] = NAME(fma)(q[i], r[i], PIECE(c3));
  EACH q[i] = NAME(fma)(q[i], r[i], PIECE(c2));
  EACH q[i] = q[i] * r[i];
  // m + (c0 + c1 r) in three parts, so that before the end only what is small is rounded.
  EACH c[i] = PIECE(c0);
  EACH t[i] = PIECE(c1);
  EACH s[i] = NAME(fma)(t[i], r[i], c[i]);
  EACH c[i] = NAME(fma)(t[i], r[i], c[i] - s[i]);
  EACH c[i] = NAME(fma)(q[i], r[i], c[i]);
  EACH t[i] = m[i] + s[i];
  EACH c[i] += NAME(lost)(m[i], s[i], t[i]);
  EACH out[i] = t[i] + c[i];
  EACH aside[i] =
      NARROW_SET(__builtin_elementwise_abs(out[i]), NAME(set)(NARROW_NEAR), _CMP_NGE_UQ);
#undef PIECE
#undef EACH
}
#endif

/// -log(1 + e^-x) of `count` vectors, by way of y.
INLINE void NAME(narrow_log_logistic)(const V *x, V *y, V *out, NAME(bits) * aside, int count) {
  for (int i = 0; i < count; i++)
    y[i] = -x[i];
  NAME(narrow_add)(y, 0, out, aside, count);
  for (int i = 0; i < count; i++)
    out[i] = -out[i];
}

/// 1 / (1 + e^-x) of `count` vectors; bits of the lanes to do in Double are set in `aside`.
INLINE void NAME(narrow_logistic)(const V *x, V *out, NAME(bits) * aside, int count) {
#define EACH for (int i = 0; i < count; i++)
  V z[NARROW_VECTORS], e[NARROW_VECTORS], low[NARROW_VECTORS], top[NARROW_VECTORS],
      bottom[NARROW_VECTORS], inverse[NARROW_VECTORS], q[NARROW_VECTORS];
  V zero = {}, one = NAME(set)(1), far = NAME(set)(NARROW_FAR);
  EACH z[i] = -__builtin_elementwise_abs(x[i]);
  NAME(narrow_exp)(z, 0, e, low, count);
  EACH bottom[i] = 1 + e[i];
  EACH inverse[i] = 1 / bottom[i];
  EACH top[i] = NAME(where_least)(x[i], zero, one, e[i]);
  EACH q[i] = top[i] * inverse[i];
  // What bottom and q miss.
  EACH top[i] = NAME(fma)(-q[i], bottom[i], top[i]);
  EACH bottom[i] = (e[i] - (bottom[i] - 1)) + low[i];
  EACH top[i] = NAME(fma)(-q[i], bottom[i], top[i]);
  EACH top[i] += NAME(where_least)(x[i], zero, zero, low[i]);
  EACH q[i] = NAME(fma)(top[i], inverse[i], q[i]);
  EACH top[i] = NAME(where_least)(-far, x[i], zero, x[i]); // NaN stays
  EACH out[i] = NAME(where_least)(x[i], far, q[i], top[i]);
  EACH aside[i] = NARROW_BETWEEN(x[i]);
#undef EACH
}

/// log(p / (1 - p)) of `count` vectors; bits of the lanes to do in Double are set in `aside`: those
/// near 0, where the quotient is too short, and those without a quotient. With y = 2^k (1 + e) the
/// larger of p and 1 - p over the smaller, log y = k ln(2) + log(1 + e).
INLINE void NAME(narrow_logit)(const V *p, V *out, NAME(bits) * aside, int count) {
#define EACH for (int i = 0; i < count; i++)
  V small[NARROW_VECTORS], large[NARROW_VECTORS], low[NARROW_VECTORS], y[NARROW_VECTORS],
      e[NARROW_VECTORS], k[NARROW_VECTORS], t[NARROW_VECTORS], c[NARROW_VECTORS],
      r[NARROW_VECTORS], q[NARROW_VECTORS], b[NARROW_VECTORS];
  VI n[NARROW_VECTORS];
  EACH b[i] = 1 - p[i];
  EACH low[i] = (1 - b[i]) - p[i]; // of the larger: the smaller is exact
  EACH large[i] = NAME(max)(p[i], b[i]);
  EACH small[i] = NAME(least_of)(p[i], b[i]);
  EACH t[i] = 1 / small[i];
  EACH y[i] = large[i] * t[i];
  EACH low[i] = (NAME(fma)(-y[i], small[i], large[i]) + low[i]) * t[i];
  // e, and the low part relative to 2^k.
  EACH n[i] = ((VI)y[i] >> 23) - 127;
  EACH k[i] = __builtin_convertvector(n[i], V);
  EACH low[i] *= (V)((127 - n[i]) << 23);
  EACH e[i] = (V)(((VI)y[i] & 0x7fffff) | 0x3f800000) - 1;
  NAME(narrow_series)(e, t, c, r, b, q, count);
  EACH low[i] = NAME(fma)(c[i], low[i], b[i]);
  EACH low[i] = NAME(fma)(low[i] * r[i], r[i] - 1, low[i]) + NAME(look_up)(NARROW_TABLE(low), t[i]);
  // r^2 / 2 in two parts.
  EACH e[i] = 0.5f * r[i];
  EACH y[i] = e[i] * r[i];
  EACH e[i] = NAME(fma)(e[i], r[i], -y[i]);
  EACH low[i] = NAME(fma)(q[i] * r[i], r[i] * r[i], low[i] - e[i]);
  EACH low[i] = NAME(fma)(k[i], NAME(set)(LSE_F32_LN2_SPLIT_LO), low[i]);
  EACH k[i] *= LSE_F32_LN2_SPLIT_HI; // exact
  EACH b[i] = NAME(look_up)(NARROW_TABLE(high), t[i]);
  EACH c[i] = k[i] + b[i];
  EACH low[i] += b[i] - (c[i] - k[i]);
  EACH b[i] = c[i] + r[i];
  EACH low[i] += r[i] - (b[i] - c[i]);
  EACH c[i] = b[i] - y[i];
  EACH low[i] += (b[i] - c[i]) - y[i];
  EACH b[i] = c[i] + low[i];
  EACH out[i] = NAME(where_least)(p[i], NAME(set)(0.5f), b[i], -b[i]);
  EACH aside[i] = NARROW_SET(small[i], NAME(set)(0x1p-90f), _CMP_NGE_UQ) |
                  NARROW_SET(b[i], NAME(set)(0x1p-14f), _CMP_NGE_UQ);
#undef EACH
}

/// Writes where the lanes put aside are, after the n places that are there; returns how many there
/// are then.
INLINE ptrdiff_t NAME(put_aside)(int *places, ptrdiff_t n, ptrdiff_t first, NAME(bits) bits) {
#if LSE_ISA == 512
  __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  __m512i place = _mm512_add_epi32(lane, _mm512_set1_epi32((int)first));
  _mm512_storeu_si512(places + n, _mm512_maskz_compress_epi32((__mmask16)bits, place));
#else
  unsigned long long bytes = 0xff * _pdep_u64(bits, 0x0101010101010101);
  __m128i lanes = _mm_cvtsi64_si128((long long)_pext_u64(0x0706050403020100, bytes));
  __m256i place = _mm256_add_epi32(_mm256_cvtepu8_epi32(lanes), _mm256_set1_epi32((int)first));
  _mm256_storeu_si256((__m256i *)(places + n), place);
#endif
  return n + __builtin_popcount(bits);
}

/// D_LANES Floats from their places.
INLINE D NAME(gather_d)(const T *from, const int *places) {
#if LSE_ISA == 512
  return (D)_mm512_cvtps_pd(_mm256_i32gather_ps(from, _mm256_loadu_si256((const void *)places), 4));
#else
  return (D)_mm256_cvtps_pd(_mm_i32gather_ps(from, _mm_loadu_si128((const void *)places), 4));
#endif
}

/// The first `count` of D_LANES results to their places.
INLINE void NAME(scatter_d)(T *to, const int *places, ptrdiff_t count, D result) {
#if LSE_ISA == 512
  __mmask8 mask = (__mmask8)(count < D_LANES ? (1 << count) - 1 : 0xff);
  _mm256_mask_i32scatter_ps(to, mask, _mm256_loadu_si256((const void *)places),
                            _mm512_cvtpd_ps((__m512d)result), 4);
#else
  NAME(half) r = __builtin_convertvector(result, NAME(half));
  if (count >= D_LANES)
    for (ptrdiff_t j = 0; j < D_LANES; j++)
      to[places[j]] = r[j];
  else
    for (ptrdiff_t j = 0; j < count; j++)
      to[places[j]] = r[j];
#endif
}
