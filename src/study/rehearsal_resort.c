/* rehearsal_resort.c: metrics of pool and deleveraging, and what a clock measures. SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "study/rehearsal_metric.h"

// Lots of accounts that are worth less than nothing which the book has not taken.
static pli_i128
unfilled(const pli_rehearsal *of) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        plm_portfolio held;
        if (pli_rehearsal_worth(of, i, false) >= 0 || !pli_rehearsal_portfolio(of, i, &held)) {
            continue;
        }
        for (uint32_t at = 0; at < held.position_count; at += 1) {
            pli_i128 lots = held.positions[at].lots;
            sum +=
                (lots < 0 ? -lots : lots) * of->listed[held.positions[at].instrument_index].lot_e18;
        }
    }
    return sum;
}

// Names of the contracts in which winners were closed, in the order of the file.
static pli_metric
deleveraged(const pli_rehearsal *of) {
    pli_metric value = pli_metric_text("");
    pli_text to = pli_text_init(value.text, sizeof value.text);
    bool has_any = false;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        if (of->listed[i].closed_lots > 0) {
            pli_text_append(&to, has_any ? "," : "");
            pli_text_append(&to, of->incident->instruments[i].name);
            has_any = true;
        }
    }
    return has_any ? value : pli_metric_text("none");
}

// What was closed of winners, or of bankrupt accounts: units, or their notional in micros.
static pli_i128
closed_units(const pli_rehearsal *of, bool is_need) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->instrument_count; i += 1) {
        pli_i128 lots = is_need ? of->listed[i].bankrupt_lots : of->listed[i].closed_lots;
        sum += lots * of->listed[i].lot_e18;
    }
    return sum;
}

static pli_i128
closed_micros(const pli_rehearsal *of, bool is_need) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < of->instrument_count && !of->has_books; i += 1) {
        pli_i128 lots = is_need ? of->listed[i].bankrupt_lots : of->listed[i].closed_lots;
        pli_i128 price_e8 = pli_rehearsal_price(of, of->listed[i].symbol);
        sum += lots * of->listed[i].lot_e18 / 1000000000000 * price_e8 / PLI_E8;
    }
    return of->has_books ? is_need ? of->bankrupt_micros : of->adl_micros : sum;
}

pli_i128
pli_rehearsal_pool_gain(const pli_rehearsal *of) {
    pli_i128 worth = of->has_books ? pli_naive_worth(&of->books, of->house)
                                   : pli_rehearsal_worth(of, of->pool, false);
    return worth - of->backstop_micros;
}

static pli_metric
pool_at(const pli_rehearsal *of, const char *suffix) {
    int64_t time_ms = (int64_t)(pli_number_e18(suffix + 1) / PLI_E18);
    int64_t gain = 0;
    for (uint32_t i = 0; i < of->sample_count; i += 1) {
        gain = of->samples[i].time_ms <= time_ms ? of->samples[i].pool_gain_micros : gain;
    }
    return pli_metric_micros(gain);
}

pli_metric
pli_metric_resort(const pli_rehearsal *of, const char *name, const char *suffix) {
    pli_i128 need = closed_micros(of, true), closed = closed_micros(of, false);
    if (pli_name_is(name, "adl_qty")) {
        return pli_metric_number(closed_units(of, false));
    }
    if (pli_name_is(name, "adl_count")) {
        return pli_metric_number((pli_i128)of->adl_count * PLI_E18);
    }
    if (pli_name_is(name, "adl_notional")) {
        return pli_metric_micros(closed);
    }
    if (pli_name_is(name, "adl_notional_over_deficit") ||
        pli_name_is(name, "adl_notional_over_bankrupt_notional")) {
        return pli_metric_number(need > 0 ? closed * 1000000000 / need * 1000000000 : 0);
    }
    if (pli_name_is(name, "backstop_pnl") ||
        (pli_name_is(name, "backstop_upnl") && suffix[0] != '@')) {
        return pli_metric_micros(pli_rehearsal_pool_gain(of));
    }
    if (pli_name_is(name, "backstop_upnl")) {
        return pool_at(of, suffix);
    }
    if (pli_name_is(name, "backstop_loss")) {
        pli_i128 most = 0;
        for (uint32_t i = 0; i < of->sample_count; i += 1) {
            pli_i128 loss = -(pli_i128)of->samples[i].pool_gain_micros;
            most = loss > most ? loss : most;
        }
        return pli_metric_micros(most);
    }
    if (pli_name_is(name, "adl_instruments")) {
        return deleveraged(of);
    }
    if (pli_name_is(name, "waterfall_order")) {
        return pli_metric_waterfall_order(of);
    }
    if (pli_name_is(name, "bankrupt_qty_unfilled")) {
        return pli_metric_number(closed_units(of, true) + unfilled(of));
    }
    if (pli_name_is(name, "insurance_used_before_adl")) {
        return pli_metric_number(of->insurance_start -
                                 pli_metric_insurance(of, pli_metric_insured(of)));
    }
    if (pli_name_is(name, "settlement_price_source")) {
        return pli_metric_text(
            "rule"); // SETTLE_EXPIRY refuses any other price than the average of its sources
    }
    return (pli_metric){.is_known = false};
}

// How long an event waits for the one that is in hand, by the clock of whoever plays: events that risk needs go first.
static pli_metric
of_delays(const pli_rehearsal *of, const char *name, const char *suffix) {
    if (!pli_name_is(name, "risk_event_queue_delay_ms") || of->delay_count == 0) {
        return (pli_metric){.is_known = false};
    }
    uint64_t wanted = pli_name_is(suffix, ".p99")   ? of->delay_count - of->delay_count / 100
                      : pli_name_is(suffix, ".p50") ? of->delay_count - of->delay_count / 2
                                                    : of->delay_count;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < PLI_DELAYS_MAX; i += 1) {
        sum += of->delays[i];
        if (sum >= wanted) {
            return pli_metric_number((pli_i128)(i + 1) * PLI_E18 / 10);
        }
    }
    return (pli_metric){.is_known = false};
}

static pli_metric
of_burst(const pli_rehearsal *of, const char *name) {
    char data[64];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "burst_");
    pli_text_append_u64(&text, of->options.burst_count);
    pli_text_append(&text, "_wall_ms");
    bool is_played = of->options.burst_count > 0 && pli_name_is(name, data);
    return is_played ? pli_metric_number((pli_i128)of->options.burst_ns * 1000000000000)
                     : (pli_metric){.is_known = false};
}

pli_metric
pli_metric_measured(const pli_rehearsal *of, const char *name, const char *suffix) {
    pli_metric value = of_delays(of, name, suffix);
    return value.is_known ? value : of_burst(of, name);
}
