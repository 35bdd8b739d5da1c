/* peer.h: the book of `plimsoll bench` (app/cli/bench.h) drawn again, for peers in C++.   SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_BENCH_PEER_H
#define PLI_BENCH_PEER_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>

namespace peer {

constexpr std::uint32_t held = 8, underlyings = 50, per_underlying = 40;
constexpr std::uint32_t instruments = underlyings * per_underlying;
constexpr std::uint32_t lots_most = 1000, entry_most = 80000;

inline std::uint64_t
mix(std::uint64_t number) {
    std::uint64_t z = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

inline std::int32_t
whole_of(std::uint64_t drawn, std::uint32_t most) {
    return static_cast<std::int32_t>(drawn % (2 * static_cast<std::uint64_t>(most) + 1)) -
           static_cast<std::int32_t>(most);
}

inline std::uint32_t
skewed(std::uint64_t drawn) {
    return static_cast<std::uint32_t>(drawn % underlyings * ((drawn >> 32) % underlyings) /
                                      underlyings);
}

struct position {
    std::uint32_t instrument;
    std::int32_t lots;
};

inline position
position_of(std::uint32_t account, std::uint32_t p, std::uint32_t accounts, bool is_sorted) {
    std::uint64_t drawn = mix((UINT64_C(1) << 40) + static_cast<std::uint64_t>(account) * 64 + p);
    std::uint32_t most = is_sorted
                             ? static_cast<std::uint32_t>(static_cast<std::uint64_t>(account) *
                                                          underlyings / accounts)
                             : skewed(mix((UINT64_C(1) << 41) + account));
    std::uint32_t other = skewed(mix((UINT64_C(1) << 42) + account));
    std::uint32_t underlying = p % 8 < 5 ? most : other;
    return {underlying * per_underlying +
                static_cast<std::uint32_t>((drawn >> 32) % per_underlying),
            whole_of(drawn, lots_most)};
}

inline std::int32_t
entry_of(std::uint32_t instrument, std::uint32_t scenario) {
    return whole_of(mix(static_cast<std::uint64_t>(instrument) * 4096 + scenario), entry_most);
}

// One round for every line that comes in, until none does: nanoseconds of processor time a unit, and a number to compare.
inline int
serve(double units, const std::function<void()> &work, const std::function<std::int64_t()> &check) {
    int repeats = 0;
    for (int c = std::getchar(); c != EOF; c = std::getchar()) {
        auto clock = [] {
            timespec taken;
            clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &taken);
            return static_cast<double>(taken.tv_sec) * 1e9 + static_cast<double>(taken.tv_nsec);
        };
        if (repeats == 0) {
            double start = clock();
            work();
            repeats = static_cast<int>(4e6 / (clock() - start + 1.0)) + 1;
        }
        double start = clock();
        for (int i = 0; i < repeats; i += 1) {
            work();
        }
        std::printf("%.3f %lld\n", (clock() - start) / (repeats * units),
                    static_cast<long long>(check()));
        std::fflush(stdout);
    }
    return 0;
}

} // namespace peer

#endif
