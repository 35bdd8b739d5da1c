/* init.c: plimsoll init: an empty venue in a directory.                               SPDX-License-Identifier: Apache-2.0 */
#include "cli/rows.h"
#include "cli/venue.h"
#include "cli/verbs.h"

typedef struct size_option {
    const char *name;
    size_t offset;
    uint64_t high;
} size_option;

#define SIZE(name, field, high)                                                                    \
    { name, offsetof(plm_core_limits, field), high }
static const size_option sizes[] = {
    SIZE("assets", asset_count, 4096),
    SIZE("underlyings", underlying_count, 4096),
    SIZE("instruments", instrument_count, 1 << 20),
    SIZE("accounts", account_count, 1 << 27),
    SIZE("balances", balance_count, 4096),
    SIZE("positions", position_count, 4096),
    SIZE("orders", order_count, 4096),
    SIZE("signers", signer_count, 1 << 24),
    SIZE("client-ids", client_id_count, 1 << 16),
    SIZE("expiries", expiry_count, 1 << 16),
    SIZE("classes", class_count, 256),
    SIZE("history", history_count, 4096),
    SIZE("entries", entry_count, PLM_SCENARIO_ENTRIES_MAX),
    SIZE("network", network_id, UINT32_MAX),
};
#undef SIZE

static const pli_option options[] = {
    {"assets", "N", "assets that can be listed (default 8)"},
    {"underlyings", "N", "underlyings (default 8)"},
    {"instruments", "N", "instruments (default 256)"},
    {"accounts", "N", "accounts (default 1000)"},
    {"balances", "N", "balances of one account"},
    {"positions", "N", "positions of one account"},
    {"orders", "N", "open orders of one account"},
    {"signers", "N", "signers"},
    {"client-ids", "N", "client ids remembered for each signer"},
    {"expiries", "N", "pairs of underlying and expiry"},
    {"classes", "N", "shock classes"},
    {"history", "N", "daily closes kept for each underlying"},
    {"entries", "N", "entries of a risk-array row"},
    {"network", "N", "the deployment that signed price reports must name"},
    {"segment-mib", "N", "size of the log's files, 5 to 1048576 MiB (default 64)"},
    {NULL, NULL, NULL},
};

static pli_exit
read_limits(const pli_invocation *invocation, plm_core_limits *limits) {
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i += 1) {
        uint32_t *field = (uint32_t *)(void *)((char *)limits + sizes[i].offset);
        uint64_t value = *field;
        pli_exit end = pli_venue_count(invocation, sizes[i].name, 0, sizes[i].high, &value);
        if (end != PLI_EXIT_OK) {
            return end;
        }
        *field = (uint32_t)value;
    }
    return PLI_EXIT_OK;
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    pli_exit end = read_limits(invocation, &engine_options.limits);
    uint64_t segment_mib = 64;
    end = end == PLI_EXIT_OK ? pli_venue_count(invocation, "segment-mib", 5, 1 << 20, &segment_mib)
                             : end;
    engine_options.segment_size = segment_mib << 20;
    if (end != PLI_EXIT_OK) {
        return end;
    }
    plm_engine *engine = NULL;
    end = pli_venue_create(invocation, &engine_options, &engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    size_t size = plm_core_size(&engine_options.limits);
    pli_pool pool = {.chunks = NULL};
    const pli_column columns[2] = {pli_column_text("directory", "directory"),
                                   pli_column_count("memory_bytes", "memory of the state, bytes")};
    const pli_cell cells[2] = {pli_cell_text(invocation->operands[0]),
                               pli_cell_number((pli_i128)size, 0)};
    pli_rows rows = pli_rows_make(&pool, "venue", columns, 2, 1);
    rows.table.is_record = true;
    pli_rows_add(&rows, cells);
    const pli_tables answer = {
        .schema = "plimsoll-init/1", .table_count = 1, .tables = &rows.table};
    end = pli_venue_close(engine, PLI_EXIT_OK);
    end = end == PLI_EXIT_OK ? pli_show(invocation, &answer, page) : end;
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_init = {
    .name = "init",
    .summary = "make an empty venue in a directory",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "The sizes of all tables are fixed here and stand in the file DIR/limits; memory is "
        "reserved for them whenever the venue is opened, and nothing is reserved later. The log "
        "grows by files of one size, filled with zeros beforehand.",
    .example = "plimsoll init build/venue --accounts 10000",
    .run = run,
};
