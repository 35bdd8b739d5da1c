/* assert.h: the check that stays on in every build.                                  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_ASSERT_H
#define PLI_BASE_ASSERT_H

/*
 * pli_assert_failed - report a bug of ours and end the process.
 *
 * Supplied by the layer `os` (or by the program that links the pure layers alone); never returns.
 */
_Noreturn void pli_assert_failed(const char *expression, const char *file, int line);

/* PLI_ASSERT - one condition without side effects that only a bug of ours can make false. */
#ifdef PLI_ASSERT_IS_QUIET /* the preset `coverage`: a branch that only a bug takes is no branch */
#define PLI_ASSERT(condition) ((void)sizeof((condition) ? 1 : 0))
#else
#define PLI_ASSERT(condition)                                                                      \
    ((condition) ? (void)0 : pli_assert_failed(#condition, __FILE__, __LINE__))
#endif

#endif
