/* journal.c: what a running venue tells whoever looks after it: lines of JSON.         SPDX-License-Identifier: Apache-2.0 */
#include "server/journal.h"

#include <stdio.h>

#include "os/clock.h"
#include "plimsoll/feed.h"

// Begin a line; false: none is written, for nobody asked or there were too many.
static bool
begin(pli_journal *journal, const char *event) {
    if (!journal->is_on) {
        return false;
    }
    int64_t now = pli_clock_real_ns();
    uint32_t missed = 0;
    if (now / INT64_C(1000000000) != journal->second) {
        missed = journal->dropped;
        journal->second = now / INT64_C(1000000000);
        journal->count = 0;
        journal->dropped = 0;
    }
    if (journal->count == PLI_JOURNAL_LINES_MAX) {
        journal->dropped += 1;
        return false;
    }
    journal->count += 1;
    pli_json_writer_finish(&journal->writer);
    pli_json_begin_object(&journal->writer, NULL);
    pli_json_time(&journal->writer, "time", now);
    pli_json_text(&journal->writer, "event", event);
    if (missed > 0) {
        pli_json_integer(&journal->writer, "lines_left_out", missed);
    }
    return true;
}

static void
end(pli_journal *journal) {
    pli_json_end(&journal->writer);
    if (journal->writer.status == PLM_OK) {
        (void)fputs(journal->writer.data, stderr);
        (void)fflush(stderr);
    }
}

void
pli_journal_open(pli_journal *journal, const char *directory, const char *address, uint16_t port,
                 uint64_t sequence) {
    if (begin(journal, "open")) {
        pli_json_text(&journal->writer, "directory", directory);
        pli_json_text(&journal->writer, "address", address);
        pli_json_integer(&journal->writer, "port", port);
        pli_json_integer(&journal->writer, "sequence", (int64_t)sequence);
        end(journal);
    }
}

void
pli_journal_close(pli_journal *journal, uint64_t sequence, const char *reason) {
    if (begin(journal, "close")) {
        pli_json_integer(&journal->writer, "sequence", (int64_t)sequence);
        pli_json_text(&journal->writer, "reason", reason);
        end(journal);
    }
}

static void
tell_price(pli_journal *journal, const plm_core *core, const plm_outcome *outcome,
           const plm_effect *effect) {
    const char *name = plm_core_underlying_name(core, effect->index);
    if (begin(journal, "price")) {
        pli_json_integer(&journal->writer, "sequence", (int64_t)outcome->sequence);
        pli_json_text(&journal->writer, "underlying", name != NULL ? name : "");
        pli_json_text(&journal->writer, "state",
                      plm_price_state_name((plm_price_state)effect->b.low));
        end(journal);
    }
}

void
pli_journal_effects(pli_journal *journal, const plm_core *core, const plm_outcome *outcome,
                    const plm_effect *effects) {
    for (uint32_t i = 0; journal->is_on && i < outcome->effect_count; i += 1) {
        const plm_effect *effect = &effects[i];
        bool is_usable = effect->b.low == PLM_PRICE_STATE_VALID;
        if (effect->kind == PLM_EFFECT_PRICE && !is_usable) {
            tell_price(journal, core, outcome, effect);
        } else if (effect->kind == PLM_EFFECT_STAGE && begin(journal, "stage")) {
            pli_json_integer(&journal->writer, "sequence", (int64_t)outcome->sequence);
            pli_json_integer(&journal->writer, "account", effect->account);
            pli_json_text(&journal->writer, "stage", plm_stage_name((plm_stage)effect->a.low));
            pli_json_text(&journal->writer, "before", plm_stage_name((plm_stage)effect->b.low));
            end(journal);
        }
    }
}

void
pli_journal_refusal(pli_journal *journal, const pli_http_request *request, unsigned status) {
    if (begin(journal, "refused")) {
        pli_json_integer(&journal->writer, "status", status);
        pli_json_text(&journal->writer, "method", request->is_post ? "POST" : "GET");
        pli_json_text(&journal->writer, "path", request->path);
        end(journal);
    }
}

void
pli_journal_finish(pli_journal *journal) {
    pli_json_writer_finish(&journal->writer);
}
