// Scalar exponentials for merging the blocks of a long row: one a block, the same on every machine.
#ifndef LSE_SCALARS_H
#define LSE_SCALARS_H

/// 2^n for an integer n; 0 below the subnormal numbers.
double lse_power(double n);

/// 2^(z c) for z <= 0 (or a little above), c in two parts. Error below 0.6 ULP for normal results.
double lse_exp(double z, double scale_high, double scale_low);

#endif
