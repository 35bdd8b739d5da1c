/* export.c: plimsoll export: every event of a venue, as lines or as bytes.             SPDX-License-Identifier: Apache-2.0 */
#include "cli/memory.h"
#include "cli/venue.h"
#include "cli/verbs.h"
#include "io/export_json.h"

static const pli_option options[] = {
    {"binary", NULL, "events side by side as bytes, not lines of JSON"},
    {"accepted", NULL, "leave out what was refused"},
    {"whole", NULL, "with the venue's sizes before and its digest behind them, for `import venue`"},
    {NULL, NULL, NULL},
};

typedef struct writer {
    pli_sink sink;
    bool is_binary, is_accepted_only, is_whole;
    bool is_begun; /* the first line of a whole export is written */
    plm_status status;
    plm_fault fault;
} writer;

static void
write_event(writer *to, const plm_event *event) {
    if (to->is_binary) {
        uint8_t bytes[PLM_EVENT_SIZE_MAX];
        size_t size = 0;
        to->status = plm_event_encode(event, bytes, sizeof bytes, &size);
        if (to->status == PLM_OK) {
            pli_sink_bytes(&to->sink, (const char *)bytes, size);
        }
        return;
    }
    pli_json_writer json = {.data = NULL};
    to->status = pli_event_json_write(&json, event, &to->fault);
    to->status = to->status == PLM_OK ? json.status : to->status;
    if (to->status == PLM_OK) {
        pli_sink_bytes(&to->sink, json.data, json.size);
    }
    pli_json_writer_finish(&json);
}

static plm_status
write_line(const writer *to, pli_json_writer *line) {
    plm_status status = line->status;
    if (status == PLM_OK) {
        pli_sink_bytes(&to->sink, line->data, line->size);
    }
    pli_json_writer_finish(line);
    return status;
}

static void
write_begin(const plm_core *core, writer *to) {
    pli_json_writer line = {.data = NULL};
    if (to->is_whole && !to->is_begun) {
        pli_export_begin_write(&line, plm_core_limits_of(core));
        to->status = write_line(to, &line);
        to->is_begun = true;
    }
}

static void
write_end(const plm_core *core, writer *to) {
    uint8_t digest[32];
    plm_core_digest(core, digest);
    pli_json_writer line = {.data = NULL};
    pli_export_end_write(&line, plm_core_sequence(core), digest);
    to->status = write_line(to, &line);
}

static void
observe(void *observer, const plm_core *core, const plm_event *event, const plm_outcome *outcome,
        const plm_effect *effects) {
    writer *to = observer;
    write_begin(core, to);
    (void)effects;
    bool is_wanted = !to->is_accepted_only || outcome->reject == PLM_REJECT_NONE;
    if (to->status == PLM_OK && is_wanted) {
        write_event(to, event);
    }
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    writer to = {.sink = pli_page_sink(page),
                 .is_binary = pli_argument_is_given(invocation, "binary"),
                 .is_accepted_only = pli_argument_is_given(invocation, "accepted"),
                 .is_whole = pli_argument_is_given(invocation, "whole")};
    if (to.is_whole && (to.is_binary || to.is_accepted_only)) {
        return pli_fail_usage("--whole", " goes with neither --binary nor --accepted",
                              ": it is every event as a line");
    }
    plm_engine_options engine_options;
    plm_engine_options_init(&engine_options);
    engine_options.is_read_only = true;
    engine_options.is_verifying = true;
    engine_options.observe = observe;
    engine_options.observer = &to;
    plm_engine *engine = NULL;
    pli_exit end = pli_venue_open(invocation, &engine_options, &engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    if (to.status == PLM_OK && to.is_whole) {
        write_begin(plm_engine_core(engine), &to);
        write_end(plm_engine_core(engine), &to);
    }
    end = to.status == PLM_OK ? PLI_EXIT_OK : pli_fail_status(NULL, &to.fault);
    return pli_venue_close(engine, end);
}

const pli_verb pli_verb_export = {
    .name = "export",
    .summary = "every event of a venue, as lines of JSON or as bytes",
    .operands = "DIR",
    .operand_min = 1,
    .operand_max = 1,
    .options = options,
    .detail =
        "The log is verified on the way. All that is written can be applied to an empty venue "
        "of the same sizes and gives the same state, digest for digest; without what was "
        "refused, sequence, counters and times are others. With --whole it is what `plimsoll "
        "import "
        "venue` makes a venue of.",
    .example = "plimsoll export build/venue --whole",
    .run = run,
};
