/* disk.h: a disk in memory that forgets what a real one may forget, and fails when told to.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_DISK_H
#define PLI_RIG_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/prng.h"
#include "os/disk.h"

/*
 * The persistence model is that of [DISK-1] to [DISK-5] and no kinder: every write since the last good sync of its file is
 * pending, every name changed since the last sync of the directory is pending, and a power cut keeps any subset of them, of
 * a write any subset of its 512-byte sectors. A sync that fails forgets: what it should have made durable stays readable, is
 * durable or not, and no later sync changes that.
 *
 * Work that is started (pli_disk_start) is done at once or when it is waited for, as the seed says; a kill or a power cut
 * before that, and it never is.
 *
 * Seeded: the same calls with the same seed give the same disk.
 */
typedef struct pli_rig_disk pli_rig_disk;

typedef enum pli_rig_fault {
    PLI_RIG_FAULT_NONE = 0,
    PLI_RIG_FAULT_ERROR = 1, /* the operation fails; of a write any part may be done */
    PLI_RIG_FAULT_FULL = 2,  /* the operation finds no space, where it asks for any */
    PLI_RIG_FAULT_POWER =
        3, /* this operation and all later ones fail; of a write any part may be done */
    PLI_RIG_FAULT_LIE = 4,       /* a sync answers PLM_OK and makes nothing durable */
    PLI_RIG_FAULT_MISDIRECT = 5, /* a write lands in another place of its file */
    PLI_RIG_FAULT_LOSE = 6,      /* a write answers PLM_OK and is not done */
    PLI_RIG_FAULT_FLIP = 7       /* a write stores one bit wrongly */
} pli_rig_fault;

/* pli_rig_disk_open - an empty disk. pli_rig_disk_finish - give its memory back. Out of memory is an assertion. */
pli_rig_disk *pli_rig_disk_open(uint64_t seed);
void pli_rig_disk_finish(pli_rig_disk *disk);

/* pli_rig_disk_copy - a disk with the files as they are now, all durable, no handle, lock or fault. */
pli_rig_disk *pli_rig_disk_copy(const pli_rig_disk *disk, uint64_t seed);

/* pli_rig_disk_fork - a disk with all that is durable and all that is pending here; no handle, lock, fault or watcher. */
pli_rig_disk *pli_rig_disk_fork(const pli_rig_disk *disk, uint64_t seed);

/* pli_rig_disk_watch - `watch` before every operation that may change what a power cut leaves; NULL for nobody. */
typedef void pli_rig_watch(void *context);
void pli_rig_disk_watch(pli_rig_disk *disk, pli_rig_watch *watch, void *context);

/* pli_rig_disk_view - the interface to give to the code under test; valid until the disk is finished. */
pli_disk pli_rig_disk_view(pli_rig_disk *disk);

/*
 * pli_rig_disk_fail - `fault` at the `operation`-th call from now, 1 is the next; PLI_RIG_FAULT_NONE takes it back. Every
 * call of pli_disk_calls counts but close and unlock. A fault that means nothing to that call waits for the next it fits.
 * pli_rig_disk_operations - calls so far. pli_rig_disk_has_failed - the fault has happened.
 */
void pli_rig_disk_fail(pli_rig_disk *disk, pli_rig_fault fault, uint64_t operation);
uint64_t pli_rig_disk_operations(const pli_rig_disk *disk);
bool pli_rig_disk_has_failed(const pli_rig_disk *disk);

/* pli_rig_disk_set_space - bytes that all files together may take; UINT64_MAX at first. */
void pli_rig_disk_set_space(pli_rig_disk *disk, uint64_t size);

/* pli_rig_disk_kill - the process ends: handles and lock are gone, every file is as last written. */
void pli_rig_disk_kill(pli_rig_disk *disk);

/*
 * pli_rig_disk_cut_power - kill, and a random subset of what is pending is lost: nothing, all, a run from the end, or single
 * writes, sectors and names.
 * pli_rig_disk_cut_power_exactly - kill, and of the pending writes, oldest first, those whose bit in `kept` is 1 stay; of
 * the write `torn_index` only the first `torn_size` bytes. All pending names stay. Writes from the 65th on are kept.
 */
void pli_rig_disk_cut_power(pli_rig_disk *disk);
void pli_rig_disk_cut_power_exactly(pli_rig_disk *disk, uint64_t kept, size_t torn_index,
                                    size_t torn_size);

/* pli_rig_disk_pending_writes - writes that a power cut could lose now. */
size_t pli_rig_disk_pending_writes(const pli_rig_disk *disk);

/*
 * pli_rig_disk_bytes - the content of a file as it is read now; NULL where there is none.
 *
 * What follows happens to the medium behind everybody's back, durable at once: pli_rig_disk_set overwrites or makes a file,
 * pli_rig_disk_flip changes one bit, pli_rig_disk_truncate shortens, pli_rig_disk_forget takes a name away.
 */
const uint8_t *pli_rig_disk_bytes(const pli_rig_disk *disk, const char *name, size_t *size);
void pli_rig_disk_set(pli_rig_disk *disk, const char *name, size_t offset, const void *bytes,
                      size_t size);
void pli_rig_disk_flip(pli_rig_disk *disk, const char *name, uint64_t bit);
void pli_rig_disk_truncate(pli_rig_disk *disk, const char *name, size_t size);
void pli_rig_disk_forget(pli_rig_disk *disk, const char *name);

#endif
