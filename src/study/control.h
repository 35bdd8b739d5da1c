/* control.h: the catalogue of controls, and by which setting of the engine each is switched off. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_CONTROL_H
#define PLI_STUDY_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

/*
 * PLI_CONTROL_LIST - X(NAME, id, switch). `switch` says which parameter, record or event makes the difference. Where it
 * begins with "naive books", the same events go to src/sim/naive.h instead. Where it begins with "none: ", nothing can be
 * switched off, for the reason that follows, and a rehearsal refuses to.
 */
#define PLI_CONTROL_LIST(X)                                                                        \
    X(ORA_QUORUM, "C-ORA-QUORUM", "feed.quorum 1, feed.liars_max 0")                               \
    X(ORA_MEDIAN, "C-ORA-MEDIAN", "no SOURCE: the operator's PRICE by the venue's own formula")    \
    X(ORA_STALE, "C-ORA-STALE",                                                                    \
      "feed.age_strict_ns and age_loose_ns 1 h, silent sources repeated")                          \
    X(ORA_BAND, "C-ORA-BAND", "feed.band_ppm 1000000")                                             \
    X(ORA_FLOOR, "C-ORA-FLOOR", "SOURCE without clamps")                                           \
    X(ORA_EMA, "C-ORA-EMA", "feed.slow_half_life_ns 1 min")                                        \
    X(ORA_ANCHOR, "C-ORA-ANCHOR", "no ANCHOR, own book as heavy as the others")                    \
    X(ORA_CONF, "C-ORA-CONF", "feed.deviation_widen_ppm 0, confidence_max_ppm 1000000")            \
    X(ORA_RESTART, "C-ORA-RESTART", "feed.settle_ns 0")                                            \
    X(RSK_CONC, "C-RSK-CONC", "tiered.tier2..4 as tier1, one haircut tier per asset")              \
    X(RSK_OICAP, "C-RSK-OICAP", "no LIQUIDITY and SUPPLY, ASSET without borrow cap")               \
    X(RSK_UPNL, "C-RSK-UPNL", "naive books: unrealised profit may leave")                          \
    X(RSK_WITHDRAW, "C-RSK-WITHDRAW",                                                              \
      "naive books: what may leave is all above the flat initial fraction")                        \
    X(RSK_WWR, "C-RSK-WWR", "tiered.haircut_sigma_ppm 0")                                          \
    X(RSK_CORR, "C-RSK-CORR", "naive books: longs and shorts of an account are margined net")      \
    X(RSK_NEG, "C-RSK-NEG", "UNDERLYING of domain positive")                                       \
    X(RSK_COLLAT, "C-RSK-COLLAT", "ASSET without haircuts, tiered.haircut_sigma_ppm 0")            \
    X(RSK_DYN, "C-RSK-DYN", "PARAMETERS of tiered raise maintenance with initial, at once")        \
    X(RSK_NOEXEMPT, "C-RSK-NOEXEMPT", "naive books: flags that exempt an account")                 \
    X(RSK_PRETRADE, "C-RSK-PRETRADE", "naive books: orders not asked for margin")                  \
    X(LIQ_RESERVE, "C-LIQ-RESERVE", "liquidation.auction_reserve_ppm 1")                           \
    X(LIQ_PARTIAL, "C-LIQ-PARTIAL", "liquidation.depth_ppm, target_ppm 1000000: all at once")      \
    X(LIQ_BACKSTOP, "C-LIQ-BACKSTOP",                                                              \
      "liquidation.backstop_tranche_ppm 1000000, spread, stress 0")                                \
    X(LIQ_WATERFALL, "C-LIQ-WATERFALL", "no FUND: nothing stands before the winners")              \
    X(LIQ_ADL, "C-LIQ-ADL", "liquidation.deleverage 0")                                            \
    X(LIQ_COLLAR, "C-LIQ-COLLAR", "liquidation.collar_ppm 500000")                                 \
    X(LIQ_SELF, "C-LIQ-SELF", "ACCOUNT with an owner of its own each, linked or not")              \
    X(LED_HEALTH, "C-LED-HEALTH", "naive books: orders and payments not asked for margin")         \
    X(LED_CONSERVE, "C-LED-CONSERVE", "naive books: profits paid before anybody has lost them")    \
    X(LED_ORDER, "C-LED-ORDER", "naive books: each leg booked on its own")                         \
    X(LED_ROUND, "C-LED-ROUND", "naive books: towards zero, whoever asks")                         \
    X(OPS_ADMIT, "C-OPS-ADMIT", "orders without deadline_ns")                                      \
    X(OPS_KILL, "C-OPS-KILL", "none: the core has no switch that trips by itself")                 \
    X(OPS_NOROLLBACK, "C-OPS-NOROLLBACK", "naive books: booked trades can be taken back")          \
    X(OPS_MIGRATE, "C-OPS-MIGRATE",                                                                \
      "a restart takes the state of the opening, and no digest is compared")                       \
    X(GOV_BOUNDS, "C-GOV-BOUNDS", "naive books: a parameter of any name and value is taken")       \
    X(GOV_SHADOW, "C-GOV-SHADOW", "naive books: a change of how prices are made is taken unseen")  \
    X(GOV_FASTSAFE, "C-GOV-FASTSAFE", "what a guardian changes waits a day, like any change")      \
    X(GOV_COUPLED, "C-GOV-COUPLED", "none: PARAMETERS replaces a record whole or not at all")      \
    X(GOV_PRICEBAND, "C-GOV-PRICEBAND",                                                            \
      "the operator answers a HELD price by PARAMETERS feed.band_ppm 1000000")

typedef enum pli_control {
#define PLI_CONTROL_ENUM(NAME, id, how) PLI_CONTROL_##NAME,
    PLI_CONTROL_LIST(PLI_CONTROL_ENUM)
#undef PLI_CONTROL_ENUM
        PLI_CONTROL_COUNT
} pli_control;

/* pli_control_named - the control with that id, of `size` bytes; PLI_CONTROL_COUNT where there is none. */
pli_control pli_control_named(const char *id, uint32_t size);

/* pli_control_id, pli_control_switch - "" for none. pli_control_has_switch - can it be switched off at all? */
const char *pli_control_id(pli_control control);
const char *pli_control_switch(pli_control control);
bool pli_control_has_switch(pli_control control);

/* pli_control_books - those without which it is no longer the engine, but the naive books of src/sim/naive.h: bits. */
uint64_t pli_control_books(void);

#define PLI_CONTROL_BIT(control) (UINT64_C(1) << (control))

#endif
