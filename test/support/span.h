/* span.h: the example SPAN file in memory, with columns overwritten.                  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_SPAN_H
#define TS_SUPPORT_SPAN_H

#include <stddef.h>
#include <stdint.h>

#include "io/span_file.h"

/* ts_span_load - examples/span/example.pa2 into a buffer of the support; every row padded to 170 columns. */
void ts_span_load(void);

/* ts_span_put - overwrite from `column` on in the first row after `skip` rows that begin with `begin`. */
void ts_span_put(const char *begin, unsigned skip, unsigned column, const char *text);

/* ts_span_drop - make the rows that begin with `begin` unknown ones. */
void ts_span_drop(const char *begin);

/* ts_span_parse - decode the buffer; fails the test where that fails. ts_span_try - answers the status. */
void ts_span_parse(pli_span_book *book);
plm_status ts_span_try(pli_span_book *book, plm_fault *fault);

/* ts_span_hold - the contract of a product: futures by month, options by right, strike and day code. */
pli_span_position ts_span_future(const pli_span_book *book, const char *code, uint32_t month,
                                 int64_t quantity);
pli_span_position ts_span_option(const pli_span_book *book, char right, int64_t strike,
                                 const char *day, int64_t quantity);

/* ts_span_margin - hedger's requirement of `count` positions; the result lives until the next call. */
plm_status ts_span_margin(const pli_span_book *book, uint32_t count,
                          const pli_span_position *positions, pli_span_result *result,
                          plm_fault *fault);

#endif
