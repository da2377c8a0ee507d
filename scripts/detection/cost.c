// What LSE of ordinary rows costs with the detection of results near 0 and without it: what
// scripts/detection-cost runs on two builds of the row kernels.
//
// usage: cost WITH.so WITHOUT.so      prints a line for each type, kernel and shape
//
// Each round times one pass over the matrix by one build and one by the other, the first of them in
// turn: medians over the rounds, and the median of their ratios.
#include "CRowKernels.h"

#include <dlfcn.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TILE_ROWS = 128, TILE_BYTES = 16384, ROUNDS = 301, SHAPES = 3, BUILDS = 2 };

static const ptrdiff_t shapes[SHAPES][2] = {{8192, 128}, {32768, 32}, {1024, 1024}};

/// Rows of N(20, 5), none of which has an LSE near 0, and where their LSE goes.
typedef struct {
  const lse_kernels *kernels;
  const void *x;
  void *out;
  ptrdiff_t rows, columns, size;
  double scale_high, scale_low;
} work;

/// One pass as the library's walk makes it on one thread. Returns how many tiles have a row that is
/// to be done again.
static ptrdiff_t pass(const work *w) {
  static double state[3 * TILE_ROWS];
  ptrdiff_t limit = TILE_BYTES / (w->columns * w->size), again = 0;
  limit = limit < 1 ? 1 : limit > TILE_ROWS ? TILE_ROWS : limit;
  for (ptrdiff_t row = 0; row < w->rows; row += limit) {
    ptrdiff_t rows = w->rows - row < limit ? w->rows - row : limit;
    const char *x = (const char *)w->x + row * w->columns * w->size;
    w->kernels->reduce(x, rows, w->columns, w->columns, NULL, 0, w->scale_high, w->scale_low, state,
                       TILE_ROWS);
    again += w->kernels->finish_logsumexp(state, TILE_ROWS, rows, 1, 1,
                                          (char *)w->out + row * w->size, 1) != 0;
  }
  return again;
}

// MARK: Measuring

static double seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *values) {
  qsort(values, ROUNDS, sizeof *values, ascending);
  return values[ROUNDS / 2];
}

/// One line: the two builds on one shape.
static void compare(const char *variant, const char *type, work builds[BUILDS]) {
  static double times[BUILDS][ROUNDS], ratios[ROUNDS];
  ptrdiff_t again = 0;
  for (int b = 0; b < BUILDS; b++)
    again += pass(&builds[b]); // warms up
  for (int round = 0; round < ROUNDS; round++) {
    for (int turn = 0; turn < BUILDS; turn++) {
      int b = (round + turn) % BUILDS;
      double start = seconds();
      pass(&builds[b]);
      times[b][round] = seconds() - start;
    }
    ratios[round] = times[0][round] / times[1][round];
  }
  double elements = (double)(builds[0].rows * builds[0].columns);
  printf("| %s | %s | %tdx%td | %.4f | %.4f | %+.2f %% |\n", type, variant, builds[0].rows,
         builds[0].columns, 1e9 * median(times[0]) / elements, 1e9 * median(times[1]) / elements,
         100 * (median(ratios) - 1));
  if (again)
    printf("%td tiles with a row near 0: these are not ordinary rows\n", again);
}

// MARK: Rows

/// Uniform on [0, 1) from a seed (SplitMix64).
static double uniform(uint64_t *state) {
  uint64_t z = *state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void fill(void *x, ptrdiff_t count, int single) {
  uint64_t state = 42;
  for (ptrdiff_t i = 0; i < count; i++) {
    double radius = sqrt(-2 * log1p(-uniform(&state)));
    double value = 20 + 5 * radius * cos(2 * M_PI * uniform(&state));
    if (single)
      ((float *)x)[i] = (float)value;
    else
      ((double *)x)[i] = value;
  }
}

typedef lse_variant variant_at(ptrdiff_t);

int main(int count, char **arguments) {
  if (count != 1 + BUILDS)
    return 2;
  variant_at *at[BUILDS];
  for (int b = 0; b < BUILDS; b++) {
    void *library = dlopen(arguments[1 + b], RTLD_NOW | RTLD_LOCAL);
    if (!library || !(at[b] = (variant_at *)dlsym(library, "lse_variant_at"))) {
      fprintf(stderr, "cost: %s\n", dlerror());
      return 1;
    }
  }
  printf("| type | kernel | shape | with, ns | without, ns | difference |\n");
  printf("|---|---|---|---|---|---|\n");
  for (int single = 1; single >= 0; single--) {
    for (int s = 0; s < SHAPES; s++) {
      ptrdiff_t rows = shapes[s][0], columns = shapes[s][1], size = single ? 4 : 8;
      void *x = aligned_alloc(64, (size_t)(rows * columns * size));
      void *out = aligned_alloc(64, (size_t)(rows * size));
      if (!x || !out)
        return 1;
      fill(x, rows * columns, single);
      work builds[BUILDS];
      for (int b = 0; b < BUILDS; b++) {
        lse_variant variant = at[b](0); // the best
        double e = 0x1.71547652b82fep0, high = single ? (double)(float)e : e;
        builds[b] = (work){.kernels = single ? variant.f32 : variant.f64,
                           .x = x,
                           .out = out,
                           .rows = rows,
                           .columns = columns,
                           .size = size,
                           .scale_high = high,
                           .scale_low = (e - high) + 0x1.777d0ffda0d24p-56};
      }
      compare(at[0](0).name, single ? "Float" : "Double", builds);
      free(x);
      free(out);
    }
  }
  return 0;
}
