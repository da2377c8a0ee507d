// Counts what a test must know of calls into the C library and OpenBLAS. The functions of those names in
// this target stand before the shared libraries' own in the test program, count, and pass the call on.
#ifndef CINTERPOSER_H
#define CINTERPOSER_H

/// 1 where allocations are counted: with glibc, without a sanitiser (which does the same).
int counted_allocations_available(void);

/// Allocations on this thread so far: malloc, calloc, realloc, aligned_alloc, memalign, posix_memalign.
long counted_allocations(void);

/// Calls so far of the BLAS functions that the blas plan uses, on all threads.
typedef struct counted_blas_calls {
  long dsdot, ddot, sscal, dscal;
  /// The longest vector among them.
  long longest;
} counted_blas_calls;

counted_blas_calls counted_blas(void);

#endif
