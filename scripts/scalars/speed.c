// Times every elementwise kernel of every variant that this processor runs, and prints one line for
// each: variant, type, function, ns an element. Standard normal operands, 2^20 elements in calls of
// 8192 bytes as the library makes them, one thread; the median of several rounds.
#include "CRowKernels.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COUNT = 1 << 20, ROUNDS = 9, CALL = 8192 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double uniform(void) {
  static uint64_t state = 1;
  state = state * 6364136223846793005ULL + 1442695040888963407ULL;
  return ((double)(state >> 11) + 0.5) * 0x1p-53;
}

static double normal(void) {
  return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

/// Operands inside the domain of each function.
static void draw(const char *name, double *x, double *y) {
  *x = normal(), *y = normal();
  if (!strcmp(name, "logSubtractExp") && *x < *y) {
    double t = *x;
    *x = *y, *y = t;
  }
  if (!strcmp(name, "logExpm1") || !strncmp(name, "xLog", 4))
    *x = fabs(*x), *y = fabs(*y);
  if (!strcmp(name, "log1mExp"))
    *x = -fabs(*x);
  if (!strcmp(name, "logit"))
    *x = uniform();
}

static void measure(const char *variant, const char *type, const char *name, lse_each kernel,
                    size_t size) {
  char *x = aligned_alloc(64, COUNT * size), *y = aligned_alloc(64, COUNT * size);
  char *out = aligned_alloc(64, COUNT * size);
  static unsigned char again[CALL];
  for (size_t i = 0; i < COUNT; i++) {
    double a, b;
    draw(name, &a, &b);
    if (size == 4)
      ((float *)x)[i] = (float)a, ((float *)y)[i] = (float)b;
    else
      ((double *)x)[i] = a, ((double *)y)[i] = b;
  }
  memset(out, 0, COUNT * size);
  double times[ROUNDS];
  for (int round = -1; round < ROUNDS; round++) {
    double start = now();
    for (size_t at = 0; at < COUNT * size; at += CALL) {
      const void *operands[3] = {x + at, y + at, y + at};
      kernel(operands, (ptrdiff_t)(CALL / size), out + at, again);
    }
    if (round >= 0)
      times[round] = (now() - start) / COUNT * 1e9;
  }
  qsort(times, ROUNDS, sizeof *times, ascending);
  printf("%s %s %s %.3f\n", variant, type, name, times[ROUNDS / 2]);
  free(x), free(y), free(out);
}

int main(void) {
  for (ptrdiff_t i = 0; i < lse_variant_count(); i++) {
    lse_variant v = lse_variant_at(i);
#define MEASURE(title, member)                                                                     \
  measure(v.name, "Float", title, v.f32_each->member, 4);                                          \
  measure(v.name, "Double", title, v.f64_each->member, 8);
    MEASURE("logAddExp", log_add_exp)
    MEASURE("logAddExp2", log_add_exp2)
    MEASURE("logSubtractExp", log_subtract_exp)
    MEASURE("softplus", softplus)
    MEASURE("logLogistic", log_logistic)
    MEASURE("logistic", logistic)
    MEASURE("logExpm1", log_expm1)
    MEASURE("log1mExp", log1m_exp)
    MEASURE("logit", logit)
    MEASURE("logCosh", log_cosh)
    MEASURE("xLogX", x_log_x)
    MEASURE("xLogY", x_log_y)
    MEASURE("xLog1pY", x_log1p_y)
  }
  return 0;
}
