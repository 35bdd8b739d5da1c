/* pool.c: who has which share of the backstop pool (docs/books.md, section 19).         SPDX-License-Identifier: Apache-2.0 */
#include "base/assert.h"
#include "ledger/book.h"

// Cash from one account to another; both are tidied.
static plm_reject
move_cash(pli_ledger *ledger, uint32_t from, uint32_t to, pli_i128 atoms) {
    pli_balance *target = pli_balance_take(ledger, to, 0);
    pli_balance *source = pli_balance_find(ledger, from, 0);
    if (source == NULL || source->atoms < atoms) {
        return PLM_REJECT_BALANCE;
    }
    if (target == NULL) {
        return PLM_REJECT_TABLE_FULL;
    }
    if (!pli_balance_move(ledger, from, source, -atoms) ||
        !pli_balance_credit(ledger, to, target, atoms)) {
        return PLM_REJECT_OVERFLOW;
    }
    pli_slots_tidy(ledger, from);
    pli_slots_tidy(ledger, to);
    return PLM_REJECT_NONE;
}

static void
move_shares(pli_ledger *ledger, uint32_t account, int64_t shares) {
    PLI_SAVE(ledger, ledger->accounts[account]);
    PLI_SAVE(ledger, ledger->pool_shares);
    ledger->accounts[account].pool_shares += shares;
    ledger->pool_shares += shares;
}

plm_reject
pli_ledger_pool_join(pli_ledger *ledger, uint32_t account, pli_i128 atoms, int64_t shares,
                     int64_t until_ns) {
    PLI_ASSERT(atoms > 0);
    PLI_ASSERT(shares > 0);
    if (shares > PLI_POOL_SHARES_MAX - ledger->pool_shares) {
        return PLM_REJECT_OVERFLOW;
    }
    plm_reject reject = move_cash(ledger, account, ledger->pool_account, atoms);
    if (reject == PLM_REJECT_NONE) {
        move_shares(ledger, account, shares);
        ledger->accounts[account].pool_until_ns = until_ns;
    }
    return reject;
}

plm_reject
pli_ledger_pool_leave(pli_ledger *ledger, uint32_t account, pli_i128 atoms, int64_t shares) {
    PLI_ASSERT(atoms > 0);
    PLI_ASSERT(shares > 0);
    PLI_ASSERT(shares <= ledger->accounts[account].pool_shares);
    plm_reject reject = move_cash(ledger, ledger->pool_account, account, atoms);
    if (reject == PLM_REJECT_NONE) {
        move_shares(ledger, account, -shares);
        if (ledger->accounts[account].pool_shares == 0) {
            ledger->accounts[account].pool_until_ns = 0;
        }
    }
    return reject;
}

void
pli_ledger_pool_count(pli_ledger *ledger) {
    ledger->pool_account = PLM_NONE;
    ledger->pool_shares = 0;
    for (uint32_t i = 0; i < ledger->account_count; i += 1) {
        const pli_account *account = &ledger->accounts[i];
        bool is_counted = account->pool_shares >= 0 && account->pool_shares <= PLI_POOL_SHARES_MAX;
        int64_t room = PLI_POOL_SHARES_MAX - ledger->pool_shares;
        if (is_counted && account->pool_shares <= room) {
            ledger->pool_shares += account->pool_shares;
        }
        if (account->kind == PLM_ACCOUNT_POOL && ledger->pool_account == PLM_NONE) {
            ledger->pool_account = i;
        }
    }
}
