/* block.c: a sealed block of 4 KiB, the form of every head slot, segment header and snapshot header.
 * SPDX-License-Identifier: Apache-2.0 */
#include "store/block.h"

#include <assert.h>
#include <string.h>

#include "base/blake2b.h"
#include "base/endian.h"
#include "base/text.h"

static_assert(PLI_BLOCK_SEAL + PLI_BLAKE2B_256_SIZE == PLI_BLOCK_SIZE, "the seal ends the block");

void
pli_block_seal(uint8_t block[PLI_BLOCK_SIZE], uint64_t magic) {
    pli_store_u64(block, magic);
    pli_store_u32(block + 8, PLI_FORMAT_VERSION);
    pli_store_u32(block + 12, 0);
    pli_blake2b_256(block, PLI_BLOCK_SEAL, block + PLI_BLOCK_SEAL);
}

plm_status
pli_block_check(const uint8_t block[PLI_BLOCK_SIZE], uint64_t magic, const char *name,
                plm_fault *fault) {
    uint8_t seal[PLI_BLAKE2B_256_SIZE];
    pli_blake2b_256(block, PLI_BLOCK_SEAL, seal);
    if (memcmp(seal, block + PLI_BLOCK_SEAL, sizeof seal) != 0) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": a header does not fit its checksum",
                             NULL);
    }
    if (pli_load_u64(block) != magic) {
        return pli_fault_set(fault, PLM_LOG_DAMAGED, name, ": holds another kind of file", NULL);
    }
    uint32_t version = pli_load_u32(block + 8);
    if (version != PLI_FORMAT_VERSION) {
        return pli_fault_set_range(fault, PLM_LOG_VERSION,
                                   "the format version of the data directory", version,
                                   PLI_FORMAT_VERSION, PLI_FORMAT_VERSION);
    }
    return PLM_OK;
}
