// Reduction of rows in the caller's memory, without a tile: each element is packed in both passes, as
// it is loaded, and the next block is fetched while this one's exponentials run. The operations and
// their order are those of `long_row` on the packed row, and so are the bits.

// Rows of more columns than this are swept; the horizontal ends of shorter ones cost more than packing.
#define SWEPT_COLUMNS 64

/// Where one row of a source is; what it is not changed by is 0, a constant.
typedef struct {
  const void *x;
  const T *bias;
  const unsigned char *mask;
  T factor;
  ptrdiff_t columns, kept;
  int format; // of x, a constant
} NAME(swept);

/// Four vectors from column `c` on, -inf from `kept` on.
INLINE void NAME(load_swept)(V *v, const NAME(swept) * s, ptrdiff_t c) {
  V factor = NAME(set)(s->factor);
  if (__builtin_expect(c + 4 * LANES <= s->kept, 1)) {
    for (int j = 0; j < 4; j++)
      v[j] = NAME(packed)(s->x, c + j * LANES, LANES, s->format, s->bias, LSE_OWN, factor,
                          s->mask, 0, 0);
    return;
  }
  for (int j = 0; j < 4; j++) {
    ptrdiff_t at = c + j * LANES, n = s->kept - at;
    V low = NAME(set)(-(T)__builtin_inf());
    v[j] = low;
    if (n >= LANES) {
      v[j] = NAME(packed)(s->x, at, LANES, s->format, s->bias, LSE_OWN, factor, s->mask, 0, 0);
    } else if (n > 0) {
      T part[LANES];
      NAME(store)(part, low);
      NAME(store_first)
      (part, NAME(packed)(s->x, at, n, s->format, s->bias, LSE_OWN, factor, s->mask, 0, 0), n);
      v[j] = NAME(load)(part);
    }
  }
}

INLINE void NAME(fetch_swept)(const NAME(swept) * s, ptrdiff_t c) {
  for (int j = 0; j < 4; j++) {
    if (s->format == LSE_OWN || j % 2 == 0)
      __builtin_prefetch(NAME(row_at)(s->x, c + j * LANES + PREFETCH, s->format));
    if (s->bias)
      __builtin_prefetch(s->bias + c + j * LANES + PREFETCH);
  }
  if (s->mask)
    __builtin_prefetch(s->mask + c + PREFETCH);
}

/// One row. Returns 0 if it is not ordinary, or the guess does not do for it, and has no state yet.
INLINE int NAME(swept_row)(const NAME(swept) * s, T *out, NAME(scale) k, int form, double *state,
                           ptrdiff_t capacity, NAME(guess) * guess) {
  V top = NAME(set)(-(T)__builtin_inf()), e[4];
  NAME(base) b = guess->base;
  T reference = guess->maximum;
  if (guess->wary) {
    for (ptrdiff_t c = 0; c < s->kept; c += 4 * LANES) {
      NAME(load_swept)(e, s, c);
      top = NAME(max)(NAME(top_of)(e, 4), top);
    }
    LSE_FOLD_ONE_ALL(LANES, NAME(max), top);
    if (!NAME(is_near)(top * k.high)[0])
      return 0;
    NAME(learn)(guess, top, k, form);
    reference = top[0];
    b = NAME(row_base)(reference, k, form);
  }
  NAME(sums) sums = {};
  ptrdiff_t c = 0, n = s->columns;
  NAME(begun) g, after;
  NAME(load_swept)(e, s, 0);
  g.top = NAME(top_of)(e, 4);
  NAME(begin_terms)(&g, e, 4, b, k, form);
  for (; c + 4 * LANES <= n; c += 4 * LANES) {
    NAME(fetch_swept)(s, c);
    if (IS_STORED(form))
      for (int j = 0; j < 4; j++)
        __builtin_prefetch(out + c + j * LANES + PREFETCH, 1);
    NAME(load_swept)(e, s, c + 4 * LANES);
    after.top = NAME(top_of)(e, 4);
    NAME(begin_terms)(&after, e, 4, b, k, form);
    NAME(end_terms)(&g, e, 4, k, form);
    top = NAME(max)(g.top, top);
    g = after;
    NAME(add_group)(&sums, NAME(sum_group)(e, 4, LANES, out + c, form));
  }
  if (c < n) {
    NAME(end_terms)(&g, e, 4, k, form);
    top = NAME(max)(g.top, top);
    for (int j = 0; j < 4; j++) {
      ptrdiff_t left = n - c - j * LANES;
      if (left <= 0)
        e[j] = (V){};
      else if (IS_STORED(form))
        NAME(store_first)(out + c + j * LANES, e[j], left < LANES ? left : LANES);
    }
    NAME(add_group)(&sums, NAME(group)(e, 4, form));
  }
  LSE_FOLD_ONE_ALL(LANES, NAME(max), top);
  if (!NAME(does_for)(b, top, k)[0]) {
    guess->wary = 1;
    return 0;
  }
  NAME(two) d = NAME(fold_row)(NAME(first_fold)(sums));
  if (!IS_STORED(form)) {
    V own = top;
    NAME(terms)(&own, 1, b, k, form);
    d = NAME(rest_of)(d, NAME(d_set)(own[0]));
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

INLINE ptrdiff_t NAME(sweep_rows)(const lse_source *s, int way, ptrdiff_t rows, ptrdiff_t columns,
                                  T *tile, ptrdiff_t stride, T *out, ptrdiff_t out_stride,
                                  double k_high, double k_low, double *state, ptrdiff_t capacity,
                                  int form, int in_place) {
  NAME(scale) k = NAME(make_scale)(k_high, k_low);
  int format = way == NAME(float16)    ? LSE_FLOAT16
               : way == NAME(bfloat16) ? LSE_BFLOAT16
                                       : LSE_OWN;
  T first = NAME(load_one)(s->x, 0, format);
  NAME(guess) guess = NAME(first_guess)(&first, in_place && format == LSE_OWN, k, form);
  ptrdiff_t special = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
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
    if (s->kept)
      row.kept = s->kept[r] < 0 ? 0 : s->kept[r] < columns ? s->kept[r] : columns;
    T *to = out + r * out_stride;
    if (__builtin_expect(NAME(swept_row)(&row, to, k, form, state + r, capacity, &guess), 1)) {
      special += state[capacity + r] != state[capacity + r];
      continue;
    }
    lse_source one = *s;
    one.x = row.x;
    one.mask = row.mask;
    one.bias = row.bias;
    one.kept = &row.kept;
    T *packed = tile + r * stride;
    NAME(pack)(&one, 1, columns, packed, stride);
    special += NAME(reduce_packed)(packed, 1, columns, stride, to, out_stride, k_high, k_low,
                                   state + r, capacity, form, in_place);
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
