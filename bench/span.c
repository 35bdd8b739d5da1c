/* span.c: how long a SPAN file of 1.2 million lines, and one of 160,000 XML options, take to read.
 * SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "io/span_file.h"

#define ARRAYS 600000u
#define OPTIONS 160000u
#define ROUNDS 5

static double
now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static size_t
put_row(char *out, const char *const *fields, const unsigned *columns, unsigned count) {
    memset(out, ' ', 132);
    for (unsigned i = 0; i < count; i += 1) {
        memcpy(out + columns[i] - 1, fields[i], strlen(fields[i]));
    }
    out[132] = '\n';
    return 133;
}

// 100 series of 6,000 strikes; every array has the same values, which the reader cannot know.
static size_t
make_columns(char *out) {
    static const char head[] =
        "0 DEMO  20251128                   U2\n"
        "P DEMOW        OOFOPTION         002000  00000500000000          USD$STD 00\n"
        "2 DEM CC-WW 0USD$PN   OW        OOF\n";
    static const unsigned columns[] = {1, 55, 97, 111};
    static const char *const halves[2] = {"00090-00080+00060+00200+00300-00120-00180+00260+00560-",
                                          "00380-00270+00300+00860-00700-00120+00640-03500-"};
    size_t size = sizeof head - 1;
    memcpy(out, head, size);
    for (unsigned i = 0; i < ARRAYS; i += 1) {
        for (unsigned half = 0; half < 2; half += 1) {
            char identity[80];
            snprintf(identity, sizeof identity,
                     "8%uDEMOW        WW        OOFP202603   2026%02u%02u %07u", half + 1,
                     i / 6000 % 12 + 1, i / 72000 + 1, i % 6000 * 5);
            const char *const fields[] = {identity, halves[half], "", half == 0 ? "" : "0000725++"};
            size += put_row(out + size, fields, columns, 4);
        }
    }
    return size;
}

static size_t
make_xml(char *out) {
    size_t size =
        (size_t)sprintf(out, "<spanFile><pointInTime><clearingOrg><ccDef><cc>W</cc><pfLink>"
                             "<pfCode>W</pfCode><pfType>OOP</pfType></pfLink></ccDef>\n"
                             "<exchange><exch>X</exch><oopPf><pfCode>W</pfCode>\n"
                             "<series><pe>20260630</pe>\n");
    for (unsigned i = 0; i < OPTIONS; i += 1) {
        size += (size_t)sprintf(out + size,
                                "<opt><cId>%u</cId><o>C</o><k>%u.00</k><p>260.05</p><d>0.84</d>"
                                "<v>0.40</v><ra><r>1</r>",
                                i + 1, i * 50 + 50);
        for (unsigned j = 0; j < 16; j += 1) {
            size += (size_t)sprintf(out + size, "<a>-%u.%02u</a>\n", i % 2000 + j, i % 100);
        }
        size += (size_t)sprintf(out + size, "<d>0.84530</d></ra></opt>\n");
    }
    return size + (size_t)sprintf(out + size, "</series></oopPf></exchange></clearingOrg>"
                                              "</pointInTime></spanFile>\n");
}

static void
measure(const char *what, char *text, size_t size) {
    double best = 1e18;
    size_t memory = 0;
    unsigned contracts = 0;
    for (unsigned i = 0; i < ROUNDS; i += 1) {
        pli_span_book book = {.pool = {.chunks = NULL}};
        plm_fault fault = {.status = PLM_OK};
        pli_bytes bytes = {.data = (uint8_t *)text, .size = size};
        double start = now_ms();
        if (pli_span_parse("bench", bytes, &book, &fault) != PLM_OK) {
            fprintf(stderr, "%s\n", fault.text);
            exit(1);
        }
        double took = now_ms() - start;
        best = took < best ? took : best;
        memory = book.pool.total;
        contracts = book.file.contract_count;
        pli_span_book_finish(&book);
    }
    printf("%s: %u arrays, %.1f MB of text, %.0f ms (best of %d), %.1f MB of tables\n", what,
           contracts, (double)size / 1e6, best, ROUNDS, (double)memory / 1e6);
}

int
main(void) {
    char *text = malloc((size_t)ARRAYS * 2 * 133 + 4096);
    char *xml = malloc((size_t)OPTIONS * 700 + 4096);
    if (text == NULL || xml == NULL) {
        return 1;
    }
    measure("positional", text, make_columns(text));
    measure("xml", xml, make_xml(xml));
    free(text);
    free(xml);
    return 0;
}
