/* venue.c: opening a data directory for the verbs that work on one.                    SPDX-License-Identifier: Apache-2.0 */
#include "cli/venue.h"

#include "cli/memory.h"
#include "io/time_text.h"
#include "num/decimal.h"

#include <string.h>

pli_exit
pli_venue_open(const pli_invocation *invocation, plm_engine_options *options, plm_engine **engine) {
    plm_fault fault;
    if (plm_engine_open(invocation->operands[0], options, engine, &fault) != PLM_OK) {
        return pli_fail_status(invocation->operands[0], &fault);
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_venue_open_read(const pli_invocation *invocation, plm_engine **engine) {
    plm_engine_options options;
    plm_engine_options_init(&options);
    options.is_read_only = true;
    return pli_venue_open(invocation, &options, engine);
}

pli_exit
pli_venue_create(const pli_invocation *invocation, plm_engine_options *options,
                 plm_engine **engine) {
    const char *directory = invocation->operands[0];
    if (plm_core_size(&options->limits) == 0) {
        return pli_fail_usage("these sizes do not fit together: every table but the network needs "
                              "at least 1, and a row at most 4096 entries",
                              NULL, NULL);
    }
    plm_engine_options probe = *options;
    probe.is_read_only = true;
    plm_fault fault;
    if (plm_engine_open(directory, &probe, engine, &fault) == PLM_OK) {
        pli_exit end = pli_venue_close(*engine, PLI_EXIT_OK);
        return end == PLI_EXIT_OK
                   ? pli_fail_usage(directory, " holds a venue already; nothing was changed", NULL)
                   : end;
    }
    options->may_create = true;
    pli_exit end = pli_venue_open(invocation, options, engine);
    if (end != PLI_EXIT_OK) {
        return end;
    }
    const plm_core_limits *limits = plm_core_limits_of(plm_engine_core(*engine));
    if (memcmp(limits, &options->limits, sizeof *limits) != 0) {
        end = pli_fail_usage(directory,
                             " has the sizes of an init that was interrupted, and is a venue of "
                             "those now; remove it to make one of others",
                             NULL);
        return pli_venue_close(*engine, end);
    }
    return PLI_EXIT_OK;
}

pli_exit
pli_venue_close(plm_engine *engine, pli_exit end) {
    plm_fault fault;
    if (plm_engine_close(engine, &fault) != PLM_OK && end == PLI_EXIT_OK) {
        return pli_fail_status(NULL, &fault);
    }
    return end;
}

pli_exit
pli_venue_count(const pli_invocation *invocation, const char *name, uint64_t low, uint64_t high,
                uint64_t *value) {
    const char *text = pli_argument_value(invocation, name);
    pli_i128 number = 0;
    if (text == NULL) {
        return PLI_EXIT_OK;
    }
    if (pli_decimal_parse(text, strlen(text), 0, &number) != PLM_OK || number < low ||
        number > high) {
        char allowed[64];
        pli_text line = pli_text_init(allowed, sizeof allowed);
        pli_text_append_u64(&line, low);
        pli_text_append(&line, "..");
        pli_text_append_u64(&line, high);
        char head[96];
        line = pli_text_init(head, sizeof head);
        pli_text_append(&line, name);
        pli_text_append(&line, " is not a whole number of ");
        pli_text_append(&line, allowed);
        pli_text_append(&line, ": ");
        return pli_fail_usage("--", head, text);
    }
    *value = (uint64_t)number;
    return PLI_EXIT_OK;
}

const char *
pli_venue_hex(pli_pool *pool, const uint8_t hash[32]) {
    char text[65];
    pli_text line = pli_text_init(text, sizeof text);
    pli_text_append_hex(&line, hash, 32);
    return pli_must_text(pool, text);
}

const char *
pli_venue_time(pli_pool *pool, int64_t time_ns) {
    char text[40];
    pli_text line = pli_text_init(text, sizeof text);
    pli_time_format(&line, time_ns < 0 ? 0 : time_ns);
    return pli_must_text(pool, text);
}
