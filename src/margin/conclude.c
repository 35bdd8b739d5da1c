/* conclude.c: from core, charges and equity to a requirement and its health.          SPDX-License-Identifier: Apache-2.0 */
#include "margin/conclude.h"

#include "base/assert.h"
#include "base/checked.h"
#include "base/text.h"
#include "margin/charges.h"
#include "model/value.h"

static plm_health
health_of(const plm_requirement *requirement) {
    if (requirement->equity_maintenance_micros < requirement->maintenance_micros) {
        return PLM_HEALTH_LIQUIDATABLE;
    }
    if (requirement->equity_maintenance_micros < requirement->call_micros) {
        return PLM_HEALTH_CALLED;
    }
    return requirement->equity_initial_micros < requirement->initial_micros ? PLM_HEALTH_RESTRICTED
                                                                            : PLM_HEALTH_HEALTHY;
}

plm_status
pli_conclude(pli_conclusion *conclusion, plm_requirement *requirement, plm_fault *fault) {
    conclusion->charges_initial[PLM_CHARGE_SLOW_PRICE] = conclusion->equity.slow_orders_micros;
    pli_i128 maintenance =
        conclusion->core_maintenance_micros + pli_charges_sum(conclusion->charges_maintenance);
    pli_i128 initial =
        conclusion->core_initial_micros + pli_charges_sum(conclusion->charges_initial);
    pli_i128 buffered = 0;
    pli_i128 call = 0;
    plm_requirement result = {.equity_initial_micros = conclusion->equity.initial_micros,
                              .equity_maintenance_micros = conclusion->equity.maintenance_micros};
    const int64_t *charges = conclusion->charges_initial;
    pli_i128 of_orders = (pli_i128)charges[PLM_CHARGE_ORDERS] + charges[PLM_CHARGE_SLOW_PRICE];
    pli_i128 filled = conclusion->filled_maintenance_micros;
    filled = filled > maintenance ? filled : maintenance;
    bool fits = pli_ppm_of_ceil(filled, PLM_PPM + conclusion->entry_buffer_ppm, &buffered) &&
                pli_ppm_of_ceil(maintenance, PLM_PPM + conclusion->call_buffer_ppm, &call);
    pli_i128 buffer = buffered + of_orders > initial ? buffered + of_orders - initial : 0;
    initial += buffer;
    if (!fits || !pli_narrow_i64(maintenance, &result.maintenance_micros) ||
        !pli_narrow_i64(call, &result.call_micros) ||
        !pli_narrow_i64(buffer, &conclusion->charges_initial[PLM_CHARGE_BUFFER]) ||
        !pli_narrow_i64(initial, &result.initial_micros)) {
        return pli_fault_set(fault, PLM_OVERFLOW, "the requirement leaves 64-bit micros", NULL,
                             NULL);
    }
    PLI_ASSERT(result.initial_micros >= result.maintenance_micros);
    PLI_ASSERT(result.maintenance_micros >= 0);
    result.health = health_of(&result);
    *requirement = result;
    return PLM_OK;
}

void
pli_reason_finish(const pli_view *view, const pli_conclusion *conclusion, plm_reason *reason) {
    const pli_equity *equity = &conclusion->equity;
    reason->evaluated = view->portfolio;
    reason->collateral_micros = equity->collateral_micros;
    reason->liabilities_micros = equity->liabilities_micros;
    reason->option_value_micros = equity->option_value_micros;
    reason->unrealised_micros = equity->unrealised_micros;
    reason->slow_price_micros = equity->slow_price_micros;
    for (uint32_t i = 0; i < PLM_CHARGE_COUNT; i += 1) {
        reason->maintenance.charges_micros[i] = conclusion->charges_maintenance[i];
        reason->initial.charges_micros[i] = conclusion->charges_initial[i];
    }
}
