/* linear.h: small dense symmetric systems: factor, solve, invert, eigenvalues.       SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_FORECAST_LINEAR_H
#define PLI_FORECAST_LINEAR_H

#include <stddef.h>

#include "plimsoll/status.h"

/*
 * Matrices are square, row by row. Sums run in index order, so equal input gives equal bits.
 *
 * pli_cholesky_factor - overwrite a symmetric positive definite matrix with its lower factor L, A = L L'.
 *
 * Only the lower triangle is read; above the diagonal the matrix is left alone.
 *
 * Returns    PLM_FIT_FAILED where a pivot is not above 1e-14 of its diagonal entry (the matrix is singular, not
 *            positive definite or not finite); the matrix is then not to be used.
 */
PLM_MUST_USE plm_status pli_cholesky_factor(double *matrix, size_t size);

/* pli_cholesky_solve - overwrite `values` with the x of A x = values, given L. */
void pli_cholesky_solve(const double *factor, size_t size, double *values);

/* pli_cholesky_invert - the inverse of A, given L. */
void pli_cholesky_invert(const double *factor, size_t size, double *inverse);

/*
 * pli_eigen_symmetric - eigenvalues in ascending order, and eigenvectors, of a symmetric matrix.
 *
 * Cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 4th ed., 8.5) until the off-diagonal sum of squares
 * is below 1e-30 of the total, at most 60 sweeps. `matrix` is overwritten. Eigenvector j is column j of `vectors`; its
 * largest entry is positive (the first on ties), so that signs do not depend on the path.
 *
 * Cost       O(size^3) per sweep; about 8 sweeps.
 * Returns    PLM_FIT_FAILED where 60 sweeps do not suffice, as for values that are not finite.
 */
PLM_MUST_USE plm_status pli_eigen_symmetric(double *matrix, size_t size, double *values,
                                            double *vectors);

#endif
