/* fuzz_portfolio.c: any bytes give sound groups or changes, or one refusal.           SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "io/changes_json.h"
#include "io/json.h"
#include "io/market_json.h"
#include "io/portfolio_json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The names that the seeds use; listed once, read by every input.
static const char market_text[] =
    "{\"schema\":\"plimsoll-market/1\",\"time\":\"2026-03-01T12:00:00Z\",\"valuation\":\"USD\","
    "\"assets\":[{\"id\":\"USD\",\"decimals\":6,\"underlying\":null},"
    "{\"id\":\"BTC\",\"decimals\":8,\"underlying\":\"BTC\",\"tiers\":[{\"upto\":null,\"haircut\":0}"
    "]}],"
    "\"underlyings\":[{\"id\":\"BTC\",\"tick\":\"0.5\",\"price\":64000,\"volatility\":\"55%\"}],"
    "\"instruments\":[{\"id\":\"BTC-PERP\",\"kind\":\"perpetual\",\"underlying\":\"BTC\","
    "\"lot\":\"0.001\",\"mark\":64012},{\"id\":\"BTC-USD-INV\",\"kind\":\"perpetual\","
    "\"settlement\":\"inverse\",\"underlying\":\"BTC\",\"lot\":10,\"mark\":64010},"
    "{\"id\":\"BTC-27MAR26-70000-C\",\"kind\":\"option\",\"right\":\"call\",\"underlying\":\"BTC\","
    "\"lot\":\"0.1\",\"strike\":70000,\"expiry\":\"2026-03-27T08:00:00Z\",\"mark\":1120}]}";

static pli_market_book book;

static pli_bytes
borrow(const void *data, size_t size) {
    // The parser reads and never writes; the cast only drops `const`.
    return (pli_bytes){.data = (uint8_t *)(uintptr_t)data, .size = size};
}

static void
open_book(void) {
    pli_document document = {0};
    if (book.pool.chunks == NULL) {
        plm_status status =
            pli_json_parse("m", borrow(market_text, sizeof market_text - 1), &document, NULL);
        PLI_ASSERT(status == PLM_OK);
        status = pli_market_decode(&document, &book, NULL);
        PLI_ASSERT(status == PLM_OK);
        pli_document_finish(&document);
    }
}

static void
check(plm_status status, const plm_fault *fault) {
    PLI_ASSERT(status == fault->status);
    PLI_ASSERT(status == PLM_OK || strncmp(fault->text, "f:", 2) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    open_book();
    pli_document document = {0};
    if (pli_json_parse("f", borrow(data, size), &document, NULL) != PLM_OK) {
        return 0;
    }
    pli_account_book account = {0};
    plm_fault fault = {0};
    plm_status status = pli_portfolio_decode(&document, &book, &account, &fault);
    check(status, &fault);
    PLI_ASSERT((status == PLM_OK) == (account.group_count > 0));
    for (uint32_t i = 0; i < account.group_count; i += 1) {
        status = plm_portfolio_check(&account.groups[i].portfolio, &book.listing, NULL);
        PLI_ASSERT(status == PLM_OK);
    }
    pli_account_finish(&account);
    pli_change_list list = {0};
    plm_fault detail = {0};
    check(pli_changes_decode(&document, &book, &list, &detail), &detail);
    pli_changes_finish(&list);
    pli_document_finish(&document);
    return 0;
}
