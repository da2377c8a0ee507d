// AVX-512 (F, BW, DQ, VL): Intel from Skylake-X, AMD from Zen 4.
#if defined(__x86_64__)
#include "butterfly.h"
#include "constants.h"
#include "scalars.h"

#include "CRowKernels.h"

#include <immintrin.h>

#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2,f16c"))),              \
    apply_to = function)
#pragma STDC FP_CONTRACT OFF

#define LSE_VARIANT avx512
#define LSE_ISA 512
#define LSE_FMA 1
#define LSE_F32 1
#include "kernels.h"
#undef LSE_F32
#define LSE_F32 0
#include "kernels.h"

#pragma clang attribute pop
#endif
