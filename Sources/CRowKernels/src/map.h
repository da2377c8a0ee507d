// Maps of one pass: elements and finished states to results.

/// Rows of at most a vector, eight at a time: loaded together, since a load soon after a store
/// beside it waits for the store.
#define SHORT_ROWS 8

INLINE V NAME(scaled)(V e, V high, V low) { return NAME(fma)(e, high, e * low); }

static void NAME(scale_rows)(void *out, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                             const double *state, ptrdiff_t capacity) {
  ptrdiff_t r = 0;
  if (columns <= LANES)
    for (; r + SHORT_ROWS <= rows; r += SHORT_ROWS) {
      int down = 0; // as below
      for (int i = 0; i < SHORT_ROWS; i++)
        down |= state[r + i] < 0;
      if (down)
        break;
      T *y = (T *)out + r * stride;
      V e[SHORT_ROWS];
      for (int i = 0; i < SHORT_ROWS; i++)
        e[i] = NAME(load_first)(y + i * stride, columns);
      for (int i = 0; i < SHORT_ROWS; i++)
        NAME(store_first)
      (y + i * stride,
       NAME(scaled)(e[i], NAME(set)((T)state[r + i]), NAME(set)((T)state[capacity + r + i])),
       columns);
    }
  for (; r < rows; r++) {
    T *y = (T *)out + r * stride;
    V high = NAME(set)((T)state[r]), low = NAME(set)((T)state[capacity + r]);
    ptrdiff_t i = 0;
    if (__builtin_expect(state[r] < 0, 0)) {
      // -2^(EXP_BIAS + FACTOR_BIAS) times the factor, which is too small for T.
      for (; i < columns; i += LANES) {
        ptrdiff_t n = columns - i < LANES ? columns - i : LANES;
        V e = NAME(load_first)(y + i, n) * -DOWN;
        NAME(store_first)(y + i, NAME(scaled)(e, high, low) * LSE_PASTE(0x1p-, FACTOR_BIAS), n);
      }
      continue;
    }
    for (; i + 4 * LANES <= columns; i += 4 * LANES)
      for (int j = 0; j < 4; j++) {
        T *at = y + i + j * LANES;
        NAME(store)(at, NAME(scaled)(NAME(load)(at), high, low));
      }
    for (; i < columns; i += LANES) {
      ptrdiff_t n = columns - i;
      V e = n >= LANES ? NAME(load)(y + i) : NAME(load_first)(y + i, n);
      e = NAME(scaled)(e, high, low);
      if (n >= LANES)
        NAME(store)(y + i, e);
      else
        NAME(store_first)(y + i, e, n);
    }
  }
}

/// d / T - high - low, d <= 0 and high >= 0.
INLINE V NAME(difference)(V d, V inverse, V inverse_low, V high, V low) {
#if LSE_FMA
  return NAME(fma)(d, inverse, -high) + NAME(fma)(d, inverse_low, -low);
#elif LSE_F32
  typedef NAME(wide) W;
  W k = __builtin_convertvector(inverse, W) + __builtin_convertvector(inverse_low, W);
  W y = __builtin_convertvector(d, W) * k - __builtin_convertvector(high, W);
  return __builtin_convertvector(y - __builtin_convertvector(low, W), V);
#else
  return NAME(d_fms)(d, inverse, high) + (d * inverse_low - low);
#endif
}

/// What `subtract` makes of elements where T is not 1.
INLINE V NAME(subtracted)(V v, V k, V k_low, V first, V second, V third) {
  V d = v - first;
  V y = NAME(difference)(d, k, k_low, second, third);
  // Where the difference overflows, or x is -inf: half of it by twice 1 / T.
  V rough = (v * (T)0.5 - first * (T)0.5) * (k + k) - second;
  VI over = d < -T_MAX;
  return (V)(((VI)y & ~over) | ((VI)rough & over));
}

static void NAME(subtract)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                           void *out, ptrdiff_t out_stride, double inverse_high, double inverse_low,
                           const double *state, ptrdiff_t capacity) {
  V k = NAME(set)((T)inverse_high), k_low = NAME(set)((T)inverse_low);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const T *from = (const T *)x + r * stride;
    T *to = (T *)out + r * out_stride;
    V first = NAME(set)((T)state[r]), second = NAME(set)((T)state[capacity + r]);
    ptrdiff_t i = 0;
    if (inverse_high == 1) {
      for (; i + 4 * LANES <= columns; i += 4 * LANES)
        for (int j = 0; j < 4; j++)
          NAME(store)(to + i + j * LANES, (NAME(load)(from + i + j * LANES) - first) - second);
      for (; i + LANES <= columns; i += LANES)
        NAME(store)(to + i, (NAME(load)(from + i) - first) - second);
      if (i < columns)
        NAME(store_first)
      (to + i, (NAME(load_first)(from + i, columns - i) - first) - second, columns - i);
      continue;
    }
    V third = NAME(set)((T)state[2 * capacity + r]);
    for (; i < columns; i += LANES) {
      ptrdiff_t n = columns - i;
      V v = n >= LANES ? NAME(load)(from + i) : NAME(load_first)(from + i, n);
      v = NAME(subtracted)(v, k, k_low, first, second, third);
      if (n >= LANES)
        NAME(store)(to + i, v);
      else
        NAME(store_first)(to + i, v, n);
    }
  }
}
