/* derive_auction_cases.c: published auctions of Derive: its margin v1 and the auction by share.   SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/muldiv.h"
#include "base/text.h"
#include "liquidation/auction.h"
#include "venue/derive_cases.h"
#include "venue/formulas.h"

#define VALUE_MAX 1e12 /* USD; its 1e18 times stay far inside pli_share_account */

// --- Inputs ---

static void
read_fraction(pli_case *test, const pli_node *object, const char *key, int64_t *out) {
    pli_i128 value = 0;
    pli_case_decimal(test, object, key, 18, &value);
    if (test->status == PLM_OK && (value < 0 || value > PLI_SHARE_ONE)) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, object, key, " is outside 0..1");
        return;
    }
    *out = (int64_t)value;
}

static void
read_length(pli_case *test, const pli_node *object, const char *key, uint32_t *out) {
    int64_t value = 0;
    pli_case_i64(test, object, key, &value);
    if (test->status == PLM_OK && (value < 1 || value > UINT32_MAX)) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, object, key, " is no length");
        return;
    }
    *out = (uint32_t)value;
}

static void
read_terms(pli_case *test, pli_share_terms *terms) {
    const pli_node *object = pli_case_object(test, test->context, "auction_params");
    read_fraction(test, object, "startingMtMPercentage", &terms->start_e18);
    read_fraction(test, object, "fastAuctionCutoffPercentage", &terms->cutoff_e18);
    read_fraction(test, object, "liquidatorFeeRate", &terms->fee_e18);
    read_fraction(test, object, "bufferMarginPercentage", &terms->buffer_e18);
    read_length(test, object, "fastAuctionLength", &terms->fast_seconds);
    read_length(test, object, "slowAuctionLength", &terms->slow_seconds);
    read_length(test, object, "insolventAuctionLength", &terms->insolvent_seconds);
    if (test->status == PLM_OK && pli_share_check(terms) != PLM_OK) {
        (void)pli_case_fail(test, PLM_PARAMETER_INVALID, object, "auction_params", NULL);
    }
}

// --- A portfolio in the shape of derive.pmrm.v1 ---

static void *
take(pli_case *test, size_t count, size_t size) {
    void *memory = pli_arena_take(test->arena, count, size, 8);
    if (memory == NULL && test->status == PLM_OK) {
        (void)pli_case_fail(test, PLM_LIMIT, NULL, "the case does not fit its memory", NULL);
    }
    return memory;
}

/* expiry_ts - time, in decimal. */
static const char *
seconds_text(pli_case *test, const pli_node *entry, int64_t time) {
    int64_t expiry = 0;
    pli_case_i64(test, entry, "expiry_ts", &expiry);
    char *digits = take(test, 24, 1);
    if (digits == NULL || test->status != PLM_OK) {
        return "0";
    }
    pli_text text = pli_text_init(digits, 24);
    pli_text_append_i64(&text, expiry - time);
    return digits;
}

static size_t
length_of(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length += 1;
    }
    return length;
}

/* The list with sec_to_expiry added to every entry. */
static const pli_node *
with_seconds(pli_case *test, const pli_node *list, int64_t time) {
    pli_node *copy = take(test, 1, sizeof *copy);
    pli_node *entries = take(test, list->child_count, sizeof *entries);
    pli_node *seconds = take(test, list->child_count, sizeof *seconds);
    if (copy == NULL || entries == NULL || seconds == NULL) {
        return list;
    }
    *copy = *list;
    copy->child = list->child_count == 0 ? NULL : entries;
    uint32_t at = 0;
    for (const pli_node *entry = list->child; entry != NULL; entry = entry->next) {
        const char *text = seconds_text(test, entry, time);
        seconds[at] = (pli_node){.kind = PLI_NODE_NUMBER,
                                 .line = entry->line,
                                 .key = "sec_to_expiry",
                                 .text = text,
                                 .text_size = length_of(text),
                                 .next = entry->child};
        entries[at] = *entry;
        entries[at].child = &seconds[at];
        entries[at].child_count += 1;
        entries[at].next = entry->next == NULL ? NULL : &entries[at + 1];
        at += 1;
    }
    return copy;
}

/* The portfolio at that time; `base` gets the name that the margin reads. */
static const pli_node *
at_time(pli_case *test, const pli_node *portfolio, int64_t time) {
    pli_i128 perpetuals = 0;
    pli_case_decimal(test, portfolio, "perps", 18, &perpetuals);
    if (test->status == PLM_OK && perpetuals != 0) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, portfolio, "perps need a price", NULL);
    }
    pli_node *copy = take(test, 1, sizeof *copy);
    pli_node *members =
        portfolio == NULL ? NULL : take(test, portfolio->child_count, sizeof *members);
    if (test->status != PLM_OK || members == NULL) {
        return portfolio;
    }
    *copy = *portfolio;
    copy->child = members;
    uint32_t at = 0;
    for (const pli_node *member = portfolio->child; member != NULL; member = member->next) {
        bool is_list =
            pli_text_is_equal(member->key, "expiries") || pli_text_is_equal(member->key, "options");
        members[at] = is_list ? *with_seconds(test, member, time) : *member;
        members[at].key = pli_text_is_equal(member->key, "base") ? "base_position" : member->key;
        members[at].next = member->next == NULL ? NULL : &members[at + 1];
        at += 1;
    }
    return copy;
}

static pli_i128
to_e18(pli_case *test, double value) {
    if (!(value >= -VALUE_MAX && value <= VALUE_MAX)) {
        (void)pli_case_fail(test, PLM_OVERFLOW, test->inputs, "a value is beyond 1e12", NULL);
        return 0;
    }
    return (pli_i128)(value * 1e18);
}

static void
read_account(pli_case *test, const pli_node *portfolio, int64_t time, pli_share_account *account) {
    const pli_node *parameters = pli_case_object(test, test->context, "pmrm_params");
    const pli_node *scenarios = pli_case_list(test, test->context, "scenarios");
    const pli_node *moved = at_time(test, portfolio, time);
    pli_pmrm1_result margin = {.value = 0.0};
    if (test->status == PLM_OK &&
        pli_derive_case_pmrm1(test, parameters, scenarios, moved, &margin) == PLM_OK) {
        account->value = to_e18(test, margin.value);
        account->maintenance = to_e18(test, margin.maintenance);
    }
}

// --- The auction ---

typedef struct auction {
    pli_share_terms terms;
    int64_t start_time;
    int64_t left_e18;  /* of the original portfolio */
    pli_i128 reserved; /* cash received so far */
} auction;

static void
write_e18(pli_result *result, const char *key, pli_i128 value) {
    pli_result_fraction(result, key, value, PLI_SHARE_ONE);
}

static void
write_account(pli_result *result, const pli_share_terms *terms, const pli_share_account *account,
              int64_t discount, bool is_before) {
    write_e18(result, is_before ? "PreMtM" : "PostMtM", account->value);
    write_e18(result, is_before ? "PreMM" : "PostMM", account->maintenance);
    write_e18(result, is_before ? "PreBM" : "PostBM", pli_share_buffer(terms, account));
    bool is_solvent = account->value > 0;
    write_e18(result, is_before ? "PreFMax" : "PostFMax",
              is_solvent ? pli_share_limit(terms, account, discount) : 0);
}

static pli_i128
portion(pli_i128 value, int64_t share_e18) {
    pli_i128 part = 0;
    bool fits = pli_muldiv_floor(value, share_e18, PLI_SHARE_ONE, &part);
    PLI_ASSERT(fits);
    return part;
}

/* The share of the present portfolio that the bidder gets. A wanted share is of the present one in a solvent auction, of
 * the original one in an insolvent auction. */
static int64_t
share_taken(const auction *run, const pli_share_account *account, int64_t wanted,
            int64_t discount) {
    if (account->value > 0) {
        int64_t limit = pli_share_limit(&run->terms, account, discount);
        return wanted < limit ? wanted : limit;
    }
    if (wanted >= run->left_e18) {
        return PLI_SHARE_ONE;
    }
    return (int64_t)pli_div_floor_i128((pli_i128)wanted * PLI_SHARE_ONE, run->left_e18);
}

static void
action(pli_case *test, const pli_node *node, auction *run, pli_result *result) {
    int64_t time = 0;
    int64_t wanted = 0;
    pli_share_account account = {.reserved = run->reserved};
    pli_case_i64(test, node, "time", &time);
    read_fraction(test, node, "percent_want", &wanted);
    read_account(test, pli_case_object(test, node, "portfolio_and_feeds_before"), time, &account);
    if (test->status == PLM_OK && time < run->start_time) {
        (void)pli_case_fail(test, PLM_VALUE_INVALID, node, "time is before the start", NULL);
    }
    if (test->status != PLM_OK) {
        return;
    }
    uint64_t elapsed = (uint64_t)(time - run->start_time);
    int64_t discount = pli_share_discount(&run->terms, elapsed);
    int64_t share = share_taken(run, &account, wanted, discount);
    bool is_solvent = account.value > 0;
    pli_i128 bid = is_solvent ? pli_share_price(&account, discount, share) : 0;
    pli_i128 payout = is_solvent ? 0 : pli_share_payout(&run->terms, &account, elapsed, share);
    write_account(result, &run->terms, &account, discount, true);
    write_e18(result, "ExpectedBidPrice", bid);
    write_e18(result, "SMPayout", -payout);
    write_e18(result, "Lowerbound", is_solvent ? 0 : account.maintenance);
    write_e18(result, "fLiquidatedOfOriginal", share);
    // Of the original, as the other cases and both insolvent ones print it; Test4 prints its second one of the present.
    write_e18(result, "FinalPercentageReceived", portion(run->left_e18, share));
    // Cash paid in earlier stays with the account: the bidder gets a share of the rest.
    pli_i128 kept = run->reserved;
    account.value = kept + portion(account.value - kept, (int64_t)(PLI_SHARE_ONE - share)) + bid;
    account.maintenance =
        kept + portion(account.maintenance - kept, (int64_t)(PLI_SHARE_ONE - share)) + bid;
    run->reserved += bid;
    run->left_e18 -= (int64_t)portion(run->left_e18, share);
    account.reserved = run->reserved;
    write_account(result, &run->terms, &account, discount, false);
}

static plm_status
auction_case(pli_case *test, pli_result *result) {
    auction run = {.left_e18 = PLI_SHARE_ONE};
    pli_share_account start = {.reserved = 0};
    read_terms(test, &run.terms);
    pli_case_i64(test, test->inputs, "start_time", &run.start_time);
    read_account(test, pli_case_object(test, test->inputs, "initial"), run.start_time, &start);
    const pli_node *actions = pli_case_list(test, test->inputs, "actions");
    if (test->status != PLM_OK) {
        return test->status;
    }
    write_e18(result, "liquidation_fee_charged_at_start", pli_share_fee(&run.terms, &start));
    pli_result_begin_list(result, "actions");
    for (const pli_node *node = actions->child; test->status == PLM_OK && node != NULL;
         node = node->next) {
        pli_result_begin_object(result, NULL);
        action(test, node, &run, result);
        pli_result_end(result);
    }
    pli_result_end(result);
    return test->status;
}

static const pli_formula formulas[] = {
    {"derive.auction", auction_case},
};

const pli_formula_table pli_formulas_derive_auction = {PLI_FORMULAS(formulas)};
