/* disk.h: one directory of files, as the store sees it: the only way it touches the world.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_DISK_H
#define PLI_OS_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "os/worker.h"
#include "plimsoll/status.h"

/*
 * What is durable when. Everybody who implements or relies on pli_disk_calls relies on these and on nothing more:
 *
 * [DISK-1] A written byte is read back at once by every open of the file. After a loss of power it may be there or not,
 *          sector by sector (512 bytes) and in any order, until `sync` of that file has answered PLM_OK.
 * [DISK-2] `sync` makes the bytes and the size of the file durable, not its name.
 * [DISK-3] A name made by open, changed by rename or taken away by remove may be as before or as after, each on its own,
 *          until `sync_directory` has answered PLM_OK. A rename never leaves the target name without a file.
 * [DISK-4] After a failed write or sync nothing is known about the bytes written since the last good sync of that file: a
 *          later sync that answers PLM_OK does not make them durable. Nobody retries.
 * [DISK-5] Writes inside bytes that were written before and synced need no more space.
 *
 * A name is 1 to PLI_DISK_NAME_SIZE - 1 characters without '/'. Statuses: PLM_LOG_FULL no space left; PLM_LOG_LOCKED;
 * PLM_IO_OPEN, PLM_IO_READ, PLM_IO_WRITE everything else, the system's reason in the fault.
 */
#define PLI_DISK_NAME_SIZE 64
#define PLI_DISK_SECTOR_SIZE 512
#define PLI_DISK_NONE ((pli_disk_file)-1)

typedef int32_t pli_disk_file;

typedef enum pli_disk_mode {
    PLI_DISK_MODE_READ = 1,  /* an existing file */
    PLI_DISK_MODE_WRITE = 2, /* an existing file, also to write */
    PLI_DISK_MODE_CREATE = 3 /* a file that does not exist yet, to read and write */
} pli_disk_mode;

typedef struct pli_disk_range {
    uint64_t offset;
    size_t size;
} pli_disk_range;

typedef void pli_disk_visit(void *argument, const char *name);
typedef void pli_disk_work(void *argument);

typedef struct pli_disk_calls {
    plm_status (*open)(void *context, const char *name, pli_disk_mode mode, pli_disk_file *file,
                       plm_fault *fault);
    void (*close)(void *context, pli_disk_file file);
    plm_status (*size)(void *context, pli_disk_file file, uint64_t *size, plm_fault *fault);
    plm_status (*read)(void *context, pli_disk_file file, pli_disk_range range, void *data,
                       size_t *count, plm_fault *fault);
    plm_status (*write)(void *context, pli_disk_file file, pli_disk_range range, const void *data,
                        plm_fault *fault);
    plm_status (*reserve)(void *context, pli_disk_file file, uint64_t size, plm_fault *fault);
    plm_status (*sync)(void *context, pli_disk_file file, plm_fault *fault);
    plm_status (*rename)(void *context, const char *from, const char *to, plm_fault *fault);
    plm_status (*remove)(void *context, const char *name, plm_fault *fault);
    plm_status (*list)(void *context, pli_disk_visit *visit, void *argument, plm_fault *fault);
    plm_status (*sync_directory)(void *context, plm_fault *fault);
    plm_status (*lock)(void *context, const char *name, plm_fault *fault);
    void (*unlock)(void *context);
    void (*start)(void *context, pli_disk_work *work, void *argument);
    void (*wait)(void *context);
} pli_disk_calls;

typedef struct pli_disk {
    const pli_disk_calls *calls;
    void *context;
} pli_disk;

/*
 * pli_disk_open - a handle on `name`.
 *
 * Returns    PLM_OK, also where a file to read or write does not exist: then *file is PLI_DISK_NONE.
 *            PLM_IO_OPEN, PLM_LOG_FULL.
 */
PLM_MUST_USE static inline plm_status
pli_disk_open(const pli_disk *disk, const char *name, pli_disk_mode mode, pli_disk_file *file,
              plm_fault *fault) {
    return disk->calls->open(disk->context, name, mode, file, fault);
}

/* pli_disk_close - give a handle back; PLI_DISK_NONE is allowed. What was written stays, durable or not. */
static inline void
pli_disk_close(const pli_disk *disk, pli_disk_file file) {
    if (file != PLI_DISK_NONE) {
        disk->calls->close(disk->context, file);
    }
}

/* pli_disk_size - bytes in the file. Returns PLM_OK, PLM_IO_READ. */
PLM_MUST_USE static inline plm_status
pli_disk_size(const pli_disk *disk, pli_disk_file file, uint64_t *size, plm_fault *fault) {
    return disk->calls->size(disk->context, file, size, fault);
}

/* pli_disk_read - the bytes of `range`; *count is less than range.size only where the file ends. PLM_OK, PLM_IO_READ. */
PLM_MUST_USE static inline plm_status
pli_disk_read(const pli_disk *disk, pli_disk_file file, pli_disk_range range, void *data,
              size_t *count, plm_fault *fault) {
    return disk->calls->read(disk->context, file, range, data, count, fault);
}

/* pli_disk_write - all bytes of `range`, or a failure after any part of them. PLM_OK, PLM_IO_WRITE, PLM_LOG_FULL. */
PLM_MUST_USE static inline plm_status
pli_disk_write(const pli_disk *disk, pli_disk_file file, pli_disk_range range, const void *data,
               plm_fault *fault) {
    return disk->calls->write(disk->context, file, range, data, fault);
}

/* pli_disk_reserve - space for bytes 0 to `size`; new ones are zero. PLM_OK, PLM_IO_WRITE, PLM_LOG_FULL. */
PLM_MUST_USE static inline plm_status
pli_disk_reserve(const pli_disk *disk, pli_disk_file file, uint64_t size, plm_fault *fault) {
    return disk->calls->reserve(disk->context, file, size, fault);
}

/* pli_disk_sync - [DISK-2]. PLM_OK, PLM_IO_WRITE, PLM_LOG_FULL. */
PLM_MUST_USE static inline plm_status
pli_disk_sync(const pli_disk *disk, pli_disk_file file, plm_fault *fault) {
    return disk->calls->sync(disk->context, file, fault);
}

/* pli_disk_rename - `to` names what `from` named, replacing it in one step [DISK-3]. PLM_OK, PLM_IO_WRITE, PLM_LOG_FULL. */
PLM_MUST_USE static inline plm_status
pli_disk_rename(const pli_disk *disk, const char *from, const char *to, plm_fault *fault) {
    return disk->calls->rename(disk->context, from, to, fault);
}

/* pli_disk_remove - take a name away; one that does not exist is PLM_OK. PLM_OK, PLM_IO_WRITE. */
PLM_MUST_USE static inline plm_status
pli_disk_remove(const pli_disk *disk, const char *name, plm_fault *fault) {
    return disk->calls->remove(disk->context, name, fault);
}

/* pli_disk_list - `visit` once for every name, in no order; it must not call the disk. PLM_OK, PLM_IO_READ. */
PLM_MUST_USE static inline plm_status
pli_disk_list(const pli_disk *disk, pli_disk_visit *visit, void *argument, plm_fault *fault) {
    return disk->calls->list(disk->context, visit, argument, fault);
}

/* pli_disk_sync_directory - [DISK-3]. PLM_OK, PLM_IO_WRITE. */
PLM_MUST_USE static inline plm_status
pli_disk_sync_directory(const pli_disk *disk, plm_fault *fault) {
    return disk->calls->sync_directory(disk->context, fault);
}

/*
 * pli_disk_lock - keep every other pli_disk on this directory, in this or another process, from locking `name`.
 * pli_disk_unlock - give it up. It also ends with the process, however that ends: a file left behind locks nothing.
 *
 * Returns    PLM_OK, PLM_LOG_LOCKED somebody holds it, PLM_IO_OPEN.
 */
PLM_MUST_USE static inline plm_status
pli_disk_lock(const pli_disk *disk, const char *name, plm_fault *fault) {
    return disk->calls->lock(disk->context, name, fault);
}

static inline void
pli_disk_unlock(const pli_disk *disk) {
    disk->calls->unlock(disk->context);
}

/*
 * pli_disk_start - have `work` done beside the caller, or before this returns: one piece at a time. Until pli_disk_wait the
 * work alone uses this disk and whatever `argument` leads it to.
 * pli_disk_wait - the work that was started is done, or never will be, and what it left can be read. None: returns at once.
 */
static inline void
pli_disk_start(const pli_disk *disk, pli_disk_work *work, void *argument) {
    disk->calls->start(disk->context, work, argument);
}

static inline void
pli_disk_wait(const pli_disk *disk) {
    disk->calls->wait(disk->context);
}

#define PLI_DISK_PATH_SIZE 1024

/* pli_disk_posix - a directory of the machine; fields are private to disk_posix.c. */
typedef struct pli_disk_posix {
    char path[PLI_DISK_PATH_SIZE];
    int directory;
    int lock;
    pli_worker worker;
} pli_disk_posix;

/*
 * pli_disk_posix_open - a directory of the machine, made (and its name made durable) where `may_create` is true.
 *
 * pread, pwrite and their kin are repeated after EINTR and after a short count. sync is fdatasync, the lock is flock on
 * an open of its own: it does not survive its process and is not inherited by an exec. On network file systems flock is
 * only as good as their server. Work is done by a thread of its own, made when there is some for the first time.
 *
 * Lifetime   `posix` outlives *disk; pli_disk_posix_close gives the directory back after the files are closed.
 * Returns    PLM_OK, PLM_IO_OPEN.
 */
PLM_MUST_USE plm_status pli_disk_posix_open(pli_disk_posix *posix, const char *path,
                                            bool may_create, pli_disk *disk, plm_fault *fault);
void pli_disk_posix_close(pli_disk_posix *posix);

#endif
