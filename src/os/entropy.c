/* entropy.c: random bytes from the system's own device.                                SPDX-License-Identifier: Apache-2.0 */
#include "os/entropy.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const char device[] = "/dev/urandom";

plm_status
pli_entropy_read(void *bytes, size_t size, plm_fault *fault) {
    int file = open(device, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return pli_fault_set(fault, PLM_IO_OPEN, device, ": ", strerror(errno));
    }
    size_t got = 0;
    while (got < size) {
        ssize_t more = read(file, (char *)bytes + got, size - got);
        if (more <= 0 && !(more < 0 && errno == EINTR)) {
            break;
        }
        got += more > 0 ? (size_t)more : 0;
    }
    (void)close(file);
    return got == size ? PLM_OK
                       : pli_fault_set(fault, PLM_IO_READ, device, " gives no random bytes", NULL);
}
