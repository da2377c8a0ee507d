// Reduction of rows in the caller's memory, without a tile: each element is packed in both passes, as
// it is loaded, and the next block is fetched while this one's exponentials run. The operations and
// their order are those of `long_row` on the packed row, and so are the bits.

/// Columns from which rows are reduced one by one, which a row that is packed as it is loaded is.
#define SWEPT_COLUMNS BATCH_COLUMNS

/// Where one row of a source is; what it is not changed by is 0, a constant.
typedef struct {
  const T *x, *bias;
  const unsigned char *mask;
  T factor;
  ptrdiff_t columns, kept;
} NAME(swept);

/// Four vectors from column `c` on, -inf from `kept` on.
INLINE void NAME(load_swept)(V *v, const NAME(swept) * s, ptrdiff_t c) {
  V factor = NAME(set)(s->factor);
  if (__builtin_expect(c + 4 * LANES <= s->kept, 1)) {
    for (int j = 0; j < 4; j++)
      v[j] = NAME(packed)(s->x, c + j * LANES, LANES, LSE_OWN, s->bias, LSE_OWN, factor, s->mask,
                          0, 0);
    return;
  }
  for (int j = 0; j < 4; j++) {
    ptrdiff_t at = c + j * LANES, n = s->kept - at;
    V low = NAME(set)(-(T)__builtin_inf());
    v[j] = low;
    if (n >= LANES) {
      v[j] = NAME(packed)(s->x, at, LANES, LSE_OWN, s->bias, LSE_OWN, factor, s->mask, 0, 0);
    } else if (n > 0) {
      T part[LANES];
      NAME(store)(part, low);
      NAME(store_first)
      (part, NAME(packed)(s->x, at, n, LSE_OWN, s->bias, LSE_OWN, factor, s->mask, 0, 0), n);
      v[j] = NAME(load)(part);
    }
  }
}

INLINE void NAME(fetch_swept)(const NAME(swept) * s, ptrdiff_t c) {
  for (int j = 0; j < 4; j++) {
    __builtin_prefetch(s->x + c + j * LANES + PREFETCH);
    if (s->bias)
      __builtin_prefetch(s->bias + c + j * LANES + PREFETCH);
  }
  if (s->mask)
    __builtin_prefetch(s->mask + c + PREFETCH);
}

/// One row. Returns 0 if it is not ordinary and has no state yet.
INLINE int NAME(swept_row)(const NAME(swept) * s, T *out, NAME(scale) k, int form, double *state,
                           ptrdiff_t capacity) {
  V low = NAME(set)(-(T)__builtin_inf());
  V m[4] = {low, low, low, low}, e[4];
  for (ptrdiff_t c = 0; c < s->kept; c += 4 * LANES) {
    NAME(load_swept)(e, s, c);
    for (int j = 0; j < 4; j++)
      m[j] = NAME(max)(e[j], m[j]);
  }
  m[0] = NAME(max)(NAME(max)(m[0], m[1]), NAME(max)(m[2], m[3]));
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m[0]);
  T a = m[0][0];
  if (!NAME(is_finite)(a))
    return 0;
  NAME(base) b = NAME(row_base)(a, k, form);
  NAME(sums) sums = {};
  ptrdiff_t ones = 0, c = 0, n = s->columns;
  NAME(begun) g, following;
  NAME(load_swept)(e, s, 0);
  NAME(begin_terms)(&g, e, 4, b, k, form);
  for (; c + 4 * LANES <= n; c += 4 * LANES) {
    NAME(fetch_swept)(s, c);
    if (form == NAME(stored))
      for (int j = 0; j < 4; j++)
        __builtin_prefetch(out + c + j * LANES + PREFETCH / 2, 1);
    NAME(load_swept)(e, s, c + 4 * LANES);
    NAME(begin_terms)(&following, e, 4, b, k, form);
    NAME(end_terms)(&g, e, 4, k, form);
    g = following;
    if (form == NAME(stored)) {
      for (int j = 0; j < 4; j++)
        NAME(store)(out + c + j * LANES, e[j]);
    } else {
      V largest = NAME(max)(NAME(max)(e[0], e[1]), NAME(max)(e[2], e[3]));
      if (__builtin_expect(NAME(any)(NAME(equal)(largest, NAME(set)(1))), 0))
        ones += NAME(take_out_ones)(e, 4);
    }
    NAME(add_group)(&sums, NAME(group)(e, 4, form));
  }
  if (c < n) {
    NAME(end_terms)(&g, e, 4, k, form);
    for (int j = 0; j < 4; j++) {
      ptrdiff_t left = n - c - j * LANES;
      if (left <= 0)
        e[j] = (V){};
      else if (form == NAME(stored))
        NAME(store_first)(out + c + j * LANES, e[j], left < LANES ? left : LANES);
    }
    if (form != NAME(stored))
      ones += NAME(take_out_ones)(e, 4);
    NAME(add_group)(&sums, NAME(group)(e, 4, form));
  }
  NAME(two) d = NAME(fold_row)(NAME(first_fold)(sums));
  NAME(sum) sum = {d.high[0], d.low[0]};
  if (form != NAME(stored)) {
    sum = NAME(whole)(sum.high, sum.low, ones);
    if (!(sum.high >= SMALL_REST))
      return 0;
  }
  state[0] = a;
  state[capacity] = sum.high;
  state[2 * capacity] = sum.low;
  return 1;
}

/// What is done as it is loaded, without a test in the loops.
enum NAME(way) {
  NAME(as_tile),
  NAME(as_it_is),
  NAME(masked),
  NAME(biased),
};

INLINE int NAME(way_of)(const lse_source *s, ptrdiff_t columns) {
  if (columns <= SWEPT_COLUMNS || s->column_stride != 1 || s->columns || s->negates ||
      s->skips_nan || s->format != LSE_OWN)
    return NAME(as_tile);
  if (s->bias)
    return s->bias_column_stride == 1 && !s->mask ? NAME(biased) : NAME(as_tile);
  if (s->mask)
    return s->mask_column_stride == 1 ? NAME(masked) : NAME(as_tile);
  return NAME(as_it_is);
}

/// The kernels for packed rows, called so that they are not compiled again.
INLINE ptrdiff_t NAME(reduce_packed)(const T *x, ptrdiff_t rows, ptrdiff_t columns,
                                     ptrdiff_t stride, T *out, ptrdiff_t out_stride, double k_high,
                                     double k_low, double *state, ptrdiff_t capacity, int form) {
  return form == NAME(stored) ? NAME(reduce_storing)(x, rows, columns, stride, out, out_stride,
                                                     k_high, k_low, state, capacity)
                              : NAME(reduce)(x, rows, columns, stride, 0, 0, k_high, k_low, state,
                                             capacity);
}

INLINE ptrdiff_t NAME(sweep_rows)(const lse_source *s, int way, ptrdiff_t rows, ptrdiff_t columns,
                                  T *tile, ptrdiff_t stride, T *out, ptrdiff_t out_stride,
                                  double k_high, double k_low, double *state, ptrdiff_t capacity,
                                  int form) {
  NAME(scale) k = NAME(make_scale)(k_high, k_low);
  ptrdiff_t special = 0;
  for (ptrdiff_t r = 0; r < rows; r++) {
    NAME(swept)
    row = {.x = (const T *)s->x + r * s->row_stride, .columns = columns, .kept = columns};
    if (way == NAME(masked))
      row.mask = s->mask + r * s->mask_row_stride;
    if (way == NAME(biased)) {
      row.bias = (const T *)s->bias + r * s->bias_row_stride;
      row.factor = (T)s->bias_factor;
    }
    if (s->kept)
      row.kept = s->kept[r] < 0 ? 0 : s->kept[r] < columns ? s->kept[r] : columns;
    T *to = out + r * out_stride;
    if (__builtin_expect(NAME(swept_row)(&row, to, k, form, state + r, capacity), 1)) {
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
                                   state + r, capacity, form);
  }
  return special;
}

INLINE ptrdiff_t NAME(sweep)(const lse_source *s, ptrdiff_t rows, ptrdiff_t columns, T *tile,
                             ptrdiff_t stride, T *out, ptrdiff_t out_stride, double scale_high,
                             double scale_low, double *state, ptrdiff_t capacity, int form) {
#define SWEEP(which)                                                                               \
  case NAME(which):                                                                                \
    return NAME(sweep_rows)(s, NAME(which), rows, columns, tile, stride, out, out_stride,          \
                            scale_high, scale_low, state, capacity, form);
  switch (NAME(way_of)(s, columns)) {
    SWEEP(masked)
    SWEEP(biased)
    SWEEP(as_it_is)
  }
#undef SWEEP
#if LSE_F32
  ptrdiff_t turned = rows / LANES * LANES, left = rows - turned;
  if (form != NAME(stored) && turned > 0 && NAME(is_turned)(s, columns)) {
    ptrdiff_t special = NAME(turned_rows)(s, turned, columns, tile, stride, scale_high, scale_low,
                                          state, capacity);
    if (left == 0)
      return special;
    lse_source others = *s;
    others.x = (const T *)s->x + turned;
    NAME(pack)(&others, left, columns, tile, stride);
    return special + NAME(reduce_packed)(tile, left, columns, stride, 0, 0, scale_high, scale_low,
                                         state + turned, capacity, form);
  }
#endif
  NAME(pack)(s, rows, columns, tile, stride);
  return NAME(reduce_packed)(tile, rows, columns, stride, out, out_stride, scale_high, scale_low,
                             state, capacity, form);
}

static ptrdiff_t NAME(reduce_source)(const lse_source *source, ptrdiff_t rows, ptrdiff_t columns,
                                     void *tile, ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                     double scale_high, double scale_low, double *state,
                                     ptrdiff_t capacity) {
  if (out)
    return NAME(sweep)(source, rows, columns, tile, stride, out, out_stride, scale_high, scale_low,
                       state, capacity, NAME(stored));
  return NAME(sweep)(source, rows, columns, tile, stride, 0, 0, scale_high, scale_low, state,
                     capacity, NAME(fast));
}
