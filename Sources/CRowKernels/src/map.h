// Maps of one pass: elements and finished states to results.

/// Rows of at most a vector, eight at a time: loaded together, since a load soon after a store
/// beside it waits for the store.
#define SHORT_ROWS 8

INLINE V NAME(scaled)(V e, V high, V low) { return NAME(fma)(e, high, e * low); }

/// Terms of a row whose factor is too small for T: the one given is that times -2^(EXP_BIAS + FACTOR_BIAS).
INLINE void NAME(scale_down)(const T *x, ptrdiff_t columns, T *out, V high, V low) {
  for (ptrdiff_t i = 0; i < columns; i += LANES) {
    ptrdiff_t n = columns - i < LANES ? columns - i : LANES;
    V e = NAME(load_first)(x + i, n) * -DOWN;
    NAME(store_first)(out + i, NAME(scaled)(e, high, low) * LSE_PASTE(0x1p-, FACTOR_BIAS), n);
  }
}

#if LSE_ISA == 512
// Rows of fewer columns, with nothing between them, are mapped as one: vectors that begin with a row
// would lie across cache lines.
#define SEAMLESS_COLUMNS (4 * LANES)

INLINE int NAME(is_seamless)(ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride) {
  return columns == stride && rows >= LANES && columns < SEAMLESS_COLUMNS && columns % LANES != 0;
}

/// LANES such rows are as many vectors as they have columns. `row[i]` is the row of element i.
typedef struct {
  TI row[LANES * SEAMLESS_COLUMNS + SEAMLESS_COLUMNS];
} NAME(seams);

INLINE void NAME(find_seams)(NAME(seams) * s, ptrdiff_t columns) {
  for (TI r = 0; r < LANES; r++) // what is too much is the next row's
    for (ptrdiff_t c = 0; c < columns; c += LANES)
      NAME(store)((T *)s->row + r * columns + c, (V)((VI){} + r));
}

INLINE VI NAME(rows_at)(const NAME(seams) * s, ptrdiff_t at) {
  return (VI)NAME(load)((const T *)s->row + at);
}

/// A part of the states of LANES rows.
INLINE V NAME(parts_of)(const double *state) {
#if LSE_F32
  D d[2] = {NAME(d_load)(state), NAME(d_load)(state + D_LANES)};
#else
  D d[1] = {NAME(d_load)(state)};
#endif
  return NAME(narrowed)(d);
}
/// `scale` of LANES rows at a time. Returns how many are done.
INLINE ptrdiff_t NAME(scale_seamless)(T *out, ptrdiff_t rows, ptrdiff_t columns,
                                      const double *state, ptrdiff_t capacity) {
  ptrdiff_t r = 0;
  NAME(seams) seams;
  NAME(find_seams)(&seams, columns);
  for (; r + LANES <= rows; r += LANES) {
    V high = NAME(parts_of)(state + r), low = NAME(parts_of)(state + capacity + r);
    if (__builtin_reduce_or(high < 0)) // as below
      break;
    T *y = out + r * columns;
    for (ptrdiff_t i = 0; i < columns * LANES; i += LANES) {
      VI row = NAME(rows_at)(&seams, i);
      NAME(store)
      (y + i, NAME(scaled)(NAME(load)(y + i), NAME(pick)(high, row), NAME(pick)(low, row)));
    }
  }
  return r;
}
#endif

static void NAME(scale_rows)(void *out, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                             const double *state, ptrdiff_t capacity) {
  ptrdiff_t r = 0;
#if LSE_ISA == 512
  if (NAME(is_seamless)(rows, columns, stride))
    r = NAME(scale_seamless)(out, rows, columns, state, capacity);
#endif
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
      NAME(scale_down)(y, columns, y, high, low);
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

/// `scale` of one row from `x` to `out`, past the cache.
static void NAME(scale_streaming)(const void *x, ptrdiff_t columns, void *out,
                                  const double *state, ptrdiff_t capacity) {
  const T *from = x;
  T *to = out;
  V high = NAME(set)((T)state[0]), low = NAME(set)((T)state[capacity]);
  if (__builtin_expect(state[0] < 0, 0)) {
    NAME(scale_down)(from, columns, to, high, low);
    return;
  }
  ptrdiff_t i = NAME(to_vector)(to, columns);
  NAME(store_first)(to, NAME(scaled)(NAME(load_first)(from, i), high, low), i);
  for (; i + LANES <= columns; i += LANES)
    NAME(put)(to + i, NAME(scaled)(NAME(load)(from + i), high, low), 1);
  NAME(store_first)
  (to + i, NAME(scaled)(NAME(load_first)(from + i, columns - i), high, low), columns - i);
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

/// What `subtract` does to the elements of one row.
typedef struct {
  V first, second, third, inverse, inverse_low;
} NAME(normaliser);

INLINE V NAME(normalised)(V v, const NAME(normaliser) * s, int is_plain) {
  if (is_plain)
    return (v - s->first) - s->second;
  V d = v - s->first;
  V y = NAME(difference)(d, s->inverse, s->inverse_low, s->second, s->third);
  // Where the difference overflows, or x is -inf: half of it by twice 1 / T.
  V rough = (v * (T)0.5 - s->first * (T)0.5) * (s->inverse + s->inverse) - s->second;
  VI over = d < -T_MAX;
  return (V)(((VI)y & ~over) | ((VI)rough & over));
}

INLINE void NAME(subtract_row)(const T *from, ptrdiff_t columns, T *to, const NAME(normaliser) * s,
                               int is_plain, int streams) {
  ptrdiff_t i = 0;
  if (streams) {
    i = NAME(to_vector)(to, columns);
    NAME(store_first)(to, NAME(normalised)(NAME(load_first)(from, i), s, is_plain), i);
  }
  for (; i + 4 * LANES <= columns; i += 4 * LANES)
    for (int j = 0; j < 4; j++) {
      ptrdiff_t at = i + j * LANES;
      if (streams)
        __builtin_prefetch(from + at + PREFETCH);
      NAME(put)(to + at, NAME(normalised)(NAME(load)(from + at), s, is_plain), streams);
    }
  for (; i < columns; i += LANES) {
    ptrdiff_t n = columns - i;
    if (n >= LANES)
      NAME(store)(to + i, NAME(normalised)(NAME(load)(from + i), s, is_plain));
    else
      NAME(store_first)(to + i, NAME(normalised)(NAME(load_first)(from + i, n), s, is_plain), n);
  }
}

#if LSE_ISA == 512
/// `subtract` of LANES rows at a time. Returns how many are done.
INLINE ptrdiff_t NAME(subtract_seamless)(const T *x, ptrdiff_t rows, ptrdiff_t columns, T *out,
                                         NAME(normaliser) s, int is_plain, const double *state,
                                         ptrdiff_t capacity) {
  ptrdiff_t r = 0;
  NAME(seams) seams;
  NAME(find_seams)(&seams, columns);
  for (; r + LANES <= rows; r += LANES) {
    const T *from = x + r * columns;
    T *to = out + r * columns;
    V first = NAME(parts_of)(state + r), second = NAME(parts_of)(state + capacity + r);
    V third = is_plain ? second : NAME(parts_of)(state + 2 * capacity + r);
    for (ptrdiff_t i = 0; i < columns * LANES; i += LANES) {
      VI row = NAME(rows_at)(&seams, i);
      s.first = NAME(pick)(first, row), s.second = NAME(pick)(second, row);
      s.third = NAME(pick)(third, row);
      NAME(store)(to + i, NAME(normalised)(NAME(load)(from + i), &s, is_plain));
    }
  }
  return r;
}
#endif

static void NAME(subtract)(const void *x, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                           void *out, ptrdiff_t out_stride, double inverse_high, double inverse_low,
                           int streams, const double *state, ptrdiff_t capacity) {
  NAME(normaliser) s = {.inverse = NAME(set)((T)inverse_high), .inverse_low = NAME(set)((T)inverse_low)};
  ptrdiff_t r = 0;
#if LSE_ISA == 512
  if (stride == out_stride && NAME(is_seamless)(rows, columns, stride))
    r = inverse_high == 1
            ? NAME(subtract_seamless)(x, rows, columns, out, s, 1, state, capacity)
            : NAME(subtract_seamless)(x, rows, columns, out, s, 0, state, capacity);
#endif
  for (; r < rows; r++) {
    const T *from = (const T *)x + r * stride;
    T *to = (T *)out + r * out_stride;
    s.first = NAME(set)((T)state[r]), s.second = NAME(set)((T)state[capacity + r]);
    if (inverse_high != 1) {
      s.third = NAME(set)((T)state[2 * capacity + r]);
      NAME(subtract_row)(from, columns, to, &s, 0, streams);
    } else if (streams) {
      NAME(subtract_row)(from, columns, to, &s, 1, 1);
    } else {
      NAME(subtract_row)(from, columns, to, &s, 1, 0);
    }
  }
}
