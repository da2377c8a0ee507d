// The states of the blocks of one long row to that of the row, in the blocks' order.

/// s += x, in two parts.
INLINE void NAME(add_part)(double *s, double *low, double x) {
  double t = *s + x, bb = t - *s;
  *low += (*s - (t - bb)) + (x - bb);
  *s = t;
}

static void NAME(merge)(double *state, ptrdiff_t capacity, ptrdiff_t count, double scale_high,
                        double scale_low) {
  double a = state[0];
  ptrdiff_t first = 0;
  for (ptrdiff_t b = 1; b < count; b++)
    if (state[b] > a)
      a = state[b], first = b;
  double sum = 0, low = 0;
  for (ptrdiff_t b = 0; b < count; b++) {
    double block = state[b];
    if (block == a) {
      if (b != first)
        NAME(add_part)(&sum, &low, 1);
      NAME(add_part)(&sum, &low, state[capacity + b]);
      low += state[2 * capacity + b];
    } else if (block > -__builtin_inf()) {
      // With what block - a misses, as in `small` form.
      double z = block - a, back = z - block;
      double low_z = (block - (z - back)) - (a + back);
      double w = lse_exp(z, scale_high, scale_low, 0);
      if (w != 0)
        w += w * (low_z * (scale_high * LSE_LN2_HI));
      NAME(add_part)(&sum, &low, w);
      NAME(add_part)(&sum, &low, w * state[capacity + b]);
      low += w * state[2 * capacity + b];
    }
  }
  state[0] = a;
  state[capacity] = sum + low;
  state[2 * capacity] = (sum - state[capacity]) + low;
}

/// 2^(R_b - R + lift), where R_b is the exponent that block b's terms are taken relative to and R
/// that of the row's a: N, or a c where |a c| is large.
INLINE double NAME(factor)(T block, T a, double scale_high, double scale_low, int lift) {
  T block_shift, shift;
  T block_reference = NAME(reference)(block, (T)scale_high, &block_shift);
  T reference = NAME(reference)(a, (T)scale_high, &shift);
  if (block_shift == 0 && shift == 0)
    return lse_power((double)block_reference - (double)reference + lift);
  double f = lse_exp((double)block - (double)a, scale_high, scale_low, 0);
  if (block_shift == 0)
    f /= lse_exp(block, scale_high, scale_low, block_reference);
  if (shift == 0)
    f *= lse_exp(a, scale_high, scale_low, reference);
  return f * lse_power(lift);
}

static void NAME(merge_stored)(double *state, ptrdiff_t capacity, ptrdiff_t count,
                               double scale_high, double scale_low) {
  double a = state[0];
  for (ptrdiff_t b = 1; b < count; b++)
    if (state[b] > a)
      a = state[b];
  double sum = 0, low = 0;
  for (ptrdiff_t b = 0; b < count; b++) {
    if (!(state[b] > -__builtin_inf()))
      continue;
    double factor = NAME(factor)((T)state[b], (T)a, scale_high, scale_low, 0);
    NAME(add_part)(&sum, &low, factor * state[capacity + b]);
    low += factor * state[2 * capacity + b];
  }
  for (ptrdiff_t b = 0; b < count; b++) {
    double factor = 0;
    if (state[b] > -__builtin_inf()) {
      factor = NAME(factor)((T)state[b], (T)a, scale_high, scale_low, 0);
      if (factor < LEAST_FACTOR * sum)
        factor = -NAME(factor)((T)state[b], (T)a, scale_high, scale_low, EXP_BIAS + FACTOR_BIAS);
    }
    state[b] = factor;
  }
  D high = NAME(d_set)(sum), rest = NAME(d_set)(low);
  for (ptrdiff_t b = 0; b < count; b += D_LANES) {
    ptrdiff_t n = count - b < D_LANES ? count - b : D_LANES;
    NAME(two) p = NAME(reciprocal)(high, rest, NAME(gather_state)(state + b, n));
    NAME(scatter_state)(state + b, p.high, n);
    NAME(scatter_state)(state + capacity + b, p.low, n);
  }
}
