// SPDX-License-Identifier: MIT
//
// The part of LAPACKE that a Newton step needs: the Cholesky factor of a symmetric positive
// definite Hessian (potrf) and the solution of its system (potrs). Own prototypes and weak
// symbols, for the reasons given in COpenBLAS/shim.h; the link flags come from lapacke.pc.
// An OpenBLAS that brings its own LAPACKE serves as well.
#ifndef LSE_CLAPACKE_SHIM_H
#define LSE_CLAPACKE_SHIM_H

#if defined(__ELF__) || __has_include(<lapacke.h>)
#define LSE_LAPACKE_IS_WEAK 1
#define LSE_WEAK(...) __VA_ARGS__ __attribute__((weak))
// LAPACKE does not tell its integer size; an OpenBLAS that brought it does.
LSE_WEAK(char *openblas_get_config(void));
#else
#define LSE_LAPACKE_IS_WEAK 0
#define LSE_WEAK(...)                                                                              \
  static inline __VA_ARGS__ { __builtin_trap(); }
#endif

// Of a symmetric matrix, the 'L' triangle by rows is the 'U' triangle by columns. Ask by columns:
// LAPACKE copies and transposes a matrix given by rows.
static const int LAPACK_ROW_MAJOR = 101, LAPACK_COL_MAJOR = 102;

// The answer is 0; -i for a bad argument i (-4: a NaN in `a`); i > 0 if the leading minor of order
// i is not positive definite. `int` is lapack_int of an LP64 build.
LSE_WEAK(int LAPACKE_spotrf(int layout, char uplo, int n, float *a, int lda));
LSE_WEAK(int LAPACKE_dpotrf(int layout, char uplo, int n, double *a, int lda));
LSE_WEAK(int LAPACKE_spotrs(int layout, char uplo, int n, int nrhs, const float *a, int lda,
                            float *b, int ldb));
LSE_WEAK(int LAPACKE_dpotrs(int layout, char uplo, int n, int nrhs, const double *a, int lda,
                            double *b, int ldb));

/// 1 if the functions above may be called.
static inline int lse_lapacke_is_present(void) {
#if LSE_LAPACKE_IS_WEAK
  if (!(LAPACKE_spotrf && LAPACKE_dpotrf && LAPACKE_spotrs && LAPACKE_dpotrs))
    return 0;
  return !(openblas_get_config && __builtin_strstr(openblas_get_config(), "USE64BITINT"));
#else
  return 0;
#endif
}

#undef LSE_WEAK
#undef LSE_LAPACKE_IS_WEAK

#endif
