/* block.h: a sealed block of 4 KiB, the form of every head slot, segment header and snapshot header.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STORE_BLOCK_H
#define PLI_STORE_BLOCK_H

#include <stdint.h>

#include "plimsoll/status.h"

/*
 *   0 magic     u64  what kind of block
 *   8 version   u32  format of everything that the block heads
 *  12 reserved  u32  zero
 *  16 fields         of the kind; the rest is zero
 * 4064 seal    32 B  BLAKE2b-256 of bytes 0 to 4063
 *
 * Magic, version, seal and size stay where they are in every later version, so that an older program knows a newer file
 * from a damaged one.
 */
#define PLI_BLOCK_SIZE 4096
#define PLI_BLOCK_FIELDS 16
#define PLI_BLOCK_SEAL 4064

#define PLI_FORMAT_VERSION 2u

/* pli_block_seal - fill magic, version and seal around the fields that stand in `block`. */
void pli_block_seal(uint8_t block[PLI_BLOCK_SIZE], uint64_t magic);

/*
 * pli_block_check - the block is whole, of this kind and of this version.
 *
 * Returns    PLM_OK
 *            PLM_LOG_DAMAGED  another magic, or the seal does not fit.
 *            PLM_LOG_VERSION  sealed by a program of another format, newer or older.
 * `name` is the file's, for the fault.
 */
PLM_MUST_USE plm_status pli_block_check(const uint8_t block[PLI_BLOCK_SIZE], uint64_t magic,
                                        const char *name, plm_fault *fault);

#endif
