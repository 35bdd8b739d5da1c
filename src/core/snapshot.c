/* snapshot.c: a state as bytes, its digest, and back.                                  SPDX-License-Identifier: Apache-2.0 */
#include "base/blake2b.h"
#include "base/endian.h"
#include "base/libc.h"
#include "base/text.h"
#include "core/anchors.h"
#include "core/arrays.h"
#include "core/check.h"
#include "core/expiries.h"
#include "core/living.h"
#include "core/records.h"
#include "core/socialise.h"
#include "core/walk.h"

void
plm_core_encode(const plm_core *core, plm_core_write write, void *context) {
    pli_codec codec;
    pli_codec_init_writing(&codec, write, context);
    // A walk that writes changes nothing.
    pli_walk_state(&codec, (plm_core *)(uintptr_t)core);
    pli_codec_finish(&codec);
}

static void
hash_bytes(void *context, const uint8_t *bytes, size_t size) {
    pli_blake2b_update(context, bytes, size);
}

void
plm_core_digest(const plm_core *core, uint8_t digest[32]) {
    pli_blake2b hash;
    pli_blake2b_init(&hash, PLI_BLAKE2B_256_SIZE);
    plm_core_encode(core, hash_bytes, &hash);
    pli_blake2b_final(&hash, digest);
}

// Whose bytes are these? Told apart before the walk, so that each refusal has its own status.
static plm_status
check_front(const plm_core *core, const uint8_t *bytes, size_t size, plm_fault *fault) {
    enum { MAGIC_SIZE = 8, LIMITS_AT = 12 };
    if (size < LIMITS_AT + 4 * PLI_LIMITS_COUNT ||
        memcmp(bytes, PLI_STATE_MAGIC, MAGIC_SIZE) != 0) {
        return pli_fault_set(fault, PLM_STATE_MALFORMED, "the bytes are no state", NULL, NULL);
    }
    uint32_t version = pli_load_u32(bytes + MAGIC_SIZE);
    if (version != PLI_STATE_VERSION) {
        return pli_fault_set_range(fault, PLM_STATE_VERSION, "the version of the state", version,
                                   PLI_STATE_VERSION, PLI_STATE_VERSION);
    }
    uint32_t limits[PLI_LIMITS_COUNT];
    memcpy(limits, &core->limits, sizeof limits);
    for (uint32_t i = 0; i < PLI_LIMITS_COUNT; i += 1) {
        if (pli_load_u32(bytes + LIMITS_AT + (size_t)4 * i) != limits[i]) {
            return pli_fault_set_index(fault, PLM_STATE_LIMITS, "limit", i,
                                       " of the state is another one");
        }
    }
    return PLM_OK;
}

plm_status
plm_core_decode(plm_core *core, const uint8_t *bytes, size_t size, plm_fault *fault) {
    plm_status status = check_front(core, bytes, size, fault);
    if (status != PLM_OK) {
        return status;
    }
    pli_codec codec;
    pli_codec_init_reading(&codec, bytes, size);
    pli_walk_state(&codec, core);
    if (codec.has_failed || codec.at != size) {
        return pli_fault_set_index(fault, PLM_STATE_MALFORMED,
                                   "the state breaks off or is damaged at byte", codec.at, "");
    }
    const char *broken = pli_check_decoded(core);
    if (broken == NULL) {
        pli_ledger_restore(&core->ledger);
        pli_socialise_restore(core);
        core->ledger.time_ns = core->time_ns;
        pli_expiries_restore(core);
        pli_living_restore(core);
        broken = pli_anchors_restore(core) ? NULL : "an anchor rests on what it may not";
        pli_records_remember(core);
        for (uint32_t k = 0; k < 2 * PLI_HORIZONS; k += 1) {
            if (core->arrays[k / 2][k % 2].is_used) {
                pli_arrays_attach(core, &core->arrays[k / 2][k % 2]);
            }
        }
        broken = broken == NULL ? pli_ledger_check_listing(&core->ledger) : broken;
        for (uint32_t u = 0; broken == NULL && u < core->ledger.underlying_count; u += 1) {
            pli_arrays_know(core, u);
        }
        pli_screen_reset(&core->screen, &core->limits);
        broken = broken == NULL ? plm_core_check(core) : broken;
    }
    return broken == NULL ? PLM_OK
                          : pli_fault_set(fault, PLM_STATE_MALFORMED,
                                          "the state contradicts itself: ", broken, NULL);
}
