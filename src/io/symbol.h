/* symbol.h: what a venue's symbol says: underlying, expiry, strike and right.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_SYMBOL_H
#define PLI_IO_SYMBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/mapping.h"
#include "plimsoll/instrument.h"

/*
 * Patterns
 *
 * Text that stands for itself, and holes in braces, each at most once:
 *   {underlying}  1 to 31 letters and digits
 *   {expiry}      a day: 27DEC24, 3JAN25, 241227 or 20241227
 *   {strike}      a decimal; a 'd' may stand for the point
 *   {right}       C, P, call or put, in any case
 *   {any}         any text, also none
 * A hole takes as little as lets the rest match, so the text behind it decides where it ends.
 */
#define PLI_HOLE_UNDERLYING 0x1u
#define PLI_HOLE_EXPIRY 0x2u
#define PLI_HOLE_STRIKE 0x4u
#define PLI_HOLE_RIGHT 0x8u
#define PLI_HOLE_ANY 0x10u
#define PLI_HOLES_MALFORMED UINT32_MAX

/* pli_symbol_holes - which holes a pattern has, or PLI_HOLES_MALFORMED. */
unsigned pli_symbol_holes(const char *pattern);

#define PLI_SYMBOL_SIZE 64u

/* pli_symbol - a symbol taken apart by the first rule that it matches. */
typedef struct pli_symbol {
    const pli_symbol_rule *rule;
    char underlying[PLM_NAME_SIZE]; /* our name */
    int64_t expiry_ns;              /* 0: none */
    char strike[PLM_NAME_SIZE];     /* "" : none */
    plm_right right;
} pli_symbol;

/*
 * pli_symbol_match - false where no rule matches, or the text has no bytes or more than PLI_SYMBOL_SIZE - 1.
 *
 * Cost       Bounded by the fourth power of the text's length, for a pattern of five holes side by side; linear for
 *            patterns that venues use.
 */
bool pli_symbol_match(const pli_mapping *mapping, const char *text, size_t size,
                      pli_symbol *symbol);

#endif
