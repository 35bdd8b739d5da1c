/* file.h: whole files into memory and back.                                           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_FILE_H
#define PLI_OS_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

#define PLI_FILE_SIZE_MAX ((size_t)64 << 20) /* what callers without a reason of their own allow */

/* pli_bytes - a block from malloc; data[size] is 0, so that text in it is terminated. */
typedef struct pli_bytes {
    uint8_t *data;
    size_t size;
} pli_bytes;

/*
 * pli_file_read - the whole of a file; "-" is standard input.
 *
 * Reads until the end, so pipes and files that grow are fine; at most size_max + 1 bytes are ever held.
 *
 * Lifetime   pli_bytes_finish frees *bytes.
 * Returns    PLM_OK
 *            PLM_IO_OPEN, PLM_IO_READ  with the system's reason in *fault; a directory cannot be read.
 *            PLM_IO_TOO_LARGE          more than size_max bytes.
 *            PLM_IO_EMPTY              no byte at all.
 *            PLM_MEMORY
 */
PLM_MUST_USE plm_status pli_file_read(const char *path, size_t size_max, pli_bytes *bytes,
                                      plm_fault *fault);

/*
 * pli_file_write - replace a file's content; "-" is standard output.
 *
 * Returns    PLM_OK once the system has taken every byte (not yet durable); PLM_IO_OPEN, PLM_IO_WRITE.
 */
PLM_MUST_USE plm_status pli_file_write(const char *path, const void *data, size_t size,
                                       plm_fault *fault);

/* pli_bytes_finish - give the block back; a finished or zeroed one may be finished again. */
void pli_bytes_finish(pli_bytes *bytes);

#endif
