// Functions of each element of one pass, D_LANES at a time, all in Double: Floats are rounded once
// at the end, Doubles have two parts. SwiftElementwise.swift has the same forms, and the scalar
// functions that do again what is marked here: where parts cancel, or underflow.
//
// Errors found: docs/scalars.md.

/// Part of its parts at which a difference of them is done again.
#if LSE_F32 && LSE_ISA == 512
#define CANCELLING 0x1p-20
#elif LSE_F32
#define CANCELLING 0x1p-9
#elif LSE_ISA == 512
#define CANCELLING 0x1p-7
#elif LSE_ISA == 256
#define CANCELLING 0x1p-4
#else
#define CANCELLING 0x1p-1
#endif
#if LSE_F32
#define MISSING 0x1p-9
#else
#define MISSING 0x1.8p-3
#endif
#ifndef LSE_FAR
// exp is 0 below LSE_FAR, and limited from below to that of LSE_LEAST: a term of which no other
// number knows.
#define LSE_FAR -746
#define LSE_LEAST -700
#endif

/// exp(z) = scale (1 + p), p right relative to itself where scale is 1.
typedef struct {
  D scale;
  NAME(two) p;
} NAME(exponential);

INLINE D NAME(select)(DI mask, D a, D b) { return (D)(((DI)a & mask) | ((DI)b & ~mask)); }
INLINE NAME(two) NAME(two_select)(DI mask, NAME(two) a, NAME(two) b) {
  NAME(two) p = {NAME(select)(mask, a.high, b.high), NAME(select)(mask, a.low, b.low)};
  return p;
}

/// z from LSE_LEAST to 0, with error below 2^-58 for Double, 2^-40 for Float.
INLINE NAME(exponential) NAME(exponential_of)(NAME(two) z) {
  NAME(exponential) e;
#if LSE_ISA == 512
#define LOOK_UP(table)                                                                             \
  (D) _mm512_permutex2var_pd(_mm512_load_pd(table), (__m512i)t, _mm512_load_pd((table) + 8))
  // With the table of exp.h: n counts sixteenths.
  D magic = NAME(d_set)(0x1.8p48);
  D t = NAME(d_fma)(z.high, NAME(d_set)(LSE_LOG2E_HI), magic);
#if LSE_F32
  D f = NAME(d_fma)(z.high, NAME(d_set)(LSE_LOG2E_HI), magic - t);
  D q = NAME(d_fma)(NAME(d_set)(LSE_F64_EXP2_T16_D6_B6), f, NAME(d_set)(LSE_F64_EXP2_T16_D6_B5));
  q = NAME(d_fma)(q, f, NAME(d_set)(LSE_F64_EXP2_T16_D6_B4));
  q = NAME(d_fma)(q, f, NAME(d_set)(LSE_F64_EXP2_T16_D6_B3));
  q = NAME(d_fma)(q, f, NAME(d_set)(LSE_F64_EXP2_T16_D6_B2));
  q = NAME(d_fma)(q, f, NAME(d_set)(LSE_F64_EXP2_T16_D6_B1));
  e.p.high = f * q;
  e.p.low = (D){};
#else
  // |r| <= ln(2) / 32, where so few terms are right to 2^-65.
  D n = t - magic;
  D a = NAME(d_fma)(-n, NAME(d_set)(LSE_F64_LN2_SPLIT_HI), z.high); // exact
  D b = n * LSE_F64_LN2_SPLIT_LO;
  D r = a - b;
  D r_low = ((a - r) - b) + z.low;
#define Q(i) NAME(d_set)(LSE_PASTE(LSE_F64_EXP_D13_Q, i))
  D q = NAME(d_fma)(Q(6), r, Q(5));
  q = NAME(d_fma)(q, r, Q(4));
  q = NAME(d_fma)(q, r, Q(3));
  q = NAME(d_fma)(q, r, Q(2));
  q = NAME(d_fma)(q, r, Q(1));
  q = NAME(d_fma)(q, r, Q(0)) * (r * r);
#undef Q
  D rest = LOOK_UP(lse_f64_table16_rest);
  D first = r + q;
  D low = ((r - first) + q) + NAME(d_fma)(r_low, r, r_low) + NAME(d_fma)(rest, first, rest);
  e.p.high = first + low;
  e.p.low = (first - e.p.high) + low;
#endif
  e.scale = (D)((DI)LOOK_UP(lse_f64_table16_bits) + ((DI)t << 48));
#undef LOOK_UP
#elif LSE_F32
  D magic = NAME(d_set)(0x1.8p52);
  D t = NAME(d_fma)(z.high, NAME(d_set)(LSE_LOG2E_HI), magic);
  D f = NAME(d_fma)(z.high, NAME(d_set)(LSE_LOG2E_HI), magic - t);
  D f2 = f * f;
#define PAIR(i, j)                                                                                 \
  NAME(d_fma)(f, NAME(d_set)(LSE_F64F32_EXP2_D8_B##j), NAME(d_set)(LSE_F64F32_EXP2_D8_B##i))
  D q = NAME(d_fma)(NAME(d_fma)(PAIR(7, 8), f2, PAIR(5, 6)), f2 * f2,
                    NAME(d_fma)(PAIR(3, 4), f2, PAIR(1, 2)));
#undef PAIR
  e.scale = (D)(((DI)t + 1023) << 52);
  e.p.high = f * q;
  e.p.low = (D){};
#else
  D magic = NAME(d_set)(0x1.8p52);
  D t = NAME(d_fma)(z.high, NAME(d_set)(LSE_LOG2E_HI), magic);
  D n = t - magic;
  D a = z.high - n * LSE_F64_LN2_SPLIT_HI; // exact
  D b = n * LSE_F64_LN2_SPLIT_LO;
  D head = a - b;
  D tail = ((a - head) - b) + z.low;
  D r = head + tail;
  D r_low = (head - r) + tail;
#define Q(i) NAME(d_set)(LSE_PASTE(LSE_F64_EXP_D13_Q, i))
  D q = NAME(d_fma)(Q(11), r, Q(10));
  q = NAME(d_fma)(q, r, Q(9));
  q = NAME(d_fma)(q, r, Q(8));
  q = NAME(d_fma)(q, r, Q(7));
  q = NAME(d_fma)(q, r, Q(6));
  q = NAME(d_fma)(q, r, Q(5));
  q = NAME(d_fma)(q, r, Q(4));
  q = NAME(d_fma)(q, r, Q(3));
  q = NAME(d_fma)(q, r, Q(2));
  q = NAME(d_fma)(q, r, Q(1));
#undef Q
  // r^2 / 2 in two parts.
  D half = 0.5 * r;
  D square = half * r;
  D first = r + square;
  D rest = ((r - first) + square) +
           (NAME(d_fms)(half, r, square) + NAME(d_fma)(r * r * r, q, NAME(d_fma)(r_low, r, r_low)));
  e.scale = (D)(((DI)t + 1023) << 52);
  e.p.high = first + rest;
  e.p.low = (first - e.p.high) + rest;
#endif
  return e;
}

/// scale (1 + p) in two parts.
INLINE NAME(two) NAME(exponential_value)(NAME(exponential) e) {
  NAME(two) p;
#if LSE_F32
  p.high = NAME(d_fma)(e.scale, e.p.high, e.scale);
  p.low = (D){};
#elif LSE_FMA
  p.high = NAME(d_fma)(e.scale, e.p.high, e.scale);
  p.low = NAME(d_fma)(e.scale, e.p.low, NAME(d_fma)(e.scale, e.p.high, e.scale - p.high));
#else
  D product = e.scale * e.p.high; // exact: a power of two
  p.high = e.scale + product;
  p.low = ((e.scale - p.high) + product) + e.scale * e.p.low;
#endif
  return p;
}

INLINE NAME(exponential) NAME(exponential_limited)(NAME(two) z) {
  z.high = NAME(select)(z.high < LSE_LEAST, NAME(d_set)(LSE_LEAST), z.high);
  return NAME(exponential_of)(z);
}

/// -|x - y| in two parts; 0 for equal infinities.
INLINE NAME(two) NAME(distance)(D x, D y) {
  D d = x - y;
  NAME(two) z = {(D)(((DI)d | (DI)NAME(d_set)(-0.0)) & ~(x == y)), {}};
#if !LSE_F32
  DI sign = (d > 0) & (DI)NAME(d_set)(-0.0);
  D back = d - x;
  D low = (x - (d - back)) - (y + back);
  z.low = (D)(((DI)low ^ sign) & (z.high > LSE_FAR) & (d == d));
#endif
  return z;
}

#if !LSE_F32
/// log(1 + e) for |e| below 2^-30: e - e^2 / 2 + e^3 / 3.
INLINE NAME(two) NAME(small_log1p)(NAME(two) e) {
  NAME(two) l = {e.high, e.low - e.high * e.high * (0.5 - e.high * (1.0 / 3))};
  return l;
}
#endif

/// log(1 + e) for e from 0 to 1, with the errors of `log_of` or less.
INLINE NAME(two) NAME(log1p_of)(NAME(two) e) {
#if LSE_ISA == 512 || (LSE_ISA == 256 && !LSE_F32)
  // (1 + e) c = 1 + r with c from a table, so that no division is needed: log(1 + e) =
  // log(1 + r) - log(c). The series' terms are 1/k, |r| <= 1/30 + 2^-10.
  D t = NAME(d_fma)(e.high, NAME(d_set)(15.0 / 16), NAME(d_set)(0x1.8p48));
#if LSE_ISA == 512
#define LOOK_UP(table)                                                                             \
  (D) _mm512_permutex2var_pd(_mm512_load_pd(table), (__m512i)t, _mm512_load_pd((table) + 8))
#else
#define LOOK_UP(table) (D) _mm256_i64gather_pd(table, (__m256i)((DI)t & 15), 8)
#endif
#define TERM(k) NAME(d_set)(1.0 / (k))
  D c = LOOK_UP(lse_f64_log16_inverse);
#if LSE_F32
  D r = NAME(d_fma)(c, e.high, c - 1);
  D q = NAME(d_fma)(-TERM(10), r, TERM(9));
  q = NAME(d_fma)(-q, r, TERM(8));
  q = NAME(d_fma)(-q, r, TERM(7));
  q = NAME(d_fma)(-q, r, TERM(6));
  q = NAME(d_fma)(-q, r, TERM(5));
  q = NAME(d_fma)(-q, r, TERM(4));
  q = NAME(d_fma)(-q, r, TERM(3));
  q = NAME(d_fma)(-q, r, TERM(2));
  NAME(two) l = {LOOK_UP(lse_f64_log16_high) + NAME(d_fma)(-q, r * r, r), {}};
#else
  D product = c * e.high;
  D r = product + (c - 1); // exact
  D r_low = NAME(d_fma)(c, e.low, NAME(d_fms)(c, e.high, product));
  D q = NAME(d_fma)(-TERM(13), r, TERM(12));
  q = NAME(d_fma)(-q, r, TERM(11));
  q = NAME(d_fma)(-q, r, TERM(10));
  q = NAME(d_fma)(-q, r, TERM(9));
  q = NAME(d_fma)(-q, r, TERM(8));
  q = NAME(d_fma)(-q, r, TERM(7));
  q = NAME(d_fma)(-q, r, TERM(6));
  q = NAME(d_fma)(-q, r, TERM(5));
  q = NAME(d_fma)(-q, r, TERM(4));
  q = NAME(d_fma)(-q, r, TERM(3));
  // r^2 / 2 in two parts, of which the first goes to l.high: what is left to l.low is short.
  D half = 0.5 * r;
  D square = half * r;
  D square_low = NAME(d_fms)(half, r, square);
  D high = LOOK_UP(lse_f64_log16_high);
  D first = high + r;
  D back = first - high;
  D missed = (high - (first - back)) + (r - back);
  D low = NAME(d_fma)(-r_low, r, r_low) + (LOOK_UP(lse_f64_log16_low) - square_low);
  NAME(two) l = {first - square, {}};
  missed += (first - l.high) - square;
  l.low = missed + NAME(d_fma)(q * r, r * r, low);
#endif
#undef TERM
#undef LOOK_UP
  return l;
#else
  D sum = 1 + e.high;
  NAME(two) l = NAME(log_of)(sum, (e.high - (sum - 1)) + e.low);
#if !LSE_F32
  l = NAME(two_select)(__builtin_elementwise_abs(e.high) < 0x1p-30, NAME(small_log1p)(e), l);
#endif
  return l;
#endif
}

/// log(1 + exp(z)), z <= 0, and 0 where exp(z) is.
INLINE NAME(two) NAME(softplus_of)(NAME(two) z) {
  NAME(two) l = NAME(log1p_of)(NAME(exponential_value)(NAME(exponential_limited)(z)));
#if !LSE_F32 // a Float is 0 there by itself
  DI far = z.high < LSE_FAR;
  l.high = (D)((DI)l.high & ~far);
  l.low = (D)((DI)l.low & ~far);
#endif
  return l;
}

/// m + l, rounded once; m where it is infinite.
INLINE D NAME(add_rounded)(D m, NAME(two) l) {
#if LSE_F32
  return m + l.high;
#else
  NAME(two) s = NAME(two_sum)(m, l.high);
  return NAME(select)(__builtin_elementwise_abs(s.high) < __builtin_inf(),
                      s.high + (s.low + l.low), s.high);
#endif
}

/// True where a term is subnormal beside something so small that it shows.
INLINE DI NAME(subnormal_beside)(D z, D m) {
#if LSE_F32
  (void)z, (void)m;
  return (DI){};
#else
  return (z < LSE_LEAST) & (z > LSE_FAR) & (__builtin_elementwise_abs(m) < 0x1p-900);
#endif
}

INLINE D NAME(add_exp)(D x, D y, DI *again) {
  D m = NAME(select)((x > y) | (x != x), x, y);
  NAME(two) z = NAME(distance)(x, y);
  NAME(two) l = NAME(softplus_of)(z);
  D value = NAME(add_rounded)(m, l);
  *again = ((m < 0) & (__builtin_elementwise_abs(value) < CANCELLING * l.high)) |
           NAME(subnormal_beside)(z.high, m);
  return value;
}

INLINE D NAME(subtract_exp)(D x, D y, DI *again) {
  DI valid = x > y;
  NAME(two) z = NAME(distance)(x, y);
  z.high = (D)((DI)z.high & valid);
  z.low = (D)((DI)z.low & valid);
  NAME(exponential) e = NAME(exponential_limited)(z);
  NAME(two) value = NAME(exponential_value)(e);
  // 1 - e, near z = 0 from e^z - 1.
  D sum = 1 - value.high;
  NAME(two) far = {sum, ((1 - sum) - value.high) - value.low};
  NAME(two) near = {-e.p.high, -e.p.low};
  NAME(two) miss = NAME(two_select)(e.scale == 1, near, far);
  NAME(two) l = NAME(log_of)(miss.high, miss.low);
#if !LSE_F32
  NAME(two) minus = {-value.high, -value.low};
  l = NAME(two_select)(value.high < 0x1p-30, NAME(small_log1p)(minus), l);
#endif
  DI lost = z.high < LSE_FAR;
  l.high = (D)((DI)l.high & ~lost);
  l.low = (D)((DI)l.low & ~lost);
  D result = NAME(add_rounded)(x, l);
  D size = __builtin_elementwise_abs(result);
  *again = (((x > 0) & (size < MISSING * __builtin_elementwise_abs(l.high))) |
            (miss.high < 0x1p-1000) | NAME(subnormal_beside)(z.high, x)) &
           valid;
  D equal = NAME(select)((x == y) & (x < __builtin_inf()), NAME(d_set)(-__builtin_inf()),
                         NAME(d_set)(__builtin_nan("")));
  return NAME(select)(valid, result, equal);
}

INLINE D NAME(one_minus_exp)(D x, DI *again) {
  D value = NAME(subtract_exp)((D){}, x, again);
  return NAME(select)(x < LSE_FAR, NAME(d_set)(-0.0), value);
}

INLINE D NAME(logistic_of)(D x, DI *again) {
  NAME(two) z = {-__builtin_elementwise_abs(x), {}};
  NAME(two) e = NAME(exponential_value)(NAME(exponential_limited)(z));
  DI lost = z.high < LSE_FAR;
  e.high = (D)((DI)e.high & ~lost);
  e.low = (D)((DI)e.low & ~lost);
  DI up = x >= 0;
  D top = NAME(select)(up, NAME(d_set)(1), e.high);
  D bottom = 1 + e.high;
#if LSE_F32
  *again = (DI){};
  return top / bottom;
#else
  D bottom_low = (e.high - (bottom - 1)) + e.low;
  D top_low = (D)((DI)e.low & ~up);
  D inverse = 1 / bottom;
  D quotient = top * inverse;
  D rest = (top_low - quotient * bottom_low) - NAME(d_fms)(quotient, bottom, top);
  *again = (x < LSE_LEAST) & (x > LSE_FAR);
  return quotient + rest * inverse;
#endif
}

// MARK: - Powers of 2, logit, hyperbolic cosine, products with logarithms

/// a b in two parts, the parts of the result unordered by as much as those of b.
INLINE NAME(two) NAME(two_product)(D a, NAME(two) b) {
  NAME(two) p = {a * b.high, {}};
#if !LSE_F32
  p.low = NAME(d_fms)(a, b.high, p.high) + a * b.low;
#endif
  return p;
}

/// a / b in two parts.
INLINE NAME(two) NAME(two_quotient)(NAME(two) a, NAME(two) b) {
#if LSE_F32
  NAME(two) q = {a.high / b.high, {}};
#else
  D inverse = 1 / b.high;
  NAME(two) q = {a.high * inverse, {}};
  q.low = ((a.low - q.high * b.low) - NAME(d_fms)(q.high, b.high, a.high)) * inverse;
#endif
  return q;
}

INLINE D NAME(add_exp2)(D x, D y, DI *again) {
  D m = NAME(select)((x > y) | (x != x), x, y);
  NAME(two) d = NAME(distance)(x, y);
  d.high = NAME(select)(d.high < -1080, NAME(d_set)(-1080), d.high);
  NAME(two) ln2 = {NAME(d_set)(LSE_LN2_HI), NAME(d_set)(LSE_LN2_LO)};
  NAME(two) log2e = {NAME(d_set)(LSE_LOG2E_HI), NAME(d_set)(LSE_LOG2E_LO)};
  NAME(two) z = NAME(two_product)(d.high, ln2);
  z.low += d.low * LSE_LN2_HI;
  NAME(two) l = NAME(softplus_of)(z);
  NAME(two) g = NAME(two_product)(l.high, log2e);
  g.low += l.low * LSE_LOG2E_HI;
  D value = NAME(add_rounded)(m, g);
  // With the errors of two more products.
  *again = ((m < 0) & (__builtin_elementwise_abs(value) < 1.5 * CANCELLING * g.high)) |
           NAME(subnormal_beside)(z.high, m);
  return value;
}

/// log(p / (1 - p)): near 1/2 as log(1 + (2 p - 1) / (1 - p)), where 2 p - 1 is exact.
INLINE D NAME(logit_of)(D p, DI *again) {
  DI inside = (p > 0) & (p < 1), middle = (p > 0.25) & (p < 0.75);
  D rest = 1 - p;
#if LSE_ISA == 512 && !LSE_F32
  // With y = 2^k (1 + e) the larger of p and 1 - p over the smaller, which is exact:
  // log y = k ln(2) + log(1 + e).
  DI up = p >= 0.5;
  D small = NAME(select)(up, rest, p), large = NAME(select)(up, p, rest);
  NAME(two) top = {NAME(select)(middle, __builtin_elementwise_abs((p - 0.5) + (p - 0.5)), large),
                   (D)((DI)((1 - rest) - p) & ~middle)};
  NAME(two) bottom = {small, {}};
  NAME(two) y = NAME(two_quotient)(top, bottom);
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(1), y.high);
  sum.low += y.low;
  y = NAME(two_select)(middle, sum, y);
  DI k = ((DI)y.high >> 52) - 1023;
  D kd = __builtin_convertvector(k, D);
  D m = (D)(((DI)y.high & 0xfffffffffffffLL) | 0x3ff0000000000000LL);
  NAME(two) e = {m - 1, y.low * (D)((1023 - k) << 52)};
  NAME(two) l = NAME(log1p_of)(e);
  D whole = kd * LSE_F64_LN2_SPLIT_HI; // exact
  D high = whole + l.high;
  l.low += (l.high - (high - whole)) + kd * LSE_F64_LN2_SPLIT_LO;
  l.high = high;
  l.high = NAME(select)(up, l.high, -l.high);
  l.low = NAME(select)(up, l.low, -l.low);
#else
  NAME(two) top = {NAME(select)(middle, (p - 0.5) + (p - 0.5), p), {}};
  NAME(two) bottom = {rest, (1 - rest) - p};
  NAME(two) h = NAME(two_quotient)(top, bottom);
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(1), h.high);
  sum.low += h.low;
#if LSE_F32
  h.low = (D){}; // of no account, and not scaled
#endif
  NAME(two) y = NAME(two_select)(middle, sum, h);
  NAME(two) l = NAME(log_of)(y.high, y.low);
#endif
  D end = NAME(select)(p == 1, NAME(d_set)(__builtin_inf()), NAME(d_set)(__builtin_nan("")));
  end = NAME(select)(p == 0, NAME(d_set)(-__builtin_inf()), end);
  *again = inside & (p < 0x1p-1000);
  return NAME(select)(inside, l.high + l.low, end);
}

/// x l for l = log(y) of an argument y that has no logarithm below 0; 0 for x = 0 unless y is NaN.
INLINE D NAME(times_log)(D x, NAME(two) l, D y, DI *again) {
  D inf = NAME(d_set)(__builtin_inf());
  DI ordinary = (y > 0) & (y < inf);
  D other = NAME(select)(y > 0, inf, NAME(d_set)(__builtin_nan("")));
  l.high = NAME(select)(ordinary, l.high, NAME(select)(y == 0, -inf, other));
  l.low = (D)((DI)l.low & ordinary);
  NAME(two) p = NAME(two_product)(x, l);
  DI zero = (x == 0) & (y == y);
#if LSE_F32
  *again = (DI){};
#else
  D size = __builtin_elementwise_abs(x);
  *again = ordinary & ~zero & ((size < 0x1p-400) | (size > 0x1p900) | (y < 0x1p-1000));
  p.low = (D)((DI)p.low & ordinary);
#endif
  return (D)((DI)(p.high + p.low) & ~zero);
}

INLINE D NAME(times_log_of)(D x, D y, DI *again) {
  return NAME(times_log)(x, NAME(log_of)(y, (D){}), y, again);
}

/// x log(1 + y).
INLINE D NAME(times_log1p_of)(D x, D y, DI *again) {
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(1), y);
#if LSE_F32
  sum.low = (D)((DI)sum.low & (__builtin_elementwise_abs(y) < 1)); // beyond it is not scaled
  NAME(two) l = NAME(log_of)(sum.high, sum.low);
#else
  NAME(two) l = NAME(log_of)(sum.high, sum.low), whole = {y, {}};
  l = NAME(two_select)(__builtin_elementwise_abs(y) < 0x1p-30, NAME(small_log1p)(whole), l);
#endif
  return NAME(times_log)(x, l, sum.high, again);
}

/// log((e^x + e^-x) / 2), a = |x|, e = e^-a: up to 1 as log(1 + (1 - e)^2 / (2 e)), beyond as
/// a + log((1 + e^2) / 2).
INLINE D NAME(log_cosh_of)(D x, DI *again) {
  D a = __builtin_elementwise_abs(x);
  NAME(two) z = {-a, {}};
  NAME(exponential) e = NAME(exponential_limited)(z);
  NAME(two) value = NAME(exponential_value)(e);
  DI small = a < 1;
  // 1 - e, near 0 from e^-a - 1.
  D difference = 1 - value.high;
  NAME(two) far = {difference, ((1 - difference) - value.high) - value.low};
  NAME(two) near = {-e.p.high, -e.p.low};
  NAME(two) miss = NAME(two_select)(e.scale == 1, near, far);
  NAME(two) square = NAME(two_product)(miss.high, miss);
  NAME(two) twice = {value.high + value.high, value.low + value.low};
  square.low += miss.high * miss.low;
  NAME(two) h = NAME(two_quotient)(square, twice);
  NAME(two) other = NAME(two_product)(0.5 * value.high, value);
  other.low += 0.5 * value.high * value.low;
  NAME(two) sum = NAME(two_sum)(NAME(select)(small, NAME(d_set)(1), NAME(d_set)(0.5)),
                                NAME(select)(small, h.high, other.high));
  NAME(two) l = NAME(log_of)(sum.high, sum.low + NAME(select)(small, h.low, other.low));
#if !LSE_F32
  l = NAME(two_select)(small & (h.high < 0x1p-30), NAME(small_log1p)(h), l);
#endif
  *again = (a < 0x1p-400) & (a > 0);
  return NAME(add_rounded)((D)((DI)a & ~small), l);
}

typedef unsigned char NAME(bytes) __attribute__((vector_size(D_LANES)));
typedef unsigned char NAME(bytes_u) __attribute__((vector_size(D_LANES), aligned(1), may_alias));

INLINE D NAME(load_d)(const T *p) {
#if LSE_F32
  return __builtin_convertvector(*(const NAME(half_u) *)p, D);
#else
  return NAME(load)(p);
#endif
}

INLINE void NAME(store_t)(T *p, D d) {
#if LSE_F32
  *(NAME(half_u) *)p = __builtin_convertvector(d, NAME(half));
#else
  NAME(store)(p, d);
#endif
}

/// The loop over elements: `value` is an expression of a and b, elements of the first and the last
/// operand.
#define LSE_ELEMENTWISE(name, last, value)                                                         \
  static ptrdiff_t NAME(name)(const void *const *operands, ptrdiff_t count, void *out,             \
                              unsigned char *again) {                                              \
    const T *x = operands[0], *y = operands[last];                                                 \
    T *to = out;                                                                                   \
    ptrdiff_t any = 0;                                                                             \
    for (ptrdiff_t i = 0; i < count; i += D_LANES) {                                               \
      D a = NAME(load_d)(x + i), b = NAME(load_d)(y + i);                                          \
      DI near;                                                                                     \
      (void)b;                                                                                     \
      D result = value;                                                                            \
      NAME(store_t)(to + i, result);                                                               \
      if (__builtin_expect(__builtin_reduce_or(near) != 0, 0)) {                                   \
        *(NAME(bytes_u) *)(again + i) = __builtin_convertvector(near, NAME(bytes));                \
        any = 1;                                                                                   \
      }                                                                                            \
    }                                                                                              \
    return any;                                                                                    \
  }

LSE_ELEMENTWISE(log_subtract_exp, 1, NAME(subtract_exp)(a, b, &near))
LSE_ELEMENTWISE(log_expm1, 0, NAME(subtract_exp)(a, (D){}, &near))
LSE_ELEMENTWISE(log1m_exp, 0, NAME(one_minus_exp)(a, &near))
LSE_ELEMENTWISE(log_add_exp2, 1, NAME(add_exp2)(a, b, &near))
LSE_ELEMENTWISE(log_cosh, 0, NAME(log_cosh_of)(a, &near))
LSE_ELEMENTWISE(x_log1p_y, 1, NAME(times_log1p_of)(a, b, &near))
LSE_ELEMENTWISE(x_log_x, 0, NAME(times_log_of)(a, a, &near))
LSE_ELEMENTWISE(x_log_y, 1, NAME(times_log_of)(a, b, &near))

#if LSE_F32 && LSE_ISA >= 256
#include "narrow.h"

/// The loop over elements, NARROW_VECTORS vectors of Floats at a time: `narrow` sets out[] and
/// aside[] from x[] and y[] of `width` vectors; `value`, as in `LSE_ELEMENTWISE`, does the elements
/// put aside.
#define LSE_NARROW(name, last, narrow, value)                                                      \
  static ptrdiff_t NAME(name)(const void *const *operands, ptrdiff_t count, void *results,         \
                              unsigned char *again) {                                              \
    ptrdiff_t any = 0;                                                                             \
    for (ptrdiff_t start = 0; start < count; start += NARROW_PART) {                               \
      const T *from = (const T *)operands[0] + start, *other = (const T *)operands[last] + start;  \
      T *to = (T *)results + start;                                                                \
      ptrdiff_t present = count - start < NARROW_PART ? count - start : NARROW_PART, n = 0;        \
      int places[NARROW_PART + LANES];                                                             \
      ptrdiff_t i = 0;                                                                             \
      for (; i + NARROW_VECTORS * LANES <= present; i += NARROW_VECTORS * LANES)                   \
        NARROW_STEP(narrow, NARROW_VECTORS)                                                        \
      for (; i < present; i += LANES)                                                              \
        NARROW_STEP(narrow, 1)                                                                     \
      NAME(store)((T *)(places + n), (V){});                                                       \
      for (i = 0; i < n; i += D_LANES) {                                                           \
        D a = NAME(gather_d)(from, places + i), b = NAME(gather_d)(other, places + i), result;     \
        DI near;                                                                                   \
        (void)b;                                                                                   \
        result = value;                                                                            \
        NAME(scatter_d)(to, places + i, n - i, result);                                            \
        if (__builtin_expect(__builtin_reduce_or(near) != 0, 0))                                   \
          for (ptrdiff_t j = 0; j < D_LANES && i + j < n; j++)                                     \
            if (near[j])                                                                           \
              again[start + places[i + j]] = 1, any = 1;                                           \
      }                                                                                            \
    }                                                                                              \
    return any;                                                                                    \
  }
#define NARROW_STEP(narrow, vectors)                                                               \
  {                                                                                                \
    enum { width = vectors };                                                                      \
    V x[width], y[width], out[width];                                                              \
    NAME(bits) aside[width], all = 0;                                                              \
    for (int j = 0; j < width; j++) {                                                              \
      x[j] = NAME(load)(from + i + j * LANES);                                                     \
      y[j] = NAME(load)(other + i + j * LANES);                                                    \
    }                                                                                              \
    narrow;                                                                                        \
    for (int j = 0; j < width; j++) {                                                              \
      NAME(store)(to + i + j * LANES, out[j]);                                                     \
      all |= aside[j];                                                                             \
    }                                                                                              \
    if (all)                                                                                       \
      for (int j = 0; j < width; j++)                                                              \
        n = NAME(put_aside)(places, n, i + j * LANES, aside[j]);                                   \
  }

#if LSE_ISA == 512
LSE_NARROW(log_add_exp, 1, NAME(narrow_sum)(x, y, out, aside, width), NAME(add_exp)(a, b, &near))
#else
LSE_NARROW(log_add_exp, 1, NAME(narrow_add)(x, y, out, aside, width), NAME(add_exp)(a, b, &near))
#endif
LSE_NARROW(softplus, 0, (void)y; NAME(narrow_add)(x, 0, out, aside, width),
           NAME(add_exp)(a, (D){}, &near))
LSE_NARROW(log_logistic, 0, NAME(narrow_log_logistic)(x, y, out, aside, width),
           -NAME(add_exp)(-a, (D){}, &near))
LSE_NARROW(logistic, 0, (void)y; NAME(narrow_logistic)(x, out, aside, width),
           NAME(logistic_of)(a, &near))
LSE_NARROW(logit, 0, (void)y; NAME(narrow_logit)(x, out, aside, width), NAME(logit_of)(a, &near))
#undef NARROW_STEP
#undef LSE_NARROW
#else
LSE_ELEMENTWISE(log_add_exp, 1, NAME(add_exp)(a, b, &near))
LSE_ELEMENTWISE(softplus, 0, NAME(add_exp)(a, (D){}, &near))
LSE_ELEMENTWISE(log_logistic, 0, -NAME(add_exp)(-a, (D){}, &near))
LSE_ELEMENTWISE(logistic, 0, NAME(logistic_of)(a, &near))
LSE_ELEMENTWISE(logit, 0, NAME(logit_of)(a, &near))
#endif
