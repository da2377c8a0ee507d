// Reduction of rows that lie side by side, a row in each lane: LSE form, Float, for rows longer than
// a vector. Nothing is transposed. What `long_row` adds up in the lanes of one vector stands here in
// LANES vectors, one sum a lane of that row, with the operations of each in the same order; so the
// bits are the same.
#if LSE_F32

/// How many of a row's elements ahead memory is fetched: each is a line of its own.
#define TURNED_AHEAD 32

/// LANES rows as they pass from the caller's memory into a panel, n vectors of one element of each.
typedef struct {
  const T *x; // null for none
  ptrdiff_t n, column_stride;
  T *panel;
  V m[4]; // their max so far
} NAME(passing);

/// The next four elements of each row, from `c` on.
INLINE void NAME(pass)(NAME(passing) * p, ptrdiff_t c) {
  const T *x = p->x + c * p->column_stride;
  for (int j = 0; j < 4; j++) {
    __builtin_prefetch(x + (j + TURNED_AHEAD) * p->column_stride);
    V v = NAME(load)(x + j * p->column_stride);
    NAME(store)(p->panel + (c + j) * LANES, v);
    p->m[j] = NAME(max)(v, p->m[j]);
  }
}

/// The last elements, fewer than four vectors' worth.
INLINE V NAME(pass_last)(NAME(passing) * p, ptrdiff_t c) {
  for (; c + 4 <= p->n; c += 4)
    NAME(pass)(p, c);
  for (; c < p->n; c++) {
    V v = NAME(load)(p->x + c * p->column_stride);
    NAME(store)(p->panel + c * LANES, v);
    p->m[0] = NAME(max)(v, p->m[0]);
  }
  return NAME(max)(NAME(max)(p->m[0], p->m[1]), NAME(max)(p->m[2], p->m[3]));
}

INLINE NAME(passing) NAME(start_passing)(const T *x, ptrdiff_t n, ptrdiff_t column_stride,
                                         T *panel) {
  V low = NAME(set)(-(T)__builtin_inf());
  NAME(passing) p = {x, n, column_stride, panel, {low, low, low, low}};
  return p;
}

/// Four terms of each row to the sums.
INLINE void NAME(add_turned)(V *e, int count, NAME(base) b, NAME(scale) k, NAME(sums) * s) {
  NAME(terms)(e, 4, b, k, NAME(summed));
  for (int j = count; j < 4; j++)
    e[j] = (V){};
  NAME(add_group)(s, NAME(group)(e, 4, NAME(summed)));
}

/// The states of a panel's rows, whose max is `m`, while `next` passes. Returns 0 if some row is not
/// ordinary and none has its state yet.
INLINE int NAME(turned_panel)(const T *panel, ptrdiff_t n, V m, NAME(scale) k,
                              NAME(passing) * next, double *state, ptrdiff_t capacity) {
  NAME(base) b = NAME(lane_base)(m, k, NAME(summed));
  NAME(sums) s[LANES] = {};
  ptrdiff_t c = 0;
  for (; c + 4 * LANES <= n; c += 4 * LANES)
    for (int i = 0; i < LANES; i++) {
      V e[4];
      if (next->x)
        NAME(pass)(next, c + 4 * i);
      for (int j = 0; j < 4; j++)
        e[j] = NAME(load)(panel + (c + j * LANES + i) * LANES);
      NAME(add_turned)(e, 4, b, k, s + i);
    }
  if (c < n)
    for (int i = 0; i < LANES; i++) {
      V e[4];
      int count = 0;
      for (int j = 0; j < 4; j++) {
        ptrdiff_t at = c + j * LANES;
        e[j] = at + i < n ? NAME(load)(panel + (at + i) * LANES) : NAME(set)(-(T)__builtin_inf());
        count += at < n;
      }
      NAME(add_turned)(e, count, b, k, s + i);
    }
  for (int h = LANES / 2; h > 0; h /= 2)
    for (int i = 0; i < h; i++)
      s[i].lower += s[i + h].lower, s[i].upper += s[i + h].upper;
  NAME(totals) total = NAME(rests_of)(NAME(as_totals)(s[0]), m, b, k, NAME(summed));
  NAME(totals) maximum = NAME(as_totals)(NAME(widen)(m));
  for (int i = 0; i < LANES / D_LANES; i++) {
    NAME(d_store)(state + i * D_LANES, maximum.part[i].high);
    NAME(d_store)(state + capacity + i * D_LANES, total.part[i].high);
    NAME(d_store)(state + 2 * capacity + i * D_LANES, total.part[i].low);
  }
  return __builtin_reduce_and(NAME(is_near)(m * k.high)) != 0 &&
         NAME(are_ordinary)(m, total, n, k, NAME(summed));
}

/// True if rows lie side by side and nothing happens to their elements on the way.
INLINE int NAME(is_turned)(const lse_source *s, ptrdiff_t columns) {
  return columns > LANES && s->row_stride == 1 && s->format == LSE_OWN && !s->columns && !s->kept &&
         !s->bias && !s->mask && !s->negates && !s->skips_nan;
}

/// `rows` rows, a multiple of LANES, of `n` elements. There is room for two panels in `tile`.
static ptrdiff_t NAME(turned_rows)(const lse_source *source, ptrdiff_t rows, ptrdiff_t n, T *tile,
                                   ptrdiff_t stride, double scale_high, double scale_low,
                                   double *state, ptrdiff_t capacity) {
  NAME(scale) k = NAME(make_scale)(scale_high, scale_low);
  ptrdiff_t special = 0;
  unsigned long long aside = 0; // panels, a bit each
  NAME(passing) p = NAME(start_passing)(source->x, n, source->column_stride, tile);
  V m = NAME(pass_last)(&p, 0);
  for (ptrdiff_t r = 0; r < rows; r += LANES) {
    const T *panel = p.panel;
    int is_last = r + LANES >= rows;
    p = NAME(start_passing)(is_last ? 0 : (const T *)source->x + r + LANES, n,
                            source->column_stride, panel == tile ? tile + n * LANES : tile);
    if (!NAME(turned_panel)(panel, n, m, k, &p, state + r, capacity))
      aside |= 1ull << (r / LANES);
    if (!is_last)
      m = NAME(pass_last)(&p, n / (4 * LANES) * (4 * LANES));
  }
  for (ptrdiff_t r = 0; r < rows; r += LANES)
    if (aside >> (r / LANES) & 1) {
      lse_source some = *source;
      some.x = (const T *)source->x + r;
      NAME(pack)(&some, LANES, n, tile, stride);
      special +=
          NAME(reduce)(tile, LANES, n, stride, 0, 0, scale_high, scale_low, state + r, capacity);
    }
  return special;
}
#endif
