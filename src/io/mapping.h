/* mapping.h: how a venue's own files name and count what Plimsoll calls accounts, positions and marks.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_MAPPING_H
#define PLI_IO_MAPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/tree.h"
#include "io/document.h"
#include "plimsoll/instrument.h"

/* The files of a venue's book, in the order in which they are read. */
typedef enum pli_feed {
    PLI_FEED_MARKS = 0,     /* what is listed, and what it costs */
    PLI_FEED_ACCOUNTS = 1,  /* balances */
    PLI_FEED_POSITIONS = 2, /* positions */
    PLI_FEED_FILLS = 3,     /* trades since the positions were taken */
    PLI_FEED_INCUMBENT = 4, /* what the venue itself requires */
    PLI_FEED_COUNT = 5
} pli_feed;

/* pli_feed_name - its key in a mapping file: "accounts". */
const char *pli_feed_name(pli_feed feed);

/* What a column holds. The name in a mapping file is the lower-case word. */
#define PLI_ROLE_LIST(X)                                                                           \
    X(ACCOUNT, "account")                                                                          \
    X(GROUP, "group")                                                                              \
    X(ASSET, "asset")                                                                              \
    X(AMOUNT, "amount")                                                                            \
    X(INSTRUMENT, "instrument")                                                                    \
    X(QUANTITY, "quantity")                                                                        \
    X(SIDE, "side")                                                                                \
    X(PRICE, "price")                                                                              \
    X(COLLATERAL, "collateral")                                                                    \
    X(COLLATERAL_ASSET, "collateral_asset")                                                        \
    X(ACCRUED, "accrued")                                                                          \
    X(FEE, "fee")                                                                                  \
    X(FEE_ASSET, "fee_asset")                                                                      \
    X(TIME, "time")                                                                                \
    X(MARK, "mark")                                                                                \
    X(INDEX, "index")                                                                              \
    X(BID, "bid")                                                                                  \
    X(ASK, "ask")                                                                                  \
    X(FORWARD, "forward")                                                                          \
    X(MARK_IV, "mark_iv")                                                                          \
    X(INITIAL, "initial")                                                                          \
    X(MAINTENANCE, "maintenance")                                                                  \
    X(EQUITY, "equity")

typedef enum pli_role {
#define PLI_ROLE_ENUM(name, text) PLI_ROLE_##name,
    PLI_ROLE_LIST(PLI_ROLE_ENUM)
#undef PLI_ROLE_ENUM
        PLI_ROLE_COUNT
} pli_role;

/* pli_role_name - "account". */
const char *pli_role_name(pli_role role);

/* pli_role_is_known - does a file of this feed have such a column, and must it? */
bool pli_role_is_known(pli_feed feed, pli_role role);
bool pli_role_is_required(pli_feed feed, pli_role role);

/* Units of a column of times, from 1; ISO text and nanoseconds are recognised without being told. */
typedef enum pli_time_unit {
    PLI_TIME_UNIT_TEXT = 0, /* io/time_text.h */
    PLI_TIME_UNIT_S = 1,
    PLI_TIME_UNIT_MS = 2,
    PLI_TIME_UNIT_US = 3,
    PLI_TIME_UNIT_NS = 4
} pli_time_unit;

/*
 * pli_mapped - where one role is found.
 *
 * `path` is the name of a CSV column; in JSON the members to follow from a record, joined by points (a number picks
 * from a list), from the root of the document where it begins with '/'; "$key" is the record's own key, "$value" the
 * record itself. `constant` stands in every row instead. With `when_path` the role is empty in every row whose text there
 * is another one than `when_text`.
 */
typedef struct pli_mapped {
    const char *path;      /* NULL: not there */
    const char *constant;  /* NULL: look at path */
    const char *when_path; /* NULL: always */
    const char *when_text;
    int scale;       /* the number counts 10^-scale: 8 for satoshis, 2 for cents and percents */
    bool is_negated; /* the venue's sign is the other way round */
    pli_time_unit time_unit;
} pli_mapped;

#define PLI_WORDS_MAX 8u

/* pli_words - the texts of a list. */
typedef struct pli_words {
    uint32_t count;
    const char *at[PLI_WORDS_MAX];
} pli_words;

typedef struct pli_feed_mapping {
    const char
        *records; /* JSON: the members to follow to the records, "*" for every member; NULL: CSV */
    char separator;    /* CSV */
    bool is_standard;  /* our own column names: what is not there is absent, not an error */
    bool is_netted;    /* several rows of one thing add up; else the second one is refused */
    bool is_cost_paid; /* positions: the balance has paid their cost already; it is given back */
    pli_words longs;   /* texts of the side that mean long or bought; none: the sign tells */
    pli_words shorts;
    pli_words signeds; /* texts of the side that leave the sign as it is written */
    pli_mapped columns[PLI_ROLE_COUNT];
} pli_feed_mapping;

#define PLI_SYMBOL_RULES_MAX 64u
#define PLI_ALIASES_MAX 128u

/* What the symbols that match a rule are. */
typedef enum pli_symbol_kind {
    PLI_SYMBOL_SPOT = 1,
    PLI_SYMBOL_PERPETUAL = 2,
    PLI_SYMBOL_FUTURE = 3,
    PLI_SYMBOL_OPTION = 4,
    PLI_SYMBOL_INDEX = 5, /* its mark is the price of the underlying */
    PLI_SYMBOL_IGNORE = 6 /* rows of it are left out, everywhere */
} pli_symbol_kind;

/*
 * pli_symbol_rule - what a symbol of this form is; the first rule that matches decides. io/symbol.h reads the pattern.
 */
typedef struct pli_symbol_rule {
    const char *pattern;
    pli_symbol_kind kind;
    bool is_inverse;
    bool is_futures_style;
    const char *underlying;       /* NULL: the pattern's */
    const char *settlement_asset; /* NULL: the standard of market files */
    const char *lot; /* smallest quantity, in the unit of market files; NULL for index and ignore */
    int64_t contract_e8; /* that unit per 1 in the venue's files: 1 where they count it themselves */
    int64_t expiry_ns;   /* of the day; 8 h is the custom of crypto venues */
} pli_symbol_rule;

/* pli_alias - the venue's name of an asset or underlying, and ours. */
typedef struct pli_alias {
    const char *theirs;
    const char *ours;
} pli_alias;

/*
 * pli_mapping - a mapping file, or the standard one: our own column names and a market file for what is listed.
 *
 * All texts live in `document`.
 */
typedef struct pli_mapping {
    const char *name;      /* of the file, for messages */
    const char *valuation; /* NULL: the standard mapping */
    pli_feed_mapping feeds[PLI_FEED_COUNT];
    uint32_t rule_count;
    pli_symbol_rule rules[PLI_SYMBOL_RULES_MAX];
    uint32_t alias_count;
    pli_alias aliases[PLI_ALIASES_MAX];
    const pli_node *assets;      /* objects as in a market file, by name, without id */
    const pli_node *underlyings; /* the same; "*" stands for any other */
    pli_document document;
} pli_mapping;

/* pli_mapping_init - the standard mapping. */
void pli_mapping_init(pli_mapping *mapping);

/*
 * pli_mapping_read - read a mapping file as docs/shadow.md describes; "-" is standard input.
 * pli_mapping_decode - the same from a decoded document, which it takes over on PLM_OK.
 *
 * Lifetime   pli_mapping_finish frees it.
 * Returns    PLM_OK; PLM_KEY_UNKNOWN, PLM_KEY_MISSING, PLM_VALUE_INVALID, PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION,
 *            PLM_LIMIT (rules, aliases, words), with "file:line: ..." in *fault; the statuses of pli_yaml_read. On these
 *            *mapping is left alone.
 */
PLM_MUST_USE plm_status pli_mapping_read(const char *path, pli_mapping *mapping, plm_fault *fault);
PLM_MUST_USE plm_status pli_mapping_decode(pli_document *document, pli_mapping *mapping,
                                           plm_fault *fault);

/* pli_mapping_finish - free it; a zeroed or initialised one may be finished. */
void pli_mapping_finish(pli_mapping *mapping);

/* pli_mapping_ours - our name for the venue's name of an asset or underlying; the same text where no alias says else. */
const char *pli_mapping_ours(const pli_mapping *mapping, const char *theirs);

#endif
