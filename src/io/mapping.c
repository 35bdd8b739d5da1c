/* mapping.c: how a venue's own files name and count what Plimsoll calls accounts, positions and marks.
 * SPDX-License-Identifier: Apache-2.0 */
#include "io/mapping.h"

#include <string.h>

#include "io/field.h"
#include "io/symbol.h"
#include "io/yaml.h"
#include "plimsoll/quantity.h"

#define HOUR_NS INT64_C(3600000000000)
#define EXPIRY_HOUR 8
#define SCALE_LOW (-9)
#define SCALE_HIGH 18

#define BIT(role) (UINT32_C(1) << PLI_ROLE_##role)

/* feed_roles - the columns of a feed, and those without which a row says nothing. */
typedef struct feed_roles {
    const char *name;
    uint32_t known;
    uint32_t required;
} feed_roles;

static const feed_roles roles_of[PLI_FEED_COUNT] = {
    {"marks",
     BIT(INSTRUMENT) | BIT(MARK) | BIT(INDEX) | BIT(BID) | BIT(ASK) | BIT(FORWARD) | BIT(MARK_IV) |
         BIT(TIME),
     BIT(INSTRUMENT) | BIT(MARK)},
    {"accounts", BIT(ACCOUNT) | BIT(GROUP) | BIT(ASSET) | BIT(AMOUNT) | BIT(SIDE),
     BIT(ACCOUNT) | BIT(ASSET) | BIT(AMOUNT)},
    {"positions",
     BIT(ACCOUNT) | BIT(GROUP) | BIT(INSTRUMENT) | BIT(QUANTITY) | BIT(SIDE) | BIT(PRICE) |
         BIT(ACCRUED) | BIT(COLLATERAL) | BIT(COLLATERAL_ASSET),
     BIT(ACCOUNT) | BIT(INSTRUMENT) | BIT(QUANTITY)},
    {"fills",
     BIT(ACCOUNT) | BIT(GROUP) | BIT(INSTRUMENT) | BIT(QUANTITY) | BIT(SIDE) | BIT(PRICE) |
         BIT(FEE) | BIT(FEE_ASSET) | BIT(TIME),
     BIT(ACCOUNT) | BIT(INSTRUMENT) | BIT(QUANTITY) | BIT(PRICE)},
    {"incumbent",
     BIT(ACCOUNT) | BIT(GROUP) | BIT(INITIAL) | BIT(MAINTENANCE) | BIT(EQUITY) | BIT(ASSET),
     BIT(ACCOUNT)},
};

static const char *const role_names[PLI_ROLE_COUNT] = {
#define ROLE_NAME(name, text) text,
    PLI_ROLE_LIST(ROLE_NAME)
#undef ROLE_NAME
};

const char *
pli_feed_name(pli_feed feed) {
    return roles_of[feed].name;
}

const char *
pli_role_name(pli_role role) {
    return role_names[role];
}

bool
pli_role_is_known(pli_feed feed, pli_role role) {
    return (roles_of[feed].known >> role & 1) != 0;
}

bool
pli_role_is_required(pli_feed feed, pli_role role) {
    return (roles_of[feed].required >> role & 1) != 0;
}

static void
set_standard(pli_feed feed, pli_feed_mapping *mapping) {
    *mapping = (pli_feed_mapping){.separator = ',', .is_standard = true};
    for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
        mapping->columns[role].path =
            pli_role_is_known(feed, (pli_role)role) ? role_names[role] : NULL;
    }
}

void
pli_mapping_init(pli_mapping *mapping) {
    *mapping = (pli_mapping){.name = "the standard mapping"};
    for (int feed = 0; feed < PLI_FEED_COUNT; feed += 1) {
        set_standard((pli_feed)feed, &mapping->feeds[feed]);
    }
}

void
pli_mapping_finish(pli_mapping *mapping) {
    pli_document_finish(&mapping->document);
    *mapping = (pli_mapping){0};
}

const char *
pli_mapping_ours(const pli_mapping *mapping, const char *theirs) {
    for (uint32_t i = 0; i < mapping->alias_count; i += 1) {
        if (strcmp(mapping->aliases[i].theirs, theirs) == 0) {
            return mapping->aliases[i].ours;
        }
    }
    return theirs;
}

// A text, or a number as it is written; NULL where the member is not there.
static const char *
read_text(pli_reader *r, const pli_node *object, const char *key, bool is_required) {
    const pli_node *node = pli_read_member(r, object, key, is_required);
    if (node == NULL) {
        return NULL;
    }
    bool is_scalar = node->kind == PLI_NODE_TEXT || node->kind == PLI_NODE_NUMBER;
    if (!is_scalar || node->text_size == 0) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, key, "a text that is not empty");
        return NULL;
    }
    return node->text;
}

static void
read_words(pli_reader *r, const pli_node *object, const char *key, bool is_required,
           pli_words *words) {
    const pli_node *list = pli_read_list(r, object, key, is_required);
    if (list == NULL) {
        return;
    }
    if (list->child_count == 0 || list->child_count > PLI_WORDS_MAX) {
        pli_reader_fail(r, PLM_LIMIT, list, key, "a list of 1 to 8 texts");
        return;
    }
    for (const pli_node *node = list->child; node != NULL; node = node->next) {
        if (node->kind != PLI_NODE_TEXT && node->kind != PLI_NODE_NUMBER) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, key, "texts");
            return;
        }
        words->at[words->count] = node->text;
        words->count += 1;
    }
}

static pli_mapped
read_column(pli_reader *r, const pli_node *node) {
    pli_mapped mapped = {0};
    if (node->kind == PLI_NODE_TEXT && node->text_size > 0) {
        mapped.path = node->text;
        return mapped;
    }
    if (node->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, node->key,
                        "the name of a column, or an object with column or constant");
        return mapped;
    }
    if (!pli_read_keys(r, node, "column constant when is scale sign unit")) {
        return mapped;
    }
    mapped.path = read_text(r, node, "column", false);
    mapped.constant = read_text(r, node, "constant", false);
    mapped.when_path = read_text(r, node, "when", false);
    mapped.when_text = read_text(r, node, "is", mapped.when_path != NULL);
    mapped.scale = (int)pli_read_decimal(
        r, node, "scale", (pli_number){.low = SCALE_LOW, .high = SCALE_HIGH, .is_optional = true});
    mapped.is_negated = pli_read_choice(r, node, "sign", "as_is|inverted", 1) == 2;
    mapped.time_unit = (pli_time_unit)(pli_read_choice(r, node, "unit", "text|s|ms|us|ns", 1) - 1);
    if (r->status == PLM_OK && (mapped.path == NULL) == (mapped.constant == NULL)) {
        pli_reader_say(r, PLM_VALUE_INVALID, node,
                       "has column and constant, or neither; allowed is one of them");
    }
    return mapped;
}

static void
read_columns(pli_reader *r, const pli_node *object, pli_feed feed, pli_feed_mapping *mapping) {
    char keys[256];
    pli_text text = pli_text_init(keys, sizeof keys);
    for (int role = 0; role < PLI_ROLE_COUNT; role += 1) {
        if (pli_role_is_known(feed, (pli_role)role)) {
            pli_text_append(&text, text.length > 0 ? " " : "");
            pli_text_append(&text, role_names[role]);
        }
    }
    if (!pli_read_keys(r, object, keys)) {
        return;
    }
    for (int role = 0; role < PLI_ROLE_COUNT && r->status == PLM_OK; role += 1) {
        bool is_required = pli_role_is_required(feed, (pli_role)role);
        const pli_node *node = pli_read_member(r, object, role_names[role], is_required);
        if (node != NULL) {
            mapping->columns[role] = read_column(r, node);
        }
    }
}

static void
read_feed(pli_reader *r, const pli_node *root, pli_feed feed, pli_feed_mapping *mapping) {
    const pli_node *node = pli_read_member(r, root, roles_of[feed].name, false);
    if (node == NULL) {
        return;
    }
    r->kind = roles_of[feed].name;
    *mapping = (pli_feed_mapping){.separator = ','};
    if (!pli_read_keys(r, node, "records separator columns side repeated cost_paid")) {
        return;
    }
    const pli_node *records = pli_read_member(r, node, "records", false);
    if (records != NULL && records->kind != PLI_NODE_TEXT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, records, "records", "members joined by points");
    }
    mapping->records = records == NULL ? NULL : records->text;
    const pli_node *separator = pli_read_member(r, node, "separator", false);
    if (separator != NULL && (separator->kind != PLI_NODE_TEXT || separator->text_size != 1 ||
                              strchr("\"\n\r", separator->text[0]) != NULL)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, separator, "separator", "one character");
    }
    mapping->separator = separator == NULL || r->status != PLM_OK ? ',' : separator->text[0];
    mapping->is_netted = pli_read_choice(r, node, "repeated", "refused|netted", 1) == 2;
    mapping->is_cost_paid = pli_read_bool(r, node, "cost_paid", false);
    const pli_node *side = pli_read_member(r, node, "side", false);
    if (side != NULL && pli_read_keys(r, side, "long short signed")) {
        read_words(r, side, "long", true, &mapping->longs);
        read_words(r, side, "short", true, &mapping->shorts);
        read_words(r, side, "signed", false, &mapping->signeds);
    }
    const pli_node *columns = pli_read_member(r, node, "columns", true);
    if (columns != NULL) {
        read_columns(r, columns, feed, mapping);
    }
    const pli_mapped *side_column = &mapping->columns[PLI_ROLE_SIDE];
    if (r->status == PLM_OK && (side_column->path != NULL) != (side != NULL)) {
        pli_reader_say(r, PLM_KEY_MISSING, node,
                       "has a column side without the words of side, or the other way round");
    }
    r->kind = NULL;
}

static bool
rule_has_instrument(const pli_symbol_rule *rule) {
    return rule->kind != PLI_SYMBOL_INDEX && rule->kind != PLI_SYMBOL_IGNORE;
}

static void
check_rule(pli_reader *r, const pli_node *node, const pli_symbol_rule *rule) {
    if (r->status != PLM_OK) {
        return;
    }
    unsigned holes = pli_symbol_holes(rule->pattern);
    bool has_underlying = rule->underlying != NULL || (holes & PLI_HOLE_UNDERLYING) != 0;
    bool needs_expiry = rule->kind == PLI_SYMBOL_FUTURE || rule->kind == PLI_SYMBOL_OPTION;
    unsigned of_option = PLI_HOLE_STRIKE | PLI_HOLE_RIGHT;
    if (holes == PLI_HOLES_MALFORMED) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, "match",
                        "a text with {underlying}, {expiry}, {strike}, {right} or {any}, each at "
                        "most once");
    } else if (rule->kind == PLI_SYMBOL_IGNORE) {
        return;
    } else if (!has_underlying) {
        pli_reader_say(r, PLM_KEY_MISSING, node,
                       "names no underlying; {underlying} in match or the key does");
    } else if (needs_expiry != ((holes & PLI_HOLE_EXPIRY) != 0)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, "match",
                        "with {expiry} for futures and options, without it for others");
    } else if ((holes & of_option) != (rule->kind == PLI_SYMBOL_OPTION ? of_option : 0)) {
        pli_reader_fail(r, PLM_VALUE_INVALID, node, "match",
                        "with {strike} and {right} for options, without them for others");
    }
}

static void
read_rule(pli_reader *r, const pli_node *node, pli_symbol_rule *rule) {
    static const char keys[] = "match kind settlement premium underlying settlement_asset lot "
                               "contract expiry_hour";
    if (!pli_read_keys(r, node, keys)) {
        return;
    }
    const pli_node *match = pli_read_member(r, node, "match", true);
    rule->pattern = read_text(r, node, "match", true);
    rule->kind = (pli_symbol_kind)pli_read_choice(r, node, "kind",
                                                  "spot|perpetual|future|option|index|ignore", 0);
    rule->is_inverse = pli_read_choice(r, node, "settlement", "linear|inverse", 1) == 2;
    rule->is_futures_style = pli_read_choice(r, node, "premium", "paid|futures_style", 1) == 2;
    rule->underlying = read_text(r, node, "underlying", false);
    rule->settlement_asset = read_text(r, node, "settlement_asset", false);
    rule->lot = read_text(r, node, "lot", r->status == PLM_OK && rule_has_instrument(rule));
    rule->contract_e8 = pli_read_decimal(r, node, "contract",
                                         (pli_number){.scale = 8,
                                                      .low = 1,
                                                      .high = PLM_LOT_E8_MAX,
                                                      .is_optional = true,
                                                      .standard = 100000000});
    rule->expiry_ns =
        HOUR_NS *
        pli_read_decimal(r, node, "expiry_hour",
                         (pli_number){.high = 23, .is_optional = true, .standard = EXPIRY_HOUR});
    check_rule(r, match, rule);
}

static void
read_rules(pli_reader *r, const pli_node *root, pli_mapping *mapping) {
    const pli_node *list = pli_read_list(r, root, "symbols", true);
    if (list == NULL) {
        return;
    }
    if (list->child_count == 0 || list->child_count > PLI_SYMBOL_RULES_MAX) {
        pli_reader_fail(r, PLM_LIMIT, list, "symbols", "a list of 1 to 64 rules");
        return;
    }
    r->kind = "symbols";
    for (const pli_node *node = list->child; node != NULL && r->status == PLM_OK;
         node = node->next) {
        read_rule(r, node, &mapping->rules[mapping->rule_count]);
        mapping->rule_count += 1;
    }
    r->kind = NULL;
}

static void
read_aliases(pli_reader *r, const pli_node *root, pli_mapping *mapping) {
    const pli_node *object = pli_read_member(r, root, "aliases", false);
    if (object == NULL) {
        return;
    }
    if (object->kind != PLI_NODE_OBJECT || object->child_count > PLI_ALIASES_MAX) {
        pli_reader_fail(r, PLM_LIMIT, object, "aliases", "up to 128 of their name: our name");
        return;
    }
    for (const pli_node *node = object->child; node != NULL && r->status == PLM_OK;
         node = node->next) {
        if (node->kind != PLI_NODE_TEXT || !pli_name_is_valid(node->text, node->text_size)) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, node->key, "a name");
        }
        mapping->aliases[mapping->alias_count] = (pli_alias){node->key, node->text};
        mapping->alias_count += 1;
    }
}

static const pli_node *
read_objects(pli_reader *r, const pli_node *root, const char *key) {
    const pli_node *object = pli_read_member(r, root, key, true);
    if (object != NULL && object->kind != PLI_NODE_OBJECT) {
        pli_reader_fail(r, PLM_VALUE_INVALID, object, key, "objects by name");
    }
    for (const pli_node *node = object == NULL ? NULL : object->child;
         node != NULL && r->status == PLM_OK; node = node->next) {
        bool is_any = strcmp(node->key, "*") == 0 && strcmp(key, "underlyings") == 0;
        if (node->kind != PLI_NODE_OBJECT || pli_node_find(node, "id") != NULL) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, node->key, "an object without id");
        } else if (!is_any && !pli_name_is_valid(node->key, strlen(node->key))) {
            pli_reader_fail(r, PLM_VALUE_INVALID, node, node->key, "under a name");
        }
    }
    return object;
}

plm_status
pli_mapping_decode(pli_document *document, pli_mapping *mapping, plm_fault *fault) {
    pli_reader reader = {.name = document->name, .fault = fault};
    pli_mapping made;
    pli_mapping_init(&made);
    made.name = document->name;
    const pli_node *root = document->root;
    static const char keys[] = "schema venue valuation aliases assets underlyings symbols marks "
                               "accounts positions fills incumbent";
    if (pli_read_keys(&reader, root, keys)) {
        pli_read_schema(&reader, root, "plimsoll-mapping/1");
        (void)read_text(&reader, root, "venue", false);
        made.valuation = read_text(&reader, root, "valuation", true);
        read_aliases(&reader, root, &made);
        made.assets = read_objects(&reader, root, "assets");
        made.underlyings = read_objects(&reader, root, "underlyings");
        read_rules(&reader, root, &made);
    }
    for (int feed = 0; feed < PLI_FEED_COUNT && reader.status == PLM_OK; feed += 1) {
        read_feed(&reader, root, (pli_feed)feed, &made.feeds[feed]);
    }
    if (reader.status == PLM_OK) {
        made.document = *document;
        *document = (pli_document){0};
        *mapping = made;
    }
    return reader.status;
}

plm_status
pli_mapping_read(const char *path, pli_mapping *mapping, plm_fault *fault) {
    pli_document document = {0};
    plm_status status = pli_yaml_read(path, &document, fault);
    if (status == PLM_OK) {
        status = pli_mapping_decode(&document, mapping, fault);
    }
    pli_document_finish(&document);
    return status;
}
