// Which variants this processor runs.
#include "CRowKernels.h"

#define LSE_ROW_VARIANT(name, condition)                                                           \
  extern const lse_kernels lse_f32_kernels__##name, lse_f64_kernels__##name;                         \
  extern const lse_elementwise lse_f32_elementwise__##name, lse_f64_elementwise__##name;
#include "variants.def"
#undef LSE_ROW_VARIANT

static ptrdiff_t collect(lse_variant *variants) {
  ptrdiff_t count = 0;
#define LSE_ROW_VARIANT(name, condition)                                                           \
  if (condition)                                                                                   \
    variants[count++] = (lse_variant){#name, &lse_f32_kernels__##name, &lse_f64_kernels__##name,     \
                                      &lse_f32_elementwise__##name, &lse_f64_elementwise__##name};
#include "variants.def"
#undef LSE_ROW_VARIANT
  return count;
}

ptrdiff_t lse_variant_count(void) {
  lse_variant variants[8];
  return collect(variants);
}

lse_variant lse_variant_at(ptrdiff_t index) {
  lse_variant variants[8];
  collect(variants);
  return variants[index];
}
