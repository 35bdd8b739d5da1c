/* catalogue.c: the registry of all margin models, in a fixed order.                   SPDX-License-Identifier: Apache-2.0 */
#include "base/tree.h"
#include "plimsoll/margin.h"
#include "venue/derive_models.h"
#include "venue/drift_v2_model.h"
#include "venue/dydx_v4_model.h"
#include "venue/exchange_models.h"
#include "venue/mango_v4_model.h"

// One line each: ours first, then the venues by name.
// clang-format off
static const plm_model *const models[] = {
    &plm_model_portfolio,
    &plm_model_tiered,
    &plm_model_dynamic,
    &pli_model_binance,
    &pli_model_deribit_pm,
    &pli_model_deribit_sm,
    &pli_model_derive_pmrm1,
    &pli_model_derive_pmrm2,
    &pli_model_derive_srm,
    &pli_model_drift_v2,
    &pli_model_dydx_v4,
    &pli_model_hyperliquid,
    &pli_model_mango_v4,
    &pli_model_paradex,
};
// clang-format on

const plm_model *
plm_model_at(uint32_t index) {
    return index < sizeof models / sizeof models[0] ? models[index] : NULL;
}

const plm_model *
plm_model_find(const char *name) {
    for (uint32_t i = 0; i < sizeof models / sizeof models[0]; i += 1) {
        if (pli_text_is_equal(models[i]->name, name)) {
            return models[i];
        }
    }
    return NULL;
}
