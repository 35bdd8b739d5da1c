/* manifest.c: the file `limits` of a data directory: the sizes of every table, as text.  SPDX-License-Identifier: Apache-2.0 */
#include "engine/manifest.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

typedef struct limit_line {
    const char *name;
    size_t offset;
} limit_line;

#define LIMIT(name)                                                                                \
    { #name, offsetof(plm_core_limits, name) }
static const limit_line lines[] = {
    LIMIT(asset_count),     LIMIT(underlying_count), LIMIT(instrument_count), LIMIT(account_count),
    LIMIT(balance_count),   LIMIT(position_count),   LIMIT(order_count),      LIMIT(signer_count),
    LIMIT(client_id_count), LIMIT(expiry_count),     LIMIT(class_count),      LIMIT(history_count),
    LIMIT(entry_count),     LIMIT(network_id),
};
#undef LIMIT
static const char first_line[] = "plimsoll limits 1\n";
static const char draft_name[] = PLI_MANIFEST_NAME ".new";

_Static_assert(sizeof(plm_core_limits) == sizeof lines / sizeof lines[0] * sizeof(uint32_t),
               "every field of plm_core_limits has a line");

static size_t
write_text(const plm_core_limits *limits, char text[PLI_MANIFEST_SIZE_MAX]) {
    size_t size = (size_t)snprintf(text, PLI_MANIFEST_SIZE_MAX, "%s", first_line);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i += 1) {
        uint32_t value;
        memcpy(&value, (const char *)limits + lines[i].offset, sizeof value);
        size += (size_t)snprintf(text + size, PLI_MANIFEST_SIZE_MAX - size, "%s %u\n",
                                 lines[i].name, value);
    }
    return size;
}

/* A decimal number without sign or leading zeros at *at, ended by a line feed; moves *at behind it. */
static bool
read_number(const char **at, uint32_t *value) {
    const char *text = *at;
    uint64_t number = 0;
    size_t count = 0;
    while (text[count] >= '0' && text[count] <= '9' && number <= UINT32_MAX) {
        number = 10 * number + (uint64_t)(text[count] - '0');
        count += 1;
    }
    if (count == 0 || number > UINT32_MAX || text[count] != '\n' || (text[0] == '0' && count > 1)) {
        return false;
    }
    *at = text + count + 1;
    *value = (uint32_t)number;
    return true;
}

static plm_status
parse(const char *text, plm_core_limits *limits, plm_fault *fault) {
    size_t first_size = sizeof first_line - 1;
    if (strncmp(text, first_line, first_size) != 0) {
        return pli_fault_set(fault, PLM_STATE_LIMITS,
                             PLI_MANIFEST_NAME
                             ": line 1 is not `plimsoll limits 1`: another format, or damaged",
                             NULL, NULL);
    }
    const char *at = text + first_size;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i += 1) {
        size_t name_size = strlen(lines[i].name);
        uint32_t value = 0;
        if (strncmp(at, lines[i].name, name_size) != 0 || at[name_size] != ' ') {
            return pli_fault_set(fault, PLM_STATE_LIMITS, PLI_MANIFEST_NAME ": expected a line `",
                                 lines[i].name, " NUMBER`");
        }
        at += name_size + 1;
        if (!read_number(&at, &value)) {
            return pli_fault_set(fault, PLM_STATE_LIMITS, PLI_MANIFEST_NAME ": ", lines[i].name,
                                 " is not followed by a number of 0..4294967295");
        }
        memcpy((char *)limits + lines[i].offset, &value, sizeof value);
    }
    if (*at != '\0') {
        return pli_fault_set(fault, PLM_STATE_LIMITS,
                             PLI_MANIFEST_NAME ": something follows the last line", NULL, NULL);
    }
    return PLM_OK;
}

void
pli_manifest_identity(const plm_core_limits *limits, uint8_t identity[PLI_BLAKE2B_256_SIZE]) {
    char text[PLI_MANIFEST_SIZE_MAX];
    pli_blake2b_256(text, write_text(limits, text), identity);
}

plm_status
pli_manifest_read(const pli_disk *disk, bool *is_found, plm_core_limits *limits,
                  uint8_t identity[PLI_BLAKE2B_256_SIZE], plm_fault *fault) {
    pli_disk_file file;
    *is_found = false;
    plm_status status = pli_disk_open(disk, PLI_MANIFEST_NAME, PLI_DISK_MODE_READ, &file, fault);
    if (status != PLM_OK || file == PLI_DISK_NONE) {
        return status;
    }
    char text[PLI_MANIFEST_SIZE_MAX];
    size_t size = 0;
    status = pli_disk_read(disk, file, (pli_disk_range){0, sizeof text - 1}, text, &size, fault);
    pli_disk_close(disk, file);
    if (status != PLM_OK) {
        return status;
    }
    text[size] = '\0';
    plm_core_limits result;
    status = parse(text, &result, fault);
    if (status == PLM_OK) {
        *limits = result;
        *is_found = true;
        pli_manifest_identity(limits, identity);
    }
    return status;
}

plm_status
pli_manifest_write(const pli_disk *disk, const plm_core_limits *limits,
                   uint8_t identity[PLI_BLAKE2B_256_SIZE], plm_fault *fault) {
    char text[PLI_MANIFEST_SIZE_MAX];
    size_t size = write_text(limits, text);
    pli_disk_file file = PLI_DISK_NONE;
    plm_status status = pli_disk_remove(disk, draft_name, fault);
    if (status == PLM_OK) {
        status = pli_disk_open(disk, draft_name, PLI_DISK_MODE_CREATE, &file, fault);
    }
    if (status == PLM_OK) {
        status = pli_disk_write(disk, file, (pli_disk_range){0, size}, text, fault);
    }
    if (status == PLM_OK) {
        status = pli_disk_sync(disk, file, fault);
    }
    pli_disk_close(disk, file);
    if (status == PLM_OK) {
        status = pli_disk_rename(disk, draft_name, PLI_MANIFEST_NAME, fault);
    }
    if (status == PLM_OK) {
        status = pli_disk_sync_directory(disk, fault);
    }
    if (status == PLM_OK) {
        pli_manifest_identity(limits, identity);
    }
    return status;
}
