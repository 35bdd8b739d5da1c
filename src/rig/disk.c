/* disk.c: a disk in memory that forgets what a real one may forget, and fails when told to.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rig/disk.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/text.h"
#include "rig/disk_state.h"

// --- Faults ----------------------------------------------------------------------------------------------------------

typedef enum operation_kind {
    OPERATION_LOOK = 1, /* reads only */
    OPERATION_CHANGE,   /* names and reservations */
    OPERATION_REMOVE,   /* a name that goes: needs no space */
    OPERATION_WRITE,
    OPERATION_SYNC
} operation_kind;

static bool
fits(pli_rig_fault fault, operation_kind what) {
    switch (fault) {
    case PLI_RIG_FAULT_ERROR:
    case PLI_RIG_FAULT_POWER:
        return true;
    case PLI_RIG_FAULT_FULL:
        return what != OPERATION_LOOK && what != OPERATION_REMOVE;
    case PLI_RIG_FAULT_LIE:
        return what == OPERATION_SYNC;
    case PLI_RIG_FAULT_MISDIRECT:
    case PLI_RIG_FAULT_LOSE:
    case PLI_RIG_FAULT_FLIP:
        return what == OPERATION_WRITE;
    case PLI_RIG_FAULT_NONE:
        break;
    }
    return false;
}

static pli_rig_fault
next_operation(pli_rig_disk *disk, operation_kind what) {
    if (disk->watch != NULL && what != OPERATION_LOOK) {
        disk->watch(disk->watcher);
    }
    disk->operations += 1;
    if (!disk->has_power) {
        return PLI_RIG_FAULT_POWER;
    }
    if (disk->operations < disk->fault_operation || !fits(disk->fault, what)) {
        return PLI_RIG_FAULT_NONE;
    }
    pli_rig_fault fault = disk->fault;
    disk->fault = PLI_RIG_FAULT_NONE;
    disk->has_failed = true;
    disk->has_power = fault != PLI_RIG_FAULT_POWER;
    return fault;
}

static plm_status
fail(pli_rig_fault fault, plm_status status, plm_fault *detail) {
    if (fault == PLI_RIG_FAULT_FULL) {
        return pli_fault_set(detail, PLM_LOG_FULL, "simulated: no space left", NULL, NULL);
    }
    return pli_fault_set(detail, status, "simulated: input/output error", NULL, NULL);
}

static bool
is_refused(pli_rig_fault fault) {
    return fault == PLI_RIG_FAULT_ERROR || fault == PLI_RIG_FAULT_FULL ||
           fault == PLI_RIG_FAULT_POWER;
}

// --- The interface ---------------------------------------------------------------------------------------------------

static uint32_t
node_at(const pli_rig_disk *disk, pli_disk_file file) {
    PLI_ASSERT(file >= 0 && file < PLI_RIG_HANDLE_COUNT_MAX);
    PLI_ASSERT(disk->handles[file] != PLI_RIG_NO_NODE);
    return disk->handles[file];
}

static plm_status
rig_open(void *context, const char *name, pli_disk_mode mode, pli_disk_file *file,
         plm_fault *detail) {
    pli_rig_disk *disk = context;
    bool is_new = mode == PLI_DISK_MODE_CREATE;
    pli_rig_fault fault = next_operation(disk, is_new ? OPERATION_CHANGE : OPERATION_LOOK);
    uint32_t found = pli_rig_node_of(&disk->current, name);
    if (is_refused(fault) || (is_new && found != PLI_RIG_NO_NODE)) {
        return fail(fault, PLM_IO_OPEN, detail);
    }
    if (is_new) {
        found = pli_rig_make_node(disk);
        pli_rig_change_name(disk, "", name, found);
    }
    *file = PLI_DISK_NONE;
    if (found == PLI_RIG_NO_NODE) {
        return PLM_OK;
    }
    size_t handle = 0;
    while (handle < PLI_RIG_HANDLE_COUNT_MAX && disk->handles[handle] != PLI_RIG_NO_NODE) {
        handle += 1;
    }
    PLI_ASSERT(handle < PLI_RIG_HANDLE_COUNT_MAX);
    disk->handles[handle] = found;
    *file = (pli_disk_file)handle;
    return PLM_OK;
}

static void
rig_close(void *context, pli_disk_file file) {
    pli_rig_disk *disk = context;
    PLI_ASSERT(file >= 0 && file < PLI_RIG_HANDLE_COUNT_MAX);
    disk->handles[file] = PLI_RIG_NO_NODE;
}

static plm_status
rig_size(void *context, pli_disk_file file, uint64_t *size, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_LOOK);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_READ, detail);
    }
    *size = disk->nodes[node_at(disk, file)].current_size;
    return PLM_OK;
}

static plm_status
rig_read(void *context, pli_disk_file file, pli_disk_range range, void *data, size_t *count,
         plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_LOOK);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_READ, detail);
    }
    const pli_rig_node *from = &disk->nodes[node_at(disk, file)];
    size_t rest = range.offset < from->current_size ? from->current_size - range.offset : 0;
    *count = rest < range.size ? rest : range.size;
    if (*count > 0) {
        memcpy(data, from->current + range.offset, *count);
    }
    return PLM_OK;
}

static plm_status
rig_write(void *context, pli_disk_file file, pli_disk_range range, const void *data,
          plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_WRITE);
    uint32_t to = node_at(disk, file);
    size_t end = disk->nodes[to].current_size;
    size_t offset = range.offset;
    size_t size = range.size;
    if (offset + size > end && pli_rig_space_used(disk) + (offset + size - end) > disk->space) {
        return fail(PLI_RIG_FAULT_FULL, PLM_LOG_FULL, detail);
    }
    if (is_refused(fault)) {
        pli_rig_add_write(disk, to, offset, data, pli_prng_below(&disk->prng, size + 1));
        return fail(fault, PLM_IO_WRITE, detail);
    }
    if (fault == PLI_RIG_FAULT_LOSE) {
        return PLM_OK;
    }
    if (fault == PLI_RIG_FAULT_MISDIRECT && end >= size + PLI_DISK_SECTOR_SIZE) {
        uint64_t places = (end - size) / PLI_DISK_SECTOR_SIZE;
        size_t elsewhere = PLI_DISK_SECTOR_SIZE * pli_prng_below(&disk->prng, places + 1);
        offset = elsewhere == offset
                     ? (elsewhere + PLI_DISK_SECTOR_SIZE) % (PLI_DISK_SECTOR_SIZE * (places + 1))
                     : elsewhere;
    }
    pli_rig_add_write(disk, to, offset, data, size);
    if (fault == PLI_RIG_FAULT_FLIP) {
        uint64_t bit = pli_prng_below(&disk->prng, 8 * size);
        uint8_t mask = (uint8_t)(1U << bit % 8);
        disk->nodes[to].current[offset + bit / 8] ^= mask;
        disk->writes[disk->write_count - 1].bytes[bit / 8] ^= mask;
    }
    return PLM_OK;
}

static plm_status
rig_reserve(void *context, pli_disk_file file, uint64_t size, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_CHANGE);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_WRITE, detail);
    }
    uint32_t to = node_at(disk, file);
    size_t end = disk->nodes[to].current_size;
    if (size <= end) {
        return PLM_OK;
    }
    if (pli_rig_space_used(disk) + (size - end) > disk->space) {
        return fail(PLI_RIG_FAULT_FULL, PLM_LOG_FULL, detail);
    }
    uint8_t *zeros = calloc(1, size - end);
    PLI_ASSERT(zeros != NULL);
    pli_rig_add_write(disk, to, end, zeros, size - end);
    free(zeros);
    return PLM_OK;
}

static plm_status
rig_sync(void *context, pli_disk_file file, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_SYNC);
    uint32_t of = node_at(disk, file);
    if (is_refused(fault)) {
        if (fault != PLI_RIG_FAULT_POWER) {
            pli_rig_forget_writes(disk, of);
        }
        return fail(fault, PLM_IO_WRITE, detail);
    }
    if (fault != PLI_RIG_FAULT_LIE) {
        pli_rig_make_durable(disk, of);
    }
    return PLM_OK;
}

static plm_status
rig_rename(void *context, const char *from, const char *to, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_CHANGE);
    uint32_t renamed = pli_rig_node_of(&disk->current, from);
    if (is_refused(fault) || renamed == PLI_RIG_NO_NODE) {
        return fail(fault, PLM_IO_WRITE, detail);
    }
    pli_rig_change_name(disk, from, to, renamed);
    return PLM_OK;
}

static plm_status
rig_remove(void *context, const char *name, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_REMOVE);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_WRITE, detail);
    }
    if (pli_rig_node_of(&disk->current, name) != PLI_RIG_NO_NODE) {
        pli_rig_change_name(disk, name, "", PLI_RIG_NO_NODE);
    }
    return PLM_OK;
}

static plm_status
rig_list(void *context, pli_disk_visit *visit, void *argument, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_LOOK);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_READ, detail);
    }
    for (size_t i = 0; i < disk->current.count; i += 1) {
        visit(argument, disk->current.entries[i].name);
    }
    return PLM_OK;
}

static plm_status
rig_sync_directory(void *context, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_SYNC);
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_WRITE, detail);
    }
    for (size_t i = 0; i < disk->name_count && fault != PLI_RIG_FAULT_LIE; i += 1) {
        pli_rig_apply_name(&disk->durable, &disk->names[i]);
    }
    disk->name_count = fault == PLI_RIG_FAULT_LIE ? disk->name_count : 0;
    return PLM_OK;
}

static plm_status
rig_lock(void *context, const char *name, plm_fault *detail) {
    pli_rig_disk *disk = context;
    pli_rig_fault fault = next_operation(disk, OPERATION_LOOK);
    (void)name;
    if (is_refused(fault)) {
        return fail(fault, PLM_IO_OPEN, detail);
    }
    if (disk->is_locked) {
        return pli_fault_set(detail, PLM_LOG_LOCKED, "simulated: in use", NULL, NULL);
    }
    disk->is_locked = true;
    return PLM_OK;
}

static void
rig_unlock(void *context) {
    pli_rig_disk *disk = context;
    disk->is_locked = false;
}

// The medium is as fast as it likes: done at once, or not before somebody waits.
static void
rig_wait(void *context) {
    pli_rig_disk *disk = context;
    pli_disk_work *work = disk->work;
    disk->work = NULL;
    if (work != NULL) {
        work(disk->argument);
    }
}

static void
rig_start(void *context, pli_disk_work *work, void *argument) {
    pli_rig_disk *disk = context;
    PLI_ASSERT(disk->work == NULL);
    disk->work = work;
    disk->argument = argument;
    if (pli_prng_below(&disk->prng, 2) == 0) {
        rig_wait(disk);
    }
}

static const pli_disk_calls calls = {
    .open = rig_open,
    .close = rig_close,
    .size = rig_size,
    .read = rig_read,
    .write = rig_write,
    .reserve = rig_reserve,
    .sync = rig_sync,
    .rename = rig_rename,
    .remove = rig_remove,
    .list = rig_list,
    .sync_directory = rig_sync_directory,
    .lock = rig_lock,
    .unlock = rig_unlock,
    .start = rig_start,
    .wait = rig_wait,
};

pli_disk
pli_rig_disk_view(pli_rig_disk *disk) {
    return (pli_disk){.calls = &calls, .context = disk};
}

// --- What befalls it -------------------------------------------------------------------------------------------------

pli_rig_disk *
pli_rig_disk_open(uint64_t seed) {
    pli_rig_disk *disk = calloc(1, sizeof *disk);
    PLI_ASSERT(disk != NULL);
    disk->prng = pli_prng_init(seed);
    disk->space = UINT64_MAX;
    pli_rig_disk_kill(disk);
    return disk;
}

static void
drop_pending(pli_rig_disk *disk) {
    for (size_t i = 0; i < disk->write_count; i += 1) {
        free(disk->writes[i].bytes);
    }
    disk->write_count = 0;
    disk->name_count = 0;
}

void
pli_rig_disk_finish(pli_rig_disk *disk) {
    drop_pending(disk);
    for (uint32_t i = 0; i < disk->node_count; i += 1) {
        free(disk->nodes[i].current);
        free(disk->nodes[i].durable);
    }
    free(disk->writes);
    free(disk->names);
    free(disk);
}

pli_rig_disk *
pli_rig_disk_copy(const pli_rig_disk *disk, uint64_t seed) {
    pli_rig_disk *copy = pli_rig_disk_open(seed);
    for (size_t i = 0; i < disk->current.count; i += 1) {
        const pli_rig_node *from = &disk->nodes[disk->current.entries[i].node];
        pli_rig_node *to = &copy->nodes[i];
        if (from->current_size > 0) {
            pli_rig_put(to, false, 0, from->current, from->current_size);
            pli_rig_put(to, true, 0, from->current, from->current_size);
        }
        copy->current.entries[i] = disk->current.entries[i];
        copy->current.entries[i].node = (uint32_t)i;
    }
    copy->current.count = disk->current.count;
    copy->node_count = (uint32_t)disk->current.count;
    copy->durable = copy->current;
    return copy;
}

pli_rig_disk *
pli_rig_disk_fork(const pli_rig_disk *disk, uint64_t seed) {
    pli_rig_disk *fork = pli_rig_disk_open(seed);
    for (uint32_t i = 0; i < disk->node_count; i += 1) {
        const pli_rig_node *from = &disk->nodes[i];
        pli_rig_put(&fork->nodes[i], false, 0, from->current, from->current_size);
        pli_rig_put(&fork->nodes[i], true, 0, from->durable, from->durable_size);
    }
    fork->node_count = disk->node_count;
    fork->current = disk->current;
    fork->durable = disk->durable;
    for (size_t i = 0; i < disk->write_count; i += 1) {
        const pli_rig_pending_write *write = &disk->writes[i];
        pli_rig_add_pending(fork, write->node, write->offset, write->bytes, write->size);
    }
    for (size_t i = 0; i < disk->name_count; i += 1) {
        pli_rig_add_name(fork, &disk->names[i]);
    }
    return fork;
}

void
pli_rig_disk_watch(pli_rig_disk *disk, pli_rig_watch *watch, void *context) {
    disk->watch = watch;
    disk->watcher = context;
}

void
pli_rig_disk_fail(pli_rig_disk *disk, pli_rig_fault fault, uint64_t operation) {
    disk->fault = fault;
    disk->fault_operation = disk->operations + operation;
    disk->has_failed = false;
}

uint64_t
pli_rig_disk_operations(const pli_rig_disk *disk) {
    return disk->operations;
}

bool
pli_rig_disk_has_failed(const pli_rig_disk *disk) {
    return disk->has_failed;
}

void
pli_rig_disk_set_space(pli_rig_disk *disk, uint64_t size) {
    disk->space = size;
}

void
pli_rig_disk_kill(pli_rig_disk *disk) {
    for (size_t i = 0; i < PLI_RIG_HANDLE_COUNT_MAX; i += 1) {
        disk->handles[i] = PLI_RIG_NO_NODE;
    }
    disk->is_locked = false;
    disk->work = NULL;
    disk->has_power = true;
    disk->fault = PLI_RIG_FAULT_NONE;
}

// After a power cut there is only what is durable.
static void
restart(pli_rig_disk *disk) {
    drop_pending(disk);
    disk->current = disk->durable;
    for (uint32_t i = 0; i < disk->node_count; i += 1) {
        pli_rig_node *file = &disk->nodes[i];
        if (file->capacity > 0) {
            memcpy(file->current, file->durable, file->capacity);
        }
        file->current_size = file->durable_size;
    }
    pli_rig_disk_kill(disk);
}

void
pli_rig_disk_cut_power(pli_rig_disk *disk) {
    uint64_t style = pli_prng_below(&disk->prng, 5);
    size_t run = (size_t)pli_prng_below(&disk->prng, disk->write_count + 1);
    for (size_t i = 0; i < disk->write_count; i += 1) {
        const pli_rig_pending_write *write = &disk->writes[i];
        bool is_kept = style == 1 || (style == 2 && i < run) ||
                       (style == 3 && pli_prng_below(&disk->prng, 2) == 0);
        if (is_kept) {
            pli_rig_keep_whole(disk, write, write->size);
        } else if (style == 4 || (style == 2 && i == run)) {
            pli_rig_keep_sectors(disk, write);
        }
    }
    uint64_t name_style = pli_prng_below(&disk->prng, 3);
    for (size_t i = 0; i < disk->name_count; i += 1) {
        if (name_style == 1 || (name_style == 2 && pli_prng_below(&disk->prng, 2) == 0)) {
            pli_rig_apply_name(&disk->durable, &disk->names[i]);
        }
    }
    restart(disk);
}

void
pli_rig_disk_cut_power_exactly(pli_rig_disk *disk, uint64_t kept, size_t torn_index,
                               size_t torn_size) {
    for (size_t i = 0; i < disk->write_count; i += 1) {
        const pli_rig_pending_write *write = &disk->writes[i];
        if (i == torn_index) {
            pli_rig_keep_whole(disk, write, torn_size < write->size ? torn_size : write->size);
        } else if (i >= 64 || (kept >> i & 1) != 0) {
            pli_rig_keep_whole(disk, write, write->size);
        }
    }
    for (size_t i = 0; i < disk->name_count; i += 1) {
        pli_rig_apply_name(&disk->durable, &disk->names[i]);
    }
    restart(disk);
}

size_t
pli_rig_disk_pending_writes(const pli_rig_disk *disk) {
    return disk->write_count;
}

const uint8_t *
pli_rig_disk_bytes(const pli_rig_disk *disk, const char *name, size_t *size) {
    uint32_t found = pli_rig_node_of(&disk->current, name);
    if (found == PLI_RIG_NO_NODE) {
        return NULL;
    }
    *size = disk->nodes[found].current_size;
    return disk->nodes[found].current;
}

void
pli_rig_disk_set(pli_rig_disk *disk, const char *name, size_t offset, const void *bytes,
                 size_t size) {
    uint32_t found = pli_rig_node_of(&disk->current, name);
    if (found == PLI_RIG_NO_NODE) {
        found = pli_rig_make_node(disk);
        pli_rig_pending_name change = {.node = found};
        memcpy(change.to, name, strlen(name) + 1);
        pli_rig_apply_name(&disk->current, &change);
        pli_rig_apply_name(&disk->durable, &change);
    }
    pli_rig_put(&disk->nodes[found], false, offset, bytes, size);
    pli_rig_put(&disk->nodes[found], true, offset, bytes, size);
}

void
pli_rig_disk_flip(pli_rig_disk *disk, const char *name, uint64_t bit) {
    size_t size = 0;
    const uint8_t *bytes = pli_rig_disk_bytes(disk, name, &size);
    PLI_ASSERT(bit / 8 < size);
    uint8_t flipped = bytes[bit / 8] ^ (uint8_t)(1U << bit % 8);
    pli_rig_disk_set(disk, name, bit / 8, &flipped, 1);
}

void
pli_rig_disk_truncate(pli_rig_disk *disk, const char *name, size_t size) {
    uint32_t found = pli_rig_node_of(&disk->current, name);
    PLI_ASSERT(found != PLI_RIG_NO_NODE);
    pli_rig_node *file = &disk->nodes[found];
    PLI_ASSERT(size <= file->current_size);
    file->current_size = size;
    file->durable_size = size < file->durable_size ? size : file->durable_size;
    memset(file->current + size, 0, file->capacity - size);
    memset(file->durable + size, 0, file->capacity - size);
}

void
pli_rig_disk_forget(pli_rig_disk *disk, const char *name) {
    pli_rig_take_away(&disk->current, name);
    pli_rig_take_away(&disk->durable, name);
}
