/* processor_pin.c: which processor the program runs on, on Linux.                     SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE // sched_setaffinity, getloadavg, which POSIX has not
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "os/processor.h"

bool
pli_processor_pin(uint32_t index) {
    cpu_set_t set;
    if (index >= CPU_SETSIZE) {
        return false;
    }
    CPU_ZERO(&set);
    CPU_SET(index, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0;
}

void
pli_processor_name(char *name, size_t capacity) {
    pli_text text = pli_text_init(name, capacity);
    char line[256];
    FILE *file = fopen("/proc/cpuinfo", "re");
    while (file != NULL && name[0] == '\0' && fgets(line, sizeof line, file) != NULL) {
        const char *value = strchr(line, ':');
        if (strncmp(line, "model name", 10) == 0 && value != NULL) {
            pli_text_append_bytes(&text, value + 2, strcspn(value + 2, "\n"));
        }
    }
    if (file != NULL) {
        fclose(file);
    }
    if (name[0] == '\0') {
        pli_text_append(&text, "unknown");
    }
}

uint32_t
pli_processor_count(void) {
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (uint32_t)count : 1;
}

uint32_t
pli_processor_load_percent(void) {
    double load = 0.0;
    return getloadavg(&load, 1) == 1 ? (uint32_t)(load * 100.0) : 0;
}
