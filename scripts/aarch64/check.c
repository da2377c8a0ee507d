// Checks every variant of the row kernels that this processor runs against plain long double
// arithmetic: what scripts/check-aarch64 cross-compiles and runs under qemu.
//
// Rows of 1 to 70, 513 and 2048 draws of N(0, 5), whole and in blocks, at two temperatures; rows
// with NaN and infinities. Exit code 1 if a result is farther from the reference than the bound of
// the variants without fused multiply-add, a contract is broken, or memory is written beside a row.
#include "CRowKernels.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma STDC FP_CONTRACT OFF

enum { MOST_ROWS = 19, PADDING = 3, MOST_COLUMNS = 2048, CAPACITY = MOST_ROWS + 1, BLOCKS = 4 };
enum { LSE, SOFTMAX, LOG_SOFTMAX, EXP, OPERATIONS };

static const char *const operations[OPERATIONS] = {"LSE", "softmax", "log-softmax", "exp"};
/// Largest error in ULP, for f64 and f32.
static const double bounds[OPERATIONS][2] = {{2.25, 1.5}, {4.5, 4.5}, {3, 3}, {3, 3}};

/// What is under test, and how it does.
typedef struct {
  const lse_kernels *kernels;
  const char *variant;
  int single; // 1 for f32, 0 for f64
  int failures;
  long rows;
  double worst[OPERATIONS];
  uint64_t bits; // of all results
} subject;

/// 1 / T and log2(e) / T, in two parts each.
typedef struct {
  double temperature, scale_high, scale_low, inverse_high, inverse_low;
} factors;

/// A matrix and its exact results: a row's max, and of each element what it is to become.
typedef struct {
  ptrdiff_t rows, columns, stride;
  void *x, *out;
  long double *terms; // exp((x - maximum) / T)
  double state[3 * CAPACITY];
  double maximum[MOST_ROWS];
  long double rest[MOST_ROWS];
  int has_nan[MOST_ROWS];
} matrix;

#define FAIL(s, ...)                                                                               \
  do {                                                                                             \
    if ((s)->failures++ < 10) {                                                                    \
      printf("FAILED: %s %s: ", (s)->variant, (s)->single ? "f32" : "f64");                        \
      printf(__VA_ARGS__);                                                                         \
      printf("\n");                                                                                \
    }                                                                                              \
  } while (0)

// MARK: Elements of either type

static size_t size(const subject *s) { return s->single ? sizeof(float) : sizeof(double); }

static double get(const subject *s, const void *p, ptrdiff_t i) {
  return s->single ? (double)((const float *)p)[i] : ((const double *)p)[i];
}

static void put(const subject *s, void *p, ptrdiff_t i, double value) {
  if (s->single)
    ((float *)p)[i] = (float)value;
  else
    ((double *)p)[i] = value;
}

static void *at(const subject *s, void *p, ptrdiff_t i) {
  return (char *)p + i * (ptrdiff_t)size(s);
}

/// Compares one result, and adds its bits to those seen.
static void compare(subject *s, int operation, double got, long double want, ptrdiff_t columns) {
  uint64_t bits = 0;
  if (got == got)
    memcpy(&bits, &got, sizeof bits);
  s->bits = (s->bits ^ bits) * 0x100000001b3;
  double error = 0;
  if (isinf(want) || isinf(got) || want != want || got != got) {
    error = (double)want == got ? 0 : INFINITY;
  } else {
    int least = s->single ? -126 : -1022, digits = s->single ? 24 : 53;
    int exponent = want == 0 || ilogbl(want) < least ? least : ilogbl(want);
    error = (double)(fabsl(got - want) / ldexpl(1, exponent - digits + 1));
  }
  if (error > s->worst[operation])
    s->worst[operation] = error;
  if (!(error <= bounds[operation][s->single]))
    FAIL(s, "%s of %td: %a is %.2f ULP from %La", operations[operation], columns, got, error, want);
}

// MARK: Input and reference

static uint64_t random_state = 20;

/// The same on every machine: a sum of 12 uniform numbers has about the normal distribution.
static double normal(double deviation) {
  double sum = -6;
  for (int i = 0; i < 12; i++) {
    uint64_t z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    sum += (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
  }
  return sum * deviation;
}

/// high + low with the first part a number of the type.
static void split(const subject *s, double high, double low, double *first, double *second) {
  *first = s->single ? (float)high : high;
  *second = (high - *first) + low;
}

/// As the library forms them (TemperatureScale.swift).
static factors make_factors(const subject *s, double temperature) {
  const double log2e = 0x1.71547652b82fep0, log2e_low = 0x1.777d0ffda0d24p-56;
  factors f = {.temperature = temperature};
  double scale = log2e / temperature, inverse = 1 / temperature;
  split(s, scale, (fma(-scale, temperature, log2e) + log2e_low) / temperature, &f.scale_high,
        &f.scale_low);
  split(s, inverse, fma(-inverse, temperature, 1) / temperature, &f.inverse_high, &f.inverse_low);
  return f;
}

/// exp(z), several bits beyond the type. Double does for f32, and long double is slow under qemu.
static long double exponential(const subject *s, long double z) {
  return s->single ? exp((double)z) : expl(z);
}

/// The max of a row, and the exponentials and the sum of those of the others.
static void find_reference(const subject *s, matrix *m, ptrdiff_t row, double temperature) {
  ptrdiff_t first = row * m->stride, best = first;
  for (ptrdiff_t i = first; i < first + m->columns; i++)
    if (get(s, m->x, i) > get(s, m->x, best))
      best = i;
  m->maximum[row] = get(s, m->x, best);
  m->rest[row] = 0;
  m->has_nan[row] = 0;
  for (ptrdiff_t i = first; i < first + m->columns; i++) {
    long double d = get(s, m->x, i) - (long double)m->maximum[row];
    m->terms[i] = exponential(s, d / temperature);
    if (i != best)
      m->rest[row] += m->terms[i];
  }
}

/// What element i of a row is to become.
static long double reference(const subject *s, const matrix *m, int operation, ptrdiff_t row,
                             ptrdiff_t i, double temperature) {
  double x = get(s, m->x, row * m->stride + i), a = m->maximum[row];
  switch (operation) {
  case LSE:
    return a + temperature * log1pl(m->rest[row]);
  case SOFTMAX:
    return m->terms[row * m->stride + i] / (1 + m->rest[row]);
  case LOG_SOFTMAX:
    return ((long double)x - a) / temperature - log1pl(m->rest[row]);
  default: // x - a is rounded
    return exponential(s, (long double)(s->single ? (float)(x - a) : x - a) / temperature);
  }
}

/// NaN behind the rows of `x`, a number behind those of `out`.
static void clear(const subject *s, matrix *m) {
  for (ptrdiff_t row = 0; row < m->rows; row++)
    for (ptrdiff_t i = 0; i < m->stride; i++) {
      if (i >= m->columns)
        put(s, m->x, row * m->stride + i, NAN);
      put(s, m->out, row * m->stride + i, 7);
    }
}

static matrix make_matrix(const subject *s, ptrdiff_t rows, ptrdiff_t columns) {
  matrix m = {.rows = rows, .columns = columns, .stride = columns + PADDING};
  m.x = malloc(size(s) * (size_t)(rows * m.stride));
  m.out = malloc(size(s) * (size_t)(rows * m.stride));
  m.terms = malloc(sizeof *m.terms * (size_t)(rows * m.stride));
  if (!m.x || !m.out || !m.terms)
    exit(2);
  for (ptrdiff_t row = 0; row < rows; row++)
    for (ptrdiff_t i = 0; i < columns; i++)
      put(s, m.x, row * m.stride + i, normal(5));
  if (columns > 1) // as a mask leaves it
    put(s, m.x, m.stride * (rows - 1) + columns / 2, -INFINITY);
  clear(s, &m);
  return m;
}

static void release(matrix *m) { free(m->x), free(m->out), free(m->terms); }

/// Compares all elements of a row of `out`, and sees that nothing is written behind it.
static void compare_row(subject *s, const matrix *m, int operation, ptrdiff_t row,
                        double temperature) {
  for (ptrdiff_t i = 0; i < m->columns; i++)
    compare(s, operation, get(s, m->out, row * m->stride + i),
            reference(s, m, operation, row, i, temperature), m->columns);
  for (ptrdiff_t i = m->columns; i < m->stride; i++)
    if (get(s, m->out, row * m->stride + i) != 7)
      FAIL(s, "%s of %td wrote behind its row", operations[operation], m->columns);
}

// MARK: Checks

#define X(m) (m)->x, (m)->rows, (m)->columns, (m)->stride
#define OUT(m) (m)->out, (m)->stride
#define SCALE(f) (f)->scale_high, (f)->scale_low
#define INVERSE(f) (f)->inverse_high, (f)->inverse_low
#define STATE(m) (m)->state, CAPACITY

/// Where max and logarithm cancel, the library does the row again in wider arithmetic.
static int is_near(const matrix *m, ptrdiff_t row, long double lse, double limit) {
  return m->maximum[row] < 0 && fabsl(lse) < limit;
}

static void check_logsumexp(subject *s, matrix *m, const factors *f) {
  ptrdiff_t again = s->kernels->finish_logsumexp(STATE(m), m->rows, f->temperature, 1, m->out, 1);
  for (ptrdiff_t row = 0; row < m->rows; row++) {
    if (isinf(m->maximum[row]) || m->has_nan[row])
      continue;
    long double want = reference(s, m, LSE, row, 0, f->temperature);
    if (is_near(m, row, want, 1.99 * f->temperature) && !again)
      FAIL(s, "LSE of %td: a row that cancels is not reported", m->columns);
    if (!is_near(m, row, want, 2.01 * f->temperature))
      compare(s, LSE, get(s, m->out, row), want, m->columns);
  }
}

/// The three operations on whole rows.
static void check_rows(subject *s, ptrdiff_t rows, ptrdiff_t columns, double temperature) {
  factors f = make_factors(s, temperature);
  matrix m = make_matrix(s, rows, columns);
  for (ptrdiff_t row = 0; row < rows; row++)
    find_reference(s, &m, row, temperature);
  s->rows += rows;
  ptrdiff_t special = s->kernels->reduce(X(&m), NULL, 0, SCALE(&f), STATE(&m));
  double state[3 * CAPACITY];
  memcpy(state, m.state, sizeof state);
  special += s->kernels->reduce(X(&m), OUT(&m), SCALE(&f), STATE(&m));
  if (memcmp(state, m.state, sizeof state) != 0)
    FAIL(s, "reduce of %td: `next` changes the states", columns);
  check_logsumexp(s, &m, &f);

  clear(s, &m);
  s->kernels->refine(X(&m), SCALE(&f), STATE(&m));
  s->kernels->finish_logsoftmax(STATE(&m), rows, f.inverse_high);
  s->kernels->subtract(X(&m), OUT(&m), INVERSE(&f), STATE(&m));
  for (ptrdiff_t row = 0; row < rows; row++)
    compare_row(s, &m, LOG_SOFTMAX, row, temperature);

  clear(s, &m);
  special += s->kernels->reduce_storing(X(&m), OUT(&m), SCALE(&f), 0, STATE(&m));
  s->kernels->finish_softmax(STATE(&m), rows);
  s->kernels->scale(m.out, rows, columns, m.stride, STATE(&m));
  for (ptrdiff_t row = 0; row < rows; row++)
    compare_row(s, &m, SOFTMAX, row, temperature);
  if (special != 0)
    FAIL(s, "an ordinary row of %td is called special", columns);

  // What the plan `blas` takes, of one row: 0 stands for each 1, and they are counted.
  clear(s, &m);
  m.rows = 1;
  double maximum = m.maximum[0];
  ptrdiff_t ones = s->kernels->exponentials(m.x, columns, maximum, SCALE(&f), 1, m.out);
  for (ptrdiff_t i = 0; i < columns; i++)
    if (get(s, m.out, i) == 0 && m.terms[i] != 0)
      put(s, m.out, i, 1), ones--;
  if (ones != 0)
    FAIL(s, "exponentials of %td: %td terms of 1 too many", columns, ones);
  compare_row(s, &m, EXP, 0, temperature);
  release(&m);
}

/// One long row in blocks.
static void check_blocks(subject *s, double temperature) {
  factors f = make_factors(s, temperature);
  ptrdiff_t columns = MOST_COLUMNS / BLOCKS;
  matrix m = make_matrix(s, 1, MOST_COLUMNS);
  find_reference(s, &m, 0, temperature);
  s->rows++;
  for (ptrdiff_t b = 0; b < BLOCKS; b++)
    s->kernels->reduce(at(s, m.x, b * columns), 1, columns, columns, NULL, 0, SCALE(&f),
                       m.state + b, CAPACITY);
  s->kernels->merge(STATE(&m), BLOCKS, SCALE(&f));
  check_logsumexp(s, &m, &f);

  clear(s, &m);
  for (ptrdiff_t b = 0; b < BLOCKS; b++)
    s->kernels->reduce_storing(at(s, m.x, b * columns), 1, columns, columns,
                               at(s, m.out, b * columns), columns, SCALE(&f), 0, m.state + b,
                               CAPACITY);
  s->kernels->merge_stored(STATE(&m), BLOCKS, SCALE(&f));
  s->kernels->scale(m.out, BLOCKS, columns, columns, STATE(&m));
  compare_row(s, &m, SOFTMAX, 0, temperature);
  release(&m);
}

/// Rows with NaN and infinities at column `p`, ordinary ones among them.
static ptrdiff_t make_specials(const subject *s, matrix *m, ptrdiff_t p) {
  ptrdiff_t specials = 0;
  for (ptrdiff_t row = 0; row < m->rows; row++) {
    ptrdiff_t first = row * m->stride, last = first + m->columns - 1;
    for (ptrdiff_t i = first; i <= last; i++)
      put(s, m->x, i, row % 8 < 5 ? normal(5) : -INFINITY);
    switch (row % 8) {
    case 1:
    case 5:
      put(s, m->x, first + p, NAN);
      break;
    case 2:
      put(s, m->x, last, NAN), put(s, m->x, first + p, INFINITY);
      break;
    case 3:
      put(s, m->x, first + p, INFINITY);
      break;
    case 4:
      put(s, m->x, first + p, -INFINITY);
      break;
    case 6:
      put(s, m->x, first + p, INFINITY);
    }
    double a = -INFINITY;
    int has_nan = 0;
    for (ptrdiff_t i = first; i <= last; i++) {
      a = get(s, m->x, i) > a ? get(s, m->x, i) : a;
      has_nan |= isnan(get(s, m->x, i));
    }
    if (isinf(a) || has_nan) {
      m->maximum[row] = a, m->has_nan[row] = has_nan;
      m->rest[row] = has_nan || a > 0 ? NAN : 0;
      specials++;
    } else {
      find_reference(s, m, row, 1);
    }
  }
  clear(s, m);
  return specials;
}

/// Of a row with NaN the library uses nothing but that: not the max of the others.
static void check_special_states(subject *s, const matrix *m, ptrdiff_t found, ptrdiff_t specials) {
  if (found != specials)
    FAIL(s, "%td special rows of %td instead of %td", found, m->columns, specials);
  for (ptrdiff_t row = 0; row < m->rows; row++) {
    double a = m->state[row], rest = m->state[CAPACITY + row];
    int is_right = m->has_nan[row] || a == m->maximum[row];
    if (isnan(m->rest[row]))
      is_right &= isnan(rest);
    else if (isinf(m->maximum[row]))
      is_right &= rest == 0;
    if (!is_right)
      FAIL(s, "row %td of %td with specials: state %a, %a", row, m->columns, a, rest);
  }
}

static void check_specials(subject *s, ptrdiff_t columns, ptrdiff_t p) {
  factors f = make_factors(s, 1);
  matrix m = make_matrix(s, MOST_ROWS, columns);
  ptrdiff_t specials = make_specials(s, &m, p);
  s->rows += m.rows;
  ptrdiff_t found = s->kernels->reduce(X(&m), NULL, 0, SCALE(&f), STATE(&m));
  check_special_states(s, &m, found, specials);
  check_logsumexp(s, &m, &f);

  clear(s, &m);
  found = s->kernels->reduce_storing(X(&m), OUT(&m), SCALE(&f), 0, STATE(&m));
  check_special_states(s, &m, found, specials);
  s->kernels->finish_softmax(STATE(&m), m.rows);
  for (ptrdiff_t row = 0; row < m.rows; row++) {
    if (m.has_nan[row])
      continue;
    if (isinf(m.maximum[row])) {
      for (ptrdiff_t i = 0; i < m.stride; i++)
        if (get(s, m.out, row * m.stride + i) != 7)
          FAIL(s, "softmax of %td wrote a row whose max is infinite", columns);
    } else {
      s->kernels->scale(at(s, m.out, row * m.stride), 1, columns, m.stride, m.state + row,
                        CAPACITY);
      compare_row(s, &m, SOFTMAX, row, 1);
    }
  }
  release(&m);
}

static int check(const char *variant, const lse_kernels *kernels, int single) {
  subject s = {.kernels = kernels, .variant = variant, .single = single, .bits = 1};
  random_state = 20;
  static const double temperatures[] = {1, 0.7};
  for (int t = 0; t < 2; t++) {
    for (ptrdiff_t columns = 1; columns <= 70; columns++)
      check_rows(&s, MOST_ROWS, columns, temperatures[t]);
    check_rows(&s, 3, 513, temperatures[t]);
    check_rows(&s, 3, MOST_COLUMNS, temperatures[t]);
    check_blocks(&s, temperatures[t]);
  }
  for (ptrdiff_t columns = 1; columns <= 70; columns += columns < 9 ? 1 : 13)
    for (ptrdiff_t p = 0; p < columns; p += columns < 4 ? 1 : columns / 3)
      check_specials(&s, columns, p);
  printf("%s %s: %ld rows", variant, single ? "f32" : "f64", s.rows);
  for (int o = 0; o < OPERATIONS; o++)
    printf(", %s %.2f ULP (bound %g)", operations[o], s.worst[o], bounds[o][single]);
  printf("; %d failures; bits %016llx\n", s.failures, (unsigned long long)s.bits);
  return s.failures;
}

int main(void) {
  int failures = 0;
  for (ptrdiff_t i = 0; i < lse_variant_count(); i++) {
    lse_variant v = lse_variant_at(i);
    failures += check(v.name, v.f32, 1) + check(v.name, v.f64, 0);
  }
  return failures != 0;
}
