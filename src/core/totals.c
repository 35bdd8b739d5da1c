/* totals.c: what the books say of assets, instruments and accounts, as stored.         SPDX-License-Identifier: Apache-2.0 */
#include "base/libc.h"
#include "core/state.h"

const plm_model *
plm_core_model(const plm_core *core) {
    return core->model;
}

uint32_t
plm_core_job_count(const plm_core *core) {
    return core->job_count;
}

// What accounts owe that have nothing else left, as stored.
static pli_i128
bad_debt(const plm_core *core, uint32_t asset) {
    pli_i128 sum = 0;
    for (uint32_t i = 0; i < core->ledger.account_count; i += 1) {
        const pli_balance *balances = pli_ledger_balances(&core->ledger, i);
        uint32_t count = core->standings[i].stage == PLM_STAGE_DEFICIT
                             ? core->ledger.accounts[i].balance_count
                             : 0;
        for (uint32_t j = 0; j < count; j += 1) {
            sum -=
                balances[j].asset_index == asset && balances[j].atoms < 0 ? balances[j].atoms : 0;
        }
    }
    return sum;
}

plm_status
plm_core_asset(const plm_core *core, uint32_t asset_index, plm_asset_totals *totals) {
    if (asset_index >= core->ledger.asset_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_asset_book *book = &core->ledger.assets[asset_index];
    pli_i128 tranches = 0;
    for (uint32_t i = 0; i < core->ledger.instrument_count; i += 1) {
        const pli_market_book *market = &core->ledger.markets[i];
        bool is_of_asset = market->terms.settlement_asset_index == asset_index;
        tranches += is_of_asset ? market->tranche : 0;
    }
    *totals = (plm_asset_totals){
        .held = pli_wide_from_i128(-book->named[PLI_NAMED_CUSTODY]),
        .lent = pli_wide_from_i128(book->lent),
        .borrowed = pli_wide_from_i128(book->borrowed),
        .fees = pli_wide_from_i128(book->named[PLI_NAMED_FEES]),
        .insurance = pli_wide_from_i128(book->named[PLI_NAMED_INSURANCE]),
        .tranches = pli_wide_from_i128(tranches),
        .residue = pli_wide_from_i128(book->named[PLI_NAMED_RESIDUE]),
        .interest = pli_wide_from_i128(book->named[PLI_NAMED_INTEREST]),
        .bad_debt = pli_wide_from_i128(bad_debt(core, asset_index)),
    };
    memcpy(totals->name, book->name, sizeof totals->name);
    return PLM_OK;
}

plm_status
plm_core_instrument(const plm_core *core, uint32_t instrument_index, plm_market_totals *totals) {
    if (instrument_index >= core->ledger.instrument_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_market_book *book = &core->ledger.markets[instrument_index];
    pli_i128 unpaid = 0;
    for (uint64_t n = book->cohort_oldest; n < book->cohort_next; n += 1) {
        const pli_cohort *cohort = &book->cohorts[n % PLI_COHORT_RING];
        unpaid += cohort->amount - cohort->received;
    }
    *totals = (plm_market_totals){.phase = book->phase,
                                  .open_interest = book->open_interest,
                                  .unpaid = pli_wide_from_i128(unpaid),
                                  .tranche = pli_wide_from_i128(book->tranche)};
    memcpy(totals->name, book->name, sizeof totals->name);
    return PLM_OK;
}

plm_status
plm_core_account(const plm_core *core, uint32_t account, plm_account_info *info) {
    if (account >= core->ledger.account_count) {
        return PLM_INDEX_UNKNOWN;
    }
    const pli_account *entry = &core->ledger.accounts[account];
    *info = (plm_account_info){.kind = entry->kind,
                               .parent_index = entry->parent_index,
                               .instrument_index = entry->instrument_index,
                               .owner = entry->owner,
                               .balance_count = entry->balance_count,
                               .position_count = entry->position_count,
                               .order_count = entry->order_count,
                               .standing = core->standings[account],
                               .pool_shares = entry->pool_shares,
                               .pool_until_ns = entry->pool_until_ns};
    return PLM_OK;
}

const char *
plm_core_underlying_name(const plm_core *core, uint32_t underlying_index) {
    return underlying_index < core->ledger.underlying_count
               ? core->ledger.underlying_names[underlying_index]
               : NULL;
}
