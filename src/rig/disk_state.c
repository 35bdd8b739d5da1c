/* disk_state.c: names and bytes of the simulated disk, what is durable of them and what is not.
 * SPDX-License-Identifier: Apache-2.0 */
#include "rig/disk_state.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

static void *
grow(void *block, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return block;
    }
    *capacity = *capacity == 0 ? 16 : *capacity * 2;
    void *grown = realloc(block, *capacity * size);
    PLI_ASSERT(grown != NULL);
    return grown;
}

// --- Names -----------------------------------------------------------------------------------------------------------

static size_t
find(const pli_rig_directory *names, const char *name) {
    size_t i = 0;
    while (i < names->count && strcmp(names->entries[i].name, name) != 0) {
        i += 1;
    }
    return i;
}

uint32_t
pli_rig_node_of(const pli_rig_directory *names, const char *name) {
    size_t i = find(names, name);
    return i < names->count ? names->entries[i].node : PLI_RIG_NO_NODE;
}

void
pli_rig_take_away(pli_rig_directory *names, const char *name) {
    size_t i = find(names, name);
    if (i < names->count) {
        names->count -= 1;
        names->entries[i] = names->entries[names->count];
    }
}

static void
copy_name(char to[PLI_DISK_NAME_SIZE], const char *name) {
    size_t length = strlen(name);
    PLI_ASSERT(length < PLI_DISK_NAME_SIZE);
    memset(to, 0, PLI_DISK_NAME_SIZE);
    memcpy(to, name, length + 1);
}

void
pli_rig_apply_name(pli_rig_directory *names, const pli_rig_pending_name *change) {
    if (change->from[0] != '\0' &&
        (change->to[0] == '\0' || pli_rig_node_of(names, change->from) == change->node)) {
        pli_rig_take_away(names, change->from);
    }
    if (change->to[0] != '\0') {
        size_t i = find(names, change->to);
        PLI_ASSERT(i < PLI_RIG_NAME_COUNT_MAX);
        names->count = i == names->count ? i + 1 : names->count;
        memcpy(names->entries[i].name, change->to, PLI_DISK_NAME_SIZE);
        names->entries[i].node = change->node;
    }
}

void
pli_rig_change_name(pli_rig_disk *disk, const char *from, const char *to, uint32_t to_node) {
    pli_rig_pending_name change = {.node = to_node};
    copy_name(change.from, from);
    copy_name(change.to, to);
    pli_rig_apply_name(&disk->current, &change);
    pli_rig_add_name(disk, &change);
}

void
pli_rig_add_name(pli_rig_disk *disk, const pli_rig_pending_name *change) {
    disk->names = grow(disk->names, disk->name_count, &disk->name_capacity, sizeof *disk->names);
    disk->names[disk->name_count] = *change;
    disk->name_count += 1;
}

// --- Bytes -----------------------------------------------------------------------------------------------------------

static void
make_room(pli_rig_node *file, size_t size) {
    if (size <= file->capacity) {
        return;
    }
    size_t capacity = size + size / 2;
    uint8_t *current = realloc(file->current, capacity);
    uint8_t *durable = realloc(file->durable, capacity);
    PLI_ASSERT(current != NULL);
    PLI_ASSERT(durable != NULL);
    memset(current + file->capacity, 0, capacity - file->capacity);
    memset(durable + file->capacity, 0, capacity - file->capacity);
    file->current = current;
    file->durable = durable;
    file->capacity = capacity;
}

void
pli_rig_put(pli_rig_node *file, bool is_durable, size_t offset, const uint8_t *bytes, size_t size) {
    if (size == 0) {
        return;
    }
    make_room(file, offset + size);
    uint8_t *to = is_durable ? file->durable : file->current;
    size_t *end = is_durable ? &file->durable_size : &file->current_size;
    memcpy(to + offset, bytes, size);
    *end = offset + size > *end ? offset + size : *end;
}

void
pli_rig_add_write(pli_rig_disk *disk, uint32_t file, size_t offset, const uint8_t *bytes,
                  size_t size) {
    if (size == 0) {
        return;
    }
    pli_rig_put(&disk->nodes[file], false, offset, bytes, size);
    pli_rig_add_pending(disk, file, offset, bytes, size);
}

void
pli_rig_add_pending(pli_rig_disk *disk, uint32_t file, size_t offset, const uint8_t *bytes,
                    size_t size) {
    disk->writes =
        grow(disk->writes, disk->write_count, &disk->write_capacity, sizeof *disk->writes);
    uint8_t *copy = malloc(size);
    PLI_ASSERT(copy != NULL);
    memcpy(copy, bytes, size);
    disk->writes[disk->write_count] =
        (pli_rig_pending_write){.node = file, .offset = offset, .size = size, .bytes = copy};
    disk->write_count += 1;
}

// Some sectors of a write reach the disk: those whose turn in the sequence of `prng` says so.
void
pli_rig_keep_sectors(pli_rig_disk *disk, const pli_rig_pending_write *write) {
    for (size_t done = 0; done < write->size;) {
        size_t in_sector = (write->offset + done) % PLI_DISK_SECTOR_SIZE;
        size_t step = PLI_DISK_SECTOR_SIZE - in_sector;
        step = step < write->size - done ? step : write->size - done;
        if (pli_prng_below(&disk->prng, 2) == 0) {
            pli_rig_put(&disk->nodes[write->node], true, write->offset + done, write->bytes + done,
                        step);
        }
        done += step;
    }
}

void
pli_rig_keep_whole(pli_rig_disk *disk, const pli_rig_pending_write *write, size_t size) {
    pli_rig_put(&disk->nodes[write->node], true, write->offset, write->bytes, size);
}

static void
settle(pli_rig_disk *disk, uint32_t file, bool is_whole) {
    size_t kept = 0;
    for (size_t i = 0; i < disk->write_count; i += 1) {
        pli_rig_pending_write *write = &disk->writes[i];
        if (write->node != file) {
            disk->writes[kept] = *write;
            kept += 1;
            continue;
        }
        if (is_whole) {
            pli_rig_keep_whole(disk, write, write->size);
        } else {
            pli_rig_keep_sectors(disk, write);
        }
        free(write->bytes);
    }
    disk->write_count = kept;
}

void
pli_rig_make_durable(pli_rig_disk *disk, uint32_t file) {
    settle(disk, file, true);
}

void
pli_rig_forget_writes(pli_rig_disk *disk, uint32_t file) {
    settle(disk, file, false);
}

uint64_t
pli_rig_space_used(const pli_rig_disk *disk) {
    uint64_t used = 0;
    for (size_t i = 0; i < disk->current.count; i += 1) {
        used += disk->nodes[disk->current.entries[i].node].current_size;
    }
    return used;
}

static void
mark(const pli_rig_directory *names, bool *is_used) {
    for (size_t i = 0; i < names->count; i += 1) {
        is_used[names->entries[i].node] = true;
    }
}

uint32_t
pli_rig_make_node(pli_rig_disk *disk) {
    if (disk->node_count < PLI_RIG_NODE_COUNT_MAX) {
        disk->node_count += 1;
        return disk->node_count - 1;
    }
    bool is_used[PLI_RIG_NODE_COUNT_MAX + 1] = {false};
    mark(&disk->current, is_used);
    mark(&disk->durable, is_used);
    for (size_t i = 0; i < disk->name_count; i += 1) {
        uint32_t named = disk->names[i].node;
        is_used[named == PLI_RIG_NO_NODE ? PLI_RIG_NODE_COUNT_MAX : named] = true;
    }
    for (size_t i = 0; i < disk->write_count; i += 1) {
        is_used[disk->writes[i].node] = true;
    }
    for (size_t i = 0; i < PLI_RIG_HANDLE_COUNT_MAX; i += 1) {
        uint32_t held = disk->handles[i];
        is_used[held == PLI_RIG_NO_NODE ? PLI_RIG_NODE_COUNT_MAX : held] = true;
    }
    uint32_t unused = 0;
    while (unused < PLI_RIG_NODE_COUNT_MAX && is_used[unused]) {
        unused += 1;
    }
    PLI_ASSERT(unused < PLI_RIG_NODE_COUNT_MAX);
    pli_rig_node *file = &disk->nodes[unused];
    if (file->capacity > 0) {
        memset(file->current, 0, file->capacity);
        memset(file->durable, 0, file->capacity);
    }
    file->current_size = 0;
    file->durable_size = 0;
    return unused;
}
