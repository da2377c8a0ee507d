// One row of at most a vector at T = 1, from elements to results in one call: what the other
// kernels do in three, with nothing between them in memory. Bits are theirs, step by step.
//
// Each returns 0, or else has written nothing and leaves the row to the other kernels: a longer
// one, a special one, one whose errors would show.

INLINE NAME(scale) NAME(plain_scale)(void) {
#if LSE_F32
  return NAME(make_scale)(LSE_F32_LOG2E_HI, LSE_F32_LOG2E_LO);
#else
  return NAME(make_scale)(LSE_LOG2E_HI, LSE_LOG2E_LO);
#endif
}

/// A row on its way: elements, max and sum.
typedef struct {
  V x, e;
  T a;
  NAME(sum) s;
} NAME(lone);

INLINE NAME(lone) NAME(reduce_lone)(const T *x, ptrdiff_t n, NAME(scale) k, int form) {
  NAME(lone) row;
  row.x = row.e = NAME(load_first)(x, n);
  V m = row.x;
  LSE_FOLD_ONE_ALL(LANES, NAME(max), m);
  row.a = m[0];
  NAME(terms)(&row.e, 1, NAME(lane_base)(m, k, form), k, form);
  V e = NAME(keep_first)(row.e, n);
  ptrdiff_t ones = IS_STORED(form) ? 0 : NAME(take_out_ones)(&e, 1);
  row.s = NAME(vector_sum)(e);
  if (!IS_STORED(form))
    row.s = NAME(whole_row)(row.s, ones);
  return row;
}

static ptrdiff_t NAME(softmax_row)(const void *x, ptrdiff_t columns, void *out) {
  if (columns > LANES)
    return 1;
  NAME(scale) k = NAME(plain_scale)();
  NAME(lone) row = NAME(reduce_lone)(x, columns, k, NAME(stored) | FAR);
  if (!NAME(is_finite)(row.a) || row.s.high != row.s.high)
    return 1;
  NAME(two)
  p = NAME(reciprocal)(NAME(d_set)(row.s.high), NAME(d_set)(row.s.low), NAME(d_set)(1));
  V high = NAME(set)((T)p.high[0]), low = NAME(set)((T)p.low[0]);
  NAME(store_first)(out, NAME(scaled)(row.e, high, low), columns);
  return 0;
}

static ptrdiff_t NAME(logsumexp_row)(const void *x, ptrdiff_t columns, void *out) {
  if (columns > LANES)
    return 1;
  NAME(scale) k = NAME(plain_scale)();
  NAME(lone) row = NAME(reduce_lone)(x, columns, k, NAME(fast));
  if (!NAME(is_finite)(row.a) || row.s.high != row.s.high ||
      (columns > 1 && NAME(shows)(row.s.high, row.a * k.high[0])))
    return 1;
  NAME(two) s = {NAME(d_set)(row.s.high), NAME(d_set)(row.s.low)};
  DI near;
  D y = NAME(logsumexp)(NAME(d_set)(row.a), s, 1, 1, &near);
  if (near[0])
    return 1;
  *(T *)out = (T)y[0];
  return 0;
}

static ptrdiff_t NAME(logsoftmax_row)(const void *x, ptrdiff_t columns, void *out) {
  if (columns > LANES)
    return 1;
  NAME(scale) k = NAME(plain_scale)();
  NAME(lone) row = NAME(reduce_lone)(x, columns, k, NAME(fast));
  if (!NAME(is_finite)(row.a) || row.s.high != row.s.high)
    return 1;
  if (columns > 1 &&
      (row.s.high < DOMINATED_REST || NAME(shows)(row.s.high, row.a * k.high[0])))
    row.s = NAME(small_rest)(x, columns, row.a, k);
  NAME(two) l = NAME(log1p)(NAME(d_set)(row.s.high), NAME(d_set)(row.s.low));
  NAME(two) sum = NAME(two_sum)(NAME(d_set)(row.a), l.high);
  NAME(two) p = NAME(rounded)(sum.high, sum.low + l.low);
  V high = NAME(set)((T)p.high[0]), low = NAME(set)((T)p.low[0]);
  NAME(store_first)(out, (row.x - high) - low, columns);
  return 0;
}
