/* simplex.c: Nelder and Mead's simplex, in five variables and without randomness.     SPDX-License-Identifier: Apache-2.0 */
#include "market/simplex.h"

#include "base/libc.h"

#define SIZE PLI_SIMPLEX_SIZE

typedef struct corner {
    double x[SIZE];
    double value;
} corner;

// Corners in rising order of value.
typedef struct simplex {
    corner corners[SIZE + 1];
} simplex;

static void
insert_sorted(simplex *s, int filled, const corner *new_corner) {
    int at = filled;
    while (at > 0 && new_corner->value < s->corners[at - 1].value) {
        s->corners[at] = s->corners[at - 1];
        at -= 1;
    }
    s->corners[at] = *new_corner;
}

// The point at `share` of the way from the worst corner's mirror centre: centre + share * (centre - worst).
static corner
move_worst(const simplex *s, const double *centre, double share, pli_objective *objective,
           const void *context) {
    corner c;
    for (int i = 0; i < SIZE; i += 1) {
        c.x[i] = centre[i] + share * (centre[i] - s->corners[SIZE].x[i]);
    }
    c.value = objective(context, c.x);
    return c;
}

static void
shrink(simplex *s, pli_objective *objective, const void *context) {
    simplex old = *s;
    for (int c = 1; c <= SIZE; c += 1) {
        corner moved;
        for (int i = 0; i < SIZE; i += 1) {
            moved.x[i] = (old.corners[c].x[i] + old.corners[0].x[i]) / 2;
        }
        moved.value = objective(context, moved.x);
        insert_sorted(s, c, &moved);
    }
}

static void
step_once(simplex *s, pli_objective *objective, const void *context) {
    double centre[SIZE] = {0};
    for (int c = 0; c < SIZE; c += 1) {
        for (int i = 0; i < SIZE; i += 1) {
            centre[i] += s->corners[c].x[i] / SIZE;
        }
    }
    corner mirrored = move_worst(s, centre, 1, objective, context);
    if (mirrored.value < s->corners[0].value) {
        corner further = move_worst(s, centre, 2, objective, context);
        insert_sorted(s, SIZE, further.value < mirrored.value ? &further : &mirrored);
        return;
    }
    if (mirrored.value < s->corners[SIZE - 1].value) {
        insert_sorted(s, SIZE, &mirrored);
        return;
    }
    double share = mirrored.value < s->corners[SIZE].value ? 0.5 : -0.5;
    corner nearer = move_worst(s, centre, share, objective, context);
    double bound = share > 0 ? mirrored.value : s->corners[SIZE].value;
    if (nearer.value < bound) {
        insert_sorted(s, SIZE, &nearer);
    } else {
        shrink(s, objective, context);
    }
}

double
pli_simplex_minimise(pli_objective *objective, const void *context, double x[SIZE],
                     const double step[SIZE], int steps_max) {
    simplex s;
    for (int c = 0; c <= SIZE; c += 1) {
        corner start;
        memcpy(start.x, x, sizeof start.x);
        if (c > 0) {
            start.x[c - 1] += step[c - 1];
        }
        start.value = objective(context, start.x);
        insert_sorted(&s, c, &start);
    }
    for (int i = 0; i < steps_max; i += 1) {
        double low = s.corners[0].value;
        double high = s.corners[SIZE].value;
        if (high - low <= 1e-10 * fabs(low)) {
            break;
        }
        step_once(&s, objective, context);
    }
    memcpy(x, s.corners[0].x, sizeof s.corners[0].x);
    return s.corners[0].value;
}
