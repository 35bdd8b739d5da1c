/* bounds.c: the tightest certificates of words and blocks of accounts, by underlying.  SPDX-License-Identifier: Apache-2.0 */
#include "core/bounds.h"

#include "core/state.h"

enum { BITS = 64, WORDS = PLI_SCREEN_BLOCK / BITS };

static size_t
words_of(const pli_screen *screen) {
    return (size_t)screen->block_count * WORDS;
}

void
pli_bounds_reset(pli_screen *screen, uint32_t underlying_count) {
    for (uint32_t b = 0; b < screen->block_count; b += 1) {
        screen->until_ns[b] = INT64_MAX;
        screen->is_pinned[b] = 0;
    }
    for (size_t i = 0; i < (size_t)underlying_count * screen->block_count; i += 1) {
        screen->blocks[i] = (pli_bound){INT32_MIN, INT32_MAX};
    }
    for (size_t i = 0; i < (size_t)underlying_count * words_of(screen); i += 1) {
        screen->words[i] = (pli_bound){INT32_MIN, INT32_MAX};
    }
}

static void
narrow(pli_bound *of, pli_bound by) {
    of->low_ppm = by.low_ppm > of->low_ppm ? by.low_ppm : of->low_ppm;
    of->high_ppm = by.high_ppm < of->high_ppm ? by.high_ppm : of->high_ppm;
}

void
pli_bounds_tighten(pli_screen *screen, uint32_t account) {
    uint32_t b = account / PLI_SCREEN_BLOCK;
    const pli_certificate *of = &screen->certificates[account];
    screen->until_ns[b] = of->until_ns < screen->until_ns[b] ? of->until_ns : screen->until_ns[b];
    for (uint32_t i = 0; i < of->guard_count; i += 1) {
        const pli_guard *guard = &screen->guards[(size_t)account * screen->guard_max + i];
        size_t u = guard->underlying_index;
        screen->is_pinned[b] |= guard->rows != 0;
        narrow(&screen->words[u * words_of(screen) + account / BITS], guard->call);
        narrow(&screen->blocks[u * screen->block_count + b], guard->call);
    }
}

static void
drop(pli_screen *screen, uint32_t word, uint64_t accounts) {
    uint32_t b = word / WORDS;
    screen->touched.accounts[word] |= accounts;
    screen->touched.blocks[b / BITS] |= UINT64_C(1) << b % BITS;
}

static uint64_t
resting(const pli_screen *screen, uint32_t underlying, uint32_t word) {
    return screen->exposed[words_of(screen) * (underlying % screen->group_count) + word] &
           ~screen->touched.accounts[word];
}

static const pli_guard *
guard_of(const pli_screen *screen, uint32_t account, uint32_t underlying) {
    const pli_guard *guards = &screen->guards[(size_t)account * screen->guard_max];
    for (uint32_t i = 0; i < screen->certificates[account].guard_count; i += 1) {
        if (guards[i].underlying_index == underlying) {
            return &guards[i];
        }
    }
    return NULL;
}

// Certificates of one word that do not hold go; its bound is made anew from those that do.
static void
recheck_word(plm_core *core, uint32_t underlying, uint32_t word) {
    pli_screen *screen = &core->screen;
    const plm_swing *swing = &screen->swings[underlying];
    const pli_watch *watch = &screen->watches[underlying];
    pli_bound bound = {INT32_MIN, INT32_MAX};
    uint64_t dropped = 0;
    for (uint64_t rest = resting(screen, underlying, word); rest != 0; rest &= rest - 1) {
        uint32_t account = word * BITS + (uint32_t)__builtin_ctzll(rest);
        const pli_guard *guard = guard_of(screen, account, underlying);
        if (guard != NULL && pli_guard_holds(guard, &guard->call, swing, watch)) {
            narrow(&bound, guard->call);
        } else if (guard != NULL) {
            dropped |= rest & -rest;
        }
    }
    screen->words[underlying * words_of(screen) + word] = bound;
    if (dropped != 0) {
        drop(screen, word, dropped);
    }
}

static bool
is_left(const pli_bound *bound, const plm_swing *swing) {
    return swing->low_ppm < bound->low_ppm || swing->high_ppm > bound->high_ppm;
}

// The words of a block whose bound the swing has left, or all of them.
static void
recheck_block(plm_core *core, uint32_t underlying, uint32_t block, bool is_every_word) {
    pli_screen *screen = &core->screen;
    pli_bound bound = {INT32_MIN, INT32_MAX};
    for (uint32_t word = block * WORDS; word < (block + 1) * WORDS; word += 1) {
        const pli_bound *of = &screen->words[underlying * words_of(screen) + word];
        if (is_every_word || is_left(of, &screen->swings[underlying])) {
            recheck_word(core, underlying, word);
        }
        narrow(&bound, *of);
    }
    screen->blocks[(size_t)underlying * screen->block_count + block] = bound;
}

void
pli_bounds_moved(plm_core *core, uint32_t underlying) {
    pli_screen *screen = &core->screen;
    const pli_bound *bounds = &screen->blocks[(size_t)underlying * screen->block_count];
    for (uint32_t b = 0; b < screen->block_count; b += 1) {
        if (is_left(&bounds[b], &screen->swings[underlying])) {
            recheck_block(core, underlying, b, false);
        }
    }
}

void
pli_bounds_unpinned(plm_core *core, uint32_t underlying) {
    for (uint32_t b = 0; b < core->screen.block_count; b += 1) {
        if (core->screen.is_pinned[b] != 0) {
            recheck_block(core, underlying, b, true);
        }
    }
}

void
pli_bounds_void(pli_screen *screen, uint32_t underlying) {
    for (uint32_t word = 0; word < words_of(screen); word += 1) {
        uint64_t dropped = resting(screen, underlying, word);
        screen->words[underlying * words_of(screen) + word] = (pli_bound){INT32_MIN, INT32_MAX};
        if (dropped != 0) {
            drop(screen, word, dropped);
        }
    }
    for (uint32_t b = 0; b < screen->block_count; b += 1) {
        screen->blocks[(size_t)underlying * screen->block_count + b] =
            (pli_bound){INT32_MIN, INT32_MAX};
    }
}

void
pli_bounds_expire(plm_core *core, uint32_t block) {
    pli_screen *screen = &core->screen;
    screen->until_ns[block] = INT64_MAX;
    for (uint32_t word = block * WORDS; word < (block + 1) * WORDS; word += 1) {
        for (uint64_t rest = ~screen->touched.accounts[word]; rest != 0; rest &= rest - 1) {
            int64_t until_ns =
                screen->certificates[word * BITS + (uint32_t)__builtin_ctzll(rest)].until_ns;
            if (until_ns < core->time_ns) {
                drop(screen, word, rest & -rest);
            } else if (until_ns < screen->until_ns[block]) {
                screen->until_ns[block] = until_ns;
            }
        }
    }
}
