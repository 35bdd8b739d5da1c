/* liqprice_venue.h: the liquidation price of one position by a venue's own formula.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_LIQPRICE_VENUE_H
#define PLI_CLI_LIQPRICE_VENUE_H

#include "cli/verb.h"

/* pli_liqprice_venue - answer `liqprice --venue` from the options alone. */
pli_exit pli_liqprice_venue(const pli_invocation *invocation, pli_page *page);

#endif
