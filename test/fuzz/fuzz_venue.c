/* fuzz_venue.c: any mapping and any files give well-formed accounts, counted bad rows, or one refusal.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "io/marks_market.h"
#include "io/venue_book.h"
#include "io/yaml.h"

#define PART_COUNT (PLI_FEED_COUNT + 1)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a mapping and the files of the feeds in their order, parted by lines "----". */
static const char mark[] = "\n----\n";

static char folder[256];
static char paths[PART_COUNT][320];

static void
remove_files(void) {
    for (int i = 0; i < PART_COUNT; i += 1) {
        (void)unlink(paths[i]);
    }
    (void)rmdir(folder);
}

static void
make_folder(void) {
    // Six small files an input: in memory where the system has such a folder.
    bool has_memory = access("/dev/shm", W_OK) == 0;
    const char *base = has_memory ? "/dev/shm" : getenv("PLIMSOLL_BUILD");
    snprintf(folder, sizeof folder, "%s/fuzz-venue-XXXXXX", base == NULL ? "." : base);
    if (mkdtemp(folder) == NULL) {
        abort();
    }
    for (int i = 0; i < PART_COUNT; i += 1) {
        snprintf(paths[i], sizeof paths[i], "%s/f%d", folder, i);
    }
    atexit(remove_files);
}

static const uint8_t *
find_mark(const uint8_t *from, const uint8_t *end) {
    size_t size = sizeof mark - 1;
    for (; (size_t)(end - from) >= size; from += 1) {
        if (memcmp(from, mark, size) == 0) {
            return from;
        }
    }
    return NULL;
}

// Writes the parts behind the mapping; answers the size of the mapping.
static size_t
write_parts(const uint8_t *data, size_t size, const char *found[PART_COUNT]) {
    const uint8_t *end = data + size;
    const uint8_t *from = data;
    size_t first = size;
    for (int part = 0; part < PART_COUNT && from != NULL; part += 1) {
        const uint8_t *stop = find_mark(from, end);
        size_t part_size = (size_t)((stop == NULL ? end : stop) - from);
        FILE *file = fopen(paths[part], "wb");
        PLI_ASSERT(file != NULL);
        PLI_ASSERT(fwrite(from, 1, part_size, file) == part_size);
        PLI_ASSERT(fclose(file) == 0);
        found[part] = paths[part];
        first = part == 0 ? part_size : first;
        from = stop == NULL ? NULL : stop + sizeof mark - 1;
    }
    return first;
}

static void
check_book(const pli_venue_book *book, const pli_market_book *market) {
    PLI_ASSERT(book->account_count == 0 || book->position_begin[0] == 0);
    for (uint32_t i = 0; i < book->account_count; i += 1) {
        plm_fault fault = {.status = PLM_OK};
        plm_portfolio portfolio = pli_venue_portfolio(book, i);
        PLI_ASSERT(portfolio.position_count <= book->position_max);
        PLI_ASSERT(strlen(pli_venue_id(book, i)) < PLI_ACCOUNT_ID_MAX);
        PLI_ASSERT(plm_portfolio_check(&portfolio, &market->listing, &fault) == PLM_OK);
        PLI_ASSERT(book->incumbents[i].initial_micros >= 0);
        PLI_ASSERT(book->incumbents[i].maintenance_micros >= 0);
    }
}

static void
read_book(const pli_mapping *mapping, const char *const found[PART_COUNT]) {
    static pli_bad_rows bad;
    pli_market_book market = {.class_count = 0};
    pli_venue_book book = {.account_count = 0};
    plm_fault fault = {.status = PLM_OK};
    uint64_t rows = 0;
    bad.count = 0;
    const pli_marks_source marks = {.path = found[1], .mapping = mapping};
    plm_status status = pli_marks_read(&marks, &market, &bad, &rows, &fault);
    PLI_ASSERT(status == fault.status);
    PLI_ASSERT(bad.count <= rows);
    if (status != PLM_OK) {
        PLI_ASSERT(fault.text[0] != '\0');
        return;
    }
    pli_venue_source source = {.mapping = mapping};
    for (int feed = PLI_FEED_ACCOUNTS; feed < PLI_FEED_COUNT; feed += 1) {
        source.paths[feed] = found[feed + 1];
    }
    status = pli_venue_read(&source, &market, &book, &bad, &fault);
    PLI_ASSERT(status == fault.status);
    if (status == PLM_OK) {
        check_book(&book, &market);
    }
    for (uint64_t i = 0; i < bad.count && i < PLI_BAD_ROWS_SHOWN; i += 1) {
        PLI_ASSERT(bad.shown[i].status != PLM_OK);
        PLI_ASSERT(strstr(bad.shown[i].text, ":") != NULL);
    }
    pli_venue_finish(&book);
    pli_book_finish(&market);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *found[PART_COUNT] = {NULL};
    plm_fault fault = {.status = PLM_OK};
    pli_document document = {0};
    pli_mapping mapping;
    if (folder[0] == '\0') {
        make_folder();
    }
    // The parser reads and never writes; the cast only drops `const`.
    pli_bytes bytes = {.data = (uint8_t *)(uintptr_t)data};
    bytes.size = write_parts(data, size, found);
    plm_status status = pli_yaml_parse("f", bytes, &document, &fault);
    if (status == PLM_OK) {
        status = pli_mapping_decode(&document, &mapping, &fault);
    }
    PLI_ASSERT(status == fault.status);
    PLI_ASSERT(status == PLM_OK || strncmp(fault.text, "f:", 2) == 0);
    if (status == PLM_OK && found[1] != NULL) {
        read_book(&mapping, found);
    }
    if (status == PLM_OK) {
        pli_mapping_finish(&mapping);
    }
    pli_document_finish(&document);
    return 0;
}
