/* chain_rows.h: the rows of an option chain, before a market is made of them.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CHAIN_ROWS_H
#define PLI_IO_CHAIN_ROWS_H

#include "io/chain_csv.h"
#include "plimsoll/instrument.h"

/* pli_chain_option - one row as read. */
typedef struct pli_chain_option {
    pli_chain_row row;
    plm_right right;
    int64_t strike_e8;
    int64_t expiry_ns;
    int64_t mark_e8;
    pli_quote quote;
    int64_t index_e8; /* 0: not known */
} pli_chain_option;

/* pli_chain_rows - all rows; tables in the pool they were read with. */
typedef struct pli_chain_rows {
    uint32_t count;
    pli_chain_option *options;
    const char (*names)[PLM_NAME_SIZE];
    pli_names index; /* of the names */
    char coin[PLM_NAME_SIZE];
    int64_t time_ns; /* latest */
} pli_chain_rows;

/*
 * pli_chain_rows_read - decode a chain file.
 * pli_chain_rows_quote - replace quotes by the best levels of an order-book file.
 * pli_chain_rows_check_quotes - refuse crossed quotes, or drop and count them.
 *
 * Returns    As pli_chain_decode.
 */
PLM_MUST_USE plm_status pli_chain_rows_read(pli_named_bytes text, pli_pool *pool,
                                            pli_chain_rows *rows, plm_fault *fault);
PLM_MUST_USE plm_status pli_chain_rows_quote(pli_named_bytes books, pli_chain_rows *rows,
                                             plm_fault *fault);
PLM_MUST_USE plm_status pli_chain_rows_check_quotes(const char *name, bool is_dropped,
                                                    pli_chain_rows *rows, uint32_t *crossed_count,
                                                    plm_fault *fault);

#endif
