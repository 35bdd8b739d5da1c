/* demo_parts.h: what the parts of the demonstration venue share.                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SIM_DEMO_PARTS_H
#define PLI_SIM_DEMO_PARTS_H

#include "core/state.h"
#include "sim/demo.h"

#define PLI_DEMO_E8 1e8
#define PLI_DEMO_USD INT64_C(1000000) /* atoms and micros of a dollar */
#define PLI_DEMO_SECOND INT64_C(1000000000)
#define PLI_DEMO_STRIKES 9u
#define PLI_DEMO_CHAIN (2u * PLI_DEMO_STRIKES) /* options of one underlying and expiry */
#define PLI_DEMO_CHAINS_LIVE 3u
#define PLI_DEMO_NETWORK 1u
#define PLI_DEMO_INSURANCE_USD INT64_C(5000000)

/* pli_demo_terms - what is constant about one underlying. */
typedef struct pli_demo_terms {
    const char *name;
    const char *perpetual;
    double price;       /* at the very beginning */
    double volatility;  /* annual, usual */
    double beta;        /* of its moves in a crash and in a history of BTC */
    double strike_step; /* between strikes, relative */
    int64_t tick_e8, lot_e8, option_lot_e8;
    int64_t depth_usd, volume_usd, interest_usd; /* usual */
    int64_t supply;
} pli_demo_terms;

extern const pli_demo_terms pli_demo_terms_of[PLI_DEMO_UNDERLYINGS];

/* pli_demo_begin - a zeroed event of that kind from the operator. */
plm_event *pli_demo_begin(const pli_demo *demo, plm_event *event, plm_event_type type,
                          uint32_t account);

/* pli_demo_normal - a standard normal number. */
double pli_demo_normal(pli_demo *demo);

/* pli_demo_round - a price in e8, at a whole number of ticks and at least one. */
int64_t pli_demo_round(uint32_t underlying, double price);

/* pli_demo_trait - the number that the seed gives an account, 0 <= . < 1; `which` tells several apart. */
double pli_demo_trait(const pli_demo *demo, uint32_t account, uint32_t which);

/* pli_demo_list - the next event that opens the venue; false: it is open. */
bool pli_demo_list(pli_demo *demo, plm_core *core, plm_event *event);

/* pli_demo_enter - the next account, deposit, or chain of options that is missing; false: none. */
bool pli_demo_enter(pli_demo *demo, plm_core *core, plm_event *event);

/* pli_demo_move - a tick has come: prices, volatility and depth move. */
void pli_demo_move(pli_demo *demo, const plm_core *core);

/* Tasks of a tick: each gives its next event, or false when it has no more. */
bool pli_demo_report(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_mark(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_surface(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_facts(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_settle(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_work_orders(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_act(pli_demo *demo, plm_core *core, plm_event *event);
bool pli_demo_bid(pli_demo *demo, plm_core *core, plm_event *event);

/* pli_demo_refill - the operator fills up the insurance fund, and makers and arbitrageurs bring what they have lost. */
bool pli_demo_refill(pli_demo *demo, plm_core *core, plm_event *event);

/* pli_demo_brings - dollars that an account comes with. */
double pli_demo_brings(const pli_demo *demo, uint32_t account);

/* pli_demo_quote - the makers put new orders into the books. */
void pli_demo_quote(pli_demo *demo, const plm_core *core);

/* pli_demo_wait - this account has orders to be worked. */
void pli_demo_wait(pli_demo *demo, uint32_t account);

/* pli_demo_perpetual_price - what the perpetual trades at. */
double pli_demo_perpetual_price(const pli_demo *demo, uint32_t underlying);

/* pli_demo_expiry - of chain number `chain`. */
int64_t pli_demo_expiry(const plm_core *core, uint32_t chain);

#endif
