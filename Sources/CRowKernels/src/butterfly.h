// Index lists for exchanging and folding halves of vectors: LO and HI for n lanes and half-width h.
//
// Of two vectors a and b, cut into groups of 2 h lanes, LO takes the first half of each group of a
// and puts that of b behind it, HI does so with the second halves. Taken for pairs (i, i + h) of n
// vectors and h = n/2, ..., 1, they transpose; with an operation between LO and HI they reduce each
// vector to one lane, in the vectors' order. Either way lane l meets lane l + h.
#ifndef LSE_BUTTERFLY_H
#define LSE_BUTTERFLY_H

// clang-format off
#define LSE_LO_16_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define LSE_HI_16_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LSE_SWAP_16_8 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7
#define LSE_LO_16_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define LSE_HI_16_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LSE_SWAP_16_4 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11
#define LSE_LO_16_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define LSE_HI_16_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LSE_SWAP_16_2 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13
#define LSE_LO_16_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define LSE_HI_16_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31
#define LSE_SWAP_16_1 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14
#define LSE_LO_8_4 0, 1, 2, 3, 8, 9, 10, 11
#define LSE_HI_8_4 4, 5, 6, 7, 12, 13, 14, 15
#define LSE_SWAP_8_4 4, 5, 6, 7, 0, 1, 2, 3
#define LSE_LO_8_2 0, 1, 8, 9, 4, 5, 12, 13
#define LSE_HI_8_2 2, 3, 10, 11, 6, 7, 14, 15
#define LSE_SWAP_8_2 2, 3, 0, 1, 6, 7, 4, 5
#define LSE_LO_8_1 0, 8, 2, 10, 4, 12, 6, 14
#define LSE_HI_8_1 1, 9, 3, 11, 5, 13, 7, 15
#define LSE_SWAP_8_1 1, 0, 3, 2, 5, 4, 7, 6
#define LSE_LO_4_2 0, 1, 4, 5
#define LSE_HI_4_2 2, 3, 6, 7
#define LSE_SWAP_4_2 2, 3, 0, 1
#define LSE_LO_4_1 0, 4, 2, 6
#define LSE_HI_4_1 1, 5, 3, 7
#define LSE_SWAP_4_1 1, 0, 3, 2
#define LSE_LO_2_1 0, 2
#define LSE_HI_2_1 1, 3
#define LSE_SWAP_2_1 1, 0
// clang-format on

#define LSE_SHUFFLE(...) __builtin_shufflevector(__VA_ARGS__)

// One level on v[0..n): exchange, or fold with `op` to v[0..h).
#define LSE_EXCHANGE(v, n, h)                                                                      \
  for (int g = 0; g < n; g += 2 * h)                                                               \
    for (int i = g; i < g + h; i++) {                                                              \
      __typeof__(v[0]) lo = LSE_SHUFFLE(v[i], v[i + h], LSE_LO_##n##_##h);                         \
      v[i + h] = LSE_SHUFFLE(v[i], v[i + h], LSE_HI_##n##_##h);                                    \
      v[i] = lo;                                                                                   \
    }
#define LSE_FOLD(op, v, n, h)                                                                      \
  for (int i = 0; i < h; i++)                                                                      \
    v[i] = op(LSE_SHUFFLE(v[i], v[i + h], LSE_LO_##n##_##h),                                       \
              LSE_SHUFFLE(v[i], v[i + h], LSE_HI_##n##_##h));
// One vector with itself: lane l becomes lane l op lane l +- h.
#define LSE_FOLD_ONE(op, v, n, h) v = op(v, LSE_SHUFFLE(v, v, LSE_SWAP_##n##_##h))

// The same for sums in two parts, structs with members high and low: what an addition misses goes
// to low (Knuth's sum).
#define LSE_TWO_SUM(d, a, b, lows)                                                                 \
  {                                                                                                \
    __typeof__(d.high) one = a, other = b, sum = one + other, back = sum - one;                    \
    d.low = lows + ((one - (sum - back)) + (other - back));                                        \
    d.high = sum;                                                                                  \
  }
#define LSE_FOLD_TWO(d, n, h)                                                                      \
  for (int i = 0; i < h; i++)                                                                      \
  LSE_TWO_SUM(d[i], LSE_SHUFFLE(d[i].high, d[i + h].high, LSE_LO_##n##_##h),                       \
              LSE_SHUFFLE(d[i].high, d[i + h].high, LSE_HI_##n##_##h),                             \
              LSE_SHUFFLE(d[i].low, d[i + h].low, LSE_LO_##n##_##h) +                              \
                  LSE_SHUFFLE(d[i].low, d[i + h].low, LSE_HI_##n##_##h))
#define LSE_FOLD_ONE_TWO(d, n, h)                                                                  \
  LSE_TWO_SUM(d, d.high, LSE_SHUFFLE(d.high, d.high, LSE_SWAP_##n##_##h),                          \
              d.low + LSE_SHUFFLE(d.low, d.low, LSE_SWAP_##n##_##h))

// All levels for n lanes.
#define LSE_TRANSPOSE_2(v) LSE_EXCHANGE(v, 2, 1)
#define LSE_TRANSPOSE_4(v) LSE_EXCHANGE(v, 4, 2) LSE_EXCHANGE(v, 4, 1)
#define LSE_TRANSPOSE_8(v) LSE_EXCHANGE(v, 8, 4) LSE_EXCHANGE(v, 8, 2) LSE_EXCHANGE(v, 8, 1)
#define LSE_TRANSPOSE_16(v)                                                                        \
  LSE_EXCHANGE(v, 16, 8) LSE_EXCHANGE(v, 16, 4) LSE_EXCHANGE(v, 16, 2) LSE_EXCHANGE(v, 16, 1)
#define LSE_FOLD_2(op, v) LSE_FOLD(op, v, 2, 1)
#define LSE_FOLD_4(op, v) LSE_FOLD(op, v, 4, 2) LSE_FOLD(op, v, 4, 1)
#define LSE_FOLD_8(op, v) LSE_FOLD(op, v, 8, 4) LSE_FOLD(op, v, 8, 2) LSE_FOLD(op, v, 8, 1)
#define LSE_FOLD_16(op, v)                                                                         \
  LSE_FOLD(op, v, 16, 8) LSE_FOLD(op, v, 16, 4) LSE_FOLD(op, v, 16, 2) LSE_FOLD(op, v, 16, 1)
#define LSE_FOLD_ONE_2(op, v) LSE_FOLD_ONE(op, v, 2, 1)
#define LSE_FOLD_ONE_4(op, v) LSE_FOLD_ONE(op, v, 4, 2), LSE_FOLD_ONE(op, v, 4, 1)
#define LSE_FOLD_ONE_8(op, v)                                                                      \
  LSE_FOLD_ONE(op, v, 8, 4), LSE_FOLD_ONE(op, v, 8, 2), LSE_FOLD_ONE(op, v, 8, 1)
#define LSE_FOLD_ONE_16(op, v)                                                                     \
  LSE_FOLD_ONE(op, v, 16, 8), LSE_FOLD_ONE(op, v, 16, 4), LSE_FOLD_ONE(op, v, 16, 2),              \
      LSE_FOLD_ONE(op, v, 16, 1)

#define LSE_FOLD_TWO_2(d) LSE_FOLD_TWO(d, 2, 1)
#define LSE_FOLD_TWO_4(d) LSE_FOLD_TWO(d, 4, 2) LSE_FOLD_TWO(d, 4, 1)
#define LSE_FOLD_TWO_8(d) LSE_FOLD_TWO(d, 8, 4) LSE_FOLD_TWO(d, 8, 2) LSE_FOLD_TWO(d, 8, 1)
#define LSE_FOLD_ONE_TWO_2(d) LSE_FOLD_ONE_TWO(d, 2, 1)
#define LSE_FOLD_ONE_TWO_4(d) LSE_FOLD_ONE_TWO(d, 4, 2) LSE_FOLD_ONE_TWO(d, 4, 1)
#define LSE_FOLD_ONE_TWO_8(d)                                                                      \
  LSE_FOLD_ONE_TWO(d, 8, 4) LSE_FOLD_ONE_TWO(d, 8, 2) LSE_FOLD_ONE_TWO(d, 8, 1)

// By number of lanes, itself a macro.
#define LSE_PASTE_(a, b) a##b
#define LSE_PASTE(a, b) LSE_PASTE_(a, b)
#define LSE_TRANSPOSE(n, v) LSE_PASTE(LSE_TRANSPOSE_, n)(v)
#define LSE_FOLD_ALL(n, op, v) LSE_PASTE(LSE_FOLD_, n)(op, v)
#define LSE_FOLD_ONE_ALL(n, op, v) LSE_PASTE(LSE_FOLD_ONE_, n)(op, v)
#define LSE_FOLD_TWO_ALL(n, d) LSE_PASTE(LSE_FOLD_TWO_, n)(d)
#define LSE_FOLD_ONE_TWO_ALL(n, d) LSE_PASTE(LSE_FOLD_ONE_TWO_, n)(d)

#endif
