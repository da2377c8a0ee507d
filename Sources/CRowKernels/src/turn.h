// Rows that lie side by side in memory, longer than a vector: a row in each lane, from the caller's
// memory, and nothing is transposed. What `long_row` adds up in the lanes of one vector stands here in
// LANES vectors, one sum a lane of that row, with the operations of each in the same order; so the bits
// are the same.

// LANES rows are a panel. So many panels are taken together, since what lies side by side comes faster
// than lines that are far apart, and so many columns of all of them before the next ones.
#define TURNED_PANELS 4
#define TURNED_COLUMNS (4 * LANES)

// From so many bytes on, results that are not in the cache go to memory past it.
#define STREAMED_BYTES (1 << 21)

/// What is known of a panel's rows on the way.
typedef struct {
  NAME(base) base;
  V reference, top;
  NAME(sums) sums[LANES];
} NAME(panel);

/// Column c of row r is at x + r + c stride, and its term goes to out + r + c out_stride.
typedef struct {
  const T *x;
  ptrdiff_t stride;
  T *out;
  ptrdiff_t out_stride;
} NAME(turned);

INLINE NAME(turned) NAME(turned_from)(NAME(turned) t, ptrdiff_t r, ptrdiff_t c) {
  t.x += r + c * t.stride;
  if (t.out)
    t.out += r + c * t.out_stride;
  return t;
}

INLINE void NAME(start_panel)(NAME(panel) * p, V m, NAME(scale) k, int form) {
  VI near = NAME(is_near)(m * k.high);
  p->reference = (V)((VI)m & near);
  p->base = NAME(lane_base)(p->reference, k, form);
  p->top = NAME(set)(-(T)__builtin_inf());
  for (int i = 0; i < LANES; i++)
    p->sums[i] = (NAME(sums)){};
}

/// Begins a panel by the max of its first columns, or with `sure` of all. Returns 0 if that would not do
/// for some row, which only `sure` finds.
INLINE int NAME(begin_panel)(NAME(panel) * p, const NAME(turned) * t, ptrdiff_t n, NAME(scale) k,
                             int form, int sure) {
  V m = NAME(set)(-(T)__builtin_inf());
  VI fits = (VI){} - 1;
  for (ptrdiff_t c = 0; c < (sure ? n : LANES); c++) {
    V v = NAME(load)(t->x + c * t->stride);
    m = NAME(max)(v, m);
    fits &= v == v;
  }
  NAME(start_panel)(p, m, k, form);
  return !sure || __builtin_reduce_and(fits & NAME(is_near)(m * k.high)) != 0;
}

/// TURNED_COLUMNS columns of a panel, the `index`th. Meanwhile its share of the lines from `ahead` on
/// is fetched, as many columns of all panels.
INLINE void NAME(add_columns)(NAME(panel) * p, const NAME(turned) * t, NAME(scale) k, int form,
                              const NAME(turned) * ahead, int index) {
  NAME(base) b = p->base;
  V top = p->top;
  for (int i = 0; i < LANES; i++) {
    V e[4];
    const ptrdiff_t column = index * LANES + i;
    for (int j = 0; j < TURNED_PANELS; j++) {
      __builtin_prefetch(ahead->x + column * ahead->stride + j * LANES, 0, 2);
      if (IS_STORED(form) && ahead->out)
        __builtin_prefetch(ahead->out + column * ahead->out_stride + j * LANES, 1, 2);
    }
    for (int j = 0; j < 4; j++)
      e[j] = NAME(load)(t->x + (j * LANES + i) * t->stride);
    top = NAME(max)(NAME(top_of)(e, 4), top);
    NAME(terms)(e, 4, b, k, form);
    if (IS_STORED(form))
      for (int j = 0; j < 4; j++)
        NAME(store)(t->out + (j * LANES + i) * t->out_stride, e[j]);
    NAME(add_group)(p->sums + i, NAME(group)(e, 4, form));
  }
  p->top = top;
}

/// The last columns, fewer than that.
static __attribute__((noinline)) void NAME(add_last_columns)(NAME(panel) * p,
                                                             const NAME(turned) * t, ptrdiff_t n,
                                                             NAME(scale) k, int form) {
  NAME(base) b = p->base;
  for (int i = 0; i < LANES; i++) {
    V e[4];
    int count = 0;
    for (int j = 0; j < 4; j++) {
      ptrdiff_t at = j * LANES;
      e[j] = at + i < n ? NAME(load)(t->x + (at + i) * t->stride)
                        : NAME(set)(-(T)__builtin_inf());
      count += at < n;
    }
    p->top = NAME(max)(NAME(top_of)(e, 4), p->top);
    NAME(terms)(e, 4, b, k, form);
    for (int j = 0; j < 4; j++) {
      if (IS_STORED(form) && j * LANES + i < n)
        NAME(store)(t->out + (j * LANES + i) * t->out_stride, e[j]);
      if (j >= count)
        e[j] = (V){};
    }
    NAME(add_group)(p->sums + i, NAME(group)(e, count, form));
  }
}

/// Factors of a panel's rows; where some are negative or 0, `before` and `after` as in `scale_rows`.
typedef struct {
  V high, low, before, after;
  VI kept; // 0 where there is no mass, and what stands there is no term
  int plain;
} NAME(lane_factors);

INLINE NAME(lane_factors) NAME(lane_factors_of)(const double *state, ptrdiff_t capacity,
                                                ptrdiff_t rows) {
  T high[LANES] = {}, low[LANES] = {};
  for (ptrdiff_t r = 0; r < rows; r++)
    high[r] = (T)state[r], low[r] = (T)state[capacity + r];
  NAME(lane_factors) f = {.high = NAME(load)(high), .low = NAME(load)(low)};
  VI down = f.high < 0;
  V one = NAME(set)(1);
  f.kept = (f.high != 0) | (f.low != 0);
  f.before = (V)(((VI)one & ~down) | ((VI)NAME(set)(-DOWN) & down));
  f.after = (V)(((VI)one & ~down) | ((VI)NAME(set)(LSE_PASTE(0x1p-, FACTOR_BIAS)) & down));
  f.plain = __builtin_reduce_and(f.kept & ~down) != 0;
  return f;
}

INLINE V NAME(scaled_lanes)(V e, const NAME(lane_factors) * f) {
  V v = NAME(scaled)(e * f->before, f->high, f->low) * f->after;
  return (V)((VI)v & f->kept);
}

/// TURNED_COLUMNS columns of TURNED_PANELS panels, line by line of what lies side by side. With `maps` the
/// terms of the panels before stand where theirs go, and go to `to` first, times their factors.
INLINE void NAME(add_panels)(NAME(panel) * p, const NAME(turned) * t, NAME(scale) k, int form,
                             const NAME(lane_factors) * f, T *to, ptrdiff_t to_stride, int maps,
                             int streams) {
  V top[TURNED_PANELS];
  for (int q = 0; q < TURNED_PANELS; q++)
    top[q] = p[q].top;
  _Pragma("clang loop unroll(disable)") for (int i = 0; i < LANES; i++) {
    // Whose elements are fetched meanwhile: no further ahead than the first-level cache has lines for
    // where all of them meet in a few of its sets.
    const int ahead = maps ? 1 : 2;
    const ptrdiff_t next = i + ahead < LANES ? i + ahead : 3 * LANES + i + ahead;
    for (int q = 0; q < TURNED_PANELS; q++) {
      V e[4];
      for (int j = 0; j < 4; j++)
        __builtin_prefetch(t->x + (next + j * LANES) * t->stride + q * LANES);
      for (int j = 0; maps && j < 4; j++) {
        ptrdiff_t c = j * LANES + i;
        V v = NAME(load)(t->out + c * t->out_stride + q * LANES);
        v = NAME(scaled)(v, f[q].high, f[q].low);
        NAME(put)(to + c * to_stride + q * LANES, v, streams);
      }
      for (int j = 0; j < 4; j++)
        e[j] = NAME(load)(t->x + (j * LANES + i) * t->stride + q * LANES);
      top[q] = NAME(max)(NAME(top_of)(e, 4), top[q]);
      NAME(terms)(e, 4, p[q].base, k, form);
      if (IS_STORED(form))
        for (int j = 0; j < 4; j++)
          NAME(store)(t->out + (j * LANES + i) * t->out_stride + q * LANES, e[j]);
      NAME(add_group)(p[q].sums + i, NAME(group)(e, 4, form));
    }
  }
  for (int q = 0; q < TURNED_PANELS; q++)
    p[q].top = top[q];
}

/// The states of a panel's rows. Returns 0 if some row is not ordinary and none has its state yet.
INLINE int NAME(end_panel)(NAME(panel) * p, ptrdiff_t n, NAME(scale) k, double *state,
                           ptrdiff_t capacity, int form) {
  NAME(totals) total = NAME(fold_sums)(p->sums);
  V first = p->reference;
  if (!IS_STORED(form)) {
    total = NAME(rests_of)(total, p->top, p->base, k, form);
    first = p->top;
  }
  NAME(store_states)(state, capacity, first, total);
  return __builtin_reduce_and(NAME(does_for)(p->base, p->top, k)) != 0 &&
         NAME(are_ordinary)(first, total, n, k, form);
}

/// True if rows lie side by side and nothing happens to their elements on the way.
INLINE int NAME(is_turned)(const lse_source *s, ptrdiff_t columns) {
  return columns > SHORT_COLUMNS && s->row_stride == 1 && s->format == LSE_OWN && !s->columns && !s->kept &&
         !s->bias && !s->mask && !s->negates && !s->skips_nan;
}

/// At most LANES rows the way of packed ones.
static __attribute__((noinline)) ptrdiff_t
NAME(turned_aside)(const NAME(turned) * t, ptrdiff_t rows, ptrdiff_t n, T *tile, ptrdiff_t stride,
                   double scale_high, double scale_low, double *state, ptrdiff_t capacity) {
  if (!tile)
    return 1;
  lse_source some = {.x = t->x, .row_stride = 1, .column_stride = t->stride};
  NAME(pack)(&some, rows, n, tile, stride);
  if (!t->out)
    return NAME(reduce)(tile, rows, n, stride, 0, 0, scale_high, scale_low, state, capacity);
  ptrdiff_t special = NAME(reduce_storing)(tile, rows, n, stride, tile, stride, scale_high,
                                           scale_low, 1, state, capacity);
  for (ptrdiff_t r = 0; r < rows; r++)
    if (NAME(is_finite)((T)state[r]))
      for (ptrdiff_t c = 0; c < n; c++)
        t->out[r + c * t->out_stride] = tile[r * stride + c];
  return special;
}

/// `reduce_source` of such rows; `out` may be the elements' own place. There is room for a packed panel
/// in `tile`.
INLINE ptrdiff_t NAME(turned_rows)(NAME(turned) all, ptrdiff_t rows, ptrdiff_t n, T *tile,
                                   ptrdiff_t stride, double scale_high, double scale_low,
                                   double *state, ptrdiff_t capacity, int form) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  int in_place = all.out == all.x;
  if (all.out == tile)
    tile = 0; // no room for rows that are not ordinary
  // Line by line takes a twentieth longer where elements are in the second-level cache.
  int is_far = n * all.stride * (ptrdiff_t)sizeof(T) >= STREAMED_BYTES;
  ptrdiff_t special = 0, r = 0;
  while (n > SHORT_COLUMNS && rows - r >= LANES) {
    NAME(panel) panels[TURNED_PANELS];
    int ready[TURNED_PANELS];
    ptrdiff_t left = (rows - r) / LANES, c = 0;
    int count = left < TURNED_PANELS ? (int)left : TURNED_PANELS;
    NAME(turned) t = NAME(turned_from)(all, r, 0);
    for (int p = 0; p < count; p++) {
      NAME(turned) own = NAME(turned_from)(t, p * LANES, 0);
      ready[p] = NAME(begin_panel)(panels + p, &own, n, k, form, in_place);
    }
    int together = count == TURNED_PANELS && !IS_STORED(form) && is_far;
    for (int p = 0; p < count; p++)
      together &= ready[p];
    for (; c + TURNED_COLUMNS <= n; c += TURNED_COLUMNS) {
      NAME(turned) ahead = NAME(turned_from)(t, 0, c + TURNED_COLUMNS);
      if (all.out_stride <= TURNED_PANELS * LANES)
        ahead.out = 0; // a tile
      if (together) {
        NAME(turned) some = NAME(turned_from)(t, 0, c);
        NAME(add_panels)(panels, &some, k, form, 0, 0, 0, 0, 0);
        continue;
      }
      for (int p = 0; p < count; p++) {
        NAME(turned) own = NAME(turned_from)(t, p * LANES, c);
        if (ready[p])
          NAME(add_columns)(panels + p, &own, k, form, &ahead, p);
      }
    }
    for (int p = 0; p < count; p++) {
      double *states = state + r + p * LANES;
      NAME(turned) own = NAME(turned_from)(t, p * LANES, c);
      if (ready[p] && c < n)
        NAME(add_last_columns)(panels + p, &own, n - c, k, form);
      if (ready[p] && NAME(end_panel)(panels + p, n, k, states, capacity, form))
        continue;
      own = NAME(turned_from)(t, p * LANES, 0);
      special += NAME(turned_aside)(&own, LANES, n, tile, stride, scale_high, scale_low, states,
                                    capacity);
    }
    r += count * LANES;
  }
  for (; r < rows; r += LANES) {
    NAME(turned) t = NAME(turned_from)(all, r, 0);
    special += NAME(turned_aside)(&t, rows - r < LANES ? rows - r : LANES, n, tile, stride,
                                  scale_high, scale_low, state + r, capacity);
  }
  return special;
}

/// True if results are to go past the cache.
INLINE int NAME(streams)(const void *from, ptrdiff_t columns, const void *out,
                         ptrdiff_t out_stride) {
  ptrdiff_t bytes = out_stride * (ptrdiff_t)sizeof(T);
  return from != out && bytes * columns >= STREAMED_BYTES &&
         (((ptrdiff_t)out | bytes) & (LANES * (ptrdiff_t)sizeof(T) - 1)) == 0;
}

INLINE void NAME(end_streams)(int streams) {
  if (streams)
    __atomic_thread_fence(__ATOMIC_SEQ_CST); // other threads are told of them by ordinary stores
}

/// `columns` columns of TURNED_PANELS panels, all with ordinary factors.
INLINE void NAME(scale_panels)(const T *from, ptrdiff_t stride, ptrdiff_t columns, T *out,
                               ptrdiff_t out_stride, const NAME(lane_factors) * f, int streams) {
  for (ptrdiff_t c = 0; c < columns; c++)
    for (int p = 0; p < TURNED_PANELS; p++) {
      V e = NAME(load)(from + c * stride + p * LANES);
      NAME(put)
      (out + c * out_stride + p * LANES, NAME(scaled)(e, f[p].high, f[p].low), streams);
    }
}

/// Terms of rows side by side to their results, side by side too; `out` may be `from`.
static void NAME(scale_turned)(const T *from, ptrdiff_t stride, ptrdiff_t rows, ptrdiff_t columns,
                               T *out, ptrdiff_t out_stride, const double *state,
                               ptrdiff_t capacity) {
  int streams = NAME(streams)(from, columns, out, out_stride);
  ptrdiff_t r = 0;
  while (r < rows) {
    NAME(lane_factors) f[TURNED_PANELS];
    int plain = rows - r >= TURNED_PANELS * LANES;
    for (int p = 0; p < TURNED_PANELS && r + p * LANES < rows; p++) {
      ptrdiff_t left = rows - r - p * LANES;
      f[p] = NAME(lane_factors_of)(state + r + p * LANES, capacity, left < LANES ? left : LANES);
      plain &= f[p].plain;
    }
    if (plain) {
      if (streams)
        NAME(scale_panels)(from + r, stride, columns, out + r, out_stride, f, 1);
      else
        NAME(scale_panels)(from + r, stride, columns, out + r, out_stride, f, 0);
      r += TURNED_PANELS * LANES;
      continue;
    }
    for (int p = 0; p < TURNED_PANELS && r < rows; p++, r += LANES)
      for (ptrdiff_t c = 0; c < columns; c++) {
        const T *x = from + r + c * stride;
        T *to = out + r + c * out_stride;
        if (rows - r >= LANES)
          NAME(store)(to, NAME(scaled_lanes)(NAME(load)(x), f + p));
        else
          NAME(store_first)
        (to, NAME(scaled_lanes)(NAME(load_first)(x, rows - r), f + p), rows - r);
      }
  }
  NAME(end_streams)(streams);
}

/// All steps of softmax of rows side by side, while TURNED_PANELS panels together are ordinary; returns
/// how many rows that were. Results of some are written while the next are reduced, so that neither
/// waits for memory alone. `out` may be `x`; there is room for the terms of those panels in `tile`.
static ptrdiff_t NAME(softmax_turned)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                      ptrdiff_t stride, void *out, ptrdiff_t out_stride, void *tile,
                                      double scale_high, double scale_low) {
  const ptrdiff_t wide = TURNED_PANELS * LANES;
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  NAME(lane_factors) f[TURNED_PANELS] = {};
  int streams = NAME(streams)(x, columns, out, out_stride);
  ptrdiff_t r = 0;
  for (int ordinary = columns > SHORT_COLUMNS; ordinary; r += ordinary ? wide : 0) {
    NAME(turned) t = {(const T *)x + r, stride, tile, wide};
    T *to = (T *)out + (r > 0 ? r - wide : 0); // of the panels before
    NAME(panel) panels[TURNED_PANELS];
    double state[3 * TURNED_PANELS * LANES];
    ptrdiff_t c = 0;
    ordinary = rows - r >= wide;
    for (int q = 0; ordinary && q < TURNED_PANELS; q++) {
      NAME(turned) own = NAME(turned_from)(t, q * LANES, 0);
      NAME(begin_panel)(panels + q, &own, columns, k, NAME(stored), 0);
    }
    for (; ordinary && c + TURNED_COLUMNS <= columns; c += TURNED_COLUMNS) {
      NAME(turned) some = NAME(turned_from)(t, 0, c);
      T *at = to + c * out_stride;
      if (r == 0)
        NAME(add_panels)(panels, &some, k, NAME(stored), f, 0, 0, 0, 0);
      else if (streams)
        NAME(add_panels)(panels, &some, k, NAME(stored), f, at, out_stride, 1, 1);
      else
        NAME(add_panels)(panels, &some, k, NAME(stored), f, at, out_stride, 1, 0);
    }
    if (r > 0)
      NAME(scale_panels)
    (t.out + c * wide, wide, columns - c, to + c * out_stride, out_stride, f, streams);
    for (int q = 0; ordinary && q < TURNED_PANELS; q++) {
      NAME(turned) own = NAME(turned_from)(t, q * LANES, c);
      if (c < columns)
        NAME(add_last_columns)(panels + q, &own, columns - c, k, NAME(stored));
      double *states = state + q * LANES;
      ordinary = NAME(end_panel)(panels + q, columns, k, states, wide, NAME(stored));
      NAME(finish_softmax)(states, wide, LANES);
      f[q] = NAME(lane_factors_of)(states, wide, LANES);
      ordinary &= f[q].plain;
    }
  }
  NAME(end_streams)(streams);
  return r;
}

/// `subtract` of rows side by side; `stride` and `out_stride` are those of columns.
static void NAME(subtract_turned)(const void *x, ptrdiff_t rows, ptrdiff_t columns,
                                  ptrdiff_t stride, void *out, ptrdiff_t out_stride,
                                  double inverse_high, double inverse_low, const double *state,
                                  ptrdiff_t capacity) {
  int streams = NAME(streams)(x, columns, out, out_stride), is_plain = inverse_high == 1;
  NAME(normaliser) s = {.inverse = NAME(set)((T)inverse_high), .inverse_low = NAME(set)((T)inverse_low)};
  for (ptrdiff_t r = 0; r < rows; r += TURNED_PANELS * LANES) {
    T parts[3][TURNED_PANELS * LANES] = {};
    ptrdiff_t count = rows - r < TURNED_PANELS * LANES ? rows - r : TURNED_PANELS * LANES;
    for (ptrdiff_t i = 0; i < count; i++)
      for (int part = 0; part < (is_plain ? 2 : 3); part++)
        parts[part][i] = (T)state[part * capacity + r + i];
    for (ptrdiff_t c = 0; c < columns; c++) {
      const T *from = (const T *)x + r + c * stride;
      T *to = (T *)out + r + c * out_stride;
      for (ptrdiff_t i = 0; i < count; i += LANES) {
        s.first = NAME(load)(parts[0] + i), s.second = NAME(load)(parts[1] + i);
        s.third = NAME(load)(parts[2] + i);
        ptrdiff_t n = count - i;
        if (n >= LANES)
          NAME(put)(to + i, NAME(normalised)(NAME(load)(from + i), &s, is_plain), streams);
        else
          NAME(store_first)(to + i, NAME(normalised)(NAME(load_first)(from + i, n), &s, is_plain), n);
      }
    }
  }
  NAME(end_streams)(streams);
}
