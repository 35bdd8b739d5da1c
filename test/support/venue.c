/* venue.c: a venue's files written by a test, and read back as a book.                   SPDX-License-Identifier: Apache-2.0 */
#include "support/venue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MAX 64

static char folder[256];
static char paths[FILES_MAX][512];
static int path_count;

static void
remove_files(void) {
    for (int i = 0; i < path_count; i += 1) {
        (void)unlink(paths[i]);
    }
    (void)rmdir(folder);
}

const char *
ts_venue_write(const char *name, const char *text) {
    if (folder[0] == '\0') {
        // In memory where the system has such a folder, else in the build's own.
        bool has_memory = access("/dev/shm", W_OK) == 0;
        const char *base = has_memory ? "/dev/shm" : getenv("PLIMSOLL_BUILD");
        snprintf(folder, sizeof folder, "%s/venue-XXXXXX", base == NULL ? "." : base);
        if (mkdtemp(folder) == NULL) {
            abort();
        }
        atexit(remove_files);
    }
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int index = 0;
    while (index < path_count && strcmp(paths[index], path) != 0) {
        index += 1;
    }
    if (index == FILES_MAX) {
        abort();
    }
    memcpy(paths[index], path, sizeof path);
    path_count = index == path_count ? path_count + 1 : path_count;
    FILE *file = fopen(path, "w");
    if (file == NULL || fputs(text, file) < 0 || fclose(file) != 0) {
        abort();
    }
    return paths[index];
}

plm_status
ts_venue_read(ts_venue *venue) {
    pli_mapping_init(&venue->mapping);
    plm_status status = PLM_OK;
    if (venue->mapping_path != NULL) {
        status = pli_mapping_read(venue->mapping_path, &venue->mapping, &venue->fault);
    }
    const pli_marks_source marks = {.path = venue->paths[PLI_FEED_MARKS],
                                    .mapping = &venue->mapping,
                                    .market_path = venue->market_path,
                                    .now_ns = venue->now_ns};
    if (status == PLM_OK) {
        status =
            pli_marks_read(&marks, &venue->market, &venue->bad, &venue->mark_rows, &venue->fault);
    }
    pli_venue_source source = {.mapping = &venue->mapping, .since_ns = venue->since_ns};
    memcpy(source.paths, venue->paths, sizeof source.paths);
    if (status == PLM_OK) {
        status = pli_venue_read(&source, &venue->market, &venue->book, &venue->bad, &venue->fault);
    }
    return status;
}

void
ts_venue_finish(ts_venue *venue) {
    pli_venue_finish(&venue->book);
    pli_book_finish(&venue->market);
    pli_mapping_finish(&venue->mapping);
}

uint32_t
ts_venue_account(const ts_venue *venue, const char *id) {
    for (uint32_t i = 0; i < venue->book.account_count; i += 1) {
        if (strcmp(pli_venue_id(&venue->book, i), id) == 0) {
            return i;
        }
    }
    return PLM_NONE;
}

const plm_position *
ts_venue_position(const ts_venue *venue, const char *id, const char *instrument) {
    uint32_t account = ts_venue_account(venue, id);
    uint32_t index = pli_book_instrument_index(&venue->market, instrument);
    if (account == PLM_NONE) {
        return NULL;
    }
    plm_portfolio portfolio = pli_venue_portfolio(&venue->book, account);
    for (uint32_t i = 0; i < portfolio.position_count; i += 1) {
        if (portfolio.positions[i].instrument_index == index) {
            return &portfolio.positions[i];
        }
    }
    return NULL;
}

int64_t
ts_venue_atoms(const ts_venue *venue, const char *id, const char *asset) {
    uint32_t account = ts_venue_account(venue, id);
    uint32_t index = pli_book_asset_index(&venue->market, asset);
    if (account == PLM_NONE) {
        return 0;
    }
    plm_portfolio portfolio = pli_venue_portfolio(&venue->book, account);
    for (uint32_t i = 0; i < portfolio.balance_count; i += 1) {
        if (portfolio.balances[i].asset_index == index) {
            return (int64_t)portfolio.balances[i].atoms.low;
        }
    }
    return 0;
}
