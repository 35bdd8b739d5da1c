/* demo_bids.c: makers bid for accounts that are auctioned.                             SPDX-License-Identifier: Apache-2.0 */
#include "sim/demo_parts.h"

// What a maker wants for a whole account, of its maintenance requirement: in calm, and more at the height of a crash.
static const double wanted_calm = 0.05;
static const double wanted_stress = 0.3;

// Whoever of the makers gets to it first; in a crash half of them stay away.
static uint32_t
bidder_for(const pli_demo *demo, uint32_t account) {
    uint32_t maker = (uint32_t)((account + demo->tick_count) % PLI_DEMO_MAKERS);
    bool is_away = demo->stress > 0.5 && pli_demo_trait(demo, maker, 9) < 0.5;
    return is_away ? PLM_NONE : maker;
}

static bool
bid(const pli_demo *demo, plm_core *core, uint32_t account, plm_event *event) {
    plm_auction_offer offer;
    plm_requirement requirement;
    plm_core_question question = {.account = account};
    uint32_t bidder = bidder_for(demo, account);
    double wanted = wanted_calm + wanted_stress * demo->stress;
    const pli_account *accounts = core->ledger.accounts;
    if (bidder == PLM_NONE || accounts[bidder].owner == accounts[account].owner ||
        plm_core_auction(core, account, &offer, NULL) != PLM_OK || !offer.is_open ||
        offer.share_ppm <= 0 ||
        plm_core_require(core, &question, &requirement, NULL, NULL) != PLM_OK) {
        return false;
    }
    double share = (double)offer.share_ppm / 1e6;
    double maintenance = (double)requirement.maintenance_micros * share;
    if ((double)offer.premium_micros < wanted * maintenance) {
        return false;
    }
    pli_demo_begin(demo, event, PLM_EVENT_TYPE_BID, bidder);
    event->bid_body = (plm_event_bid){
        .sold_account = account, .round = offer.round, .share_ppm = (int64_t)PLM_PPM};
    return true;
}

bool
pli_demo_bid(pli_demo *demo, plm_core *core, plm_event *event) {
    for (; demo->item < core->ledger.account_count; demo->item += 1) {
        if (core->standings[demo->item].stage == PLM_STAGE_AUCTION &&
            bid(demo, core, demo->item, event)) {
            demo->item += 1;
            return true;
        }
    }
    return false;
}
