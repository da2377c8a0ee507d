// Scalar exponentials for merging the blocks of a long row: one a block, the same on every machine.
#ifndef LSE_SCALARS_H
#define LSE_SCALARS_H

/// 2^n for an integer n; 0 below the subnormal numbers.
double lse_power(double n);

/// 2^(z c - n), c in two parts, n an integer, for z c - n <= 1000. Error below 1 ULP for normal
/// results.
double lse_exp(double z, double scale_high, double scale_low, double n);

#endif
