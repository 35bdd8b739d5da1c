/* peer_quantlib.cpp: the options of `plimsoll bench` with QuantLib.                   SPDX-License-Identifier: Apache-2.0 */
#include <cmath>
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
#include <ql/time/daycounters/simpledaycounter.hpp>

#include "peer.h"

namespace ql = QuantLib;

namespace {

constexpr std::size_t many = 512;
constexpr double strike = 100.0, years = 0.25;
std::vector<double> forwards(many), volatilities(many), prices(many), values(many);

void
formula() {
    for (std::size_t i = 0; i < many; i += 1) {
        values[i] = ql::blackFormula(ql::Option::Call, strike, forwards[i],
                                     volatilities[i] * std::sqrt(years));
    }
}

void
calculator() {
    for (std::size_t i = 0; i < many; i += 1) {
        ql::BlackCalculator made(ql::Option::Call, strike, forwards[i],
                                 volatilities[i] * std::sqrt(years));
        values[i] = made.value();
    }
}

void
implied() {
    for (std::size_t i = 0; i < many; i += 1) {
        values[i] = ql::blackFormulaImpliedStdDev(ql::Option::Call, strike, forwards[i], prices[i],
                                                  1.0, 0.0, ql::Null<ql::Real>(), 1e-13, 200) /
                    std::sqrt(years);
    }
}

// The way most users price: an instrument, an engine, quotes that are moved. Three months of 30 days are a quarter here.
class desk {
    ql::ext::shared_ptr<ql::SimpleQuote> spot = ql::ext::make_shared<ql::SimpleQuote>(100.0);
    ql::ext::shared_ptr<ql::SimpleQuote> volatility = ql::ext::make_shared<ql::SimpleQuote>(0.5);
    ql::ext::shared_ptr<ql::EuropeanOption> option;

  public:
    desk() {
        ql::Date today(1, ql::January, 2024);
        ql::DayCounter counter = ql::SimpleDayCounter();
        ql::Settings::instance().evaluationDate() = today;
        ql::Handle<ql::YieldTermStructure> flat(
            ql::ext::make_shared<ql::FlatForward>(today, 0.0, counter));
        ql::Handle<ql::BlackVolTermStructure> surface(ql::ext::make_shared<ql::BlackConstantVol>(
            today, ql::NullCalendar(), ql::Handle<ql::Quote>(volatility), counter));
        auto process = ql::ext::make_shared<ql::BlackScholesMertonProcess>(
            ql::Handle<ql::Quote>(spot), flat, flat, surface);
        option = ql::ext::make_shared<ql::EuropeanOption>(
            ql::ext::make_shared<ql::PlainVanillaPayoff>(ql::Option::Call, strike),
            ql::ext::make_shared<ql::EuropeanExercise>(ql::Date(1, ql::April, 2024)));
        option->setPricingEngine(ql::ext::make_shared<ql::AnalyticEuropeanEngine>(process));
    }

    void
    price() {
        for (std::size_t i = 0; i < many; i += 1) {
            spot->setValue(forwards[i]);
            volatility->setValue(volatilities[i]);
            values[i] = option->NPV();
        }
    }
};

std::int64_t
check() {
    double sum = 0.0;
    for (double value : values) {
        sum += value;
    }
    return std::llround(sum * 1e6);
}

} // namespace

int
main(int count, char **words) {
    std::string task = count > 1 ? words[1] : "";
    for (std::size_t i = 0; i < many; i += 1) {
        forwards[i] = 80.0 + 40.0 * static_cast<double>(i * 37 % many) / many;
        volatilities[i] = 0.2 + 0.8 * static_cast<double>(i * 101 % many) / many;
    }
    formula();
    prices = values;
    desk instruments;
    auto price = [&] { instruments.price(); };
    if (task == "formula") {
        return peer::serve(many, formula, check);
    }
    if (task == "calculator") {
        return peer::serve(many, calculator, check);
    }
    if (task == "instrument") {
        return peer::serve(many, price, check);
    }
    if (task == "implied") {
        return peer::serve(many, implied, check);
    }
    std::fprintf(stderr, "usage: peer_quantlib formula|calculator|instrument|implied ...\n");
    return 2;
}
