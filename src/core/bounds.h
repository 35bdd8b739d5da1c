/* bounds.h: the tightest certificates of words and blocks of accounts, by underlying.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_BOUNDS_H
#define PLI_CORE_BOUNDS_H

#include "core/screen.h"

/*
 * A price that has moved concerns the certificates whose range it has left. Those are found from the top: of a block of 1,024
 * accounts, of its words of 64, and there of the accounts that rest on the underlying. Keeps [SCREEN-2].
 */

/* pli_bounds_reset - no certificates, so nothing is passed. */
void pli_bounds_reset(pli_screen *screen, uint32_t underlying_count);

/* pli_bounds_tighten - the account has been certified. */
void pli_bounds_tighten(pli_screen *screen, uint32_t account);

/* pli_bounds_moved - the swing of an underlying is another one: certificates that it has left are taken away. */
void pli_bounds_moved(plm_core *core, uint32_t underlying);

/* pli_bounds_unpinned - rows of the underlying were built, or an option on it marked. */
void pli_bounds_unpinned(plm_core *core, uint32_t underlying);

/* pli_bounds_void - no certificate that rests on the underlying holds. */
void pli_bounds_void(pli_screen *screen, uint32_t underlying);

/* pli_bounds_expire - certificates of the block whose time is over are taken away. */
void pli_bounds_expire(plm_core *core, uint32_t block);

#endif
