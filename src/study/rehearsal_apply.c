/* rehearsal_apply.c: events given to the core, and what its effects say.              SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "base/libc.h"
#include "base/text.h"
#include "num/decimal.h"
#include "study/rehearsal_state.h"

#define FORCED_FIRST (UINT64_C(1) << 63)

bool
pli_rehearsal_lacks(const pli_rehearsal *of, pli_control control) {
    return (of->without & PLI_CONTROL_BIT(control)) != 0;
}

void
pli_rehearsal_fail(pli_rehearsal *of, const char *first, const char *second, const char *third) {
    if (of->status == PLM_OK) {
        of->status = pli_fault_set(of->fault, PLM_VALUE_INVALID, first, second, third);
    }
}

void
pli_rehearsal_name(char name[PLM_NAME_SIZE], const char *text) {
    uint32_t i = 0;
    for (; i + 1 < PLM_NAME_SIZE && text[i] != '\0'; i += 1) {
        name[i] = text[i] > ' ' && text[i] <= '~' ? text[i] : '_';
    }
    name[i] = '\0';
}

void
pli_rehearsal_note(pli_rehearsal *of, uint32_t event, const char *text, const char *outcome,
                   const char *expected) {
    if (of->entry_count == PLI_REHEARSAL_ENTRIES_MAX || of->is_opening) {
        return;
    }
    pli_rehearsal_entry *entry = &of->entries[of->entry_count++];
    *entry = (pli_rehearsal_entry){.time_ms = (of->time_ns - of->incident->start_ns) / PLI_MS,
                                   .event = event,
                                   .expected = expected};
    pli_text to = pli_text_init(entry->text, sizeof entry->text);
    pli_text_append(&to, text);
    to = pli_text_init(entry->outcome, sizeof entry->outcome);
    pli_text_append(&to, outcome);
}

plm_event *
pli_rehearsal_event(pli_rehearsal *of, plm_event_type type, uint32_t account) {
    memset(&of->event, 0, sizeof of->event);
    of->event.header.type = (uint16_t)type;
    of->event.header.version = plm_event_kind_find((uint16_t)type)->version;
    of->event.header.time_ns = of->time_ns;
    of->event.header.account = account;
    return &of->event;
}

// --- What effects tell -----------------------------------------------------------------------------------------------

static const char *
name_of(const pli_rehearsal *of, uint32_t account) {
    return account < of->incident->account_count ? of->incident->accounts[account].name
           : account == of->outside              ? "(ladder)"
                                                 : "(venue)";
}

static void
on_order(pli_rehearsal *of, const plm_effect *effect) {
    uint64_t id = effect->a.low;
    int64_t lots = (int64_t)pli_i128_from_wide(effect->b);
    if (id < FORCED_FIRST) {
        return;
    }
    for (uint32_t i = 0; i < of->forced_count; i += 1) {
        pli_forced *order = &of->forced[i];
        if (order->account != effect->account || order->order_id != id) {
            continue;
        }
        order->lots = lots;
        if (lots == 0) {
            of->forced_count -= 1;
            *order = of->forced[of->forced_count];
        }
        return;
    }
    if (lots > 0 && of->forced_count < PLI_FORCED_MAX) {
        of->forced[of->forced_count++] = (pli_forced){effect->account, effect->index, id, lots};
    }
}

// What a bankrupt account holds and lacks when winners are asked.
static void
on_bankrupt(pli_rehearsal *of, uint32_t account) {
    plm_portfolio held;
    if (account >= of->incident->account_count || !pli_rehearsal_portfolio(of, account, &held)) {
        return;
    }
    for (uint32_t i = 0; i < held.position_count; i += 1) {
        pli_i128 lots = held.positions[i].lots;
        of->listed[held.positions[i].instrument_index].bankrupt_lots += lots < 0 ? -lots : lots;
    }
    pli_i128 worth = pli_rehearsal_worth(of, account, false);
    of->bankrupt_micros += worth < 0 ? -worth : 0;
}

static void
on_stage(pli_rehearsal *of, const plm_effect *effect) {
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, name_of(of, effect->account));
    pli_text_append(&text, ": ");
    pli_text_append(&text, plm_stage_name((plm_stage)effect->b.low));
    pli_text_append(&text, " to ");
    pli_text_append(&text, plm_stage_name((plm_stage)effect->a.low));
    pli_rehearsal_note(of, 0, data, "stage", "");
    if (effect->account < of->account_count && effect->a.low >= PLM_STAGE_PARTIAL) {
        of->actors[effect->account].is_liquidated = true;
    }
    if (effect->account < of->account_count && effect->a.low >= PLM_STAGE_ADL) {
        of->actors[effect->account].was_covered = true;
    }
    if (effect->a.low == PLM_STAGE_ADL && effect->b.low != PLM_STAGE_ADL) {
        on_bankrupt(of, effect->account);
    }
}

// A winner was closed for a bankrupt account; the contract is that of the position it then tells of.
static void
on_deleverage(pli_rehearsal *of, uint32_t at) {
    const plm_effect *effect = &of->effects[at];
    pli_i128 lots = pli_i128_from_wide(effect->a);
    for (uint32_t i = 0; i < of->outcome.effect_count && i < PLI_EFFECTS_MAX; i += 1) {
        const plm_effect *other = &of->effects[i];
        if (other->kind == PLM_EFFECT_POSITION && other->account == effect->account) {
            of->listed[other->index].closed_lots += lots < 0 ? -lots : lots;
            break;
        }
    }
    of->adl_count += 1;
    of->haircut_micros += pli_i128_from_wide(effect->b);
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, name_of(of, effect->account));
    pli_text_append(&text, " closes for ");
    pli_text_append(&text, name_of(of, effect->index));
    pli_text_append(&text, ", lots ");
    pli_text_append_i128(&text, lots);
    pli_text_append(&text, ", haircut micros ");
    pli_text_append_i128(&text, pli_i128_from_wide(effect->b));
    pli_rehearsal_note(of, 0, data, "deleverage", "");
}

static void
on_cover(pli_rehearsal *of, const plm_effect *effect) {
    of->actors[effect->account].was_covered = true;
    of->deficit_covered +=
        pli_rehearsal_value(of, effect->index, pli_i128_from_wide(effect->a), false);
    if (pli_i128_from_wide(effect->a) == 0) {
        return;
    }
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, "insurance pays for ");
    pli_text_append(&text, name_of(of, effect->account));
    pli_text_append(&text, ", atoms ");
    pli_text_append_i128(&text, pli_i128_from_wide(effect->a));
    pli_rehearsal_note(of, 0, data, "cover", "");
}

static pli_i128
units_e18(const pli_rehearsal *of, uint32_t asset, pli_i128 atoms) {
    pli_i128 unit = PLI_E18;
    for (uint32_t i = 0; i < plm_core_listing(of->core).assets[asset].decimals; i += 1) {
        unit /= 10;
    }
    return atoms * unit;
}

static void
on_socialised(pli_rehearsal *of, const plm_effect *effect) {
    bool is_cut = effect->kind == PLM_EFFECT_PROFIT_CUT;
    uint32_t asset = is_cut ? of->listed[effect->index].asset : effect->index;
    pli_i128 atoms = pli_i128_from_wide(effect->a);
    *(is_cut ? &of->cut_e18 : &of->written_off_e18) += units_e18(of, asset, atoms);
    char data[96];
    pli_text text = pli_text_init(data, sizeof data);
    pli_text_append(&text, name_of(of, effect->account));
    pli_text_append(&text, is_cut ? " gives up atoms " : " no longer owes atoms ");
    pli_text_append_i128(&text, atoms);
    pli_rehearsal_note(of, 0, data, "socialise", "");
}

// Rounding's residue of every asset goes to the fund, which stands before anybody else.
void
pli_rehearsal_sweep(pli_rehearsal *of) {
    for (uint32_t i = 0; i < of->asset_count && !of->has_books; i += 1) {
        plm_asset_totals before, after;
        if (plm_core_asset(of->core, i, &before) != PLM_OK ||
            pli_i128_from_wide(before.residue) <= 0) {
            continue;
        }
        plm_event_fund *body = &pli_rehearsal_event(of, PLM_EVENT_TYPE_FUND, PLM_NONE)->fund_body;
        body->asset_index = i;
        body->action = PLM_FUND_ACTION_RESIDUE;
        body->instrument_index = PLM_NONE;
        body->atoms = before.residue;
        of->residue_e18 += units_e18(of, i, pli_i128_from_wide(before.residue));
        if (pli_rehearsal_apply(of) && plm_core_asset(of->core, i, &after) == PLM_OK) {
            pli_i128 more =
                pli_i128_from_wide(after.insurance) - pli_i128_from_wide(before.insurance);
            of->credited_e18 += units_e18(of, i, more);
        }
    }
}

// Unpaid profits bear the recorded losses of their market; then the residue pays what is left by rounding.
void
pli_rehearsal_socialise(pli_rehearsal *of, uint32_t instrument) {
    if (of->has_books) {
        return;
    }
    plm_event_socialise *body =
        &pli_rehearsal_event(of, PLM_EVENT_TYPE_SOCIALISE, PLM_NONE)->socialise_body;
    body->asset_index = of->listed[instrument].asset;
    body->instrument_index = instrument;
    body->atoms = pli_wide_from_i128(((pli_i128)1) << 100);
    (void)pli_rehearsal_apply(of);
    pli_rehearsal_work(of);
    pli_rehearsal_sweep(of);
    for (uint32_t i = 0; i < of->incident->account_count; i += 1) {
        plm_account_info info;
        if (plm_core_account(of->core, i, &info) == PLM_OK &&
            info.standing.stage == PLM_STAGE_DEFICIT) {
            (void)pli_rehearsal_event(of, PLM_EVENT_TYPE_ASSESS, i);
            (void)pli_rehearsal_apply(of);
        }
    }
    pli_rehearsal_work(of);
}

static void
look(pli_rehearsal *of) {
    uint32_t count = of->outcome.effect_count;
    for (uint32_t i = 0; i < count && i < PLI_EFFECTS_MAX; i += 1) {
        const plm_effect *effect = &of->effects[i];
        if (effect->kind == PLM_EFFECT_ORDER) {
            on_order(of, effect);
        } else if (effect->kind == PLM_EFFECT_STAGE) {
            on_stage(of, effect);
        } else if (effect->kind == PLM_EFFECT_PROFIT_CUT || effect->kind == PLM_EFFECT_WRITE_OFF) {
            on_socialised(of, effect);
        } else if (effect->kind == PLM_EFFECT_DELEVERAGE) {
            on_deleverage(of, i);
        } else if (effect->kind == PLM_EFFECT_COVER) {
            on_cover(of, effect);
        } else if (effect->kind == PLM_EFFECT_PROFIT && !of->is_opening) {
            pli_i128 atoms = pli_i128_from_wide(effect->a);
            of->actors[effect->account].profit += atoms > 0 ? atoms : 0;
            of->actors[effect->account].realised += atoms;
        }
    }
}

// The naive books answer what is about money; what is listed goes to the core, which keeps the tables.
static bool
apply_to_books(pli_rehearsal *of) {
    of->books.listing = plm_core_listing(of->core);
    of->books.is_open = !of->is_opening;
    of->outcome = (plm_outcome){.reject = pli_naive_apply(&of->books, &of->event)};
    return of->outcome.reject == PLM_REJECT_NONE;
}

bool
pli_rehearsal_apply(pli_rehearsal *of) {
    if (of->has_books && of->status == PLM_OK &&
        pli_naive_handles((plm_event_type)of->event.header.type)) {
        return apply_to_books(of);
    }
    const plm_effects effects = {PLI_EFFECTS_MAX, of->effects};
    int64_t start_ns = of->options.clock_ns != NULL ? of->options.clock_ns() : 0;
    plm_status status = of->status == PLM_OK ? plm_core_apply(of->core, &of->event, &effects,
                                                              &of->outcome, of->fault)
                                             : of->status;
    if (of->options.clock_ns != NULL && !of->is_opening) {
        int64_t tenths = (of->options.clock_ns() - start_ns) / 100000;
        of->delays[tenths < PLI_DELAYS_MAX ? tenths : PLI_DELAYS_MAX - 1] += 1;
        of->delay_count += 1;
    }
    if (status != PLM_OK) {
        of->status = status;
        of->outcome.reject = PLM_REJECT_KIND;
        return false;
    }
    of->applied += 1;
    if (of->outcome.reject != PLM_REJECT_NONE) {
        return false;
    }
    look(of);
    return true;
}

void
pli_rehearsal_must(pli_rehearsal *of, const char *what) {
    if (!pli_rehearsal_apply(of)) {
        pli_rehearsal_fail(of, what, ": ", plm_reject_text(of->outcome.reject));
    }
}

// --- Events that several need ----------------------------------------------------------------------------------------

bool
pli_rehearsal_amount(pli_rehearsal *of, plm_event_type type, uint32_t account, uint32_t asset,
                     pli_i128 atoms) {
    plm_event *event = pli_rehearsal_event(of, type, account);
    event->deposit_body.asset_index = asset;
    event->deposit_body.atoms = pli_wide_from_i128(atoms);
    return pli_rehearsal_apply(of);
}

bool
pli_rehearsal_trade(pli_rehearsal *of, uint32_t buyer, uint32_t seller, uint32_t instrument,
                    int64_t lots, int64_t price_e8) {
    plm_event *event = pli_rehearsal_event(of, PLM_EVENT_TYPE_TRADE, buyer);
    event->trade_body.instrument_index = instrument;
    event->trade_body.maker_account = seller;
    event->trade_body.lots = lots;
    event->trade_body.price_e8 = price_e8;
    if (!pli_rehearsal_apply(of)) {
        return false;
    }
    if (of->has_books && !of->is_opening && of->booked_count < PLI_BOOKED_MAX) {
        of->booked[of->booked_count++] =
            (pli_booked){(of->time_ns - of->incident->start_ns) / PLI_MS,
                         buyer,
                         seller,
                         instrument,
                         lots,
                         price_e8};
    }
    return true;
}

bool
pli_rehearsal_record(pli_rehearsal *of, const plm_descriptor *descriptor, uint32_t index,
                     uint32_t version, const pli_setting *settings, uint32_t count) {
    plm_event *event = pli_rehearsal_event(of, PLM_EVENT_TYPE_PARAMETERS, PLM_NONE);
    plm_event_parameters *body = &event->parameters_body;
    pli_rehearsal_name(body->record, descriptor->id);
    body->record_index = index;
    body->record_version = version;
    body->layout_version = descriptor->version;
    body->field_count = descriptor->field_count;
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        body->values[i] = descriptor->fields[i].standard;
        for (uint32_t at = 0; at < count; at += 1) {
            if (pli_name_is(settings[at].path, descriptor->fields[i].path)) {
                body->values[i] = settings[at].value;
            }
        }
    }
    return pli_rehearsal_apply(of);
}
