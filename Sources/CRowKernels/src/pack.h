// From the caller's memory into a tile of `columns` neighbours a row, and back: strides, 16-bit
// formats, and what `lse_source` says of each element.

#if LSE_F32
typedef unsigned short NAME(bits16)
    __attribute__((vector_size(LANES * 2), aligned(2), may_alias));
#endif
typedef signed char NAME(flags) __attribute__((vector_size(LANES), aligned(1), may_alias));

#if LSE_F32 && LSE_ISA == 512
INLINE V NAME(from_float16)(NAME(bits16) h) { return (V)_mm512_cvtph_ps((__m256i)h); }
INLINE NAME(bits16) NAME(to_float16)(V v) {
  return (NAME(bits16))_mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
#elif LSE_F32 && LSE_ISA == 256
INLINE V NAME(from_float16)(NAME(bits16) h) { return (V)_mm256_cvtph_ps((__m128i)h); }
INLINE NAME(bits16) NAME(to_float16)(V v) {
  return (NAME(bits16))_mm256_cvtps_ph((__m256)v, _MM_FROUND_TO_NEAREST_INT);
}
#elif LSE_F32
/// Half precision to Float, exactly: the fraction and exponent in their places, times 2^112.
INLINE V NAME(from_float16)(NAME(bits16) h) {
  VI bits = __builtin_convertvector(h, VI);
  VI magnitude = (bits & 0x7fff) << 13;
  VI scaled = (VI)((V)magnitude * NAME(set)(0x1p112f));
  scaled |= (magnitude >= 0x0f800000) & 0x7f800000; // infinity and NaN
  return (V)(scaled | ((bits & 0x8000) << 16));
}

/// Rounded to nearest, ties to even.
INLINE NAME(bits16) NAME(to_float16)(V v) {
  VI bits = (VI)v, magnitude = bits & 0x7fffffff;
  VI normal = (magnitude + 0xfff + ((magnitude >> 13) & 1) - (112 << 23)) >> 13;
  VI small = (VI)((V)magnitude + NAME(set)(0.5f)) - 0x3f000000; // the addition rounds
  VI huge = 0x7c00 | ((magnitude > 0x7f800000) & (0x200 | ((magnitude >> 13) & 0x3ff)));
  VI is_small = magnitude < 0x38800000, is_huge = magnitude >= 0x47800000;
  VI half = (small & is_small) | (huge & is_huge) | (normal & ~(is_small | is_huge));
  return __builtin_convertvector(half | ((bits >> 16) & 0x8000), NAME(bits16));
}
#endif
#if LSE_F32
INLINE V NAME(from_bfloat16)(NAME(bits16) h) { return (V)(__builtin_convertvector(h, VI) << 16); }

/// The upper halves are the rounded ones. Not for NaN.
INLINE VI NAME(rounded_bfloat16)(V v) {
  VI bits = (VI)v;
#if LSE_ISA == 512
  __m512i below = (__m512i)(bits + 0x7fff);
  __mmask16 is_odd = _mm512_test_epi32_mask((__m512i)bits, _mm512_set1_epi32(0x10000));
  return (VI)_mm512_mask_add_epi32(below, is_odd, below, _mm512_set1_epi32(1));
#else
  return bits + 0x7fff + ((bits >> 16) & 1);
#endif
}

/// Stores two vectors without a NaN.
INLINE void NAME(store_two_bfloat16)(unsigned short *to, V a, V b) {
  VI first = NAME(rounded_bfloat16)(a), second = NAME(rounded_bfloat16)(b);
#if LSE_ISA == 512
  static const unsigned short upper[32] = {1,  3,  5,  7,  9,  11, 13, 15, 17, 19, 21,
                                           23, 25, 27, 29, 31, 33, 35, 37, 39, 41, 43,
                                           45, 47, 49, 51, 53, 55, 57, 59, 61, 63};
  _mm512_storeu_si512(to, _mm512_permutex2var_epi16((__m512i)first, _mm512_loadu_si512(upper),
                                                    (__m512i)second));
#else
  *(NAME(bits16) *)to = __builtin_convertvector(first >> 16, NAME(bits16));
  *(NAME(bits16) *)(to + LANES) = __builtin_convertvector(second >> 16, NAME(bits16));
#endif
}

INLINE NAME(bits16) NAME(to_bfloat16)(V v) {
  VI rounded = NAME(rounded_bfloat16)(v) >> 16, quiet = ((VI)v >> 16) | 0x40;
  VI is_nan = v != v;
  return __builtin_convertvector((quiet & is_nan) | (rounded & ~is_nan), NAME(bits16));
}
#endif

/// -inf in the lanes whose flag is 0.
INLINE V NAME(keep)(V v, NAME(flags) flags) {
  V nothing = NAME(set)(-(T)__builtin_inf());
#if LSE_ISA == 512 && LSE_F32
  __m128i bytes = (__m128i)flags;
  return (V)_mm512_mask_mov_ps((__m512)nothing, _mm_test_epi8_mask(bytes, bytes), (__m512)v);
#else
  VI kept = __builtin_convertvector(flags, VI) != 0;
  return (V)(((VI)v & kept) | ((VI)nothing & ~kept));
#endif
}

/// n elements from `x` on, as T; 1 <= n <= LANES, lanes from n on are anything.
INLINE V NAME(load_format)(const void *x, ptrdiff_t index, ptrdiff_t n, int format) {
#if LSE_F32
  if (format != LSE_OWN) {
    const unsigned short *from = (const unsigned short *)x + index;
    NAME(bits16) bits;
    if (n >= LANES) {
      bits = *(const NAME(bits16) *)from;
    } else {
      bits = (NAME(bits16)){};
      for (ptrdiff_t i = 0; i < n; i++)
        bits[i] = from[i];
    }
    return format == LSE_FLOAT16 ? NAME(from_float16)(bits) : NAME(from_bfloat16)(bits);
  }
#endif
  (void)format;
  const T *from = (const T *)x + index;
  return n >= LANES ? NAME(load)(from) : NAME(load_first)(from, n);
}

INLINE void NAME(store_format)(void *out, ptrdiff_t index, V v, ptrdiff_t n, int format) {
#if LSE_F32
  if (format != LSE_OWN) {
    unsigned short *to = (unsigned short *)out + index;
    NAME(bits16) bits = format == LSE_FLOAT16 ? NAME(to_float16)(v) : NAME(to_bfloat16)(v);
    if (n >= LANES)
      *(NAME(bits16) *)to = bits;
    else
      for (ptrdiff_t i = 0; i < n; i++)
        to[i] = bits[i];
    return;
  }
#endif
  (void)format;
  T *to = (T *)out + index;
  if (n >= LANES)
    NAME(store)(to, v);
  else
    NAME(store_first)(to, v, n);
}

INLINE T NAME(load_one)(const void *x, ptrdiff_t index, int format) {
  if (format == LSE_OWN)
    return ((const T *)x)[index];
  return NAME(load_format)(x, index, 1, format)[0];
}

INLINE const char *NAME(row_at)(const void *x, ptrdiff_t offset, int format) {
  return (const char *)x + offset * (format == LSE_OWN ? (ptrdiff_t)sizeof(T) : 2);
}

// MARK: Strided memory

/// Rows of which the columns are far apart: LANES x LANES elements at a time where the rows are
/// neighbours, else one by one.
static __attribute__((noinline)) void NAME(gather)(const lse_source *s, ptrdiff_t rows,
                                                   ptrdiff_t columns, T *tile, ptrdiff_t stride) {
  if (s->row_stride == 1 && !s->columns) {
    ptrdiff_t c = 0;
    for (; c + LANES <= columns; c += LANES)
      for (ptrdiff_t g = 0; g < rows; g += LANES) {
        ptrdiff_t n = rows - g < LANES ? rows - g : LANES;
        V v[LANES];
        for (int i = 0; i < LANES; i++) {
          ptrdiff_t at = g + (c + i) * s->column_stride;
          __builtin_prefetch(NAME(row_at)(s->x, at + LANES * s->column_stride, s->format));
          v[i] = NAME(load_format)(s->x, at, n, s->format);
        }
        LSE_TRANSPOSE(LANES, v)
        for (int i = 0; i < LANES; i++)
          if (i < n)
            NAME(store)(tile + (g + i) * stride + c, v[i]);
      }
    for (; c < columns; c++)
      for (ptrdiff_t r = 0; r < rows; r++)
        tile[r * stride + c] = NAME(load_one)(s->x, r + c * s->column_stride, s->format);
    return;
  }
  for (ptrdiff_t r = 0; r < rows; r++)
    for (ptrdiff_t c = 0; c < columns; c++) {
      ptrdiff_t column = s->columns ? s->columns[c] : c;
      tile[r * stride + c] =
          NAME(load_one)(s->x, r * s->row_stride + column * s->column_stride, s->format);
    }
}

/// The factors of one row, as `scale` takes them.
typedef struct {
  V high, low;
} NAME(factors);

INLINE NAME(factors) NAME(factors_of)(const double *state, ptrdiff_t capacity, ptrdiff_t r) {
  NAME(factors) f = {NAME(set)((T)state[r]), NAME(set)((T)state[capacity + r])};
  return f;
}

static __attribute__((noinline)) void
NAME(scatter)(const T *tile, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns, int format,
              void *out, ptrdiff_t row_stride, ptrdiff_t column_stride, const double *state,
              ptrdiff_t capacity) {
  ptrdiff_t c = 0;
  if (row_stride == 1)
    for (; c + LANES <= columns; c += LANES)
      for (ptrdiff_t g = 0; g < rows; g += LANES) {
        ptrdiff_t n = rows - g < LANES ? rows - g : LANES;
        V v[LANES];
        for (int i = 0; i < LANES; i++) {
          v[i] = i < n ? NAME(load)(tile + (g + i) * stride + c) : (V){};
          if (state && i < n) {
            NAME(factors) f = NAME(factors_of)(state, capacity, g + i);
            v[i] = NAME(scaled)(v[i], f.high, f.low);
          }
          __builtin_prefetch(NAME(row_at)(out, g + (c + LANES + i) * column_stride, format), 1);
        }
        LSE_TRANSPOSE(LANES, v)
        for (int i = 0; i < LANES; i++)
          NAME(store_format)(out, g + (c + i) * column_stride, v[i], n, format);
      }
  for (; c < columns; c++)
    for (ptrdiff_t r = 0; r < rows; r++) {
      V v = NAME(set)(tile[r * stride + c]);
      if (state) {
        NAME(factors) f = NAME(factors_of)(state, capacity, r);
        v = NAME(scaled)(v, f.high, f.low);
      }
      NAME(store_format)(out, r * row_stride + c * column_stride, v, 1, format);
    }
}

// MARK: What becomes of an element

/// One vector of a row on its way: `count` elements, which is LANES where that is a constant.
INLINE V NAME(packed)(const void *x, ptrdiff_t c, ptrdiff_t count, int format, const void *bias,
                      int bias_format, V factor, const unsigned char *mask, int negates,
                      int skips_nan) {
  V nothing = NAME(set)(-(T)__builtin_inf());
  V v = NAME(load_format)(x, c, count, format);
  if (negates)
    v = -v;
  if (bias)
    v += factor * NAME(load_format)(bias, c, count, bias_format);
  if (skips_nan) {
    VI is_nan = v != v;
    v = (V)(((VI)v & ~is_nan) | ((VI)nothing & is_nan));
  }
  if (mask) {
    NAME(flags) flags = {};
    if (count == LANES)
      flags = *(const NAME(flags) *)(mask + c);
    else
      for (ptrdiff_t i = 0; i < count; i++)
        flags[i] = (signed char)mask[c + i];
    v = NAME(keep)(v, flags);
  }
  return v;
}

/// Elements of one row that are neighbours, from `x` to `to`; `bias` and `mask` may be null.
INLINE void NAME(pack_row)(const void *x, ptrdiff_t n, int format, const void *bias,
                           int bias_format, T factor, const unsigned char *mask, int negates,
                           int skips_nan, T *to) {
  V k = NAME(set)(factor);
  ptrdiff_t c = 0;
  for (; c + 4 * LANES <= n; c += 4 * LANES) {
    V v[4];
    for (int j = 0; j < 4; j++) {
      __builtin_prefetch(NAME(row_at)(x, c + j * LANES + PREFETCH, format));
      v[j] = NAME(packed)(x, c + j * LANES, LANES, format, bias, bias_format, k, mask, negates,
                          skips_nan);
    }
    for (int j = 0; j < 4; j++)
      NAME(store)(to + c + j * LANES, v[j]);
  }
  for (; c + LANES <= n; c += LANES)
    NAME(store)
  (to + c,
   NAME(packed)(x, c, LANES, format, bias, bias_format, k, mask, negates, skips_nan));
  if (c < n)
    NAME(store_first)
  (to + c, NAME(packed)(x, c, n - c, format, bias, bias_format, k, mask, negates, skips_nan),
   n - c);
}

#define STRIP 64

/// The same where the bias or the mask has neighbours elsewhere: strip by strip, these gathered first.
static __attribute__((noinline)) void NAME(change_row)(const lse_source *s, ptrdiff_t row,
                                                       ptrdiff_t n, T *to) {
  for (ptrdiff_t c = 0; c < n; c += STRIP) {
    ptrdiff_t count = n - c < STRIP ? n - c : STRIP;
    T bias[STRIP];
    unsigned char mask[STRIP];
    for (ptrdiff_t i = 0; s->bias && i < count; i++)
      bias[i] = NAME(load_one)(
          s->bias, row * s->bias_row_stride + (c + i) * s->bias_column_stride, s->format);
    for (ptrdiff_t i = 0; s->mask && i < count; i++)
      mask[i] = s->mask[row * s->mask_row_stride + (c + i) * s->mask_column_stride];
    NAME(pack_row)
    (to + c, count, LSE_OWN, s->bias ? bias : 0, LSE_OWN, (T)s->bias_factor, s->mask ? mask : 0,
     s->negates, s->skips_nan, to + c);
  }
}

static void NAME(pack)(const lse_source *s, ptrdiff_t rows, ptrdiff_t columns, void *out,
                       ptrdiff_t stride) {
  T *tile = out;
  int contiguous = (s->column_stride == 1 || columns == 1) && !s->columns;
  int straight = (!s->bias || s->bias_column_stride == 1) && (!s->mask || s->mask_column_stride == 1);
  int changes = s->bias || s->mask || s->negates || s->skips_nan;
  if (!contiguous)
    NAME(gather)(s, rows, columns, tile, stride);
  for (ptrdiff_t r = 0; r < rows; r++) {
    T *to = tile + r * stride;
    ptrdiff_t kept = columns;
    if (s->kept)
      kept = s->kept[r] < 0 ? 0 : s->kept[r] < columns ? s->kept[r] : columns;
    const void *x = contiguous ? NAME(row_at)(s->x, r * s->row_stride, s->format) : (char *)to;
    int format = contiguous ? s->format : LSE_OWN;
    if (!straight) {
      if (contiguous)
        NAME(pack_row)(x, kept, format, 0, 0, 0, 0, 0, 0, to);
      NAME(change_row)(s, r, kept, to);
    } else if (contiguous || changes) {
      const void *bias =
          s->bias ? NAME(row_at)(s->bias, r * s->bias_row_stride, s->format) : (char *)0;
      const unsigned char *mask = s->mask ? s->mask + r * s->mask_row_stride : 0;
      T factor = (T)s->bias_factor;
      // What comes often, with nothing else in the loop.
      if (format == LSE_OWN && !bias && !s->skips_nan && !s->negates) {
        if (mask)
          NAME(pack_row)(x, kept, LSE_OWN, 0, 0, 0, mask, 0, 0, to);
        else
          NAME(pack_row)(x, kept, LSE_OWN, 0, 0, 0, 0, 0, 0, to);
      } else if (!changes && format == LSE_FLOAT16) {
        NAME(pack_row)(x, kept, LSE_FLOAT16, 0, 0, 0, 0, 0, 0, to);
      } else if (!changes) {
        NAME(pack_row)(x, kept, LSE_BFLOAT16, 0, 0, 0, 0, 0, 0, to);
      } else {
        NAME(pack_row)
        (x, kept, format, bias, s->format, factor, mask, s->negates, s->skips_nan, to);
      }
    }
    for (ptrdiff_t c = kept; c < columns; c++)
      to[c] = -(T)__builtin_inf();
  }
}

/// One row to neighbours; `f` null where it is not scaled.
INLINE void NAME(unpack_row)(const T *from, ptrdiff_t columns, int format,
                             const NAME(factors) * f, void *out, ptrdiff_t at) {
  ptrdiff_t c = 0;
  for (; c + 4 * LANES <= columns; c += 4 * LANES) {
    V v[4];
    for (int j = 0; j < 4; j++) {
      if (format == LSE_OWN || j % 2 == 0)
        __builtin_prefetch(NAME(row_at)(out, at + c + j * LANES + PREFETCH, format), 1);
      v[j] = NAME(load)(from + c + j * LANES);
      if (f)
        v[j] = NAME(scaled)(v[j], f->high, f->low);
    }
#if LSE_F32
    if (f && format == LSE_BFLOAT16) { // a share is a number
      unsigned short *to = (unsigned short *)out + at + c;
      NAME(store_two_bfloat16)(to, v[0], v[1]);
      NAME(store_two_bfloat16)(to + 2 * LANES, v[2], v[3]);
      continue;
    }
#endif
    for (int j = 0; j < 4; j++)
      NAME(store_format)(out, at + c + j * LANES, v[j], LANES, format);
  }
  for (; c < columns; c += LANES) {
    ptrdiff_t n = columns - c < LANES ? columns - c : LANES;
    V v = NAME(load_first)(from + c, n);
    NAME(store_format)(out, at + c, f ? NAME(scaled)(v, f->high, f->low) : v, n, format);
  }
}

static void NAME(unpack)(const void *tile, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns,
                         int format, void *out, ptrdiff_t row_stride, ptrdiff_t column_stride,
                         const double *state, ptrdiff_t capacity) {
  for (ptrdiff_t r = 0; state && r < rows; r++)
    if (__builtin_expect(state[r] < 0, 0)) { // a factor that T cannot hold
      NAME(scale_rows)((void *)tile, rows, columns, stride, state, capacity);
      state = 0;
    }
  if (column_stride != 1 && columns > 1) {
    NAME(scatter)
    (tile, stride, rows, columns, format, out, row_stride, column_stride, state, capacity);
    return;
  }
  for (ptrdiff_t r = 0; r < rows; r++) {
    const T *from = (const T *)tile + r * stride;
    ptrdiff_t at = r * row_stride;
    NAME(factors) f = {};
    if (state)
      f = NAME(factors_of)(state, capacity, r);
    // What comes often, with nothing else in the loop.
    if (state && format == LSE_FLOAT16)
      NAME(unpack_row)(from, columns, LSE_FLOAT16, &f, out, at);
    else if (state && format == LSE_BFLOAT16)
      NAME(unpack_row)(from, columns, LSE_BFLOAT16, &f, out, at);
    else
      NAME(unpack_row)(from, columns, format, state ? &f : 0, out, at);
  }
}
