// Reduction of rows in the caller's memory, without a tile: each element is packed as it is loaded, and
// the next block is fetched while this one's exponentials run. The operations and their order are those
// of `long_row` on the packed row, and so are the bits. LSE takes LANES rows together: a row's first
// group begins beside the end of the row before, and the horizontal ends of all are one.

// Rows of more columns than this are swept; the horizontal ends of shorter ones cost more than packing.
#define SWEPT_COLUMNS 64

/// Where one row of a source is; what it is not changed by is 0, a constant.
typedef struct {
  const void *x;
  const T *bias;
  const unsigned char *mask;
  T factor;
  const void *results;
  ptrdiff_t columns, kept;
  int format; // of x, a constant
} NAME(swept);

#if LSE_ISA == 512
/// The elements of a vector from column `at` on whose lanes are in `which`, the others -inf.
INLINE V NAME(swept_lanes)(const NAME(swept) * s, ptrdiff_t at, M which) {
  V v = NAME(load_lanes)((const T *)s->x + at, which);
  if (s->bias)
    v += NAME(set)(s->factor) * NAME(load_lanes)(s->bias + at, which); // the factor is above 0
  if (s->mask) {
    NAME(flags) flags;
    __m128i bytes = _mm_maskz_loadu_epi8(which, s->mask + at);
    __builtin_memcpy(&flags, &bytes, LANES);
    v = NAME(keep)(v, flags);
  }
  return v;
}
#endif

/// The first n elements of a vector from column `at` on, 0 <= n <= LANES, the others -inf.
INLINE V NAME(swept_part)(const NAME(swept) * s, ptrdiff_t at, ptrdiff_t n) {
#if LSE_ISA == 512
  if (s->format == LSE_OWN)
    return NAME(swept_lanes)(s, at, NAME(first)(n));
#endif
  T part[LANES];
  V low = NAME(set)(-(T)__builtin_inf());
  if (n <= 0)
    return low;
  V v = NAME(packed)(s->x, at, n, s->format, s->bias, LSE_OWN, NAME(set)(s->factor), s->mask, 0, 0);
  if (n == LANES)
    return v;
  NAME(store)(part, low);
  NAME(store_first)(part, v, n);
  return NAME(load)(part);
}

/// Four vectors from column `c` on, -inf from `kept` on.
INLINE void NAME(load_swept)(V *v, const NAME(swept) * s, ptrdiff_t c) {
  V factor = NAME(set)(s->factor);
  if (__builtin_expect(c + 4 * LANES <= s->kept, 1)) {
    for (int j = 0; j < 4; j++)
      v[j] = NAME(packed)(s->x, c + j * LANES, LANES, s->format, s->bias, LSE_OWN, factor,
                          s->mask, 0, 0);
    return;
  }
  for (int j = 0; j < 4; j++)
    v[j] = NAME(swept_part)(s, c + j * LANES, NAME(left)(s->kept - c, j));
}

INLINE void NAME(fetch_swept)(const NAME(swept) * s, ptrdiff_t c, int form) {
  for (int j = 0; j < 4; j++) {
    if (s->format == LSE_OWN || j % 2 == 0)
      __builtin_prefetch(NAME(row_at)(s->x, c + j * LANES + PREFETCH, s->format));
    if (s->bias)
      __builtin_prefetch(s->bias + c + j * LANES + PREFETCH);
    if (s->format != LSE_OWN && j % 2 == 0 && IS_STORED(form) && s->results)
      __builtin_prefetch(NAME(row_at)(s->results, c + j * LANES, s->format), 1, 2);
  }
  if (s->mask)
    __builtin_prefetch(s->mask + c + PREFETCH);
}

/// Begins the four vectors from column `c` on.
INLINE void NAME(begin_swept)(NAME(begun) * g, const NAME(swept) * s, ptrdiff_t c, NAME(base) b,
                              NAME(scale) k, int form) {
  V v[4];
  NAME(load_swept)(v, s, c);
  g->top = NAME(top_of)(v, 4);
  NAME(begin_terms)(g, v, 4, b, k, form);
}

/// Sums of a row, and the largest element of each lane. Its first group is in `g` on entry, and
/// `next`'s on return. Groups of which no element is kept are left out where no terms are stored.
INLINE NAME(two) NAME(swept_sums)(const NAME(swept) * s, T *out, NAME(base) b, NAME(scale) k,
                                  int form, NAME(begun) * g, const NAME(swept) * next, V *top) {
  NAME(sums) sums = {};
  V largest = NAME(set)(-(T)__builtin_inf());
  ptrdiff_t n = IS_STORED(form) ? s->columns : s->kept, c = 0;
  do {
    V e[4];
    NAME(begun) after;
    ptrdiff_t left = n - c;
    NAME(fetch_swept)(s, c, form);
    if (IS_STORED(form) && s->format == LSE_OWN) // else it is a tile
      for (int j = 0; j < 4; j++)
        __builtin_prefetch(out + c + j * LANES + PREFETCH, 1);
    if (left > 4 * LANES)
      NAME(begin_swept)(&after, s, c + 4 * LANES, b, k, form);
    else
      NAME(begin_swept)(&after, next, 0, b, k, form);
    NAME(end_terms)(g, e, 4, k, form);
    largest = NAME(max)(g->top, largest);
    *g = after;
    if (IS_STORED(form) && left < 4 * LANES) {
      for (int j = 0; j < 4; j++) {
        ptrdiff_t m = left - j * LANES;
        if (m <= 0)
          e[j] = (V){};
        else
          NAME(store_first)(out + c + j * LANES, e[j], m < LANES ? m : LANES);
      }
      NAME(add_group)(&sums, NAME(group)(e, 4, form));
    } else {
      NAME(add_group)(&sums, NAME(sum_group)(e, 4, LANES, out + c, form));
    }
    c += 4 * LANES;
  } while (c < n);
  *top = largest;
  return NAME(first_fold)(sums);
}

/// One row. Returns 0 if it is not ordinary, or the guess does not do for it, and has no state yet.
INLINE int NAME(swept_row)(const NAME(swept) * s, T *out, NAME(scale) k, int form, double *state,
                           ptrdiff_t capacity, NAME(guess) * guess) {
  V top = NAME(set)(-(T)__builtin_inf());
  NAME(base) b = guess->base;
  T reference = guess->maximum;
  if (guess->wary) {
    for (ptrdiff_t c = 0; c < s->kept; c += 4 * LANES) {
      V v[4];
      NAME(load_swept)(v, s, c);
      top = NAME(max)(NAME(top_of)(v, 4), top);
    }
    LSE_FOLD_ONE_ALL(LANES, NAME(max), top);
    if (!NAME(is_near)(top * k.high)[0])
      return 0;
    NAME(learn)(guess, top, k, form);
    reference = top[0];
    b = NAME(row_base)(reference, k, form);
  }
  NAME(begun) g;
  NAME(begin_swept)(&g, s, 0, b, k, form);
  // The group begun last is the row's first one again, and not used.
  NAME(two) d = NAME(swept_sums)(s, out, b, k, form, &g, s, &top);
  LSE_FOLD_ONE_ALL(LANES, NAME(max), top);
  if (!NAME(does_for)(b, top, k)[0]) {
    guess->wary = 1;
    return 0;
  }
  d = NAME(fold_row)(d);
  if (!IS_STORED(form)) {
    V low, high = NAME(own_terms)(top, b, k, form, &low);
    d = NAME(rest_of)(d, NAME(d_set)(high[0]), NAME(d_set)(low[0]));
    if (d.high[0] != d.high[0] || NAME(shows)(d.high[0], top[0] * k.high[0]))
      return 0;
    reference = top[0];
  }
  state[0] = reference;
  state[capacity] = d.high[0];
  state[2 * capacity] = d.low[0];
  return 1;
}

/// What is done as it is loaded, without a test in the loops.
enum NAME(way) {
  NAME(as_tile),
  NAME(as_it_is),
  NAME(masked),
  NAME(biased),
  NAME(float16),
  NAME(bfloat16),
};

INLINE int NAME(format_of)(int way) {
  return way == NAME(float16) ? LSE_FLOAT16 : way == NAME(bfloat16) ? LSE_BFLOAT16 : LSE_OWN;
}

INLINE int NAME(way_of)(const lse_source *s, ptrdiff_t columns) {
  if (columns <= SWEPT_COLUMNS || s->column_stride != 1 || s->columns || s->negates ||
      s->skips_nan)
    return NAME(as_tile);
  if (s->format != LSE_OWN) {
    if (columns <= BATCH_COLUMNS || s->bias || s->mask)
      return NAME(as_tile);
    return s->format == LSE_FLOAT16 ? NAME(float16) : NAME(bfloat16);
  }
  if (s->bias)
    return s->bias_column_stride == 1 && !s->mask ? NAME(biased) : NAME(as_tile);
  if (s->mask)
    return s->mask_column_stride == 1 ? NAME(masked) : NAME(as_tile);
  return NAME(as_it_is);
}

/// The kernels for packed rows, called so that they are not compiled again.
INLINE ptrdiff_t NAME(reduce_packed)(const T *x, ptrdiff_t rows, ptrdiff_t columns,
                                     ptrdiff_t stride, T *out, ptrdiff_t out_stride, double k_high,
                                     double k_low, double *state, ptrdiff_t capacity, int form,
                                     int in_place) {
  return IS_STORED(form) ? NAME(reduce_storing)(x, rows, columns, stride, out, out_stride, k_high,
                                                k_low, in_place, state, capacity)
                         : NAME(reduce)(x, rows, columns, stride, 0, 0, k_high, k_low, state,
                                        capacity);
}

/// Row r; `way` is a constant.
INLINE NAME(swept) NAME(swept_at)(const lse_source *s, int way, ptrdiff_t r, ptrdiff_t columns) {
  int format = NAME(format_of)(way);
  NAME(swept)
  row = {.x = NAME(row_at)(s->x, r * s->row_stride, format),
         .columns = columns,
         .kept = columns,
         .format = format};
  if (way == NAME(masked))
    row.mask = s->mask + r * s->mask_row_stride;
  if (way == NAME(biased)) {
    row.bias = (const T *)s->bias + r * s->bias_row_stride;
    row.factor = (T)s->bias_factor;
  }
  if (format != LSE_OWN && s->results)
    row.results = NAME(row_at)(s->results, r * s->results_row_stride, format);
  if (s->kept)
    row.kept = s->kept[r] < 0 ? 0 : s->kept[r] < columns ? s->kept[r] : columns;
  return row;
}

// Where rows are cut off by counts of their own, whether a group is a row's last one cannot be foretold;
// with masked loads that cost nothing the groups of LANES rows are therefore one loop without a branch.
#define IS_RAGGED(way) (LSE_ISA == 512 && ((way) == NAME(as_it_is) || (way) == NAME(biased)))

#if LSE_ISA == 512
/// Begins the group of which the first n elements are kept, n negative or more than the group has.
INLINE void NAME(begin_ragged)(NAME(begun) * g, const NAME(swept) * s, ptrdiff_t c, NAME(base) b,
                               NAME(scale) k) {
  V v[4];
  ptrdiff_t n = s->kept - c;
  unsigned long long all = _bzhi_u64(~0ULL, (unsigned)(n < 0 ? 0 : n < 4 * LANES ? n : 4 * LANES));
  for (int j = 0; j < 4; j++)
    v[j] = NAME(swept_lanes)(s, c + j * LANES, (M)(all >> j * LANES));
  g->top = NAME(top_of)(v, 4);
  NAME(begin_terms)(g, v, 4, b, k, NAME(summed));
}

/// `swept_sums` of `count` rows.
INLINE void NAME(ragged_sums)(const lse_source *s, int way, ptrdiff_t r, int count,
                              ptrdiff_t columns, NAME(base) b, NAME(scale) k, NAME(two) * d,
                              V *top) {
  const int form = NAME(summed);
  ptrdiff_t groups = 0, c = 0;
  for (int i = 0; i < count; i++) {
    ptrdiff_t kept = s->kept[r + i] < columns ? s->kept[r + i] : columns;
    groups += kept <= 4 * LANES ? 1 : (kept + 4 * LANES - 1) / (4 * LANES);
  }
  NAME(begun) g;
  NAME(swept) row = NAME(swept_at)(s, way, r, columns);
  NAME(begin_ragged)(&g, &row, 0, b, k);
  V nothing = NAME(set)(-(T)__builtin_inf()), largest = nothing;
  NAME(sums) sums = {};
  int i = 0;
  for (; groups > 0; groups--) {
    NAME(begun) after;
    V e[4];
    NAME(fetch_swept)(&row, c, form);
    int ends = c + 4 * LANES >= row.kept;
    int next = i + ends < count ? i + ends : i;
    c = ends ? 0 : c + 4 * LANES;
    row = NAME(swept_at)(s, way, r + next, columns);
    NAME(begin_ragged)(&after, &row, c, b, k);
    NAME(end_terms)(&g, e, 4, k, form);
    largest = NAME(max)(g.top, largest);
    NAME(add_group)(&sums, NAME(group)(e, 4, form));
    d[i] = NAME(first_fold)(sums);
    top[i] = largest;
    VI starts = (VI){} - ends;
    largest = (V)(((VI)largest & ~starts) | ((VI)nothing & starts));
    DI goes_on = (DI){} + (ends - 1LL);
#if LSE_F32
    sums.lower = (D)((DI)sums.lower & goes_on), sums.upper = (D)((DI)sums.upper & goes_on);
#else
    sums.high = (D)((DI)sums.high & goes_on), sums.low = (D)((DI)sums.low & goes_on);
#endif
    g = after, i = next;
  }
}
#endif

/// The `count` rows from row r on, LANES at most, with the horizontal ends of all of them at once.
/// Says by a bit for each which rows have no state yet, as `swept_row` has it; adds to `special`.
INLINE unsigned NAME(swept_batch)(const lse_source *s, int way, ptrdiff_t r, int count,
                                  ptrdiff_t columns, T *out, ptrdiff_t out_stride, NAME(scale) k,
                                  int form, double *state, ptrdiff_t capacity,
                                  NAME(guess) * guess, ptrdiff_t *special) {
  V m[LANES];
  NAME(two) d[LANES];
  NAME(base) b = guess->base;
#if LSE_ISA == 512
  int ragged = 0;
  if (IS_RAGGED(way) && !IS_STORED(form) && s->kept && columns <= BATCH_COLUMNS)
    for (int i = 0; i < count; i++)
      ragged |= s->kept[r + i] < columns;
  if (ragged)
    NAME(ragged_sums)(s, way, r, count, columns, b, k, d, m);
  else
#endif
  {
    NAME(begun) g;
    NAME(swept) row = NAME(swept_at)(s, way, r, columns);
    NAME(begin_swept)(&g, &row, 0, b, k, form);
    for (int i = 0; i < count; i++) {
      NAME(swept) next = NAME(swept_at)(s, way, i + 1 < count ? r + i + 1 : r, columns);
      d[i] = NAME(swept_sums)(&row, out + i * out_stride, b, k, form, &g, &next, m + i);
      row = next;
    }
  }
  for (int i = count; i < LANES; i++)
    d[i] = d[0], m[i] = m[0];
  NAME(totals) total;
  for (int half = 0; half < LANES / D_LANES; half++)
    total.part[half] = NAME(fold_rows)(d + half * D_LANES);
  LSE_FOLD_ALL(LANES, NAME(max), m)
  VI does = NAME(does_for)(b, m[0], k);
  V first = NAME(set)(guess->maximum);
  if (!IS_STORED(form)) {
    first = m[0];
    total = NAME(rests_of)(total, first, b, k, form);
  }
  unsigned left = 0;
  if (__builtin_expect(count == LANES && __builtin_reduce_and(does) &&
                           NAME(are_ordinary)(first, total, columns, k, form),
                       1)) {
    NAME(store_states)(state, capacity, first, total);
    return left;
  }
  T top[LANES], products[LANES];
  TI fits[LANES];
  double high[LANES], low[LANES];
  NAME(store)(top, first);
  NAME(store)(products, m[0] * k.high);
  __builtin_memcpy(fits, &does, sizeof fits);
  for (int i = 0; i < LANES / D_LANES; i++) {
    NAME(d_store)(high + i * D_LANES, total.part[i].high);
    NAME(d_store)(low + i * D_LANES, total.part[i].low);
  }
  for (int i = 0; i < count; i++) {
    NAME(sum) sum = {high[i], low[i]};
    state[i] = top[i];
    if (__builtin_expect(!fits[i], 0)) {
      if (!IS_STORED(form) && s->kept && s->kept[r + i] <= 0) {
        sum.high = sum.low = 0; // and the max is -inf
        ++*special;
      } else {
        guess->wary = 1;
        left |= 1u << i;
      }
    } else if (IS_STORED(form)) {
      *special += sum.high != sum.high;
    } else if (sum.high != sum.high) {
      left |= 1u << i;
    } else if (NAME(shows)(sum.high, products[i])) {
      if (way == NAME(as_it_is)) {
        NAME(swept) row = NAME(swept_at)(s, way, r + i, columns);
        if (row.kept == 1)
          sum.high = sum.low = 0;
        else
          sum = NAME(small_rest)(row.x, row.kept, top[i], k);
      } else {
        left |= 1u << i;
      }
    }
    state[capacity + i] = sum.high;
    state[2 * capacity + i] = sum.low;
  }
  return left;
}

/// One row that has no state yet, by way of the tile.
static __attribute__((noinline)) ptrdiff_t
    NAME(packed_row)(const lse_source *s, ptrdiff_t r, ptrdiff_t columns, T *packed,
                     ptrdiff_t stride, T *to, ptrdiff_t out_stride, double k_high, double k_low,
                     double *state, ptrdiff_t capacity, int stores, int in_place) {
  lse_source one = *s;
  one.x = NAME(row_at)(s->x, r * s->row_stride, s->format);
  if (s->mask)
    one.mask = s->mask + r * s->mask_row_stride;
  if (s->bias)
    one.bias = (const T *)s->bias + r * s->bias_row_stride;
  if (s->kept)
    one.kept = s->kept + r;
  NAME(pack)(&one, 1, columns, packed, stride);
  return NAME(reduce_packed)(packed, 1, columns, stride, to, out_stride, k_high, k_low, state,
                             capacity, stores ? NAME(stored) : NAME(summed), in_place);
}

INLINE ptrdiff_t NAME(sweep_rows)(const lse_source *s, int way, ptrdiff_t rows, ptrdiff_t columns,
                                  T *tile, ptrdiff_t stride, T *out, ptrdiff_t out_stride,
                                  double k_high, double k_low, double *state, ptrdiff_t capacity,
                                  int form, int in_place) {
  NAME(scale) k = NAME(make_scale)(k_high, k_low);
  T first = NAME(load_one)(s->x, 0, NAME(format_of)(way));
  NAME(guess)
  guess = NAME(first_guess)(&first, in_place && NAME(format_of)(way) == LSE_OWN, k, form);
  ptrdiff_t special = 0, r = 0;
  while (r < rows) {
    int count = 1;
    unsigned left = 0;
    if (rows - r > 2 && !guess.wary) {
      count = rows - r < LANES ? (int)(rows - r) : LANES;
      left = NAME(swept_batch)(s, way, r, count, columns, out + r * out_stride, out_stride, k, form,
                               state + r, capacity, &guess, &special);
    } else {
      NAME(swept) row = NAME(swept_at)(s, way, r, columns);
      left = !NAME(swept_row)(&row, out + r * out_stride, k, form, state + r, capacity, &guess);
      if (IS_STORED(form) && !left)
        special += state[capacity + r] != state[capacity + r];
    }
    for (int i = 0; __builtin_expect(left != 0, 0) && i < count; i++)
      if (left >> i & 1)
        special += NAME(packed_row)(s, r + i, columns, tile + (r + i) * stride, stride,
                                    out + (r + i) * out_stride, out_stride, k_high, k_low,
                                    state + r + i, capacity, IS_STORED(form), in_place);
    r += count;
  }
  return special;
}

INLINE ptrdiff_t NAME(sweep)(const lse_source *s, ptrdiff_t rows, ptrdiff_t columns, T *tile,
                             ptrdiff_t stride, T *out, ptrdiff_t out_stride,
                             ptrdiff_t out_column_stride, double scale_high, double scale_low,
                             double *state, ptrdiff_t capacity, int form, int in_place) {
#define SWEEP(which)                                                                               \
  case NAME(which):                                                                                \
    return NAME(sweep_rows)(s, NAME(which), rows, columns, tile, stride, out, out_stride,          \
                            scale_high, scale_low, state, capacity, form, in_place);
  switch (NAME(way_of)(s, columns)) {
    SWEEP(masked)
    SWEEP(biased)
    SWEEP(as_it_is)
#if LSE_F32
    SWEEP(float16)
    SWEEP(bfloat16)
#endif
  }
#undef SWEEP
  if ((!IS_STORED(form) && NAME(is_turned)(s, columns)) || out_column_stride > 1) {
    NAME(turned) t = {s->x, s->column_stride, out, out_column_stride};
    return NAME(turned_rows)(t, rows, columns, tile, stride, scale_high, scale_low, state,
                             capacity, form);
  }
  NAME(pack)(s, rows, columns, tile, stride);
  return NAME(reduce_packed)(tile, rows, columns, stride, out, out_stride, scale_high, scale_low,
                             state, capacity, form, in_place);
}

static ptrdiff_t NAME(reduce_source)(const lse_source *source, ptrdiff_t rows, ptrdiff_t columns,
                                     void *tile, ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                     ptrdiff_t out_column_stride, double scale_high,
                                     double scale_low, int in_place, double *state,
                                     ptrdiff_t capacity) {
  if (out)
    return NAME(sweep)(source, rows, columns, tile, stride, out, out_stride, out_column_stride,
                       scale_high, scale_low, state, capacity, NAME(stored), in_place);
  return NAME(sweep)(source, rows, columns, tile, stride, 0, 0, 0, scale_high, scale_low, state,
                     capacity, NAME(summed), 0);
}

/// From a tile to the caller's memory; `column_stride` of the tile is 1, or rows lie side by side in both.
static void NAME(unpack_tile)(const void *tile, ptrdiff_t stride, ptrdiff_t tile_column_stride,
                              ptrdiff_t rows, ptrdiff_t columns, int format, void *out,
                              ptrdiff_t row_stride, ptrdiff_t column_stride, const double *state,
                              ptrdiff_t capacity) {
  if (tile_column_stride > 1)
    NAME(scale_turned)(tile, tile_column_stride, rows, columns, out, column_stride, state, capacity);
  else
    NAME(unpack)(tile, stride, rows, columns, format, out, row_stride, column_stride, state,
                 capacity);
}
