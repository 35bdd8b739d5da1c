/* disk_state.h: names and bytes of the simulated disk, what is durable of them and what is not.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_RIG_DISK_STATE_H
#define PLI_RIG_DISK_STATE_H

#include "rig/disk.h"

#define PLI_RIG_NODE_COUNT_MAX 512
#define PLI_RIG_HANDLE_COUNT_MAX 64
#define PLI_RIG_NAME_COUNT_MAX 256
#define PLI_RIG_NO_NODE UINT32_MAX

/* A file without a name. `current` is what reads see; a power cut leaves `durable` and what it keeps of the pending. */
typedef struct pli_rig_node {
    uint8_t *current;
    uint8_t *durable;
    size_t current_size;
    size_t durable_size;
    size_t capacity;
} pli_rig_node;

typedef struct pli_rig_pending_write {
    uint32_t node;
    size_t offset;
    size_t size;
    uint8_t *bytes;
} pli_rig_pending_write;

typedef struct pli_rig_entry {
    char name[PLI_DISK_NAME_SIZE];
    uint32_t node;
} pli_rig_entry;

typedef struct pli_rig_directory {
    pli_rig_entry entries[PLI_RIG_NAME_COUNT_MAX];
    size_t count;
} pli_rig_directory;

/* `from` goes and `to` names `node`, in one step; either may be empty. */
typedef struct pli_rig_pending_name {
    char from[PLI_DISK_NAME_SIZE];
    char to[PLI_DISK_NAME_SIZE];
    uint32_t node;
} pli_rig_pending_name;

struct pli_rig_disk {
    pli_prng prng;
    pli_rig_node nodes[PLI_RIG_NODE_COUNT_MAX];
    uint32_t node_count;
    uint32_t handles[PLI_RIG_HANDLE_COUNT_MAX]; /* node, or PLI_RIG_NO_NODE */
    pli_rig_directory current;
    pli_rig_directory durable;
    pli_rig_pending_write *writes;
    size_t write_count;
    size_t write_capacity;
    pli_rig_pending_name *names;
    size_t name_count;
    size_t name_capacity;
    uint64_t operations;
    pli_rig_fault fault;
    uint64_t fault_operation;
    bool has_failed;
    bool has_power;
    bool is_locked;
    pli_disk_work *work; /* to be done when somebody waits; NULL: none */
    void *argument;
    uint64_t space;
    pli_rig_watch *watch;
    void *watcher;
};

/* pli_rig_node_of - the node a name stands for, or PLI_RIG_NO_NODE. pli_rig_take_away - the name stands for nothing. */
uint32_t pli_rig_node_of(const pli_rig_directory *names, const char *name);
void pli_rig_take_away(pli_rig_directory *names, const char *name);

/* pli_rig_change_name - `from` goes and `to` names `to_node`: seen at once, durable later. */
void pli_rig_change_name(pli_rig_disk *disk, const char *from, const char *to, uint32_t to_node);
void pli_rig_apply_name(pli_rig_directory *names, const pli_rig_pending_name *change);

/* pli_rig_add_name, pli_rig_add_pending - one more thing that a power cut could take back. */
void pli_rig_add_name(pli_rig_disk *disk, const pli_rig_pending_name *change);
void pli_rig_add_pending(pli_rig_disk *disk, uint32_t file, size_t offset, const uint8_t *bytes,
                         size_t size);

/* pli_rig_make_node - an empty node that nothing refers to. */
uint32_t pli_rig_make_node(pli_rig_disk *disk);

/*
 * pli_rig_add_write - bytes seen at once, durable later. pli_rig_make_durable - all pending ones
 * of one node. pli_rig_forget_writes - the same after a failed sync: any sectors of them, and none is pending any more.
 */
void pli_rig_add_write(pli_rig_disk *disk, uint32_t file, size_t offset, const uint8_t *bytes,
                       size_t size);
void pli_rig_make_durable(pli_rig_disk *disk, uint32_t file);
void pli_rig_forget_writes(pli_rig_disk *disk, uint32_t file);

/* pli_rig_put - bytes of one side of a node. */
void pli_rig_put(pli_rig_node *file, bool is_durable, size_t offset, const uint8_t *bytes,
                 size_t size);

/* pli_rig_keep_whole - the first `size` bytes of a pending write become durable; pli_rig_keep_sectors - some sectors. */
void pli_rig_keep_whole(pli_rig_disk *disk, const pli_rig_pending_write *write, size_t size);
void pli_rig_keep_sectors(pli_rig_disk *disk, const pli_rig_pending_write *write);

/* pli_rig_space_used - bytes of all files that have a name now. */
uint64_t pli_rig_space_used(const pli_rig_disk *disk);

#endif
