/* symbol.c: what a venue's symbol says: underlying, expiry, strike and right.           SPDX-License-Identifier: Apache-2.0 */
#include "io/symbol.h"

#include <string.h>

#include "io/time_text.h"
#include "plimsoll/quantity.h"

enum { HOLE_COUNT = 5 };

static const char *const hole_names[HOLE_COUNT] = {"{underlying}", "{expiry}", "{strike}",
                                                   "{right}", "{any}"};

/* match - a symbol under comparison: where each hole begins and how much it took. */
typedef struct match {
    const char *pattern;
    const char *text;
    size_t size;
    const char *begin[HOLE_COUNT];
    size_t taken[HOLE_COUNT];
} match;

static int
hole_at(const char *pattern) {
    for (int i = 0; i < HOLE_COUNT; i += 1) {
        if (strncmp(pattern, hole_names[i], strlen(hole_names[i])) == 0) {
            return i;
        }
    }
    return -1;
}

unsigned
pli_symbol_holes(const char *pattern) {
    unsigned holes = 0;
    while (*pattern != '\0') {
        int hole = hole_at(pattern);
        bool is_stray = hole < 0 && (*pattern == '{' || *pattern == '}');
        if (is_stray || (hole >= 0 && (holes & 1u << hole) != 0)) {
            return PLI_HOLES_MALFORMED;
        }
        holes |= hole < 0 ? 0 : 1u << hole;
        pattern += hole < 0 ? 1 : strlen(hole_names[hole]);
    }
    return holes;
}

static bool
is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool
is_letter(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static char
upper(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static bool
is_word(const char *text, size_t size, const char *word) {
    for (size_t i = 0; i < size; i += 1) {
        if (word[i] == '\0' || upper(text[i]) != word[i]) {
            return false;
        }
    }
    return word[size] == '\0';
}

static plm_right
right_of(const char *text, size_t size) {
    if (is_word(text, size, "C") || is_word(text, size, "CALL")) {
        return PLM_RIGHT_CALL;
    }
    return is_word(text, size, "P") || is_word(text, size, "PUT") ? PLM_RIGHT_PUT : PLM_RIGHT_NONE;
}

static unsigned
number(const char *text, size_t size) {
    unsigned value = 0;
    for (size_t i = 0; i < size; i += 1) {
        value = value * 10 + (unsigned)(text[i] - '0');
    }
    return value;
}

static unsigned
month_of(const char *text) {
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    for (unsigned i = 0; i < 12; i += 1) {
        if (upper(text[0]) == months[3 * i] && upper(text[1]) == months[3 * i + 1] &&
            upper(text[2]) == months[3 * i + 2]) {
            return i + 1;
        }
    }
    return 0;
}

static bool
are_digits(const char *text, size_t size) {
    for (size_t i = 0; i < size; i += 1) {
        if (!is_digit(text[i])) {
            return false;
        }
    }
    return true;
}

// Midnight of a day in one of the four forms; false for anything else.
static bool
parse_day(const char *text, size_t size, int64_t *ns) {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    if ((size == 6 || size == 8) && are_digits(text, size)) {
        year = size == 6 ? 2000 + number(text, 2) : number(text, 4);
        month = number(text + size - 4, 2);
        day = number(text + size - 2, 2);
    } else if (size == 6 || size == 7) {
        size_t digits = size - 5;
        month = month_of(text + digits);
        if (!are_digits(text, digits) || !are_digits(text + size - 2, 2)) {
            return false;
        }
        day = number(text, digits);
        year = 2000 + number(text + size - 2, 2);
    }
    if (month < 1 || month > 12 || day < 1 || day > 31 || year > 2199) {
        return false;
    }
    char data[32];
    pli_text iso = pli_text_init(data, sizeof data);
    pli_text_append_u64(&iso, year);
    pli_text_append(&iso, month < 10 ? "-0" : "-");
    pli_text_append_u64(&iso, month);
    pli_text_append(&iso, day < 10 ? "-0" : "-");
    pli_text_append_u64(&iso, day);
    pli_text_append(&iso, "T00:00:00Z");
    return pli_time_parse(data, iso.length, ns) == PLM_OK;
}

static bool
is_strike(const char *text, size_t size) {
    size_t points = 0;
    for (size_t i = 0; i < size; i += 1) {
        bool is_point = text[i] == '.' || text[i] == 'd';
        points += is_point;
        if ((!is_digit(text[i]) && !is_point) || (is_point && (i == 0 || i + 1 == size))) {
            return false;
        }
    }
    return size > 0 && size < PLM_NAME_SIZE && points <= 1;
}

static bool
hole_accepts(int hole, const char *text, size_t size) {
    int64_t ns = 0;
    bool is_name = size > 0 && size < PLM_NAME_SIZE;
    switch (hole) {
    case 0:
        for (size_t i = 0; i < size; i += 1) {
            is_name = is_name && (is_digit(text[i]) || is_letter(text[i]));
        }
        return is_name;
    case 1:
        return parse_day(text, size, &ns);
    case 2:
        return is_strike(text, size);
    case 3:
        return right_of(text, size) != PLM_RIGHT_NONE;
    default:
        return true;
    }
}

// Backtracks over holes only; there are at most five, each at most once.
static bool
match_from(match *m, const char *pattern, size_t at) {
    while (*pattern != '\0') {
        int hole = hole_at(pattern);
        if (hole < 0) {
            if (at == m->size || m->text[at] != *pattern) {
                return false;
            }
            at += 1;
            pattern += 1;
            continue;
        }
        for (size_t taken = 0; at + taken <= m->size; taken += 1) {
            if (hole_accepts(hole, m->text + at, taken) &&
                match_from(m, pattern + strlen(hole_names[hole]), at + taken)) {
                m->begin[hole] = m->text + at;
                m->taken[hole] = taken;
                return true;
            }
        }
        return false;
    }
    return at == m->size;
}

static void
copy_strike(const match *m, char *strike) {
    for (size_t i = 0; i < m->taken[2]; i += 1) {
        strike[i] = m->begin[2][i] == 'd' ? '.' : m->begin[2][i];
    }
    strike[m->taken[2]] = '\0';
}

static bool
fill_symbol(const pli_mapping *mapping, const pli_symbol_rule *rule, const match *m,
            pli_symbol *symbol) {
    *symbol = (pli_symbol){.rule = rule};
    if (rule->kind == PLI_SYMBOL_IGNORE) {
        return true;
    }
    char theirs[PLM_NAME_SIZE] = "";
    if (m->taken[0] > 0) {
        memcpy(theirs, m->begin[0], m->taken[0]);
    }
    const char *ours =
        rule->underlying != NULL ? rule->underlying : pli_mapping_ours(mapping, theirs);
    if (strlen(ours) >= PLM_NAME_SIZE) {
        return false;
    }
    memcpy(symbol->underlying, ours, strlen(ours) + 1);
    if (m->taken[1] > 0 && parse_day(m->begin[1], m->taken[1], &symbol->expiry_ns)) {
        symbol->expiry_ns += rule->expiry_ns;
    }
    if (m->taken[2] > 0) {
        copy_strike(m, symbol->strike);
    }
    symbol->right = m->taken[3] > 0 ? right_of(m->begin[3], m->taken[3]) : PLM_RIGHT_NONE;
    return true;
}

bool
pli_symbol_match(const pli_mapping *mapping, const char *text, size_t size, pli_symbol *symbol) {
    if (size == 0 || size >= PLI_SYMBOL_SIZE) {
        return false;
    }
    for (uint32_t i = 0; i < mapping->rule_count; i += 1) {
        match m = {.pattern = mapping->rules[i].pattern, .text = text, .size = size};
        if (match_from(&m, m.pattern, 0)) {
            return fill_symbol(mapping, &mapping->rules[i], &m, symbol);
        }
    }
    return false;
}
