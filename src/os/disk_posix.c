/* disk_posix.c: a directory of the machine behind the disk interface.                 SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "os/disk.h"

// One call of the kernel moves at most about 2 GiB; smaller pieces change nothing for anybody.
#define PIECE_SIZE_MAX ((size_t)1 << 30)

static plm_status
fail(const char *path, const char *what, plm_status status, int error, plm_fault *fault) {
    if (error == ENOSPC || error == EDQUOT) {
        status = PLM_LOG_FULL;
    }
    char where[PLM_FAULT_TEXT_SIZE];
    snprintf(where, sizeof where, "%.300s: cannot be %s: ", path, what);
    return pli_fault_set(fault, status, where, strerror(error), NULL);
}

static plm_status
fail_name(const pli_disk_posix *posix, const char *name, const char *what, plm_status status,
          plm_fault *fault) {
    int error = errno;
    char path[PLI_DISK_PATH_SIZE + PLI_DISK_NAME_SIZE + 1];
    snprintf(path, sizeof path, "%s/%.63s", posix->path, name);
    return fail(path, what, status, error, fault);
}

// A signal may interrupt opening on slow or remote file systems; nothing has happened then.
static int
open_in(int directory, const char *name, int flags) {
    int descriptor;
    do {
        descriptor = openat(directory, name, flags | O_CLOEXEC, 0644);
    } while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

static plm_status
posix_open(void *context, const char *name, pli_disk_mode mode, pli_disk_file *file,
           plm_fault *fault) {
    pli_disk_posix *posix = context;
    int flags = O_RDONLY;
    if (mode == PLI_DISK_MODE_WRITE) {
        flags = O_RDWR;
    } else if (mode == PLI_DISK_MODE_CREATE) {
        flags = O_RDWR | O_CREAT | O_EXCL;
    }
    int descriptor = open_in(posix->directory, name, flags);
    if (descriptor < 0 && (errno != ENOENT || mode == PLI_DISK_MODE_CREATE)) {
        return fail_name(posix, name, "opened", PLM_IO_OPEN, fault);
    }
    *file = descriptor < 0 ? PLI_DISK_NONE : descriptor;
    return PLM_OK;
}

static void
posix_close(void *context, pli_disk_file file) {
    (void)context;
    close(file);
}

static plm_status
posix_size(void *context, pli_disk_file file, uint64_t *size, plm_fault *fault) {
    pli_disk_posix *posix = context;
    struct stat status;
    if (fstat(file, &status) != 0) {
        return fail(posix->path, "read", PLM_IO_READ, errno, fault);
    }
    *size = (uint64_t)status.st_size;
    return PLM_OK;
}

static plm_status
posix_read(void *context, pli_disk_file file, pli_disk_range range, void *data, size_t *count,
           plm_fault *fault) {
    pli_disk_posix *posix = context;
    size_t done = 0;
    while (done < range.size) {
        size_t rest = range.size - done;
        ssize_t got =
            pread(file, (uint8_t *)data + done, rest < PIECE_SIZE_MAX ? rest : PIECE_SIZE_MAX,
                  (off_t)(range.offset + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(posix->path, "read", PLM_IO_READ, errno, fault);
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    *count = done;
    return PLM_OK;
}

static plm_status
posix_write(void *context, pli_disk_file file, pli_disk_range range, const void *data,
            plm_fault *fault) {
    pli_disk_posix *posix = context;
    size_t done = 0;
    while (done < range.size) {
        size_t rest = range.size - done;
        ssize_t put =
            pwrite(file, (const uint8_t *)data + done,
                   rest < PIECE_SIZE_MAX ? rest : PIECE_SIZE_MAX, (off_t)(range.offset + done));
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            return fail(posix->path, "written", PLM_IO_WRITE, put < 0 ? errno : EIO, fault);
        }
        done += (size_t)put;
    }
    return PLM_OK;
}

static plm_status
posix_reserve(void *context, pli_disk_file file, uint64_t size, plm_fault *fault) {
    pli_disk_posix *posix = context;
    int error;
    do {
        error = posix_fallocate(file, 0, (off_t)size);
    } while (error == EINTR);
    if (error != 0) {
        return fail(posix->path, "reserved", PLM_IO_WRITE, error, fault);
    }
    return PLM_OK;
}

// A sync that failed, EINTR included, is never tried again: the kernel may have dropped the pages already [DISK-4].
static plm_status
posix_sync(void *context, pli_disk_file file, plm_fault *fault) {
    pli_disk_posix *posix = context;
    if (fdatasync(file) != 0) {
        return fail(posix->path, "synced", PLM_IO_WRITE, errno, fault);
    }
    return PLM_OK;
}

static plm_status
posix_rename(void *context, const char *from, const char *to, plm_fault *fault) {
    pli_disk_posix *posix = context;
    if (renameat(posix->directory, from, posix->directory, to) != 0) {
        return fail_name(posix, from, "renamed", PLM_IO_WRITE, fault);
    }
    return PLM_OK;
}

static plm_status
posix_remove(void *context, const char *name, plm_fault *fault) {
    pli_disk_posix *posix = context;
    if (unlinkat(posix->directory, name, 0) != 0 && errno != ENOENT) {
        return fail_name(posix, name, "removed", PLM_IO_WRITE, fault);
    }
    return PLM_OK;
}

static plm_status
posix_list(void *context, pli_disk_visit *visit, void *argument, plm_fault *fault) {
    pli_disk_posix *posix = context;
    int descriptor = open_in(posix->directory, ".", O_RDONLY | O_DIRECTORY);
    DIR *directory = descriptor < 0 ? NULL : fdopendir(descriptor);
    if (directory == NULL) {
        plm_status status = fail(posix->path, "listed", PLM_IO_READ, errno, fault);
        if (descriptor >= 0) {
            close(descriptor);
        }
        return status;
    }
    errno = 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            visit(argument, entry->d_name);
        }
        errno = 0;
    }
    int error = errno;
    closedir(directory);
    if (error != 0) {
        return fail(posix->path, "listed", PLM_IO_READ, error, fault);
    }
    return PLM_OK;
}

static plm_status
posix_sync_directory(void *context, plm_fault *fault) {
    pli_disk_posix *posix = context;
    if (fsync(posix->directory) != 0) {
        return fail(posix->path, "synced", PLM_IO_WRITE, errno, fault);
    }
    return PLM_OK;
}

static plm_status
posix_lock(void *context, const char *name, plm_fault *fault) {
    pli_disk_posix *posix = context;
    int descriptor = open_in(posix->directory, name, O_RDWR | O_CREAT);
    if (descriptor < 0) {
        return fail_name(posix, name, "opened", PLM_IO_OPEN, fault);
    }
    int result;
    do {
        result = flock(descriptor, LOCK_EX | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result == 0) {
        posix->lock = descriptor;
        return PLM_OK;
    }
    bool is_held = errno == EWOULDBLOCK;
    plm_status status = fail_name(posix, name, "locked", PLM_IO_OPEN, fault);
    close(descriptor);
    if (!is_held) {
        return status;
    }
    return pli_fault_set(fault, PLM_LOG_LOCKED, posix->path,
                         ": in use by another process; stop that one first", NULL);
}

static void
posix_unlock(void *context) {
    pli_disk_posix *posix = context;
    if (posix->lock >= 0) {
        close(posix->lock);
        posix->lock = -1;
    }
}

static void
posix_start(void *context, pli_disk_work *work, void *argument) {
    pli_disk_posix *posix = context;
    pli_worker_start(&posix->worker, work, argument);
}

static void
posix_wait(void *context) {
    pli_disk_posix *posix = context;
    pli_worker_wait(&posix->worker);
}

static const pli_disk_calls calls = {
    .open = posix_open,
    .close = posix_close,
    .size = posix_size,
    .read = posix_read,
    .write = posix_write,
    .reserve = posix_reserve,
    .sync = posix_sync,
    .rename = posix_rename,
    .remove = posix_remove,
    .list = posix_list,
    .sync_directory = posix_sync_directory,
    .lock = posix_lock,
    .unlock = posix_unlock,
    .start = posix_start,
    .wait = posix_wait,
};

// The name of a new directory lives in its parent.
static plm_status
sync_parent(int directory, const char *path, plm_fault *fault) {
    int parent = open_in(directory, "..", O_RDONLY | O_DIRECTORY);
    if (parent < 0) {
        return fail(path, "opened", PLM_IO_OPEN, errno, fault);
    }
    int result = fsync(parent);
    int error = errno;
    close(parent);
    return result == 0 ? PLM_OK : fail(path, "synced", PLM_IO_OPEN, error, fault);
}

plm_status
pli_disk_posix_open(pli_disk_posix *posix, const char *path, bool may_create, pli_disk *disk,
                    plm_fault *fault) {
    if (strlen(path) >= sizeof posix->path) {
        return fail(path, "opened", PLM_IO_OPEN, ENAMETOOLONG, fault);
    }
    bool is_created = may_create && mkdir(path, 0755) == 0;
    if (may_create && !is_created && errno != EEXIST) {
        return fail(path, "created", PLM_IO_OPEN, errno, fault);
    }
    int directory = open_in(AT_FDCWD, path, O_RDONLY | O_DIRECTORY);
    if (directory < 0) {
        return fail(path, "opened", PLM_IO_OPEN, errno, fault);
    }
    plm_status status = is_created ? sync_parent(directory, path, fault) : PLM_OK;
    if (status != PLM_OK) {
        close(directory);
        return status;
    }
    memset(posix, 0, sizeof *posix);
    memcpy(posix->path, path, strlen(path) + 1);
    posix->directory = directory;
    posix->lock = -1;
    pli_worker_init(&posix->worker);
    *disk = (pli_disk){.calls = &calls, .context = posix};
    return PLM_OK;
}

void
pli_disk_posix_close(pli_disk_posix *posix) {
    pli_worker_finish(&posix->worker);
    posix_unlock(posix);
    close(posix->directory);
    posix->directory = -1;
}
