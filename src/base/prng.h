/* prng.h: seeded random numbers for tests, fuzzing and simulation, never for secrets. SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BASE_PRNG_H
#define PLI_BASE_PRNG_H

#include <stdint.h>

/*
 * pli_prng - xoshiro256** 1.0 (Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 47:4,
 * 2021). The same seed gives the same numbers on every machine. The state is never all zero.
 */
typedef struct pli_prng {
    uint64_t state[4];
} pli_prng;

/* pli_prng_init - the state filled from `seed` by four steps of splitmix64, as its authors advise. */
pli_prng pli_prng_init(uint64_t seed);

/* pli_splitmix64_next - one step of splitmix64: also a good mixer to derive independent seeds from one. */
uint64_t pli_splitmix64_next(uint64_t *state);

/* pli_prng_next_u64 - 64 uniform bits. */
uint64_t pli_prng_next_u64(pli_prng *prng);

/* pli_prng_below - uniform in 0..n-1, without bias (Lemire 2019). `n` > 0 is asserted. */
uint64_t pli_prng_below(pli_prng *prng, uint64_t n);

/* pli_prng_range_i64 - uniform in low..high, both ends included. `low` <= `high` is asserted; the full range is fine. */
int64_t pli_prng_range_i64(pli_prng *prng, int64_t low, int64_t high);

/* pli_prng_unit - uniform multiple of 2^-53 in [0, 1). */
double pli_prng_unit(pli_prng *prng);

/*
 * pli_prng_edge_i64 - a value in low..high that likes trouble.
 *
 * One draw in five comes from the edges: within 2 of a bound, 0, +-1, or a power of two (either sign, off by at most
 * one); an edge that lies outside low..high is moved to the nearer bound. The others are uniform.
 */
int64_t pli_prng_edge_i64(pli_prng *prng, int64_t low, int64_t high);

#endif
