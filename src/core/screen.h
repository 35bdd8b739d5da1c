/* screen.h: which accounts a scan need not look at, because they surely stay as they are.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CORE_SCREEN_H
#define PLI_CORE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "ledger/ledger.h"
#include "margin/safe_move.h"
#include "plimsoll/core.h"

/*
 * docs/method/safe-moves.md. A scan leaves a healthy account as it finds it, and outside its window a restricted one too, so an
 * account that is certainly so need not be looked at. All of this is derived: no byte of the state, no outcome and no effect
 * depends on it.
 *
 * Invariants [SCREEN-1] an account without a mark in `touched` was found HEALTHY or RESTRICTED, and is so while time is not past
 *                       the end of its certificate and, of every underlying that it names, the epoch is the same and the swing
 *                       within; HEALTHY, while the swing is within the narrower range.
 *            [SCREEN-2] the bounds of a word and of a block are no wider than those of any certificate in it; a block in which
 *                       an account has lost its certificate has a mark in `touched`, until a scan has counted the loss.
 */
enum { PLI_SCREEN_BLOCK = 1024, PLI_SCREEN_GROUPS = 64 };

/* pli_bound - a range of swings. */
typedef struct pli_bound {
    int32_t low_ppm, high_ppm;
} pli_bound;

/* pli_guard - within which swing of one underlying a certificate holds. */
typedef struct pli_guard {
    uint32_t underlying_index, epoch;
    uint32_t rows; /* the build of the underlying's rows that it needs, or 0: any */
    pli_bound call;
    pli_bound
        initial; /* where the initial requirement is kept as well; an empty range where it is not */
} pli_guard;

typedef struct pli_certificate {
    int64_t until_ns;
    uint32_t guard_count;
} pli_certificate;

/* pli_watch - what a screen remembers of one underlying to notice that it has changed. */
typedef struct pli_watch {
    uint32_t epoch;       /* certificates of another one are void */
    int64_t reference_e8; /* 0: none yet */
    int64_t publish_ns, volatility_ppm, depth_micros, volume_micros, open_interest_micros;
    uint32_t arrays_version; /* as last seen */
    uint32_t rows; /* counts builds of rows and marks of options; never 0 once anything was seen */
    uint32_t first_instrument; /* that is no option, or PLM_NONE */
} pli_watch;

typedef struct pli_screen {
    plm_screen mode;
    bool is_fresh; /* nothing has happened since the swings were last compared */
    bool is_void;  /* something has changed that any certificate may rest on */
    uint32_t block_count, guard_max;
    uint64_t scan_count;
    uint64_t walked;                  /* groups that the scan under way walks for */
    uint64_t window_from, window_end; /* accounts whose initial requirement it may follow */
    uint32_t group_count;
    pli_touched
        touched; /* of accounts: no certificate; unknown contents; per block: one of it has lost its certificate */
    uint32_t *losses; /* per block: how often that was seen; never 0 once anything was */
    uint32_t *
        quiet; /* [group][block]: the loss since which nobody who rests on the group is without a certificate, or 0 */
    uint64_t *
        exposed; /* [group][account]: may hold something that rests on an underlying of the group */
    uint8_t *is_pinned; /* per block: a certificate in it may need rows as they are */
    int64_t *until_ns;  /* per block: no certificate in it ends before */
    pli_bound *blocks,
        *words; /* [underlying][block], [underlying][word]: the tightest certificate for calls */
    pli_certificate *certificates;
    pli_guard *guards; /* account * guard_max */
    pli_watch *watches;
    plm_swing *swings;          /* per underlying */
    int64_t *mark_reference_e8; /* per instrument; 0: none yet */
    pli_i128 *funding;          /* per instrument */
    uint32_t *next_instrument;  /* on the same underlying, or PLM_NONE */
    plm_screen_counts counts;
} pli_screen;

/* pli_screen_take - carve a screen; nobody has a certificate after pli_screen_reset. */
pli_screen pli_screen_take(pli_arena *arena, const plm_core_limits *limits);
void pli_screen_reset(pli_screen *screen, const plm_core_limits *limits);

/* pli_screen_notice - an event of this kind has been accepted: what may it have changed? */
void pli_screen_notice(plm_core *core, const plm_event *event);

/* pli_guard_holds - is the swing within a range of the guard, and all else as it was? */
static inline bool
pli_guard_holds(const pli_guard *guard, const pli_bound *range, const plm_swing *swing,
                const pli_watch *watch) {
    return guard->epoch == watch->epoch && (guard->rows == 0 || guard->rows == watch->rows) &&
           swing->low_ppm >= range->low_ppm && swing->high_ppm <= range->high_ppm;
}

/* pli_swings_unpin - what rests on the rows of this underlying or on marks of its options rests no more. */
void pli_swings_unpin(plm_core *core, uint32_t underlying);

/* pli_screen_renew - compare the market with what was last seen; cheap where nothing has happened since. */
void pli_screen_renew(plm_core *core);

/* pli_screen_next - the first account of from .. end - 1, all of one block, that may have to be looked at; else `end`. */
uint32_t pli_screen_next(plm_core *core, uint32_t from, uint32_t end);

/* pli_screen_know - take down what the account rests on as it is now: a scan that walks for nothing of it passes it. */
void pli_screen_know(plm_core *core, uint32_t account);

/* pli_screen_holds - has the account a certificate that holds now, of the initial requirement as well where that is asked? */
bool pli_screen_holds(const plm_core *core, uint32_t account, bool is_initial);

/* pli_screen_certify - the account, touched, has just been found HEALTHY or RESTRICTED and is left so: certify what can be. */
void pli_screen_certify(plm_core *core, uint32_t account, const plm_requirement *requirement);

#endif
