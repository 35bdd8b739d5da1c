/* quantlib.cpp: our pricing beside QuantLib's, alternating in one pinned run.         SPDX-License-Identifier: Apache-2.0 */
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include <ql/exercise.hpp>
#include <ql/instruments/europeanoption.hpp>
#include <ql/pricingengines/blackcalculator.hpp>
#include <ql/pricingengines/blackformula.hpp>
#include <ql/pricingengines/vanilla/analyticeuropeanengine.hpp>
#include <ql/processes/blackscholesprocess.hpp>
#include <ql/quotes/simplequote.hpp>
#include <ql/settings.hpp>
#include <ql/termstructures/volatility/equityfx/blackconstantvol.hpp>
#include <ql/termstructures/yield/flatforward.hpp>
#include <ql/time/calendars/nullcalendar.hpp>
#include <ql/time/daycounters/actual365fixed.hpp>
#include <ql/version.hpp>

extern "C" {
#include "plimsoll/price.h"
#include "price/black76.h"
}

namespace ql = QuantLib;

namespace {

constexpr std::size_t point_count = 512;
constexpr int round_count = 31;
constexpr double strike = 100.0;
constexpr double years =
    0.25; // 91.25 days; the instrument path uses 91 days and its own year fraction

std::vector<double> forwards(point_count), volatilities(point_count), prices(point_count),
    values(point_count);
double sink = 0.0;

double
now_ns() {
    return std::chrono::duration<double, std::nano>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

// One side of a comparison: nanoseconds per option of one round.
double
time_round(const std::function<void()> &work, int repeats) {
    double start = now_ns();
    for (int i = 0; i < repeats; i += 1) {
        work();
    }
    return (now_ns() - start) / (static_cast<double>(repeats) * static_cast<double>(point_count));
}

// Enough repeats for a round of about four milliseconds.
int
repeats_of(const std::function<void()> &work) {
    double once = time_round(work, 1) * static_cast<double>(point_count);
    return std::max(1, static_cast<int>(4e6 / std::max(once, 1.0)));
}

double
at(std::vector<double> sorted, double share) {
    std::sort(sorted.begin(), sorted.end());
    return sorted[static_cast<size_t>(share * static_cast<double>(sorted.size() - 1))];
}

// `share`: the part of the points that one call of the peer does.
void
compare(const char *what, const char *peer, const std::function<void()> &ours,
        const std::function<void()> &theirs, double share = 1.0) {
    int our_repeats = repeats_of(ours);
    int their_repeats = repeats_of(theirs);
    std::vector<double> our_ns, their_ns, ratio;
    for (int round = 0; round < round_count; round += 1) {
        our_ns.push_back(time_round(ours, our_repeats));
        their_ns.push_back(time_round(theirs, their_repeats) / share);
        ratio.push_back(their_ns.back() / our_ns.back());
    }
    std::printf("%-28s %-34s %9.1f %9.1f %8.2f  %6.2f .. %-6.2f\n", what, peer, at(our_ns, 0.5),
                at(their_ns, 0.5), at(ratio, 0.5), at(ratio, 0.1), at(ratio, 0.9));
}

void
our_prices() {
    plm_option_fixed option = {strike, years, PLM_RIGHT_CALL};
    pli_black76_points(&option, point_count, forwards.data(), volatilities.data(), values.data());
    sink += values[point_count / 2];
}

void
our_kernel_prices() {
    plm_option_fixed option = {strike, years, PLM_RIGHT_CALL};
    plm_kernels_best()->black76_points(&option, point_count, forwards.data(), volatilities.data(),
                                       values.data());
    sink += values[point_count / 2];
}

void
our_greeks() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        plm_option_terms terms = {forwards[i], strike, years, volatilities[i], 1.0, PLM_RIGHT_CALL};
        plm_option_value value;
        if (plm_black76_value(&terms, &value) == PLM_OK) {
            sink += value.gamma;
        }
    }
}

void
our_implied() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        plm_option_terms terms = {forwards[i], strike, years, 0.0, 1.0, PLM_RIGHT_CALL};
        double volatility = 0.0;
        if (plm_black76_implied(&terms, prices[i], &volatility) == PLM_OK) {
            sink += volatility;
        }
    }
}

void
formula_prices() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        sink += ql::blackFormula(ql::Option::Call, strike, forwards[i],
                                 volatilities[i] * std::sqrt(years));
    }
}

void
calculator_prices() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        ql::BlackCalculator calculator(ql::Option::Call, strike, forwards[i],
                                       volatilities[i] * std::sqrt(years));
        sink += calculator.value();
    }
}

void
calculator_greeks() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        ql::BlackCalculator calculator(ql::Option::Call, strike, forwards[i],
                                       volatilities[i] * std::sqrt(years));
        sink += calculator.value() + calculator.deltaForward() + calculator.gammaForward() +
                calculator.vega(years) + calculator.theta(forwards[i], years);
    }
}

void
formula_implied() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        sink += ql::blackFormulaImpliedStdDev(ql::Option::Call, strike, forwards[i], prices[i], 1.0,
                                              0.0, ql::Null<ql::Real>(), 1e-13, 200);
    }
}

// The way most users price: an instrument, an engine, quotes that are moved.
struct desk {
    ql::ext::shared_ptr<ql::SimpleQuote> spot = ql::ext::make_shared<ql::SimpleQuote>(100.0);
    ql::ext::shared_ptr<ql::SimpleQuote> volatility = ql::ext::make_shared<ql::SimpleQuote>(0.5);
    ql::ext::shared_ptr<ql::GeneralizedBlackScholesProcess> process;
    ql::ext::shared_ptr<ql::EuropeanOption> option;

    desk() {
        ql::Date today(1, ql::January, 2024);
        ql::DayCounter counter = ql::Actual365Fixed();
        ql::Settings::instance().evaluationDate() = today;
        ql::Handle<ql::YieldTermStructure> flat(
            ql::ext::make_shared<ql::FlatForward>(today, 0.0, counter));
        ql::Handle<ql::BlackVolTermStructure> surface(ql::ext::make_shared<ql::BlackConstantVol>(
            today, ql::NullCalendar(), ql::Handle<ql::Quote>(volatility), counter));
        process = ql::ext::make_shared<ql::BlackScholesMertonProcess>(ql::Handle<ql::Quote>(spot),
                                                                      flat, flat, surface);
        option = ql::ext::make_shared<ql::EuropeanOption>(
            ql::ext::make_shared<ql::PlainVanillaPayoff>(ql::Option::Call, strike),
            ql::ext::make_shared<ql::EuropeanExercise>(today + 91));
        option->setPricingEngine(ql::ext::make_shared<ql::AnalyticEuropeanEngine>(process));
    }

    void
    price() {
        for (std::size_t i = 0; i < point_count; i += 1) {
            spot->setValue(forwards[i]);
            volatility->setValue(volatilities[i]);
            sink += option->NPV();
        }
    }

    void
    imply() {
        for (std::size_t i = 0; i < point_count; i += 8) { // an eighth: this path is slow
            spot->setValue(forwards[i]);
            sink += option->impliedVolatility(prices[i], process, 1e-10, 200, 1e-4, 8.0);
        }
    }
};

void
draw_points() {
    for (std::size_t i = 0; i < point_count; i += 1) {
        forwards[i] = 80.0 + 40.0 * static_cast<double>((i * 37) % point_count) /
                                 static_cast<double>(point_count);
        volatilities[i] = 0.2 + 0.8 * static_cast<double>((i * 101) % point_count) /
                                    static_cast<double>(point_count);
    }
    our_prices();
    prices = values;
}

// The same numbers on both sides, or the comparison means nothing.
double
largest_difference() {
    double worst = 0.0;
    for (std::size_t i = 0; i < point_count; i += 1) {
        double theirs = ql::blackFormula(ql::Option::Call, strike, forwards[i],
                                         volatilities[i] * std::sqrt(years));
        worst = std::max(worst, std::fabs(theirs - prices[i]));
    }
    return worst;
}

void
pin() {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) {
        std::fprintf(stderr, "not pinned: sched_setaffinity failed\n");
    }
}

} // namespace

int
main() {
    pin();
    draw_points();
    desk instruments;
    std::printf(
        "one pinned core, %d rounds alternating, QuantLib %s; largest price difference %.1e\n",
        round_count, QL_VERSION, largest_difference());
    std::printf("%-28s %-34s %9s %9s %8s  %s\n", "what", "peer", "ours ns", "peer ns", "peer/us",
                "10 % .. 90 %");
    compare("price", "blackFormula", our_prices, formula_prices);
    compare("price", "BlackCalculator", our_prices, calculator_prices);
    compare("price", "EuropeanOption + analytic engine", our_prices, [&] { instruments.price(); });
    std::string kernel = std::string("price, kernel ") + plm_kernels_best()->name;
    compare(kernel.c_str(), "blackFormula", our_kernel_prices, formula_prices);
    compare(kernel.c_str(), "BlackCalculator", our_kernel_prices, calculator_prices);
    compare(kernel.c_str(), "EuropeanOption + analytic engine", our_kernel_prices,
            [&] { instruments.price(); });
    compare("price and six Greeks", "BlackCalculator, value + 4", our_greeks, calculator_greeks);
    compare("implied volatility", "blackFormulaImpliedStdDev", our_implied, formula_implied);
    compare(
        "implied volatility", "EuropeanOption::impliedVolatility", our_implied,
        [&] { instruments.imply(); }, 1.0 / 8.0);
    return std::isfinite(sink) ? 0 : 1;
}
