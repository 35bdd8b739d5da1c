/* accounts.c: plimsoll accounts: every account of a venue against its requirement.     SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory.h"
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"

static const pli_option options[] = {
    {"first", "N", "index of the first account shown (default 0)"},
    {"count", "N", "how many are shown (default 100)"},
    {NULL, NULL, NULL},
};

static const char *
kind_name(plm_account_kind kind) {
    switch (kind) {
    case PLM_ACCOUNT_CROSS:
        return "cross";
    case PLM_ACCOUNT_SUB:
        return "sub";
    case PLM_ACCOUNT_ISOLATED:
        return "isolated";
    case PLM_ACCOUNT_POOL:
        return "pool";
    }
    return "unknown";
}

static pli_cell
health_cell(plm_status status, const plm_requirement *requirement) {
    if (status != PLM_OK) {
        return pli_cell_toned(pli_cell_text(plm_status_text(status)), PLI_TONE_WARNING);
    }
    pli_tone tone = requirement->health == PLM_HEALTH_HEALTHY        ? PLI_TONE_GOOD
                    : requirement->health == PLM_HEALTH_LIQUIDATABLE ? PLI_TONE_BAD
                                                                     : PLI_TONE_WARNING;
    return pli_cell_toned(pli_cell_text(plm_health_name(requirement->health)), tone);
}

static void
add_account(pli_rows *rows, plm_core *core, uint32_t account) {
    plm_account_info info = {0};
    plm_requirement requirement = {0};
    plm_status known = plm_core_account(core, account, &info);
    plm_core_question question = {.account = account};
    plm_status status = plm_core_require(core, &question, &requirement, NULL, NULL);
    bool is_known = known == PLM_OK && status == PLM_OK;
    const pli_cell cells[] = {
        pli_cell_number(account, 0),
        pli_cell_text(kind_name(info.kind)),
        pli_cell_number(info.owner, 0),
        pli_cell_number(info.position_count, 0),
        pli_cell_number(info.order_count, 0),
        is_known ? pli_cell_micros(requirement.equity_maintenance_micros) : pli_cell_none(),
        is_known ? pli_cell_micros(requirement.initial_micros) : pli_cell_none(),
        is_known ? pli_cell_micros(requirement.maintenance_micros) : pli_cell_none(),
        health_cell(status, &requirement),
    };
    pli_rows_add(rows, cells);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine *engine = NULL;
    uint64_t first = 0;
    uint64_t count = 100;
    pli_exit end = pli_venue_count(invocation, "first", 0, UINT32_MAX - 1, &first);
    end = end == PLI_EXIT_OK ? pli_venue_count(invocation, "count", 1, UINT32_MAX, &count) : end;
    end = end == PLI_EXIT_OK ? pli_venue_open_read(invocation, &engine) : end;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const pli_column columns[] = {
        pli_column_count("account", "account"),
        pli_column_text("kind", "kind"),
        pli_column_count("owner", "owner"),
        pli_column_count("positions", "positions"),
        pli_column_count("orders", "orders"),
        pli_column_money("equity", "equity", "", PLI_DECIMAL_FLOOR),
        pli_column_money("initial", "initial", "", PLI_DECIMAL_CEIL),
        pli_column_money("maintenance", "maintenance", "", PLI_DECIMAL_CEIL),
        pli_column_text("health", "health"),
    };
    plm_core *core = plm_engine_core(engine);
    uint64_t all = plm_core_account_count(core);
    uint64_t to = first < all && count < all - first ? first + count : all;
    pli_pool pool = {.chunks = NULL};
    pli_rows rows = pli_rows_make(&pool, "accounts", columns, sizeof columns / sizeof columns[0],
                                  first < to ? (uint32_t)(to - first) : 0);
    for (uint64_t account = first; account < to; account += 1) {
        add_account(&rows, core, (uint32_t)account);
    }
    const pli_tables answer = {
        .schema = "plimsoll-accounts/1", .table_count = 1, .tables = &rows.table};
    end = pli_show(invocation, &answer, page);
    pli_pool_finish(&pool);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_accounts = {
    .name = "accounts",
    .summary = "the accounts of a venue: equity against requirement",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail = "Numbers include everything that has come due. Where the model cannot answer, its "
              "reason stands in the last column.",
    .example = "plimsoll accounts build/venue",
    .run = run,
};
