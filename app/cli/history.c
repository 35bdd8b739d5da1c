/* history.c: history.db beside a venue's log, as the verbs keep it.                    SPDX-License-Identifier: Apache-2.0 */
#include "cli/history.h"

#include "io/event_json.h"

enum { PATH_SIZE = 4096 };

/* The line without its newline: a column of a table. */
static plm_status
line_of(const plm_event *event, pli_text *line) {
    pli_json_writer json = {.data = NULL};
    plm_status status = pli_event_json_write(&json, event, NULL);
    status = status == PLM_OK ? json.status : status;
    if (status == PLM_OK) {
        pli_text_append_bytes(line, json.data, json.size - 1);
    }
    pli_json_writer_finish(&json);
    return status;
}

plm_status
pli_venue_history_open(const char *directory, bool is_new, pli_history **history,
                       plm_fault *fault) {
    char data[PATH_SIZE];
    pli_text path = pli_text_init(data, sizeof data);
    pli_text_append(&path, directory);
    pli_text_append(&path, "/" PLI_HISTORY_NAME);
    if (path.is_truncated) {
        return pli_fault_set(fault, PLM_IO_OPEN, "the path is too long: ", directory, NULL);
    }
    const pli_history_options options = {.is_new = is_new, .line_of = line_of};
    return pli_history_open(data, &options, history, fault);
}

plm_status
pli_venue_history_catch_up(const char *directory, pli_history *history, plm_fault *fault) {
    plm_engine_options options;
    plm_engine_options_init(&options);
    options.is_read_only = true;
    // From a snapshot, if there is one that the history is not behind; what it knows is not decided again.
    options.observe_from = pli_history_taken(history) + 1;
    options.observe = pli_history_observe;
    options.observer = history;
    plm_engine *engine = NULL;
    pli_history_follow(history, true);
    plm_status status = plm_engine_open(directory, &options, &engine, fault);
    return status == PLM_OK ? plm_engine_close(engine, fault) : status;
}
