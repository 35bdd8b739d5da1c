/* control.h: the catalogue of controls, and by which setting of the engine each is switched off. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_STUDY_CONTROL_H
#define PLI_STUDY_CONTROL_H

#include <stdint.h>

/*
 * PLI_CONTROL_LIST - X(NAME, id, switch). `switch` says which parameter, record or event makes the difference; "" where the
 * production engine has none: it cannot be run without the control, and a rehearsal refuses to. Where it begins with "naive
 * books", the same events go to src/sim/naive.h instead.
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
    X(RSK_CORR, "C-RSK-CORR", "")                                                                  \
    X(RSK_NEG, "C-RSK-NEG", "UNDERLYING of domain positive")                                       \
    X(RSK_COLLAT, "C-RSK-COLLAT", "ASSET without haircuts, tiered.haircut_sigma_ppm 0")            \
    X(RSK_DYN, "C-RSK-DYN", "")                                                                    \
    X(RSK_NOEXEMPT, "C-RSK-NOEXEMPT", "naive books: flags that exempt an account")                 \
    X(RSK_PRETRADE, "C-RSK-PRETRADE", "naive books: orders not asked for margin")                  \
    X(LIQ_RESERVE, "C-LIQ-RESERVE", "liquidation.auction_reserve_ppm 1")                           \
    X(LIQ_PARTIAL, "C-LIQ-PARTIAL", "liquidation.depth_ppm, target_ppm 1000000: all at once")      \
    X(LIQ_BACKSTOP, "C-LIQ-BACKSTOP", "")                                                          \
    X(LIQ_WATERFALL, "C-LIQ-WATERFALL", "no FUND: nothing stands before the winners")              \
    X(LIQ_ADL, "C-LIQ-ADL", "liquidation.deleverage 0")                                            \
    X(LIQ_COLLAR, "C-LIQ-COLLAR", "liquidation.collar_ppm 500000")                                 \
    X(LIQ_SELF, "C-LIQ-SELF", "")                                                                  \
    X(LED_HEALTH, "C-LED-HEALTH", "naive books: orders and payments not asked for margin")         \
    X(LED_CONSERVE, "C-LED-CONSERVE", "naive books: profits paid before anybody has lost them")    \
    X(LED_ORDER, "C-LED-ORDER", "naive books: each leg booked on its own")                         \
    X(LED_ROUND, "C-LED-ROUND", "naive books: towards zero, whoever asks")                         \
    X(OPS_ADMIT, "C-OPS-ADMIT", "orders without deadline_ns")                                      \
    X(OPS_KILL, "C-OPS-KILL", "")                                                                  \
    X(OPS_NOROLLBACK, "C-OPS-NOROLLBACK", "naive books: booked trades can be taken back")          \
    X(OPS_MIGRATE, "C-OPS-MIGRATE", "")                                                            \
    X(GOV_BOUNDS, "C-GOV-BOUNDS", "")                                                              \
    X(GOV_SHADOW, "C-GOV-SHADOW", "")                                                              \
    X(GOV_FASTSAFE, "C-GOV-FASTSAFE", "")                                                          \
    X(GOV_COUPLED, "C-GOV-COUPLED", "")                                                            \
    X(GOV_PRICEBAND, "C-GOV-PRICEBAND", "")

typedef enum pli_control {
#define PLI_CONTROL_ENUM(NAME, id, how) PLI_CONTROL_##NAME,
    PLI_CONTROL_LIST(PLI_CONTROL_ENUM)
#undef PLI_CONTROL_ENUM
        PLI_CONTROL_COUNT
} pli_control;

/* pli_control_named - the control with that id, of `size` bytes; PLI_CONTROL_COUNT where there is none. */
pli_control pli_control_named(const char *id, uint32_t size);

/* pli_control_id, pli_control_switch - "" for none. */
const char *pli_control_id(pli_control control);
const char *pli_control_switch(pli_control control);

/* pli_control_books - those without which it is no longer the engine, but the naive books of src/sim/naive.h: bits. */
uint64_t pli_control_books(void);

#define PLI_CONTROL_BIT(control) (UINT64_C(1) << (control))

#endif
