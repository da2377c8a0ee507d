// SPDX-License-Identifier: MIT
//
// The part of OpenBLAS that LogSumExp calls, declared so that a program builds, links and runs
// whether or not OpenBLAS is there. Called by LogSumExp/Engines, never by a user's code.
//
// Why our own prototypes and no `#include <cblas.h>`:
//   - the cblas.h on the search path may be another one (reference BLAS, ATLAS, MKL), with other
//     enum types and without openblas_*; the C ABI below is the same in all of them;
//   - clang keeps this header compiled: had it included cblas.h, an OpenBLAS that is installed,
//     upgraded or removed after the first build would leave a stale module behind;
//   - the rest of cblas.h would come along into every Swift file that imports this module.
// A program may still include cblas.h elsewhere: both sets of declarations name the same symbols.
//
// Every function is a weak symbol, and the link flags come from pkg-config's openblas.pc alone
// (there is no `link` line in module.modulemap). Without that file nothing is linked, the
// addresses are null, and `lse_openblas_is_present` says so; the next `swift build` after the file
// appears links it. A linker told `--as-needed` before the library drops it, since it is referred
// to only weakly: that counts as absent too, and so does a static library alone.
#ifndef LSE_COPENBLAS_SHIM_H
#define LSE_COPENBLAS_SHIM_H

// A file that no other BLAS has.
#if __has_include(<openblas_config.h>)
#define LSE_OPENBLAS_HEADERS_FOUND 1
#else
#define LSE_OPENBLAS_HEADERS_FOUND 0
#endif

// Only ELF linkers leave a weak symbol null when no library has it. Elsewhere (Mach-O, COFF) it is
// an error, so a build there without the headers gets functions that trap and are never called.
#if defined(__ELF__) || LSE_OPENBLAS_HEADERS_FOUND
#define LSE_OPENBLAS_IS_WEAK 1
#define LSE_WEAK(...) __VA_ARGS__ __attribute__((weak))
#else
#define LSE_OPENBLAS_IS_WEAK 0
#define LSE_WEAK(...)                                                                              \
  static inline __VA_ARGS__ { __builtin_trap(); }
#endif

// MARK: Products. `int` is blasint of an LP64 build; enum arguments are passed as int.

static const int CblasRowMajor = 101, CblasNoTrans = 111, CblasTrans = 112;

LSE_WEAK(double cblas_dsdot(int n, const float *x, int incx, const float *y, int incy));
LSE_WEAK(float cblas_sdot(int n, const float *x, int incx, const float *y, int incy));
LSE_WEAK(double cblas_ddot(int n, const double *x, int incx, const double *y, int incy));
LSE_WEAK(void cblas_sscal(int n, float alpha, float *x, int incx));
LSE_WEAK(void cblas_dscal(int n, double alpha, double *x, int incx));
LSE_WEAK(void cblas_sgemv(int order, int transA, int m, int n, float alpha, const float *a, int lda,
                          const float *x, int incx, float beta, float *y, int incy));
LSE_WEAK(void cblas_dgemv(int order, int transA, int m, int n, double alpha, const double *a,
                          int lda, const double *x, int incx, double beta, double *y, int incy));
LSE_WEAK(void cblas_sgemm(int order, int transA, int transB, int m, int n, int k, float alpha,
                          const float *a, int lda, const float *b, int ldb, float beta, float *c,
                          int ldc));
LSE_WEAK(void cblas_dgemm(int order, int transA, int transB, int m, int n, int k, double alpha,
                          const double *a, int lda, const double *b, int ldb, double beta,
                          double *c, int ldc));

// MARK: What this OpenBLAS is. `get_parallel`: 0 sequential, 1 pthreads, 2 OpenMP.

LSE_WEAK(char *openblas_get_config(void));
LSE_WEAK(char *openblas_get_corename(void));
LSE_WEAK(int openblas_get_parallel(void));
LSE_WEAK(int openblas_get_num_threads(void));
LSE_WEAK(void openblas_set_num_threads(int count)); // for the whole process

/// 1 if every function above was resolved. All are asked, not one: a static or a reduced OpenBLAS
/// (without CBLAS, or without one of the types) can have some and lack others.
static inline int lse_openblas_is_linked(void) {
#if LSE_OPENBLAS_IS_WEAK
  return openblas_get_config && openblas_get_corename && openblas_get_parallel &&
         openblas_get_num_threads && openblas_set_num_threads && cblas_dsdot && cblas_sdot &&
         cblas_ddot && cblas_sscal && cblas_dscal && cblas_sgemv && cblas_dgemv && cblas_sgemm &&
         cblas_dgemm;
#else
  return 0;
#endif
}

/// 1 if OpenBLAS's headers were found when this module was first compiled. It explains an absence
/// and never decides one: 0, OpenBLAS was not installed then; 1, it was, but pkg-config's
/// openblas.pc was not found. The next `swift build` after either changes links the library.
static inline int lse_openblas_built_with_headers(void) { return LSE_OPENBLAS_HEADERS_FOUND; }

/// 1 if the linked OpenBLAS takes 64-bit integers (ILP64), which the prototypes above do not fit.
static inline int lse_openblas_is_ilp64(void) {
  return lse_openblas_is_linked() && __builtin_strstr(openblas_get_config(), "USE64BITINT") != 0;
}

/// 1 if the functions above may be called.
static inline int lse_openblas_is_present(void) {
  return lse_openblas_is_linked() && !lse_openblas_is_ilp64();
}

#undef LSE_OPENBLAS_HEADERS_FOUND
#undef LSE_WEAK
#undef LSE_OPENBLAS_IS_WEAK

#endif
