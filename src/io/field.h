/* field.h: reading checked values out of a decoded tree.                              SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_FIELD_H
#define PLI_IO_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "base/tree.h"
#include "base/wide.h"
#include "io/names.h"
#include "plimsoll/status.h"

/*
 * pli_reader - where messages go while one file is decoded.
 *
 * The first failure is kept: after it every pli_read_* answers 0, NULL or false and changes nothing, so that a decoder
 * may read all fields of an entry and look at `status` once. Every failure is one line:
 *   file:line: <kind> <subject> <key> is <seen>; allowed is <allowed>
 */
typedef struct pli_reader {
    const char *name; /* of the file */
    plm_fault *fault;
    plm_status status;
    const char *kind;    /* of the entry being read: "instrument"; NULL at the top */
    const char *subject; /* its name, or NULL while unknown */
} pli_reader;

/* pli_reader_fail - the message above about `node`; a NULL key or node leaves its part out (line 1). */
void pli_reader_fail(pli_reader *reader, plm_status status, const pli_node *node, const char *key,
                     const char *allowed);

/* pli_reader_say - "file:line: <kind> <subject> <what>". */
void pli_reader_say(pli_reader *reader, plm_status status, const pli_node *node, const char *what);

/* pli_reader_memory - no memory. */
void pli_reader_memory(pli_reader *reader);

/* pli_read_keys - `object` must be an object whose keys all stand in `keys`: words separated by single spaces. */
bool pli_read_keys(pli_reader *reader, const pli_node *object, const char *keys);

/* pli_read_member - the member, or NULL; absent and required is a failure. */
const pli_node *pli_read_member(pli_reader *reader, const pli_node *object, const char *key,
                                bool is_required);

/* pli_read_list - the member that must be an array; NULL when absent and not required. */
const pli_node *pli_read_list(pli_reader *reader, const pli_node *object, const char *key,
                              bool is_required);

/*
 * pli_number - what a number may be: `low`..`high` in units of 10^-scale.
 *
 * An optional number that is absent is `standard`; only where `is_null_absent` a null counts as absent.
 */
typedef struct pli_number {
    unsigned scale;
    int64_t low, high;
    bool is_optional;
    bool is_null_absent;
    int64_t standard;
} pli_number;

/*
 * pli_read_decimal - an exact decimal, text or number.
 * pli_read_ratio   - the same with scale 6 (whatever the number says), or with "%" or "bps" behind it.
 * pli_read_time    - see io/time_text.h; `standard` 0 means required.
 */
int64_t pli_read_decimal(pli_reader *reader, const pli_node *object, const char *key,
                         pli_number number);
int64_t pli_read_ratio(pli_reader *reader, const pli_node *object, const char *key,
                       pli_number number);
int64_t pli_read_time(pli_reader *reader, const pli_node *object, const char *key,
                      int64_t standard);

/* pli_node_decimal - an exact decimal of `scale` decimals at `node` itself, up to 10^38 - 1 either way. */
pli_i128 pli_node_decimal(pli_reader *reader, const pli_node *node, const char *key,
                          unsigned scale);

/* pli_node_double - a finite double at `node` itself, text or number, nearest to what is written. */
double pli_node_double(pli_reader *reader, const pli_node *node, const char *key);

/* pli_node_hex - `count` bytes as lower-case hexadecimal digits in a text at `node` itself. */
void pli_node_hex(pli_reader *reader, const pli_node *node, const char *key, uint8_t *to,
                  uint32_t count);

/* pli_read_bool - true or false; `standard` when absent. */
bool pli_read_bool(pli_reader *reader, const pli_node *object, const char *key, bool standard);

/*
 * pli_read_choice - the position, from 1, of a text among `choices` (words separated by '|'); absent: `standard`, or a
 * failure where that is 0.
 */
int pli_read_choice(pli_reader *reader, const pli_node *object, const char *key,
                    const char *choices, int standard);

/* pli_read_name - a required name (pli_name_is_valid), copied into `name`. */
void pli_read_name(pli_reader *reader, const pli_node *object, const char *key,
                   char name[PLM_NAME_SIZE]);

/* pli_read_index - the index of the required name; one that is not in `names` fails with PLM_INDEX_UNKNOWN. */
uint32_t pli_read_index(pli_reader *reader, const pli_node *object, const char *key,
                        const pli_names *names);

/* pli_read_schema - the required text `schema`. */
void pli_read_schema(pli_reader *reader, const pli_node *object, const char *schema);

/* pli_node_has - is the member there and not null? */
bool pli_node_has(const pli_node *object, const char *key);

/* pli_text_append_seen - what a node holds, for a message: its text in quotes, made printable, or "an object". */
void pli_text_append_seen(pli_text *text, const pli_node *node);

#endif
