/* events.c: plimsoll events: every kind of event, field by field, from the table itself. SPDX-License-Identifier: Apache-2.0 */
#include "cli/events.h"

#include <string.h>

#include "cli/rows.h"
#include "cli/verbs.h"
#include "plimsoll/reject.h"

static const pli_option options[] = {
    {"markdown", NULL, "the tables of docs/events.md, whatever --format says"},
    {NULL, NULL, NULL},
};

void
pli_wire_append(pli_text *text, const plm_event_field *field) {
    static const char *const names[] = {"", "u32", "u64", "i64", "i128", "double", "name", "bytes"};
    pli_text_append(text, names[field->wire]);
    if (field->count > 1) {
        pli_text_append(text, " x ");
        pli_text_append_u64(text, field->count);
    }
}

// "1 spot, 2 perpetual": numbers as on the wire; those of a set are its bits.
static void
append_choices(pli_text *text, const plm_event_field *field) {
    bool is_set = field->form == PLM_EVENT_FORM_SET;
    uint64_t number = is_set ? 1 : field->low;
    const char *at = field->choices;
    while (*at != '\0') {
        size_t size = strcspn(at, "|");
        pli_text_append_u64(text, number);
        pli_text_append_char(text, ' ');
        pli_text_append_bytes(text, at, size);
        at += size;
        if (*at == '|') {
            pli_text_append(text, ", ");
            at += 1;
        }
        number = is_set ? number * 2 : number + 1;
    }
}

void
pli_event_form_append(pli_text *text, const plm_event_field *field) {
    static const char *const forms[] = {"",       "number", "digits", "digits",
                                        "digits", "number", "text",   "hex"};
    switch (field->form) {
    case PLM_EVENT_FORM_ZERO:
        pli_text_append(text, "none");
        return;
    case PLM_EVENT_FORM_OPTIONAL:
        pli_text_append(text, "number or null");
        return;
    case PLM_EVENT_FORM_FLAG:
        pli_text_append(text, "true or false");
        return;
    case PLM_EVENT_FORM_SET:
        pli_text_append(text, "list of ");
        append_choices(text, field);
        return;
    case PLM_EVENT_FORM_CHOICE:
        append_choices(text, field);
        return;
    case PLM_EVENT_FORM_ANY:
    case PLM_EVENT_FORM_COUNT:
    case PLM_EVENT_FORM_COUNTED:
        break;
    }
    if (field->count > 1 && field->wire != PLM_WIRE_BYTES) {
        pli_text_append(text, "list of ");
    }
    pli_text_append(text, forms[field->wire]);
}

static void
add_field(pli_rows *rows, const plm_event_kind *kind, const plm_event_field *field) {
    char wire[32];
    char form[96];
    pli_text wire_text = pli_text_init(wire, sizeof wire);
    pli_text form_text = pli_text_init(form, sizeof form);
    pli_wire_append(&wire_text, field);
    pli_event_form_append(&form_text, field);
    const pli_cell cells[] = {
        pli_cell_text(kind->name),
        pli_cell_number(kind->type, 0),
        pli_cell_text(field->name),
        pli_cell_number(PLM_EVENT_HEADER_SIZE + field->offset, 0),
        pli_cell_number(field->size, 0),
        pli_cell_text(wire),
        pli_cell_text(form),
        pli_cell_text(field->text),
    };
    pli_rows_add(rows, cells);
}

static pli_rows
make_fields(pli_pool *pool, const char *asked) {
    const pli_column columns[] = {
        pli_column_text("event", "event"), pli_column_count("type", "type"),
        pli_column_text("field", "field"), pli_column_count("offset", "offset"),
        pli_column_count("size", "size"),  pli_column_text("wire", "wire"),
        pli_column_text("json", "json"),   pli_column_text("meaning", "meaning"),
    };
    uint32_t count = 0;
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        count += plm_event_kind_at(i)->field_count;
    }
    pli_rows rows =
        pli_rows_make(pool, "fields", columns, sizeof columns / sizeof columns[0], count);
    for (uint32_t i = 0; plm_event_kind_at(i) != NULL; i += 1) {
        const plm_event_kind *kind = plm_event_kind_at(i);
        bool is_asked = asked == NULL || strcmp(asked, kind->name) == 0;
        for (uint32_t j = 0; is_asked && j < kind->field_count; j += 1) {
            add_field(&rows, kind, &kind->fields[j]);
        }
    }
    return rows;
}

static pli_rows
make_reasons(pli_pool *pool) {
    static const plm_reject reasons[] = {
#define REASON(NAME, number, name, text) PLM_REJECT_##NAME,
        PLM_REJECT_LIST(REASON)
#undef REASON
    };
    const uint32_t count = sizeof reasons / sizeof reasons[0];
    const pli_column columns[] = {
        pli_column_count("number", "number"),
        pli_column_text("reason", "reason"),
        pli_column_text("is_transient", "transient"),
        pli_column_text("meaning", "meaning"),
    };
    pli_rows rows = pli_rows_make(pool, "reasons", columns, 4, count);
    for (uint32_t i = 0; i < count; i += 1) {
        const pli_cell cells[] = {
            pli_cell_number(reasons[i], 0),
            pli_cell_text(plm_reject_name(reasons[i])),
            pli_cell_flag(plm_reject_is_transient(reasons[i])),
            pli_cell_text(plm_reject_text(reasons[i])),
        };
        pli_rows_add(&rows, cells);
    }
    return rows;
}

static pli_exit
fail_kind(const char *name) {
    const char *names[64];
    uint32_t count = 0;
    while (count < 64 && plm_event_kind_at(count) != NULL) {
        names[count] = plm_event_kind_at(count)->name;
        count += 1;
    }
    const char *nearest = pli_nearest(name, names, count);
    char message[160];
    pli_text text = pli_text_init(message, sizeof message);
    pli_text_append(&text, "events: no event is named ");
    pli_text_append(&text, name);
    return pli_fail_usage(message, nearest != NULL ? "; did you mean " : "; see plimsoll events",
                          nearest);
}

static pli_exit
run(const pli_invocation *invocation, pli_page *page) {
    const char *asked = invocation->operand_count > 0 ? invocation->operands[0] : NULL;
    if (asked != NULL && plm_event_kind_named(asked) == NULL) {
        return fail_kind(asked);
    }
    pli_pool pool = {.chunks = NULL};
    pli_rows fields = make_fields(&pool, asked);
    pli_rows reasons = make_reasons(&pool);
    pli_exit end = PLI_EXIT_OK;
    if (pli_argument_is_given(invocation, "markdown")) {
        pli_events_write_markdown(page, &reasons.table);
    } else {
        const pli_table tables[] = {fields.table, reasons.table};
        const pli_tables document = {
            .schema = "plimsoll-events/1", .table_count = asked == NULL ? 2 : 1, .tables = tables};
        end = pli_show(invocation, &document, page);
    }
    pli_pool_finish(&pool);
    return end;
}

const pli_verb pli_verb_events = {
    .name = "events",
    .summary = "list every kind of event, byte by byte, and every reason to refuse one",
    .operands = "[EVENT]",
    .operand_min = 0,
    .operand_max = 1,
    .options = options,
    .detail = "Offsets count from the start of the event, whose header takes 64 bytes; wire is the "
              "binary form,\n"
              "json the form on a line of JSON. What an event does and when it is refused: "
              "docs/books.md.",
    .example = "plimsoll events trade",
    .run = run,
};
