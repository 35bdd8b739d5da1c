/* peer_eigen.cpp: the sweep of `plimsoll bench` with Eigen: sparse positions times dense rows. SPDX-License-Identifier: Apache-2.0 */
#include <string>
#include <vector>

#include <eigen3/Eigen/SparseCore>

#include "peer.h"

namespace {

using Sparse = Eigen::SparseMatrix<double, Eigen::RowMajor>;
using Dense = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

// Blocks of accounts whose product stays in the cache: faster than one product of everything.
constexpr std::uint32_t block = 256;

std::vector<Sparse>
draw_book(std::uint32_t accounts, bool is_sorted) {
    std::vector<Sparse> book;
    for (std::uint32_t from = 0; from < accounts; from += block) {
        std::uint32_t some = std::min(block, accounts - from);
        std::vector<Eigen::Triplet<double>> entries;
        for (std::uint32_t a = from; a < from + some; a += 1) {
            for (std::uint32_t p = 0; p < peer::held; p += 1) {
                peer::position held = peer::position_of(a, p, accounts, is_sorted);
                entries.emplace_back(a - from, held.instrument, held.lots);
            }
        }
        Sparse lots(some, peer::instruments);
        lots.setFromTriplets(entries.begin(), entries.end());
        book.push_back(lots);
    }
    return book;
}

} // namespace

int
main(int count, char **words) {
    if (count != 5 || std::string(words[1]) != "worst") {
        std::fprintf(stderr, "usage: peer_eigen worst ACCOUNTS ENTRIES IS_SORTED\n");
        return 2;
    }
    auto accounts = static_cast<std::uint32_t>(std::atoi(words[2]));
    auto entries = static_cast<std::uint32_t>(std::atoi(words[3]));
    std::vector<Sparse> book = draw_book(accounts, std::atoi(words[4]) != 0);
    Dense rows(peer::instruments, entries);
    for (std::uint32_t i = 0; i < peer::instruments; i += 1) {
        for (std::uint32_t s = 0; s < entries; s += 1) {
            rows(i, s) = peer::entry_of(i, s);
        }
    }
    Eigen::VectorXd worst(accounts);
    Dense sums(block, entries);
    auto work = [&] {
        for (std::size_t b = 0; b < book.size(); b += 1) {
            Eigen::Index some = book[b].rows();
            sums.topRows(some).noalias() = book[b] * rows;
            worst.segment(static_cast<Eigen::Index>(b) * block, some) =
                sums.topRows(some).rowwise().minCoeff().cwiseMin(0.0);
        }
    };
    return peer::serve(accounts, work, [&] { return static_cast<std::int64_t>(worst.sum()); });
}
