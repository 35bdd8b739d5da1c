/* manifest.h: the file `limits` of a data directory: the sizes of every table, as text.  SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_ENGINE_MANIFEST_H
#define PLI_ENGINE_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/blake2b.h"
#include "os/disk.h"
#include "plimsoll/core.h"

/*
 * The text, one line each, in this order, nothing else:
 *   plimsoll limits 1
 *   asset_count 8
 *   ... every field of plm_core_limits
 * Its BLAKE2b-256 is the identity of the log.
 */
#define PLI_MANIFEST_NAME "limits"
#define PLI_MANIFEST_SIZE_MAX 1024u

/*
 * pli_manifest_read - the limits of a directory. *is_found is false where there is no such file.
 *
 * Returns    PLM_OK; PLM_STATE_LIMITS a line that is not as above; PLM_IO_OPEN, PLM_IO_READ.
 */
PLM_MUST_USE plm_status pli_manifest_read(const pli_disk *disk, bool *is_found,
                                          plm_core_limits *limits,
                                          uint8_t identity[PLI_BLAKE2B_256_SIZE], plm_fault *fault);

/*
 * pli_manifest_write - put the file in place, durably, before the log is created.
 *
 * Returns    PLM_OK; PLM_IO_OPEN, PLM_IO_WRITE, PLM_LOG_FULL.
 */
PLM_MUST_USE plm_status pli_manifest_write(const pli_disk *disk, const plm_core_limits *limits,
                                           uint8_t identity[PLI_BLAKE2B_256_SIZE],
                                           plm_fault *fault);

/* pli_manifest_identity - the hash that the text of these limits has. */
void pli_manifest_identity(const plm_core_limits *limits, uint8_t identity[PLI_BLAKE2B_256_SIZE]);

#endif
