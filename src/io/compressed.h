/* compressed.h: whole files into memory, unpacked where they are gzip.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_COMPRESSED_H
#define PLI_IO_COMPRESSED_H

#include "os/file.h"

/*
 * pli_input_read - pli_file_read, then pli_gunzip where the name ends in ".gz" or the bytes begin 1f 8b.
 *
 * The limit holds for the file and for the unpacked size alike.
 *
 * Returns    The statuses of pli_file_read and pli_gunzip.
 */
PLM_MUST_USE plm_status pli_input_read(const char *path, size_t size_max, pli_bytes *bytes,
                                       plm_fault *fault);

/*
 * pli_gunzip - unpack gzip (RFC 1952), all members of it.
 *
 * Stops at size_max unpacked bytes, so a small file cannot claim unbounded memory. `name` is for *fault.
 *
 * Lifetime   pli_bytes_finish frees *bytes.
 * Returns    PLM_OK; PLM_IO_READ where the data is damaged, cut short or no gzip; PLM_IO_TOO_LARGE; PLM_IO_EMPTY where
 *            nothing is inside; PLM_MEMORY.
 */
PLM_MUST_USE plm_status pli_gunzip(const char *name, pli_bytes packed, size_t size_max,
                                   pli_bytes *bytes, plm_fault *fault);

#endif
