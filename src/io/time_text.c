/* time_text.c: instants as text.                                                      SPDX-License-Identifier: Apache-2.0 */
#include "io/time_text.h"

#include <stdbool.h>

#include "num/decimal.h"
#include "plimsoll/quantity.h"

#define SECOND_NS INT64_C(1000000000)

/*
 * Days of the proleptic Gregorian calendar, counted in years that begin on 1 March, so that the leap day is the last:
 * month m of such a year (0 = March) begins (153 m + 2) / 5 days after it. 719,468 days lie between 0000-03-01 and
 * 1970-01-01.
 */
static int64_t
days_from_date(int64_t year, int64_t month, int64_t day) {
    int64_t y = year - (month <= 2);
    int64_t m = (month + 9) % 12;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static void
date_from_days(int64_t days, int64_t *year, int64_t *month, int64_t *day) {
    int64_t n = days + 719468;
    int64_t y = n * 400 / 146097 + 1; // at most one too many, lowered below
    while (365 * y + y / 4 - y / 100 + y / 400 > n) {
        y -= 1;
    }
    int64_t rest = n - (365 * y + y / 4 - y / 100 + y / 400);
    int64_t m = (5 * rest + 2) / 153;
    *day = rest - (153 * m + 2) / 5 + 1;
    *month = m < 10 ? m + 3 : m - 9;
    *year = y + (*month <= 2);
}

// A fixed number of digits at `text`, or false.
static bool
read_digits(const char *text, size_t count, int64_t *out) {
    *out = 0;
    for (size_t i = 0; i < count; i += 1) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        *out = *out * 10 + (text[i] - '0');
    }
    return true;
}

static bool
read_fraction(const char *text, size_t size, int64_t *ns) {
    *ns = 0;
    if (size == 0) {
        return true;
    }
    if (text[0] != '.' || size < 2 || size > 10 || !read_digits(text + 1, size - 1, ns)) {
        return false;
    }
    for (size_t i = size; i < 10; i += 1) {
        *ns *= 10;
    }
    return true;
}

static bool
is_date(int64_t year, int64_t month, int64_t day) {
    int64_t y;
    int64_t m;
    int64_t d;
    if (month < 1 || month > 12 || day < 1) {
        return false;
    }
    date_from_days(days_from_date(year, month, day), &y, &m, &d);
    return y == year && m == month && d == day;
}

static plm_status
parse_iso(const char *text, size_t size, int64_t *ns) {
    int64_t f[6];
    int64_t fraction;
    bool is_formed = size >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
                     text[13] == ':' && text[16] == ':' && text[size - 1] == 'Z';
    if (!is_formed || !read_digits(text, 4, &f[0]) || !read_digits(text + 5, 2, &f[1]) ||
        !read_digits(text + 8, 2, &f[2]) || !read_digits(text + 11, 2, &f[3]) ||
        !read_digits(text + 14, 2, &f[4]) || !read_digits(text + 17, 2, &f[5]) ||
        !read_fraction(text + 19, size - 20, &fraction)) {
        return PLM_TEXT_MALFORMED;
    }
    if (f[0] < 1980 || f[0] > 2200 || !is_date(f[0], f[1], f[2]) || f[3] > 23 || f[4] > 59 ||
        f[5] > 59) {
        return PLM_VALUE_INVALID;
    }
    int64_t seconds = days_from_date(f[0], f[1], f[2]) * 86400 + f[3] * 3600 + f[4] * 60 + f[5];
    *ns = seconds * SECOND_NS + fraction;
    return PLM_OK;
}

plm_status
pli_time_parse(const char *text, size_t size, int64_t *ns) {
    int64_t result;
    bool has_dash = false;
    for (size_t i = 1; i < size; i += 1) {
        has_dash = has_dash || text[i] == '-' || text[i] == 'T';
    }
    if (has_dash) {
        plm_status status = parse_iso(text, size, &result);
        if (status != PLM_OK) {
            return status;
        }
    } else {
        pli_i128 value;
        plm_status status = pli_decimal_parse(text, size, 0, &value);
        if (status != PLM_OK) {
            return status == PLM_OVERFLOW ? PLM_VALUE_INVALID : PLM_TEXT_MALFORMED;
        }
        if (value < PLI_TIME_NS_MIN || value > PLI_TIME_NS_MAX) {
            return PLM_VALUE_INVALID;
        }
        result = (int64_t)value;
    }
    if (result < PLI_TIME_NS_MIN || result > PLI_TIME_NS_MAX) {
        return PLM_VALUE_INVALID;
    }
    *ns = result;
    return PLM_OK;
}

static void
append_padded(pli_text *text, int64_t value, unsigned width) {
    int64_t bound = 10;
    for (unsigned i = 1; i < width; i += 1) {
        if (value < bound) {
            pli_text_append_char(text, '0');
        }
        bound *= 10;
    }
    // Each zero above stands for one leading digit that the value lacks.
    pli_text_append_i64(text, value);
}

void
pli_date_format(pli_text *text, int64_t days) {
    int64_t year;
    int64_t month;
    int64_t day;
    date_from_days(days, &year, &month, &day);
    append_padded(text, year, 4);
    pli_text_append_char(text, '-');
    append_padded(text, month, 2);
    pli_text_append_char(text, '-');
    append_padded(text, day, 2);
}

void
pli_time_format(pli_text *text, int64_t ns) {
    int64_t rest = ns % PLM_DAY_NS;
    pli_date_format(text, ns / PLM_DAY_NS);
    pli_text_append_char(text, 'T');
    append_padded(text, rest / (3600 * SECOND_NS), 2);
    pli_text_append_char(text, ':');
    append_padded(text, rest / (60 * SECOND_NS) % 60, 2);
    pli_text_append_char(text, ':');
    int64_t second = rest / SECOND_NS % 60;
    if (second < 10) {
        pli_text_append_char(text, '0');
    }
    pli_decimal_format(text, second * SECOND_NS + rest % SECOND_NS, 9, 0);
    pli_text_append_char(text, 'Z');
}
