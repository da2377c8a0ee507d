// AArch64: NEON, which has a fused multiply-add, is part of the architecture.
#if defined(__aarch64__)
#include "butterfly.h"
#include "constants.h"
#include "scalars.h"

#include "CRowKernels.h"

#pragma STDC FP_CONTRACT OFF

#define LSE_VARIANT neon
#define LSE_ISA 128
#define LSE_FMA 1
#define LSE_F32 1
#include "kernels.h"
#undef LSE_F32
#define LSE_F32 0
#include "kernels.h"
#endif
