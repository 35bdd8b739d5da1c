/* span_spn.h: what the parts of the XML decoder share.                               SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_SPAN_SPN_H
#define PLI_IO_SPAN_SPN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/span_file.h"

#define PLI_SPN_DEPTH_MAX 32u
#define PLI_SPN_TEXT_MAX 64u

/* pli_spn_link - a product that a combined commodity names; resolved when the whole file was read. */
typedef struct pli_spn_link {
    uint32_t line;
    uint32_t commodity_index;
    char exchange[PLI_SPAN_CODE_SIZE]; /* "" any */
    char code[PLI_SPAN_CODE_SIZE];
    char type[PLI_SPAN_CODE_SIZE];
} pli_spn_link;

/* pli_spn_under - the future under an option on a future, by the file's own numbers. */
typedef struct pli_spn_under {
    uint32_t product_id;
    uint32_t contract_id;
} pli_spn_under;

/* pli_spn_counts - how many elements of each kind, and so how large the tables are. */
typedef struct pli_spn_counts {
    uint32_t products, commodities, tiers, spreads, legs, inters, series, contracts, links;
} pli_spn_counts;

/*
 * pli_spn - the parse at hand. The tables were sized before, by the names of elements that stand in the bytes.
 *
 * The tables beside the file run parallel to its own: product_ids to products, contract_ids to contracts, unders to
 * contracts. `names` are the open elements, `text` the characters of the innermost.
 */
typedef struct pli_spn {
    const char *name;
    plm_fault *fault;
    plm_status status;
    void *parser;
    pli_spn_counts counts;
    pli_span_file file;
    uint32_t link_count;
    pli_spn_link *links;
    uint32_t *product_ids;
    uint32_t *contract_ids;
    pli_spn_under *unders;
    uint32_t depth;
    uint32_t exchange_depth; /* where <exchange> was opened, 0 outside of it */
    char names[PLI_SPN_DEPTH_MAX][PLI_SPAN_CODE_SIZE];
    size_t text_size; /* may pass PLI_SPN_TEXT_MAX: then the text is cut */
    char text[PLI_SPN_TEXT_MAX + 1];
    // What is open now.
    char exchange[PLI_SPAN_CODE_SIZE];
    bool is_rate_first; /* the rate or array at hand is number 1, or has no number */
    bool has_rate;      /* of the spread or tier at hand */
    bool is_period_delta;
    bool has_array; /* the contract at hand has its 16 values */
    uint32_t array_count;
    uint32_t scan_tier_count;
    uint32_t minimum_tier_count;
    pli_span_period range_first;
    pli_span_series series;
    pli_span_contract contract;
    uint32_t contract_id;
    pli_spn_under under;
    pli_span_leg leg;
    char leg_commodity[PLI_SPAN_CODE_SIZE];
} pli_spn;

/* pli_spn_fail - "name:line: ..." at the parser's line; the first one counts. */
void pli_spn_fail(pli_spn *run, plm_status status, const char *what, const char *detail);

/* pli_spn_is_inside - is `name` one of the open elements, the innermost included? pli_spn_parent - the one around it. */
bool pli_spn_is_inside(const pli_spn *run, const char *name);
const char *pli_spn_parent(const pli_spn *run);

/* The text of the element at hand: as a code, a whole number, a decimal of up to `scale` decimals, a period. */
void pli_spn_code(pli_spn *run, char out[PLI_SPAN_CODE_SIZE]);
uint32_t pli_spn_integer(pli_spn *run);
int64_t pli_spn_decimal(pli_spn *run, uint32_t scale);
pli_span_number pli_spn_number(pli_spn *run);
pli_span_period pli_spn_period(pli_spn *run);

/* What begins and ends inside <exchange>, and inside <ccDef> and the spreads between commodities. */
void pli_spn_exchange_begin(pli_spn *run, const char *name);
void pli_spn_exchange_end(pli_spn *run, const char *name);
void pli_spn_commodity_begin(pli_spn *run, const char *name);
void pli_spn_commodity_end(pli_spn *run, const char *name);

/* pli_spn_resolve - links, futures under options, commodities that cannot be computed; then the index. */
plm_status pli_spn_resolve(pli_spn *run);

#endif
