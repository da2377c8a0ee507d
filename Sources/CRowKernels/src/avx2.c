// AVX2 with FMA: Intel from Haswell, AMD from Zen.
#if defined(__x86_64__)
#include "butterfly.h"
#include "constants.h"
#include "scalars.h"

#include "CRowKernels.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2,f16c"))), apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define LSE_VARIANT avx2
#define LSE_ISA 256
#define LSE_FMA 1
#define LSE_F32 1
#include "kernels.h"
#undef LSE_F32
#define LSE_F32 0
#include "kernels.h"

#pragma clang attribute pop
#endif
