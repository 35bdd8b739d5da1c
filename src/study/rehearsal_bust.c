/* rehearsal_bust.c: a venue that takes back what it has booked, and one that cannot.   SPDX-License-Identifier: Apache-2.0 */
#include "study/rehearsal_state.h"

static bool
is_asked_back(const pli_booked *trade, const pli_incident_event *event, uint32_t instrument) {
    return (instrument == PLM_NONE || trade->instrument == instrument) &&
           trade->time_ms >= event->from_ms &&
           (event->to_ms == 0 || trade->time_ms <= event->to_ms);
}

// The same lots at the same price the other way, whoever could bear it or not.
static bool
take_back(pli_rehearsal *of, const pli_booked *trade) {
    bool takes_any_order = of->books.terms.takes_any_order;
    of->books.terms.takes_any_order = true;
    bool is_booked = pli_rehearsal_trade(of, trade->seller, trade->buyer, trade->instrument,
                                         trade->lots, trade->price_e8);
    of->books.terms.takes_any_order = takes_any_order;
    return is_booked;
}

void
pli_rehearsal_bust(pli_rehearsal *of, const pli_incident_event *event) {
    uint32_t instrument = pli_instrument_named(of, event->instrument);
    uint32_t count = of->booked_count;
    bool may = of->has_books &&
               (of->options.is_naive || pli_rehearsal_lacks(of, PLI_CONTROL_OPS_NOROLLBACK));
    of->outcome.reject = PLM_REJECT_NONE;
    // The engine has no event for it, so there is none to refuse.
    for (uint32_t i = count; may && i > 0; i -= 1) {
        if (is_asked_back(&of->booked[i - 1], event, instrument)) {
            of->is_rewritten = take_back(of, &of->booked[i - 1]) || of->is_rewritten;
        }
    }
    of->booked_count = count;
    of->is_rejected[event->kind] = of->is_rejected[event->kind] || !of->is_rewritten;
    of->accepted_counts[event->kind] += of->is_rewritten ? 1 : 0;
    pli_rehearsal_note(of, event->sequence, "booked trades taken back",
                       of->is_rewritten ? "accepted"
                       : may            ? "none in that time"
                                        : "the log takes nothing back",
                       event->expect[of->options.is_naive ? 0 : 1]);
}
