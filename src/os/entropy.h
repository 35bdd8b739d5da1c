/* entropy.h: random bytes that nobody outside the machine can know.                    SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_ENTROPY_H
#define PLI_OS_ENTROPY_H

#include <stddef.h>

#include "plimsoll/status.h"

/*
 * pli_entropy_read - `size` random bytes from the system.
 *
 * Only for secrets that change no result, such as keys of hash tables: results come from events alone.
 *
 * Returns    PLM_OK, PLM_IO_OPEN, PLM_IO_READ with the system's reason in *fault.
 */
PLM_MUST_USE plm_status pli_entropy_read(void *bytes, size_t size, plm_fault *fault);

#endif
