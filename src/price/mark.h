/* mark.h: options in terms of their surface, and marks where the venue has none.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_PRICE_MARK_H
#define PLI_PRICE_MARK_H

#include <stdint.h>

#include "plimsoll/instrument.h"
#include "plimsoll/market.h"
#include "plimsoll/price.h"
#include "plimsoll/status.h"

/*
 * pli_option_terms_from_market - forward, strike, years of 365 days and volatility of an option now, undiscounted.
 *
 * Returns
 *   PLM_OK               *terms is complete: years and volatility > 0; forward and strike > 0 where the domain is
 *                        positive.
 *   PLM_SURFACE_MISSING  the market has no forward or no smile for its expiry; *fault names the instrument.
 *   PLM_EXPIRED          its expiry is not after the market's time.
 *   PLM_DOMAIN           forward or strike outside the domain, or no volatility there.
 */
PLM_MUST_USE plm_status pli_option_terms_from_market(const plm_listing *listing,
                                                     const plm_market *market,
                                                     uint32_t instrument_index,
                                                     plm_option_terms *terms, plm_fault *fault);

/*
 * pli_option_price - value of an option by the model of its underlying's domain: Black-76 or Bachelier.
 * pli_option_value - the same with its Greeks.
 *
 * Returns    As plm_black76_price and plm_black76_value.
 */
PLM_MUST_USE plm_status pli_option_price(plm_price_domain domain, const plm_option_terms *terms,
                                         double *price);
PLM_MUST_USE plm_status pli_option_value(plm_price_domain domain, const plm_option_terms *terms,
                                         plm_option_value *out);

/*
 * pli_market_fill_marks - the market's marks with every absent option mark taken from its surface.
 *
 * `marks_out` has room for listing->instrument_count and may be the market's own table. A filled mark has half_spread_e8
 * 0 (not known) and is_present true; anything else without a mark stays absent.
 *
 * Returns    PLM_OK, or the first failure of plm_instrument_mark for an option; entries before it are then written.
 */
PLM_MUST_USE plm_status pli_market_fill_marks(const plm_listing *listing, const plm_market *market,
                                              plm_mark *marks_out, plm_fault *fault);

#endif
