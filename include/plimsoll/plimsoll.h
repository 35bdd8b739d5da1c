/* plimsoll.h: everything public, and the conventions that hold for all of it.         SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_PLIMSOLL_H
#define PLIMSOLL_PLIMSOLL_H

/*
 * Conventions
 *
 * Names      Functions are plm_<noun>_<verb>. A function that can fail returns plm_status and writes its results, through
 *            the last pointers, only on PLM_OK. A `plm_fault *` may be NULL.
 * Memory     Nothing here allocates. Where memory is needed the caller passes it and a size function says how much;
 *            `init` works on caller memory and needs no counterpart unless one is named.
 * Pointers   Must point to valid objects unless a comment says NULL is allowed. Inputs are read and not kept, unless a
 *            comment states otherwise.
 * Threads    Functions share no state: calls on different objects may run at the same time.
 * Units      In signatures one-field structs (plm_money, plm_price, ...); in records the suffix of the field.
 * Rounding   Requirements up, equity and credits down, once, at the last step.
 *
 * Caveats
 *
 * - A price or mark equal to what the venue shows is an input, never a result: a wrong mark gives an exact wrong answer.
 * - Trigger prices hold for one underlying moving alone unless marked `beta`, and for the market's own instant.
 * - Requirements are not additive over accounts: diversification inside an account is offset, across accounts it is not.
 * - Indices are dense and belong to one listing; mixing two listings is undetectable where sizes agree.
 */
#include "plimsoll/core.h"
#include "plimsoll/event.h"
#include "plimsoll/explain.h"
#include "plimsoll/feed.h"
#include "plimsoll/forecast.h"
#include "plimsoll/instrument.h"
#include "plimsoll/kernel.h"
#include "plimsoll/limits.h"
#include "plimsoll/liqprice.h"
#include "plimsoll/liquidation.h"
#include "plimsoll/living.h"
#include "plimsoll/margin.h"
#include "plimsoll/market.h"
#include "plimsoll/parameter.h"
#include "plimsoll/portfolio.h"
#include "plimsoll/price.h"
#include "plimsoll/procyclicality.h"
#include "plimsoll/quantity.h"
#include "plimsoll/reject.h"
#include "plimsoll/scenario.h"
#include "plimsoll/status.h"
#include "plimsoll/surface.h"

#endif
