/* test_linear.c: small symmetric systems against matrices with known answers.          SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "forecast/linear.h"

#define SIDE 4u

#define assert_near(seen, expected) assert_true(fabs((seen) - (expected)) <= 1e-13)

static void
factor_of_a_known_matrix_solves_and_inverts_it(void **state) {
    (void)state;
    // L = (2 0 0; 1 3 0; -1 2 1), so A = L L'.
    double matrix[9] = {4, 0, 0, 2, 10, 0, -2, 5, 6};
    assert_int_equal(pli_cholesky_factor(matrix, 3), PLM_OK);
    const double lower[6] = {2, 1, 3, -1, 2, 1};
    const size_t places[6] = {0, 3, 4, 6, 7, 8};
    for (size_t i = 0; i < 6; i += 1) {
        assert_near(matrix[places[i]], lower[i]);
    }
    // A (1, -2, 3) = (4 - 4 - 6, 2 - 20 + 15, -2 - 10 + 18).
    double values[3] = {-6, -3, 6};
    pli_cholesky_solve(matrix, 3, values);
    assert_near(values[0], 1);
    assert_near(values[1], -2);
    assert_near(values[2], 3);
    // det A = (2 3 1)^2 = 36; the first cofactor is 10 * 6 - 5 * 5 = 35.
    double inverse[9];
    pli_cholesky_invert(matrix, 3, inverse);
    assert_near(inverse[0], 35.0 / 36.0);
    assert_near(inverse[1], inverse[3]);
}

static void
matrix_that_is_not_positive_definite_is_refused(void **state) {
    (void)state;
    double indefinite[4] = {1, 0, 2, 1};
    assert_int_equal(pli_cholesky_factor(indefinite, 2), PLM_FIT_FAILED);
    double singular[4] = {1, 0, 1, 1};
    assert_int_equal(pli_cholesky_factor(singular, 2), PLM_FIT_FAILED);
    double missing[1] = {NAN};
    assert_int_equal(pli_cholesky_factor(missing, 1), PLM_FIT_FAILED);
}

static void
eigenvalues_of_a_chain_are_the_textbook_cosines(void **state) {
    (void)state;
    // 2 on the diagonal, -1 beside it: eigenvalues 2 - 2 cos(k pi / 5) are (3 -+ sqrt 5) / 2 and (5 -+ sqrt 5) / 2.
    double matrix[SIDE * SIDE] = {2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2, -1, 0, 0, -1, 2};
    double kept[SIDE * SIDE];
    memcpy(kept, matrix, sizeof kept);
    double values[SIDE];
    double vectors[SIDE * SIDE];
    assert_int_equal(pli_eigen_symmetric(matrix, SIDE, values, vectors), PLM_OK);
    assert_near(values[0], (3 - sqrt(5)) / 2);
    assert_near(values[1], (5 - sqrt(5)) / 2);
    assert_near(values[2], (3 + sqrt(5)) / 2);
    assert_near(values[3], (5 + sqrt(5)) / 2);
    for (size_t j = 0; j < SIDE; j += 1) {
        for (size_t i = 0; i < SIDE; i += 1) {
            double product = 0;
            for (size_t k = 0; k < SIDE; k += 1) {
                product += kept[i * SIDE + k] * vectors[k * SIDE + j];
            }
            assert_near(product, values[j] * vectors[i * SIDE + j]);
        }
    }
}

static void
eigenvectors_of_a_diagonal_matrix_are_in_ascending_order(void **state) {
    (void)state;
    double matrix[9] = {3, 0, 0, 0, 1, 0, 0, 0, 2};
    double values[3];
    double vectors[9];
    assert_int_equal(pli_eigen_symmetric(matrix, 3, values, vectors), PLM_OK);
    const double expected[9] = {0, 0, 1, 1, 0, 0, 0, 1, 0};
    for (size_t i = 0; i < 9; i += 1) {
        assert_near(vectors[i], expected[i]);
    }
    assert_near(values[0], 1);
    assert_near(values[2], 3);
}

static void
values_that_are_not_numbers_have_no_eigenvalues(void **state) {
    (void)state;
    double matrix[4] = {1, NAN, NAN, 1};
    double values[2];
    double vectors[4];
    assert_int_equal(pli_eigen_symmetric(matrix, 2, values, vectors), PLM_FIT_FAILED);
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(factor_of_a_known_matrix_solves_and_inverts_it),
        cmocka_unit_test(matrix_that_is_not_positive_definite_is_refused),
        cmocka_unit_test(eigenvalues_of_a_chain_are_the_textbook_cosines),
        cmocka_unit_test(eigenvectors_of_a_diagonal_matrix_are_in_ascending_order),
        cmocka_unit_test(values_that_are_not_numbers_have_no_eigenvalues),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
