/* time_text.h: instants as text.                                                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_TIME_TEXT_H
#define PLI_IO_TIME_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/text.h"
#include "plimsoll/status.h"

/* Instants that files may hold: 1980-01-01 to 2200-01-01. A count of seconds or milliseconds taken for ns lies outside. */
#define PLI_TIME_NS_MIN INT64_C(315532800000000000)
#define PLI_TIME_NS_MAX INT64_C(7258118400000000000)

/*
 * pli_time_parse - ISO 8601 in UTC, "2026-03-01T12:00:00Z" with up to 9 decimals of a second, or whole nanoseconds.
 *
 * Returns    PLM_OK; PLM_TEXT_MALFORMED; PLM_VALUE_INVALID where it lies outside PLI_TIME_NS_MIN..MAX or is no date of
 *            the calendar (the second 60 included).
 */
PLM_MUST_USE plm_status pli_time_parse(const char *text, size_t size, int64_t *ns);

/* pli_time_format - append the ISO form, with as many decimals as are needed. Any ns >= 0. */
void pli_time_format(pli_text *text, int64_t ns);

/* pli_date_format - append "2026-03-01" of a count of days since 1970-01-01, from year 0 to 9999. */
void pli_date_format(pli_text *text, int64_t days);

#endif
