// Every processor: 128-bit vectors by the compiler, no fused multiply-add.
#include "butterfly.h"
#include "constants.h"
#include "scalars.h"

#include "CRowKernels.h"

#pragma STDC FP_CONTRACT OFF

#define LSE_VARIANT portable
#define LSE_ISA 128
#define LSE_FMA 0
#define LSE_F32 1
#include "kernels.h"
#undef LSE_F32
#define LSE_F32 0
#include "kernels.h"
