// Vector types and primitives of one pass: one scalar type of one variant. Everything else in the
// shared bodies is written over these.
//
//   V   LANES elements of T        VI  as many integers of T's size      M   a lane mask
//   D   D_LANES Doubles: half of V's lanes for Float, as many for Double

#define LSE_GLUE(a, b, c) a##b##c
#define LSE_NAME(a, b, c) LSE_GLUE(a, b, c)
#if LSE_F32
#define NAME(name) LSE_NAME(lse_f32_##name, __, LSE_VARIANT)
#define T float
#define TI int
#define T_MAX 0x1.fffffep127f
#if LSE_ISA == 512
#define D_LANES 8
#elif LSE_ISA == 256
#define D_LANES 4
#else
#define D_LANES 2
#endif
#else
#define NAME(name) LSE_NAME(lse_f64_##name, __, LSE_VARIANT)
#define T double
#define TI long long
#define T_MAX 0x1.fffffffffffffp1023
#define D_LANES LANES
#endif
#define INLINE static inline __attribute__((always_inline))

typedef T NAME(v) __attribute__((vector_size(LANES * sizeof(T))));
typedef T NAME(vu) __attribute__((vector_size(LANES * sizeof(T)), aligned(sizeof(T)), may_alias));
typedef TI NAME(vi) __attribute__((vector_size(LANES * sizeof(T))));
typedef double NAME(d) __attribute__((vector_size(D_LANES * 8)));
typedef double NAME(du) __attribute__((vector_size(D_LANES * 8), aligned(8), may_alias));
typedef long long NAME(di) __attribute__((vector_size(D_LANES * 8)));
#define V NAME(v)
#define VI NAME(vi)
#define D NAME(d)
#define DI NAME(di)
#if LSE_F32
typedef float NAME(half) __attribute__((vector_size(D_LANES * 4))); // D's lanes as Floats
typedef float NAME(half_u) __attribute__((vector_size(D_LANES * 4), aligned(4), may_alias));
#endif

/// Doubles in two parts.
typedef struct {
  D high, low;
} NAME(two);

/// How many of n elements are left for the vector j.
INLINE ptrdiff_t NAME(left)(ptrdiff_t n, int j) {
  n -= j * LANES;
  return n < 0 ? 0 : n < LANES ? n : LANES;
}

INLINE V NAME(set)(T x) { return x - (V){}; }
INLINE D NAME(d_set)(double x) { return x - (D){}; }
INLINE V NAME(load)(const T *p) { return *(const NAME(vu) *)p; }
INLINE void NAME(store)(T *p, V v) { *(NAME(vu) *)p = v; }
/// Past the cache if `streams`; p is then aligned to a vector.
INLINE void NAME(put)(T *p, V v, int streams) {
  if (streams)
    __builtin_nontemporal_store(v, (V *)p);
  else
    NAME(store)(p, v);
}
/// How many of n elements come before the first one that is aligned to a vector.
INLINE ptrdiff_t NAME(to_vector)(const T *p, ptrdiff_t n) {
  ptrdiff_t before = (-(ptrdiff_t)p & (ptrdiff_t)(sizeof(V) - 1)) / (ptrdiff_t)sizeof(T);
  return before < n ? before : n;
}
INLINE D NAME(d_load)(const double *p) { return *(const NAME(du) *)p; }
INLINE void NAME(d_store)(double *p, D v) { *(NAME(du) *)p = v; }

#if LSE_FMA
INLINE V NAME(fma)(V a, V b, V c) { return __builtin_elementwise_fma(a, b, c); }
INLINE D NAME(d_fma)(D a, D b, D c) { return __builtin_elementwise_fma(a, b, c); }
/// a b - c, the product exact.
INLINE D NAME(d_fms)(D a, D b, D c) { return __builtin_elementwise_fma(a, b, -c); }
#else
INLINE V NAME(fma)(V a, V b, V c) { return a * b + c; }
INLINE D NAME(d_fma)(D a, D b, D c) { return a * b + c; }
/// a b - c for c near a b, the product exact: Dekker's, with Veltkamp's split. Without the exact
/// part for |a| or |b| above 2^990.
INLINE D NAME(d_fms)(D a, D b, D c) {
  D p = a * b;
  D ta = a * 0x1.0000002p27, tb = b * 0x1.0000002p27;
  D ah = ta - (ta - a), bh = tb - (tb - b);
  D al = a - ah, bl = b - bh;
  D e = ((ah * bh - p) + ah * bl + al * bh) + al * bl;
  e = (D)((DI)e & (e == e)); // what overflows above has no use for it
  return (p - c) + e;
}
#endif

INLINE NAME(two) NAME(two_sum)(D a, D b) {
  NAME(two) p;
  LSE_TWO_SUM(p, a, b, (D){})
  return p;
}

/// Doubles rounded to T.
INLINE D NAME(to_t)(D x) {
#if LSE_F32
  return __builtin_convertvector(__builtin_convertvector(x, NAME(half)), D);
#else
  return x;
#endif
}

// The larger of a and b, or the smaller; b where either is NaN.
// First n lanes of a vector, 0 <= n <= LANES: the others are -inf when loaded, left alone when
// stored.
#if LSE_ISA == 512
#if LSE_F32
typedef __mmask16 NAME(mask);
#define M NAME(mask)
INLINE V NAME(max)(V a, V b) { return (V)_mm512_max_ps((__m512)a, (__m512)b); }
INLINE V NAME(min)(V a, V b) { return (V)_mm512_min_ps((__m512)a, (__m512)b); }
INLINE M NAME(first)(ptrdiff_t n) { return (M)_bzhi_u32(0xffff, (unsigned)n); }
INLINE V NAME(load_lanes)(const T *p, M which) {
  return (V)_mm512_mask_loadu_ps(_mm512_set1_ps(-__builtin_inff()), which, p);
}
INLINE void NAME(store_first)(T *p, V v, ptrdiff_t n) {
  _mm512_mask_storeu_ps(p, NAME(first)(n), (__m512)v);
}
INLINE M NAME(equal)(V a, V b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_EQ_OQ); }
INLINE V NAME(clear)(V v, M m) { return (V)_mm512_maskz_mov_ps((M)~m, (__m512)v); }
INLINE VI NAME(count_up)(VI counts, M m) {
  return (VI)_mm512_mask_sub_epi32((__m512i)counts, m, (__m512i)counts, _mm512_set1_epi32(-1));
}
#else
typedef __mmask8 NAME(mask);
#define M NAME(mask)
INLINE V NAME(max)(V a, V b) { return (V)_mm512_max_pd((__m512d)a, (__m512d)b); }
INLINE V NAME(min)(V a, V b) { return (V)_mm512_min_pd((__m512d)a, (__m512d)b); }
INLINE M NAME(first)(ptrdiff_t n) { return (M)_bzhi_u32(0xff, (unsigned)n); }
INLINE V NAME(load_lanes)(const T *p, M which) {
  return (V)_mm512_mask_loadu_pd(_mm512_set1_pd(-__builtin_inf()), which, p);
}
INLINE void NAME(store_first)(T *p, V v, ptrdiff_t n) {
  _mm512_mask_storeu_pd(p, NAME(first)(n), (__m512d)v);
}
INLINE M NAME(equal)(V a, V b) { return _mm512_cmp_pd_mask((__m512d)a, (__m512d)b, _CMP_EQ_OQ); }
INLINE V NAME(clear)(V v, M m) { return (V)_mm512_maskz_mov_pd((M)~m, (__m512d)v); }
INLINE VI NAME(count_up)(VI counts, M m) {
  return (VI)_mm512_mask_sub_epi64((__m512i)counts, m, (__m512i)counts, _mm512_set1_epi64(-1));
}
#endif
INLINE V NAME(load_first)(const T *p, ptrdiff_t n) {
  return NAME(load_lanes)(p, NAME(first)(n));
}
INLINE V NAME(keep_first)(V v, ptrdiff_t n) { return NAME(clear)(v, (M)~NAME(first)(n)); }
/// In each lane that lane of v which `from` says.
INLINE V NAME(pick)(V v, VI from) {
#if LSE_F32
  return (V)_mm512_permutexvar_ps((__m512i)from, (__m512)v);
#else
  return (V)_mm512_permutexvar_pd((__m512i)from, (__m512d)v);
#endif
}
/// Clears the lanes equal to x of `count` vectors (a constant), and counts them: one count for all,
/// since each way from mask to integer register costs more than the comparison.
INLINE int NAME(clear_equal)(V *v, int count, V x) {
  M m[4];
  for (int j = 0; j < 4; j++) {
    if (j >= count) {
      m[j] = (M)-1;
      continue;
    }
#if LSE_F32
    m[j] = _mm512_cmp_ps_mask((__m512)v[j], (__m512)x, _CMP_NEQ_UQ);
    v[j] = (V)_mm512_maskz_mov_ps(m[j], (__m512)v[j]);
#else
    m[j] = _mm512_cmp_pd_mask((__m512d)v[j], (__m512d)x, _CMP_NEQ_UQ);
    v[j] = (V)_mm512_maskz_mov_pd(m[j], (__m512d)v[j]);
#endif
  }
#if LSE_F32
#define UNPACK _mm512_kunpackw
#define UNPACK_TWO _mm512_kunpackd
#else
#define UNPACK _mm512_kunpackb
#define UNPACK_TWO _mm512_kunpackw
#endif
  if (count == 1)
    return LANES - __builtin_popcount(m[0]);
  if (count == 2)
    return 2 * LANES - __builtin_popcount(UNPACK(m[0], m[1]));
  return 4 * LANES - __builtin_popcountll(UNPACK_TWO(UNPACK(m[0], m[1]), UNPACK(m[2], m[3])));
#undef UNPACK
#undef UNPACK_TWO
}
INLINE V NAME(clear_below)(V v, T least) { return (V)((VI)v & ~(v < least)); }
INLINE int NAME(any)(M m) { return m != 0; }
#else
typedef VI NAME(mask);
#define M NAME(mask)
#if LSE_ISA == 256 && LSE_F32
INLINE V NAME(max)(V a, V b) { return (V)_mm256_max_ps((__m256)a, (__m256)b); }
#elif LSE_ISA == 256
INLINE V NAME(max)(V a, V b) { return (V)_mm256_max_pd((__m256d)a, (__m256d)b); }
#else
INLINE V NAME(max)(V a, V b) {
  VI m = a > b;
  return (V)(((VI)a & m) | ((VI)b & ~m));
}
#endif
INLINE V NAME(load_first)(const T *p, ptrdiff_t n) {
  T lanes[LANES];
  for (ptrdiff_t i = 0; i < LANES; i++)
    lanes[i] = i < n ? p[i] : -(T)__builtin_inf();
  return NAME(load)(lanes);
}
INLINE void NAME(store_first)(T *p, V v, ptrdiff_t n) {
  for (ptrdiff_t i = 0; i < n; i++)
    p[i] = v[i];
}
INLINE M NAME(equal)(V a, V b) { return a == b; }
INLINE V NAME(clear)(V v, M m) { return (V)((VI)v & ~m); }
INLINE VI NAME(count_up)(VI counts, M m) { return counts - m; }
INLINE V NAME(clear_below)(V v, T least) { return (V)((VI)v & ~(v < least)); }
INLINE int NAME(clear_equal)(V *v, int count, V x) {
  VI equal = {};
  for (int j = 0; j < count; j++) {
    M m = v[j] == x;
    v[j] = NAME(clear)(v[j], m);
    equal += m;
  }
  return (int)-__builtin_reduce_add(equal);
}
INLINE V NAME(keep_first)(V v, ptrdiff_t n) {
  VI lane;
  for (int i = 0; i < LANES; i++)
    lane[i] = i;
  return (V)((VI)v & (lane < (TI)n));
}
INLINE int NAME(any)(M m) { return __builtin_reduce_or(m) != 0; }
#endif
