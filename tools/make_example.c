/* make_example.c: write the synthetic example (market, chain, histories, accounts, parameters) from a seed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/libc.h"
#include "base/prng.h"
#include "base/text.h"
#include "num/decimal.h"
#include "num/double_text.h"
#include "num/elementary.h"
#include "num/rounding.h"
#include "plimsoll/price.h"
#include "plimsoll/quantity.h"

/*
 * Usage: make_example FOLDER [SEED]. Equal seeds give equal bytes on every machine: no libm, no printf of a double.
 * Nothing here is real: prices are round, smiles come from one formula, histories from GARCH(1,1) with one crash. */
#define SEED_STANDARD 1876u
#define NOW_DAY 20514 /* 2026-03-02 */
#define NOW_SECONDS (INT64_C(86400) * NOW_DAY + 43200)
#define HISTORY_DAYS 400
#define TEXT_SIZE 64

typedef struct expiry {
    const char *code;
    const char *time;
    int64_t day; /* expires at 08:00 UTC */
} expiry;

static const expiry expiries[] = {
    {"13MAR26", "2026-03-13T08:00:00Z", 20525},
    {"27MAR26", "2026-03-27T08:00:00Z", 20539},
    {"26JUN26", "2026-06-26T08:00:00Z", 20630},
};

/* Which shape a volatility smile has: raw SVI of a positive price, or normal volatilities on a grid. */
typedef struct asset {
    const char *name;
    int class_id;
    bool is_any; /* prices may be zero or negative */
    const char *tick;
    int64_t tick_e8;
    double price;
    double volatility;
    double carry; /* of forwards, per year */
    const char *liquidity;
    const char *lot;
    const char *option_lot;
    double strike_step;
    int first_expiry, expiry_count; /* with options */
    double daily, common;           /* history: daily volatility, weight of the common factor */
} asset;

static const asset assets[] = {
    {"BTC", 0, false, "0.5", 50000000, 65000, 0.52, 0.055,
     "\"depth\": \"4000000\", \"volume\": \"900000000\", \"open_interest\": \"350000000\"", "0.001",
     "0.01", 5000, 0, 3, 0.026, 0.80},
    {"ETH", 0, false, "0.05", 5000000, 3400, 0.66, 0.048,
     "\"depth\": \"2500000\", \"volume\": \"450000000\", \"open_interest\": \"180000000\"", "0.01",
     "0.1", 250, 1, 2, 0.034, 0.78},
    {"SOL", 1, false, "0.01", 1000000, 150, 0.85, 0.04,
     "\"depth\": \"600000\", \"volume\": \"90000000\", \"open_interest\": \"45000000\"", "0.1", "1",
     15, 1, 1, 0.045, 0.70},
    {"WTI", 2, true, "0.01", 1000000, 68.5, 0.36, -0.02,
     "\"depth\": \"1500000\", \"volume\": \"250000000\", \"open_interest\": \"120000000\"", "1",
     "1", 5, 2, 1, 0.021, 0.15},
};
#define ASSET_COUNT (sizeof assets / sizeof assets[0])

typedef struct smile {
    double forward, years;
    double a, b, rho, m, sigma; /* raw SVI */
    double normal;              /* at the money, domain `any` */
} smile;

static void
fail(const char *what, const char *name) {
    fprintf(stderr, "make_example: %s%s\n", what, name);
    exit(3);
}

static FILE *
open_file(const char *folder, const char *name) {
    char path[4096];
    pli_text text = pli_text_init(path, sizeof path);
    pli_text_append(&text, folder);
    pli_text_append(&text, "/");
    pli_text_append(&text, name);
    FILE *file = text.is_truncated ? NULL : fopen(path, "wb");
    if (file == NULL) {
        fail("cannot write ", path);
    }
    return file;
}

static void
close_file(FILE *file, const char *name) {
    int is_bad = ferror(file);
    if (fclose(file) != 0 || is_bad) {
        fail("cannot write ", name);
    }
}

static int64_t
rounded(double x) {
    int64_t value = 0;
    if (pli_i64_from_double_half_even(x, &value) != PLM_OK) {
        fail("a number does not fit", "");
    }
    return value;
}

/* A price on its tick, in 1e-8. */
static int64_t
on_tick(double price, int64_t tick_e8) {
    return rounded(price * 1e8 / (double)tick_e8) * tick_e8;
}

static const char *
decimal(char data[TEXT_SIZE], int64_t value, unsigned scale) {
    pli_text text = pli_text_init(data, TEXT_SIZE);
    pli_decimal_format(&text, value, scale, 0);
    return data;
}

static const char *
fixed(char data[TEXT_SIZE], double x, unsigned decimals) {
    pli_text text = pli_text_init(data, TEXT_SIZE);
    if (pli_double_format_fixed(&text, x, decimals) != PLM_OK) {
        fail("a number does not fit", "");
    }
    return data;
}

/*
 * SSVI of Gatheral and Jacquier (2014), section 4, with phi = eta / sqrt(theta), written as raw SVI: free of butterfly
 * arbitrage for eta (1 + |rho|) <= 2, and of calendar arbitrage because theta rises with time.
 */
static smile
smile_of(const asset *of, const expiry *at) {
    double years = (double)(at->day * 86400 + 28800 - NOW_SECONDS) / (365.0 * 86400);
    double volatility = of->volatility * (1 + 0.04 * pli_exp(-years * 12));
    double theta = volatility * volatility * years;
    double rho = -0.22;
    double phi = 0.9 / sqrt(theta);
    double root = sqrt(1 - rho * rho);
    double forward =
        of->is_any ? of->price * (1 + of->carry * years) : of->price * pli_exp(of->carry * years);
    return (smile){.forward = (double)on_tick(forward, of->tick_e8) / 1e8,
                   .years = years,
                   .a = theta / 2 * (1 - rho * rho),
                   .b = theta * phi / 2,
                   .rho = rho,
                   .m = -rho / phi,
                   .sigma = root / phi,
                   .normal = of->volatility * 70};
}

/* The normal volatility of a strike in domain `any`: a parabola around the forward. */
static double
normal_volatility(const smile *shape, double strike) {
    double away = (strike - shape->forward) / 20;
    return shape->normal * (1 - 0.05 * away + 0.12 * away * away);
}

static double
volatility_of(const asset *of, const smile *shape, double strike) {
    if (of->is_any) {
        return normal_volatility(shape, strike);
    }
    double k = pli_log(strike / shape->forward) - shape->m;
    double root = sqrt(k * k + shape->sigma * shape->sigma);
    double variance = shape->a + shape->b * (shape->rho * k + root);
    return sqrt(variance / shape->years);
}

static plm_option_value
value_of(const asset *of, const smile *shape, double strike, plm_right right) {
    const plm_option_terms terms = {.forward = shape->forward,
                                    .strike = strike,
                                    .years = shape->years,
                                    .volatility = volatility_of(of, shape, strike),
                                    .discount = 1,
                                    .right = right};
    plm_option_value value;
    plm_status status =
        of->is_any ? plm_bachelier_value(&terms, &value) : plm_black76_value(&terms, &value);
    if (status != PLM_OK) {
        fail("an option has no value: ", of->name);
    }
    return value;
}

static double
strike_at(const asset *of, int index) {
    double middle = (double)rounded(of->price / of->strike_step) * of->strike_step;
    return middle + index * of->strike_step;
}

static void
write_assets(FILE *file) {
    fputs("  \"assets\": [\n"
          "    {\"id\": \"USD\", \"decimals\": 6, \"underlying\": null},\n"
          "    {\"id\": \"BTC\", \"decimals\": 8, \"underlying\": \"BTC\", \"treatment\": "
          "\"scenario\",\n"
          "     \"custody_domain\": 1, \"liability_haircut\": \"5%\",\n"
          "     \"tiers\": [{\"upto\": \"5000000\", \"haircut\": \"3%\"}, {\"upto\": null, "
          "\"haircut\": \"10%\"}]},\n"
          "    {\"id\": \"ETH\", \"decimals\": 18, \"underlying\": \"ETH\", \"treatment\": "
          "\"scenario\",\n"
          "     \"custody_domain\": 2, \"liability_haircut\": \"5%\",\n"
          "     \"tiers\": [{\"upto\": \"2000000\", \"haircut\": \"4%\"}, {\"upto\": null, "
          "\"haircut\": \"15%\"}]},\n"
          "    {\"id\": \"SOL\", \"decimals\": 9, \"underlying\": \"SOL\", \"treatment\": "
          "\"haircut\",\n"
          "     \"custody_domain\": 3, \"liability_haircut\": \"10%\",\n"
          "     \"tiers\": [{\"upto\": \"250000\", \"haircut\": \"15%\"}, {\"upto\": null, "
          "\"haircut\": \"40%\"}]}\n"
          "  ],\n",
          file);
}

static void
write_underlyings(FILE *file) {
    char price[TEXT_SIZE];
    char slow[TEXT_SIZE];
    char confidence[TEXT_SIZE];
    char volatility[TEXT_SIZE];
    fputs("  \"underlyings\": [\n", file);
    for (size_t i = 0; i < ASSET_COUNT; i += 1) {
        const asset *of = &assets[i];
        fprintf(file,
                "    {\"id\": \"%s\", \"class\": %d,%s \"tick\": \"%s\", \"price\": \"%s\", "
                "\"slow_price\": \"%s\",\n     \"confidence\": \"%s\", \"publish_time\": "
                "\"2026-03-02T11:59:58Z\", \"volatility\": \"%s%%\",\n     %s}%s\n",
                of->name, of->class_id,
                of->is_any ? " \"domain\": \"any\", \"reference\": \"70\"," : "", of->tick,
                decimal(price, on_tick(of->price, of->tick_e8), 8),
                decimal(slow, on_tick(of->price * 0.9985, of->tick_e8), 8),
                decimal(confidence, on_tick(of->price * 0.0002, of->tick_e8) + of->tick_e8, 8),
                fixed(volatility, of->volatility * 100, 0), of->liquidity,
                i + 1 < ASSET_COUNT ? "," : "");
    }
    fputs("  ],\n", file);
}

static void
write_slice(FILE *file, const asset *of, const smile *shape) {
    char number[5][TEXT_SIZE];
    if (!of->is_any) {
        fprintf(file, "\"svi\": {\"a\": %s, \"b\": %s, \"rho\": %s, \"m\": %s, \"sigma\": %s}",
                fixed(number[0], shape->a, 8), fixed(number[1], shape->b, 8),
                fixed(number[2], shape->rho, 2), fixed(number[3], shape->m, 8),
                fixed(number[4], shape->sigma, 8));
        return;
    }
    fputs("\"grid\": [", file);
    for (int i = -6; i <= 6; i += 1) {
        double strike = strike_at(of, i);
        fprintf(file, "%s[\"%s\", \"%s\"]", i > -6 ? ", " : "", fixed(number[0], strike, 0),
                fixed(number[1], normal_volatility(shape, strike), 4));
    }
    fputs("]", file);
}

static void
write_expiries(FILE *file) {
    const char *comma = "";
    char forward[TEXT_SIZE];
    fputs("  \"expiries\": [\n", file);
    for (size_t i = 0; i < ASSET_COUNT; i += 1) {
        const asset *of = &assets[i];
        for (int j = of->first_expiry; j < of->first_expiry + of->expiry_count; j += 1) {
            const smile shape = smile_of(of, &expiries[j]);
            fprintf(
                file,
                "%s    {\"underlying\": \"%s\", \"expiry\": \"%s\", \"forward\": \"%s\",\n     ",
                comma, of->name, expiries[j].time,
                decimal(forward, on_tick(shape.forward, of->tick_e8), 8));
            write_slice(file, of, &shape);
            fputs("}", file);
            comma = ",\n";
        }
    }
    fputs("\n  ],\n", file);
}

static void
write_quotes(FILE *file, int64_t mark_e8, int64_t half_e8) {
    char mark[TEXT_SIZE];
    char bid[TEXT_SIZE];
    char ask[TEXT_SIZE];
    fprintf(file, "\"mark\": \"%s\", ", decimal(mark, mark_e8, 8));
    if (mark_e8 > half_e8) {
        fprintf(file, "\"bid\": \"%s\", ", decimal(bid, mark_e8 - half_e8, 8));
    }
    fprintf(file, "\"ask\": \"%s\"}", decimal(ask, mark_e8 + half_e8, 8));
}

static void
write_option(FILE *file, const asset *of, const expiry *at, int index, plm_right right) {
    const smile shape = smile_of(of, at);
    char strike[TEXT_SIZE];
    char letter = right == PLM_RIGHT_CALL ? 'C' : 'P';
    fixed(strike, strike_at(of, index), 0);
    double price = value_of(of, &shape, strike_at(of, index), right).value;
    int64_t mark_e8 = on_tick(price, of->tick_e8);
    int64_t half_e8 = on_tick(price * 0.012 + of->price * 0.0003, of->tick_e8);
    fprintf(
        file,
        ",\n    {\"id\": \"%s-%s-%s-%c\", \"kind\": \"option\", \"right\": \"%s\", \"underlying\": "
        "\"%s\", \"lot\": \"%s\",\n     \"strike\": \"%s\", \"expiry\": \"%s\", ",
        of->name, at->code, strike, letter, right == PLM_RIGHT_CALL ? "call" : "put", of->name,
        of->option_lot, strike, at->time);
    write_quotes(file, mark_e8 > 0 ? mark_e8 : of->tick_e8,
                 half_e8 > of->tick_e8 ? half_e8 : of->tick_e8);
}

static void
write_linear(FILE *file, const asset *of, const expiry *at, const char *comma) {
    double price = at == NULL ? of->price * 1.0002 : smile_of(of, at).forward;
    fprintf(file,
            "%s    {\"id\": \"%s-%s\", \"kind\": \"%s\", \"underlying\": \"%s\", \"lot\": \"%s\", ",
            comma, of->name, at == NULL ? "PERP" : at->code, at == NULL ? "perpetual" : "future",
            of->name, of->lot);
    if (at != NULL) {
        fprintf(file, "\"expiry\": \"%s\",\n     ", at->time);
    }
    write_quotes(file, on_tick(price, of->tick_e8), of->tick_e8);
}

static void
write_instruments(FILE *file) {
    const char *comma = "";
    fputs("  \"instruments\": [\n", file);
    for (size_t i = 0; i < ASSET_COUNT; i += 1) {
        const asset *of = &assets[i];
        if (!of->is_any) {
            write_linear(file, of, NULL, comma);
            comma = ",\n";
        }
        for (int j = of->first_expiry; j < of->first_expiry + of->expiry_count; j += 1) {
            write_linear(file, of, &expiries[j], comma);
        }
        for (int j = of->first_expiry; j < of->first_expiry + of->expiry_count; j += 1) {
            for (int k = -3; k <= 3; k += 1) {
                write_option(file, of, &expiries[j], k, PLM_RIGHT_CALL);
                write_option(file, of, &expiries[j], k, PLM_RIGHT_PUT);
            }
        }
    }
    fputs(",\n    {\"id\": \"BTC-USD-INV\", \"kind\": \"perpetual\", \"settlement\": \"inverse\", "
          "\"underlying\": \"BTC\",\n     \"lot\": \"10\", \"mark\": \"65008\", \"bid\": "
          "\"65007.5\", "
          "\"ask\": \"65008.5\"}\n  ]\n",
          file);
}

static void
write_market(const char *folder) {
    FILE *file = open_file(folder, "market.json");
    fputs("{\n  \"schema\": \"plimsoll-market/1\",\n  \"time\": \"2026-03-02T12:00:00Z\",\n"
          "  \"valuation\": \"USD\",\n",
          file);
    write_assets(file);
    write_underlyings(file);
    write_expiries(file);
    write_instruments(file);
    fputs("}\n", file);
    close_file(file, "market.json");
}

/* One line of a coin-quoted chain: quotes on a tick of 0.0001 coin with the model value between them. */
static void
write_chain_line(FILE *file, const expiry *at, double strike, plm_right right, pli_prng *prng) {
    const asset *of = &assets[0];
    const smile shape = smile_of(of, at);
    char text[8][TEXT_SIZE];
    double mark = value_of(of, &shape, strike, right).value / shape.forward;
    double half = 0.0003 + mark * 0.012 + 0.0004 * pli_prng_unit(prng);
    int64_t bid = rounded(pli_floor((mark - half) * 1e4));
    int64_t ask = rounded(pli_floor((mark + half) * 1e4)) + 1;
    fprintf(file, "%" PRId64 ",BTC-%s-%s-%c,%" PRId64 ",%s,%c,%s,%s,%s,%s,%s,65000,%s\n",
            NOW_SECONDS, at->code, fixed(text[0], strike, 0), right == PLM_RIGHT_CALL ? 'C' : 'P',
            at->day * 86400 + 28800, fixed(text[1], strike, 0), right == PLM_RIGHT_CALL ? 'C' : 'P',
            bid > 0 ? decimal(text[2], bid, 4) : "", decimal(text[3], ask, 4),
            fixed(text[4], mark, 6), fixed(text[5], shape.forward, 1),
            fixed(text[6], volatility_of(of, &shape, strike), 4),
            decimal(text[7], pli_prng_range_i64(prng, 5, 4000), 1));
}

static void
write_chain(const char *folder, pli_prng *prng) {
    FILE *file = open_file(folder, "chain.csv");
    fputs("ts,instrument,expiry_ts,strike,cp,bid,ask,mark,forward,mark_iv,index_price,open_"
          "interest\n",
          file);
    for (int j = 0; j < 3; j += 1) {
        for (int k = -8; k <= 8; k += 1) {
            double strike = 65000 + k * 2500 * (j < 2 ? 1 : 2);
            write_chain_line(file, &expiries[j], strike, PLM_RIGHT_CALL, prng);
            write_chain_line(file, &expiries[j], strike, PLM_RIGHT_PUT, prng);
        }
    }
    close_file(file, "chain.csv");
}

static double
draw_normal(pli_prng *prng) {
    double p = 0;
    while (p == 0) {
        p = pli_prng_unit(prng);
    }
    return pli_normal_quantile(p);
}

/* GARCH(1,1) returns that share a common factor; on one day the factor falls by eight standard deviations. */
static void
draw_returns(pli_prng *prng, double returns[ASSET_COUNT][HISTORY_DAYS]) {
    double variance[ASSET_COUNT];
    for (size_t i = 0; i < ASSET_COUNT; i += 1) {
        variance[i] = assets[i].daily * assets[i].daily;
    }
    for (int day = 0; day < HISTORY_DAYS; day += 1) {
        double common = day == 180 ? -8 : draw_normal(prng);
        for (size_t i = 0; i < ASSET_COUNT; i += 1) {
            const asset *of = &assets[i];
            double own = draw_normal(prng) * sqrt(1 - of->common * of->common);
            double move = sqrt(variance[i]) * (of->common * common + own);
            returns[i][day] = move;
            variance[i] = 0.03 * of->daily * of->daily + 0.09 * move * move + 0.88 * variance[i];
        }
    }
}

/* The path is laid backwards from the market's own price, so that history and market meet. */
static void
write_history(const char *folder, const asset *of, const double returns[HISTORY_DAYS],
              pli_prng *prng) {
    char name[TEXT_SIZE];
    pli_text text = pli_text_init(name, sizeof name);
    pli_text_append(&text, "history/");
    pli_text_append(&text, of->name);
    pli_text_append(&text, ".csv");
    double closes[HISTORY_DAYS + 1];
    closes[HISTORY_DAYS] = of->price;
    for (int day = HISTORY_DAYS; day > 0; day -= 1) {
        double move = returns[day - 1];
        closes[day - 1] = of->is_any ? closes[day] - 70 * move : closes[day] / pli_exp(move);
    }
    FILE *file = open_file(folder, name);
    fputs("ts,open,high,low,close,volume\n", file);
    for (int day = 1; day <= HISTORY_DAYS; day += 1) {
        char number[4][TEXT_SIZE];
        double low = closes[day] < closes[day - 1] ? closes[day] : closes[day - 1];
        double high = closes[day] < closes[day - 1] ? closes[day - 1] : closes[day];
        double air = of->price * of->daily * 0.3;
        high += air * pli_prng_unit(prng);
        low -= air * pli_prng_unit(prng);
        fprintf(file, "%" PRId64 ",%s,%s,%s,%s,%" PRId64 "\n",
                (NOW_DAY - HISTORY_DAYS + day - 1) * INT64_C(86400),
                decimal(number[0], on_tick(closes[day - 1], of->tick_e8), 8),
                decimal(number[1], on_tick(high, of->tick_e8), 8),
                decimal(number[2], on_tick(low, of->tick_e8), 8),
                decimal(number[3], on_tick(closes[day], of->tick_e8), 8),
                pli_prng_range_i64(prng, 1000, 90000));
    }
    close_file(file, name);
}

/* Accounts and parameters: written by hand, kept here so that one command makes the whole example. */
typedef struct named_text {
    const char *name;
    const char *text;
} named_text;

#define PORTFOLIO "{\n  \"schema\": \"plimsoll-portfolio/1\",\n  \"name\": "

static const named_text texts[] = {
    {"portfolio-desk.json", PORTFOLIO
     "\"desk\",\n"
     "  \"balances\": {\"USD\": \"5000\", \"BTC\": \"1.5\", \"SOL\": \"400\"},\n"
     "  \"positions\": [\n"
     "    {\"instrument\": \"BTC-PERP\", \"quantity\": \"-6\", \"entry_price\": \"64200\", "
     "\"accrued\": \"85.5\"},\n"
     "    {\"instrument\": \"BTC-26JUN26\", \"quantity\": \"5\", \"entry_price\": \"65900\"},\n"
     "    {\"instrument\": \"BTC-27MAR26-70000-C\", \"quantity\": \"-15\"},\n"
     "    {\"instrument\": \"BTC-27MAR26-60000-P\", \"quantity\": \"-10\"},\n"
     "    {\"instrument\": \"BTC-27MAR26-80000-C\", \"quantity\": \"15\"},\n"
     "    {\"instrument\": \"ETH-PERP\", \"quantity\": \"110\", \"entry_price\": \"3450\", "
     "\"accrued\": \"-41.2\"},\n"
     "    {\"instrument\": \"ETH-26JUN26-3000-P\", \"quantity\": \"80\"},\n"
     "    {\"instrument\": \"SOL-PERP\", \"quantity\": \"-800\", \"entry_price\": \"156\"},\n"
     "    {\"instrument\": \"WTI-26JUN26\", \"quantity\": \"3000\", \"entry_price\": \"69.1\"}\n"
     "  ],\n"
     "  \"orders\": [\n"
     "    {\"instrument\": \"BTC-PERP\", \"side\": \"sell\", \"quantity\": \"1\", \"price\": "
     "\"66500\"},\n"
     "    {\"instrument\": \"ETH-PERP\", \"side\": \"buy\", \"quantity\": \"10\", \"price\": "
     "\"3300\"}\n"
     "  ]\n}\n"},
    {"portfolio-covered-call.json", PORTFOLIO
     "\"covered-call\",\n"
     "  \"balances\": {\"BTC\": \"2\"},\n"
     "  \"positions\": [{\"instrument\": \"BTC-27MAR26-70000-C\", \"quantity\": \"-2\"}]\n}\n"},
    {"portfolio-short-strangle.json",
     PORTFOLIO "\"short-strangle\",\n"
               "  \"balances\": {\"USD\": \"125000\"},\n"
               "  \"positions\": [\n"
               "    {\"instrument\": \"BTC-27MAR26-75000-C\", \"quantity\": \"-8\"},\n"
               "    {\"instrument\": \"BTC-27MAR26-55000-P\", \"quantity\": \"-8\"}\n"
               "  ]\n}\n"},
    {"portfolio-short-gamma.json", PORTFOLIO
     "\"short-gamma\",\n"
     "  \"balances\": {\"USD\": \"240000\"},\n"
     "  \"positions\": [\n"
     "    {\"instrument\": \"BTC-26JUN26-65000-C\", \"quantity\": \"-10\"},\n"
     "    {\"instrument\": \"BTC-26JUN26-65000-P\", \"quantity\": \"-10\"},\n"
     "    {\"instrument\": \"BTC-PERP\", \"quantity\": \"1.63\", \"entry_price\": \"65000\"}\n"
     "  ]\n}\n"},
    {"portfolio-basis.json", PORTFOLIO
     "\"basis\",\n"
     "  \"balances\": {\"USD\": \"30000\"},\n"
     "  \"positions\": [\n"
     "    {\"instrument\": \"BTC-26JUN26\", \"quantity\": \"-3\", \"entry_price\": \"66400\"},\n"
     "    {\"instrument\": \"BTC-PERP\", \"quantity\": \"3\", \"entry_price\": \"64950\"}\n"
     "  ]\n}\n"},
    {"portfolio-isolated.json", PORTFOLIO
     "\"careful\",\n"
     "  \"balances\": {\"USD\": \"20000\", \"ETH\": \"5\"},\n"
     "  \"positions\": [\n"
     "    {\"instrument\": \"ETH-PERP\", \"quantity\": \"-8\", \"entry_price\": \"3380\"},\n"
     "    {\"instrument\": \"BTC-USD-INV\", \"lots\": 500, \"entry_price\": \"64100\"}\n"
     "  ],\n"
     "  \"orders\": [{\"instrument\": \"ETH-PERP\", \"side\": \"buy\", \"quantity\": \"8\", "
     "\"price\": \"3200\", \"reduce_only\": true}],\n"
     "  \"isolated\": [\n"
     "    {\"name\": \"careful-sol\", \"balances\": {\"USD\": \"900\"},\n"
     "     \"positions\": [{\"instrument\": \"SOL-PERP\", \"quantity\": \"30\", \"entry_price\": "
     "\"158\"}]}\n"
     "  ]\n}\n"},
    {"portfolio-oil.json", PORTFOLIO
     "\"oil\",\n"
     "  \"balances\": {\"USD\": \"60000\"},\n"
     "  \"positions\": [\n"
     "    {\"instrument\": \"WTI-26JUN26\", \"quantity\": \"2000\", \"entry_price\": \"67.8\"},\n"
     "    {\"instrument\": \"WTI-26JUN26-55-P\", \"quantity\": \"-3000\"}\n"
     "  ]\n}\n"},
    {"changes.json",
     "{\n  \"schema\": \"plimsoll-changes/1\",\n"
     "  \"trades\": [{\"instrument\": \"BTC-27MAR26-70000-C\", \"quantity\": \"3\", \"fee\": "
     "\"60\"}],\n"
     "  \"orders\": [{\"instrument\": \"ETH-PERP\", \"side\": \"sell\", \"quantity\": \"20\", "
     "\"price\": \"3500\"}],\n"
     "  \"transfers\": [{\"asset\": \"USD\", \"amount\": \"-10000\"}]\n}\n"},
    {"config.yaml",
     "# Parameters of the example: what is not named here has its shipped default (plimsoll "
     "params).\n"
     "version: 1\n"
     "portfolio:\n"
     "  confidence_ppm: 99%\n"
     "scenario.maintenance:\n"
     "  horizon_ns: 1d\n"
     "scenario.initial:\n"
     "  horizon_ns: 2d\n"
     "shocks:\n"
     "  0: {step_ppm: 2%}                       # BTC, ETH\n"
     "  1: {step_ppm: 3%, extreme_ppm: 60%}     # SOL\n"
     "  2: {step_ppm: 2%, extreme_ppm: 60%}     # WTI, relative to its reference price\n"
     "history:\n"
     "  BTC: history/BTC.csv\n"
     "  ETH: history/ETH.csv\n"
     "  SOL: history/SOL.csv\n"
     "  WTI: history/WTI.csv\n"},
};

int
main(int count, char **words) {
    if (count < 2 || count > 3) {
        fputs("usage: make_example FOLDER [SEED]; FOLDER/history must exist\n", stderr);
        return 2;
    }
    const char *folder = words[1];
    pli_prng prng = pli_prng_init(count == 3 ? strtoull(words[2], NULL, 10) : SEED_STANDARD);
    static double returns[ASSET_COUNT][HISTORY_DAYS];
    write_market(folder);
    write_chain(folder, &prng);
    draw_returns(&prng, returns);
    for (size_t i = 0; i < ASSET_COUNT; i += 1) {
        write_history(folder, &assets[i], returns[i], &prng);
    }
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i += 1) {
        FILE *file = open_file(folder, texts[i].name);
        fputs(texts[i].text, file);
        close_file(file, texts[i].name);
    }
    return 0;
}
