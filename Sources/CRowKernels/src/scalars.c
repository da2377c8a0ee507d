#include "scalars.h"

#include "constants.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

static double power_of_two(int n) { // -1022 <= n <= 1023
  unsigned long long bits = (unsigned long long)(n + 1023) << 52;
  double p;
  memcpy(&p, &bits, sizeof p);
  return p;
}

double lse_power(double n) {
  if (n < -1080)
    return 0;
  if (n < -1000)
    return power_of_two((int)n + 600) * 0x1p-600;
  return power_of_two((int)n);
}

// z c = p + e by Dekker's product, so that no fused multiply-add is needed and the bits are the
// same everywhere; then as the table-free Double exponential in exp.h.
double lse_exp(double z, double scale_high, double scale_low, double n0) {
  if (!(z * scale_high - n0 > -1100))
    return z != z ? z : 0;
  double p = z * scale_high;
  double tz = z * 0x1.0000002p27, ts = scale_high * 0x1.0000002p27;
  double zh = tz - (tz - z), sh = ts - (ts - scale_high);
  double zl = z - zh, sl = scale_high - sh;
  double e = ((zh * sh - p) + zh * sl + zl * sh) + zl * sl;
  double n = (p + 0x1.8p52) - 0x1.8p52;
  double f = ((p - n) + e) + z * scale_low;
  double r = f * LSE_LN2_HI, r_low = f * LSE_LN2_LO;
  double q = LSE_F64_EXP_D12_Q10;
  q = q * r + LSE_F64_EXP_D12_Q9;
  q = q * r + LSE_F64_EXP_D12_Q8;
  q = q * r + LSE_F64_EXP_D12_Q7;
  q = q * r + LSE_F64_EXP_D12_Q6;
  q = q * r + LSE_F64_EXP_D12_Q5;
  q = q * r + LSE_F64_EXP_D12_Q4;
  q = q * r + LSE_F64_EXP_D12_Q3;
  q = q * r + LSE_F64_EXP_D12_Q2;
  q = q * r + LSE_F64_EXP_D12_Q1;
  q = q * r + LSE_F64_EXP_D12_Q0;
  double one_r = 1 + r;
  double y = one_r + ((r - (one_r - 1)) + (r * r * q + r_low));
  n -= n0;
  return n < -1000 ? y * power_of_two((int)n + 600) * 0x1p-600 : y * lse_power(n);
}
