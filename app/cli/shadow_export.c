/* shadow_export.c: plimsoll shadow --export: one CSV line for each account.              SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/shadow.h"
#include "cli/words.h"

#define CELL_SIZE 256

static const char header[] =
    "account,status,was,is,equity,initial,call,maintenance,incumbent_equity,incumbent_initial,"
    "incumbent_maintenance,difference,shortfall,branch,scenario,largest_charge,"
    "largest_charge_amount,replay_loss,replay\n";

static void
put(void *context, const char *bytes, size_t size) {
    pli_shadow_export *out = context;
    if (fwrite(bytes, 1, size, out->file) != size) {
        out->has_failed = true;
    }
}

pli_exit
pli_shadow_export_open(const char *path, pli_shadow_export *out) {
    *out = (pli_shadow_export){.file = fopen(path, "w"), .path = path};
    if (out->file == NULL) {
        plm_fault fault = {.status = PLM_IO_OPEN};
        (void)pli_fault_set(&fault, PLM_IO_OPEN, path, ": ", strerror(errno));
        return pli_fail_status(NULL, &fault);
    }
    put(out, header, sizeof header - 1);
    return PLI_EXIT_OK;
}

pli_exit
pli_shadow_export_close(pli_shadow_export *out) {
    if (fclose(out->file) == 0 && !out->has_failed) {
        return PLI_EXIT_OK;
    }
    plm_fault fault = {.status = PLM_IO_WRITE};
    (void)pli_fault_set(&fault, PLM_IO_WRITE, out->path, ": could not be written", NULL);
    return pli_fail_status(NULL, &fault);
}

static void
put_text(const pli_sink *sink, const char *text) {
    pli_sink_csv(sink, text);
    pli_sink_string(sink, ",");
}

static void
put_micros(const pli_sink *sink, bool is_there, int64_t micros) {
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    if (is_there) {
        pli_decimal_format(&text, micros, 6, 2);
    }
    put_text(sink, data);
}

static void
put_reason(const pli_shadow_run *run, const plm_reason_part *part, const pli_sink *sink) {
    char data[CELL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    bool is_own = part->branch == PLM_BRANCH_TAIL || part->branch == PLM_BRANCH_GRID ||
                  part->branch == PLM_BRANCH_STRESS;
    put_text(sink, plm_branch_name(part->branch));
    if (is_own && part->scenario_index != PLM_NONE) {
        pli_words_entry(&text, &run->opened, &run->opened.maintenance_set, part->scenario_index,
                        part->underlying_index, NULL);
    } else if (part->scenario_index != PLM_NONE) {
        pli_text_append_u64(&text, part->scenario_index);
    }
    put_text(sink, data);
    plm_charge charge = pli_shadow_charge(part);
    put_text(sink, charge == PLM_CHARGE_COUNT ? "" : plm_charge_name(charge));
    put_micros(sink, charge != PLM_CHARGE_COUNT,
               charge == PLM_CHARGE_COUNT ? 0 : part->charges_micros[charge]);
}

void
pli_shadow_export_row(const pli_shadow_run *run, const pli_shadow_row *row,
                      const plm_reason *reason, pli_shadow_export *out) {
    const pli_sink sink = {.write = put, .context = out};
    const plm_requirement *is = &row->requirement;
    const pli_incumbent *was = &row->incumbent;
    bool is_ok = row->status == PLM_OK;
    char data[CELL_SIZE];
    pli_text text = pli_text_init(data, sizeof data);
    pli_shadow_id(run, row->account_index, &text);
    put_text(&sink, data);
    put_text(&sink, is_ok ? "ok" : "unsupported");
    put_text(&sink, row->was == 0 ? "" : plm_health_name(row->was));
    put_text(&sink, is_ok ? plm_health_name(is->health) : "");
    put_micros(&sink, is_ok, is->equity_maintenance_micros);
    put_micros(&sink, is_ok, is->initial_micros);
    put_micros(&sink, is_ok, is->call_micros);
    put_micros(&sink, is_ok, is->maintenance_micros);
    put_micros(&sink, was->has_equity, was->equity_micros);
    put_micros(&sink, was->has_initial, was->initial_micros);
    put_micros(&sink, was->has_maintenance, was->maintenance_micros);
    put_micros(&sink, row->basis != PLI_SHADOW_BASIS_NONE, row->difference_micros);
    put_micros(&sink, is_ok, row->shortfall_micros);
    if (is_ok) {
        put_reason(run, &reason->maintenance, &sink);
    } else {
        pli_sink_string(&sink, ",,,,");
    }
    put_micros(&sink, is_ok, row->loss_micros);
    text = pli_text_init(data, sizeof data);
    if (row->replay_index != PLM_NONE) {
        pli_shadow_replay_words(run, row->replay_index, &text);
    }
    pli_sink_csv(&sink, data);
    pli_sink_string(&sink, "\n");
}
