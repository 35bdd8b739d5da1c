/* events_markdown.c: the tables of docs/events.md.                                    SPDX-License-Identifier: Apache-2.0 */
#include "cli/events.h"

static void
write_number(const pli_sink *sink, uint64_t value) {
    char data[32];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append_u64(&text, value);
    pli_sink_string(sink, data);
}

static void
write_field(const pli_sink *sink, const plm_event_field *field) {
    char data[128];
    pli_sink_string(sink, "| ");
    write_number(sink, PLM_EVENT_HEADER_SIZE + field->offset);
    pli_sink_string(sink, " | ");
    write_number(sink, field->size);
    pli_text text = pli_text_init(data, sizeof data);
    pli_wire_append(&text, field);
    PLI_SINK(sink, " | ", data, " | `", field->name, "` | ");
    text = pli_text_init(data, sizeof data);
    pli_event_form_append(&text, field);
    PLI_SINK(sink, data, " | ", field->text, " |\n");
}

static void
write_kind(const pli_sink *sink, const plm_event_kind *kind) {
    PLI_SINK(sink, "\n### ", kind->name, "\n");
    pli_sink_string(sink, "Type ");
    write_number(sink, kind->type);
    pli_sink_string(sink, ", version ");
    write_number(sink, kind->version);
    pli_sink_string(sink, ", ");
    write_number(sink, PLM_EVENT_HEADER_SIZE + kind->body_size);
    if (kind->field_count == 0) {
        pli_sink_string(sink, " bytes: the header alone.\n");
        return;
    }
    pli_sink_string(sink, " bytes.\n\n| offset | size | wire | field | json | meaning |\n"
                          "|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < kind->field_count; i += 1) {
        write_field(sink, &kind->fields[i]);
    }
}

void
pli_events_write_markdown(pli_page *page, const pli_table *reasons) {
    const pli_sink sink = pli_page_sink(page);
    pli_sink_string(&sink, "## Bodies\n");
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        write_kind(&sink, plm_event_kind_at(i));
    }
    pli_sink_string(&sink, "\n## Reasons to refuse\n| number | reason | transient | meaning |\n"
                           "|---|---|---|---|\n");
    for (uint32_t i = 0; i < reasons->row_count; i += 1) {
        const pli_cell *cells = &reasons->cells[(size_t)i * reasons->column_count];
        pli_sink_string(&sink, "| ");
        write_number(&sink, (uint64_t)cells[0].value);
        PLI_SINK(&sink, " | `", cells[1].text, "` | ", cells[2].value != 0 ? "yes" : "no", " | ",
                 cells[3].text, " |\n");
    }
}
