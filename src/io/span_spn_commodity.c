/* span_spn_commodity.c: combined commodities, tiers and spreads of the XML form of SPAN files.
 * SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "io/span_spn.h"

static pli_span_commodity *
commodity_now(pli_spn *run) {
    return &run->file.commodities[run->file.commodity_count - 1];
}

static bool
is_leg(const char *name) {
    return strcmp(name, "pLeg") == 0 || strcmp(name, "tLeg") == 0 || strcmp(name, "rpLeg") == 0;
}

static bool
is_spread(const char *name) {
    return strcmp(name, "dSpread") == 0 || strcmp(name, "sSpread") == 0;
}

static void
begin_commodity(pli_spn *run) {
    pli_span_commodity *commodity = &run->file.commodities[run->file.commodity_count];
    *commodity = (pli_span_commodity){.option_style = ' ', .minimum_method = ' '};
    for (uint32_t i = 0; i < 3; i += 1) {
        commodity->initial_ratio[i] = (pli_span_number){.mantissa = 1};
    }
    run->file.commodity_count += 1;
    run->scan_tier_count = 0;
    run->minimum_tier_count = 0;
}

static void
begin_spread(pli_spn *run) {
    if (pli_spn_is_inside(run, "ccDef")) {
        run->file.spreads[run->file.spread_count] =
            (pli_span_spread){.commodity_index = run->file.commodity_count - 1,
                              .kind = PLI_SPAN_SPREAD_SERIES,
                              .priority = run->file.spread_count + 1,
                              .leg_first = run->file.leg_count};
    } else {
        // Tiered, so that sides decide nothing: what is not computed is refused rather than judged.
        run->file.inters[run->file.inter_count] = (pli_span_inter){.is_tiered = true};
    }
    run->has_rate = false;
}

void
pli_spn_commodity_begin(pli_spn *run, const char *name) {
    if (strcmp(name, "ccDef") == 0) {
        begin_commodity(run);
    } else if (strcmp(name, "pfLink") == 0 && !pli_spn_is_inside(run, "ccDef")) {
        pli_spn_fail(run, PLM_SYNTAX, "a pfLink outside of a ccDef", NULL);
    } else if (strcmp(name, "pfLink") == 0) {
        run->links[run->link_count] =
            (pli_spn_link){.commodity_index = run->file.commodity_count - 1};
    } else if (is_spread(name)) {
        begin_spread(run);
    } else if (strcmp(name, "tier") == 0) {
        run->file.tiers[run->file.tier_count] =
            (pli_span_tier){.commodity_index = run->file.commodity_count - 1};
        run->has_rate = false;
    } else if (is_leg(name)) {
        run->leg = (pli_span_leg){.ratio = {.mantissa = 1}};
        memset(run->leg_commodity, 0, sizeof run->leg_commodity);
    } else if (strcmp(name, "rate") == 0 || strcmp(name, "adjRate") == 0) {
        run->is_rate_first = true;
    }
}

static void
end_in_commodity(pli_spn *run, const char *name) {
    pli_span_commodity *commodity = commodity_now(run);
    if (strcmp(name, "cc") == 0) {
        pli_spn_code(run, commodity->code);
    } else if (strcmp(name, "currency") == 0) {
        pli_spn_code(run, commodity->currency);
    } else if (strcmp(name, "riskExponent") == 0) {
        commodity->risk_exponent = (int32_t)(pli_spn_integer(run) % 10);
    } else if (strcmp(name, "capAnov") == 0) {
        commodity->is_option_value_capped = strcmp(run->text, "0") != 0;
    } else if (strcmp(name, "somMeth") == 0) {
        // GROSS counts calls and puts; any other word is refused where short options are held or not.
        commodity->minimum_method = strcmp(run->text, "GROSS") == 0 ? '2' : '?';
    } else if (strcmp(name, "procMeth") == 0 && strcmp(run->text, "NORMAL") != 0) {
        memcpy(commodity->scan_method, "??", 3);
    } else if (strcmp(name, "spotMeth") == 0 && strcmp(run->text, "NORMAL") != 0) {
        memcpy(commodity->delivery_method, "??", 3);
    }
}

static void
end_in_link(pli_spn *run, const char *name) {
    pli_spn_link *link = &run->links[run->link_count];
    if (strcmp(name, "exch") == 0) {
        pli_spn_code(run, link->exchange);
    } else if (strcmp(name, "pfCode") == 0) {
        pli_spn_code(run, link->code);
    } else if (strcmp(name, "pfType") == 0) {
        pli_spn_code(run, link->type);
    }
}

static void
end_in_tier(pli_spn *run, const char *name) {
    pli_span_tier *tier = &run->file.tiers[run->file.tier_count];
    if (strcmp(name, "tn") == 0) {
        tier->number = pli_spn_integer(run);
    } else if (strcmp(name, "sPe") == 0) {
        tier->range.first = pli_spn_period(run);
    } else if (strcmp(name, "ePe") == 0) {
        tier->range.last = pli_spn_period(run);
    }
}

static void
end_tier(pli_spn *run) {
    pli_span_commodity *commodity = commodity_now(run);
    const char *parent = pli_spn_parent(run);
    if (strcmp(parent, "intraTiers") == 0) {
        run->file.tier_count += 1;
    } else if (strcmp(parent, "scanTiers") == 0) {
        run->scan_tier_count += 1;
        if (run->scan_tier_count > 1) {
            memcpy(commodity->scan_method, "10", 3);
        }
    } else if (strcmp(parent, "somTiers") == 0) {
        run->minimum_tier_count += 1;
        commodity->has_minimum_tiers = run->minimum_tier_count > 1;
    }
}

static void
end_in_leg(pli_spn *run, const char *name) {
    if (strcmp(name, "cc") == 0) {
        pli_spn_code(run, run->leg_commodity);
    } else if (strcmp(name, "pe") == 0) {
        run->leg.period = pli_spn_period(run);
    } else if (strcmp(name, "tn") == 0) {
        run->leg.tier = pli_spn_integer(run);
    } else if (strcmp(name, "rs") == 0) {
        run->leg.is_side_a = strcmp(run->text, "A") == 0;
        if (strcmp(run->text, "A") != 0 && strcmp(run->text, "B") != 0) {
            pli_spn_fail(run, PLM_VALUE_INVALID, "a leg's side is neither A nor B: ", run->text);
        }
    } else if (strcmp(name, "i") == 0) {
        run->leg.ratio = pli_spn_number(run);
        if (run->leg.ratio.mantissa <= 0) {
            pli_spn_fail(run, PLM_VALUE_INVALID, "a leg's ratio is not above 0: ", run->text);
        }
    }
}

static void
end_leg(pli_spn *run, const char *name) {
    if (!is_spread(pli_spn_parent(run))) {
        pli_spn_fail(run, PLM_SYNTAX, "a leg outside of a spread", NULL);
        return;
    }
    if (pli_spn_is_inside(run, "ccDef")) {
        pli_span_spread *spread = &run->file.spreads[run->file.spread_count];
        if (strcmp(name, "tLeg") == 0) {
            spread->kind = PLI_SPAN_SPREAD_TIER;
        }
        run->file.legs[run->file.leg_count] = run->leg;
        run->file.leg_count += 1;
        spread->leg_count += 1;
        return;
    }
    pli_span_inter *inter = &run->file.inters[run->file.inter_count];
    if (inter->leg_count == PLI_SPAN_INTER_LEGS_MAX) {
        pli_spn_fail(run, PLM_LIMIT, "a spread has more than 16 legs", NULL);
        return;
    }
    memcpy(inter->legs[inter->leg_count].commodity, run->leg_commodity, sizeof run->leg_commodity);
    inter->legs[inter->leg_count].is_side_a = run->leg.is_side_a;
    inter->leg_count += 1;
}

static void
end_in_spread(pli_spn *run, const char *name) {
    pli_span_spread *spread = &run->file.spreads[run->file.spread_count];
    bool is_inner = pli_spn_is_inside(run, "ccDef");
    if (is_inner && strcmp(name, "spread") == 0) {
        spread->priority = pli_spn_integer(run);
    } else if (is_inner && strcmp(name, "chargeMeth") == 0 && strcmp(run->text, "F") != 0) {
        memcpy(commodity_now(run)->intra_method, "??", 3); // a charge that is not flat per spread
    }
}

static void
end_in_rate(pli_spn *run, const char *name) {
    if (strcmp(name, "r") == 0) {
        run->is_rate_first = pli_spn_integer(run) == 1;
        return;
    }
    bool is_first = strcmp(name, "val") == 0 && run->is_rate_first && !run->has_rate;
    if (!is_first || !pli_spn_is_inside(run, "ccDef")) {
        return;
    }
    const char *around = run->depth >= 3 ? run->names[run->depth - 3] : "";
    if (is_spread(around)) {
        run->file.spreads[run->file.spread_count].rate = pli_spn_number(run);
        run->has_rate = true;
    } else if (strcmp(around, "tier") == 0 && pli_spn_is_inside(run, "somTiers")) {
        commodity_now(run)->minimum_rate = pli_spn_number(run);
        run->has_rate = true;
    }
}

static void
end_spread(pli_spn *run) {
    if (pli_spn_is_inside(run, "ccDef")) {
        run->file.spread_count += 1;
    } else {
        run->file.inter_count += 1;
    }
}

static void
end_in_adjustment(pli_spn *run, const char *name) {
    if (strcmp(name, "val") != 0) {
        return;
    }
    pli_span_number value = pli_spn_number(run);
    const pli_span_number one = {.mantissa = 1};
    for (uint32_t i = 0; i < 3 && pli_span_compare(value, one) != 0; i += 1) {
        commodity_now(run)->adjustment[i] = value;
    }
}

void
pli_spn_commodity_end(pli_spn *run, const char *name) {
    const char *parent = pli_spn_parent(run);
    bool is_inner = pli_spn_is_inside(run, "ccDef");
    if (is_inner && strcmp(parent, "ccDef") == 0 && !is_spread(name) &&
        strcmp(name, "pfLink") != 0) {
        end_in_commodity(run, name);
    } else if (strcmp(parent, "pfLink") == 0) {
        end_in_link(run, name);
    } else if (strcmp(name, "pfLink") == 0) {
        run->link_count += 1;
    } else if (is_leg(name)) {
        end_leg(run, name);
    } else if (is_leg(parent)) {
        end_in_leg(run, name);
    } else if (is_spread(name)) {
        end_spread(run);
    } else if (strcmp(parent, "rate") == 0) {
        end_in_rate(run, name);
    } else if (strcmp(parent, "adjRate") == 0 && is_inner) {
        end_in_adjustment(run, name);
    } else if (is_spread(parent)) {
        end_in_spread(run, name);
    } else if (strcmp(name, "tier") == 0 && is_inner) {
        end_tier(run);
    } else if (strcmp(parent, "tier") == 0 && is_inner) {
        end_in_tier(run, name);
    }
}
