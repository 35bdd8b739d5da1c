/* test_malformed.c: a table of broken files, each refused with its status, line, what was seen and what is allowed.
 * SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/candles_csv.h"
#include "io/chain_csv.h"
#include "io/changes_json.h"
#include "io/compressed.h"
#include "io/json.h"
#include "io/market_json.h"
#include "io/parameters_yaml.h"
#include "io/portfolio_json.h"
#include "io/yaml.h"

/*
 * A case is a good file with one text replaced by another. The good files are the examples of docs/formats.md.
 */
typedef struct malformed {
    const char *find;
    const char *replace;
    plm_status status;
    const char *says; /* part of the message, with file and line */
} malformed;

static const malformed markets[] = {
    {"plimsoll-market/1", "plimsoll-market/2", PLM_VALUE_INVALID,
     "f:2: schema is \"plimsoll-market/2\"; allowed is plimsoll-market/1"},
    {"\"schema\": \"plimsoll-market/1\",", "", PLM_KEY_MISSING,
     "f:1: has no key \"schema\"; it is required"},
    {"\"valuation\"", "\"valuaton\"", PLM_KEY_UNKNOWN,
     "f:4: has an unknown key \"valuaton\"; allowed is schema time"},
    {"\"2026-03-01T12:00:00Z\"", "1772366400", PLM_VALUE_INVALID,
     "f:3: time is \"1772366400\"; allowed is a time from 1980 to 2200"},
    {"\"2026-03-01T12:00:00Z\"", "1772366400000", PLM_VALUE_INVALID, "f:3: time is"},
    {"\"2026-03-01T12:00:00Z\"", "\"2026-02-29T12:00:00Z\"", PLM_VALUE_INVALID, "f:3: time is"},
    {"\"2026-03-01T12:00:00Z\"", "\"2026-03-01 12:00:00\"", PLM_TEXT_MALFORMED, "f:3: time is"},
    {"\"2026-03-01T12:00:00Z\"", "\"2026-03-01T12:00:60Z\"", PLM_VALUE_INVALID, "f:3: time is"},
    {"\"2026-03-01T12:00:00Z\"", "\"2026-03-01T12:00:00+01:00\"", PLM_TEXT_MALFORMED, "f:3: time"},
    {"\"valuation\": \"USD\"", "\"valuation\": \"EUR\"", PLM_INDEX_UNKNOWN,
     "f:4: valuation is \"EUR\"; allowed is the id of one of the assets"},
    {"\"decimals\": 6", "\"decimals\": 19", PLM_VALUE_INVALID,
     "f:6: asset USD decimals is \"19\"; allowed is an integer from 0 to 18"},
    {"\"decimals\": 6", "\"decimals\": 6.5", PLM_TEXT_PRECISION, "f:6: asset USD decimals is"},
    {"\"decimals\": 6", "\"decimals\": [6]", PLM_VALUE_INVALID, "decimals is a list"},
    {"\"underlying\": null", "\"underlying\": \"BTC\"", PLM_VALUE_INVALID,
     "f:6: asset USD underlying is \"BTC\"; allowed is null"},
    {"8, \"underlying\": \"BTC\"", "8, \"underlying\": null", PLM_VALUE_INVALID,
     "f:7: asset BTC underlying is null"},
    {"8, \"underlying\": \"BTC\"", "8, \"underlying\": \"BTX\"", PLM_INDEX_UNKNOWN,
     "f:7: asset BTC underlying is \"BTX\"; allowed is a name that is listed"},
    {"\"treatment\": \"scenario\"", "\"treatment\": \"scenarios\"", PLM_VALUE_INVALID,
     "f:7: asset BTC treatment is \"scenarios\"; allowed is haircut|scenario"},
    {"\"upto\": \"1000000\", \"haircut\": \"5%\"", "\"upto\": \"1000000\", \"haircut\": \"20%\"",
     PLM_VALUE_INVALID, "f:9: asset BTC haircut is \"15%\"; allowed is a decimal from 0.2"},
    {"\"haircut\": \"15%\"", "\"haircut\": \"100%\"", PLM_VALUE_INVALID, "to 0.999999"},
    {"\"haircut\": \"15%\"", "\"haircut\": \"1.00001%\"", PLM_TEXT_PRECISION, "f:9: asset BTC"},
    {"\"upto\": null", "\"upto\": \"2000000\"", PLM_VALUE_INVALID, "null in the last tier"},
    {"\"upto\": \"1000000\"", "\"upto\": null", PLM_VALUE_INVALID, "money in every other"},
    {"\"id\": \"BTC\", \"class\": 0", "\"id\": \"B C\", \"class\": 0", PLM_VALUE_INVALID,
     "f:12: underlying id is \"B C\"; allowed is a name of 1 to 31"},
    {"\"class\": 0", "\"class\": 256", PLM_VALUE_INVALID, "an integer from 0 to 255"},
    {"\"class\": 0", "\"class\": 0, \"domain\": \"any\"", PLM_KEY_MISSING,
     "underlying BTC has no key \"reference\""},
    {"\"class\": 0", "\"class\": 0, \"reference\": 1", PLM_VALUE_INVALID, "only with domain"},
    {"\"tick\": \"0.5\"", "\"tick\": \"0\"", PLM_VALUE_INVALID,
     "f:12: underlying BTC tick is \"0\"; allowed is a decimal from 0.00000001 to 100000000"},
    {"\"price\": \"64000\"", "\"price\": \"NaN\"", PLM_TEXT_MALFORMED,
     "f:12: underlying BTC price is \"NaN\""},
    {"\"price\": \"64000\"", "\"price\": \"Infinity\"", PLM_TEXT_MALFORMED,
     "price is \"Infinity\""},
    {"\"price\": \"64000\"", "\"price\": 1e400", PLM_TEXT_MALFORMED, "price is \"1e400\""},
    {"\"price\": \"64000\"", "\"price\": \"0x10\"", PLM_TEXT_MALFORMED, "price is \"0x10\""},
    {"\"price\": \"64000\"", "\"price\": \"64,000\"", PLM_TEXT_MALFORMED, "price is \"64,000\""},
    {"\"price\": \"64000\"", "\"price\": \" 64000\"", PLM_TEXT_MALFORMED, "price is \" 64000\""},
    {"\"price\": \"64000\"", "\"price\": \"-64000\"", PLM_VALUE_INVALID, "price is \"-64000\""},
    {"\"price\": \"64000\"", "\"price\": \"6400000000000\"", PLM_VALUE_INVALID, "to 100000000"},
    {"\"price\": \"64000\"", "\"price\": \"0.000000001\"", PLM_TEXT_PRECISION, "8 decimals"},
    {"\"price\": \"64000\"", "\"price\": true", PLM_VALUE_INVALID, "price is true"},
    {"\"price\": \"64000\"", "\"price\": \"99999999999999999999999999999999999999999999999999\"",
     PLM_OVERFLOW, "f:12: "},
    {"11:59:59.5Z", "12:00:00.000000001Z", PLM_VALUE_INVALID, "not after the market's"},
    {"\"volatility\": \"55%\"", "\"volatility\": \"0\"", PLM_VALUE_INVALID, "f:13: underlying BTC"},
    {"\"depth\": \"4000000\"", "\"depth\": \"-1\"", PLM_VALUE_INVALID,
     "f:14: underlying BTC depth"},
    {"\"depth\": \"4000000\"", "\"depth\": \"9223372036855\"", PLM_VALUE_INVALID,
     "to 9223372036854.775807"},
    {"{\"underlying\": \"BTC\", \"expiry\": \"2026-06-26T08:00:00Z\"",
     "{\"underlying\": \"BTC\", \"expiry\": \"2026-03-27T08:00:00Z\"", PLM_KEY_DUPLICATE,
     "f:19: expiry BTC expiry is \"2026-03-27T08:00:00Z\"; allowed is every"},
    {"\"rho\": -0.21", "\"rho\": -1.5", PLM_VALUE_INVALID, "f:18: expiry BTC svi is an object"},
    {"\"rho\": -0.21", "\"rho\": 1e400", PLM_NOT_FINITE, "rho is \"1e400\"; allowed is a finite"},
    {", \"sigma\": 0.11", "", PLM_KEY_MISSING, "f:18: expiry BTC has no key \"sigma\""},
    {"[\"65000\", \"0.57\"]", "[\"49000\", \"0.57\"]", PLM_VALUE_INVALID, "strikes that rise"},
    {"[\"65000\", \"0.57\"]", "[\"65000\"]", PLM_VALUE_INVALID, "pairs [strike, volatility]"},
    {"\"forward\": \"65400\",", "\"forward\": \"65400\", \"svi\": {},", PLM_VALUE_INVALID,
     "has both svi and grid"},
    {"\"id\": \"BTC-USD-INV\"", "\"id\": \"BTC-PERP\"", PLM_KEY_DUPLICATE,
     "id is \"BTC-PERP\"; allowed is every id once"},
    {"\"kind\": \"option\"", "\"kind\": \"swaption\"", PLM_VALUE_INVALID,
     "kind is \"swaption\"; allowed is spot|perpetual|future|option"},
    {"\"lot\": \"0.001\"", "\"lot\": \"1001\"", PLM_VALUE_INVALID, "lot is \"1001\""},
    {"\"lot\": \"0.001\"", "\"lot\": \"0.001\", \"strike\": 1", PLM_KEY_UNKNOWN,
     "instrument BTC-PERP has an unknown key \"strike\""},
    {"\"mark\": \"64012\",", "", PLM_MARK_MISSING, "instrument BTC-PERP has no mark"},
    {"\"bid\": \"64011.5\"", "\"bid\": \"64013\"", PLM_QUOTE_CROSSED,
     "instrument BTC-PERP bid is \"64013\"; allowed is at most the ask"},
    {"\"expiry\": \"2026-03-27T08:00:00Z\", \"mark\"",
     "\"expiry\": \"2026-02-27T08:00:00Z\", \"mark\"", PLM_EXPIRED,
     "instrument BTC-27MAR26-70000-C expiry is \"2026-02-27T08:00:00Z\""},
    {"\"right\": \"call\"", "\"right\": \"CALL\"", PLM_VALUE_INVALID, "allowed is call|put"},
    {"\"settlement\": \"inverse\"", "\"settlement\": \"inverse\", \"settlement_asset\": \"USD\"",
     PLM_VALUE_INVALID, "it must settle in an asset priced by its own underlying"},
    {"\"instruments\": [", "\"instruments\": {\"a\": [", PLM_SYNTAX, "f:"},
};

static const malformed portfolios[] = {
    {"portfolio/1", "portfolio/9", PLM_VALUE_INVALID, "f:2: schema is"},
    {"\"USD\": \"25000\"", "\"EUR\": \"25000\"", PLM_INDEX_UNKNOWN,
     "f:4: balance asset is \"EUR\"; allowed is a name that is listed"},
    {"\"USD\": \"25000\"", "\"USD\": \"25000.0000001\"", PLM_TEXT_PRECISION,
     "f:4: balance USD amount is \"25000.0000001\"; allowed is a decimal with up to 6 decimals"},
    {"\"USD\": \"25000\"", "\"USD\": \"1e9\"", PLM_TEXT_MALFORMED, "f:4: balance USD amount"},
    {"\"USD\": \"25000\"", "\"BTC\": \"25000\"", PLM_KEY_DUPLICATE, "f:4: key \"BTC\" appears"},
    {"\"instrument\": \"BTC-USD-INV\"", "\"instrument\": \"BTC-PERP\"", PLM_KEY_DUPLICATE,
     "f:7: position BTC-PERP instrument is \"BTC-PERP\"; allowed is one position"},
    {"\"instrument\": \"BTC-USD-INV\"", "\"instrument\": \"XBT\"", PLM_INDEX_UNKNOWN,
     "f:7: position"},
    {"\"quantity\": \"1.5\"", "\"quantity\": \"1.5005\"", PLM_VALUE_INVALID,
     "f:6: position BTC-PERP quantity is \"1.5005\"; allowed is a whole number of lots of 0.001"},
    {"\"quantity\": \"1.5\"", "\"quantity\": \"1.5\", \"lots\": 1500", PLM_VALUE_INVALID,
     "has both lots and quantity"},
    {"\"quantity\": \"1.5\",", "", PLM_KEY_MISSING, "has neither lots nor quantity"},
    {"\"quantity\": \"1.5\"", "\"quantity\": \"100000001\"", PLM_VALUE_INVALID, "up to 1e11 lots"},
    {"\"lots\": -200", "\"lots\": -200.5", PLM_TEXT_PRECISION, "f:7: position BTC-USD-INV lots"},
    {"\"lots\": -200", "\"lots\": 100000000001", PLM_VALUE_INVALID,
     "-100000000000 to 100000000000"},
    {"\"entry_price\": \"63000\"", "\"entry_price\": \"0\"", PLM_VALUE_INVALID, "entry_price is"},
    {"\"entry_price\": \"63000\"", "\"entry_price\": 63000, \"cost\": 1", PLM_VALUE_INVALID,
     "has both entry_price and cost"},
    {", \"entry_price\": \"63000\"", "", PLM_KEY_MISSING, "has neither entry_price nor cost"},
    {"\"quantity\": \"-2\"", "\"quantity\": \"-2\", \"cost\": 0", PLM_VALUE_INVALID,
     "allowed is none, the premium moved with the trade"},
    {"\"side\": \"buy\"", "\"side\": \"long\"", PLM_VALUE_INVALID, "allowed is buy|sell"},
    {"\"quantity\": \"0.5\"", "\"quantity\": \"0\"", PLM_VALUE_INVALID, "above zero"},
    {"\"reduce_only\": false", "\"reduce_only\": \"no\"", PLM_VALUE_INVALID,
     "reduce_only is \"no\"; allowed is true or false"},
    {"\"name\": \"alice-lottery\"", "\"name\": \"alice\"", PLM_KEY_DUPLICATE, "group alice has"},
    {"\"name\": \"alice-lottery\"", "\"isolated\": []", PLM_KEY_UNKNOWN,
     "unknown key \"isolated\""},
    {"\"accrued\": \"-12.5\"", "\"accrued\": {}", PLM_VALUE_INVALID, "accrued is an object"},
};

static const malformed changes[] = {
    {"\"trades\"", "\"trade\"", PLM_KEY_UNKNOWN, "f:3: has an unknown key \"trade\""},
    {"\"quantity\": \"-0.5\"", "\"lots\": 0", PLM_VALUE_INVALID,
     "f:3: trade BTC-PERP trades 0 lots"},
    {"\"fee\": \"16\"", "\"fee\": \"-16\"", PLM_VALUE_INVALID, "fee is \"-16\""},
    {"\"asset\": \"USD\"", "\"asset\": \"usd\"", PLM_INDEX_UNKNOWN,
     "f:5: transfer asset is \"usd\""},
    {", \"amount\": \"-5000\"", "", PLM_KEY_MISSING, "f:5: transfer has no key \"amount\""},
    {"\"lots\": 100", "\"lots\": -100", PLM_VALUE_INVALID, "f:4: order BTC-PERP lots is \"-100\""},
};

static const malformed parameters[] = {
    {"portfolio:", "portfolios:", PLM_KEY_UNKNOWN, "f:2: has an unknown key \"portfolios\""},
    {"version: 7", "version: -1", PLM_VALUE_INVALID, "f:1: version is \"-1\""},
    {"99.5%", "99.5", PLM_PARAMETER_INVALID, "f:3: portfolio confidence_ppm is 99.5; allowed is"},
    {"99.5%", "99.50000001%", PLM_TEXT_PRECISION, "f:3: portfolio confidence_ppm"},
    {"99.5%", "[1]", PLM_VALUE_INVALID, "f:3: portfolio confidence_ppm is a list"},
    {"99.5%", "high", PLM_TEXT_MALFORMED, "f:3: portfolio confidence_ppm is 'high'"},
    {"offset_floor_ppm", "ofset_floor_ppm", PLM_PARAMETER_UNKNOWN,
     "f:4: portfolio record portfolio has no parameter 'ofset_floor_ppm'"},
    {"30m", "30", PLM_TEXT_MALFORMED, "f:5: portfolio oracle_age_max_ns is '30'; allowed is a dur"},
    {"horizon_ns: 2d", "horizon_ns: 2y", PLM_TEXT_MALFORMED, "f:9: scenario.initial horizon_ns"},
    {"  1: {step", "  256: {step", PLM_VALUE_INVALID, "f:14: shocks class is \"256\""},
    {"  1: {step", "  x: {step", PLM_TEXT_MALFORMED, "f:14: shocks class is \"x\""},
    {"  1: {step", "  0.0: {step", PLM_KEY_DUPLICATE, "f:14: shocks class is \"0.0\""},
    {"1.5%", "1.5 %%", PLM_TEXT_MALFORMED, "f:13: shocks 0 step_ppm is"},
    {"BTC: candles/BTCUSDT.csv.gz", "BTC: 1", PLM_VALUE_INVALID, "f:16: history BTC is \"1\""},
    {"shocks:", "shocks: *a", PLM_SYNTAX, "f:12: "},
};

static const malformed chains[] = {
    {"ts,instrument", "time,instrument", PLM_KEY_MISSING, "f:1: no column \"ts\"; it is required"},
    {"ts,instrument", "ts,ts", PLM_KEY_DUPLICATE, "f:1: a column appears twice"},
    {"1600000000,", "1600000000000,", PLM_VALUE_INVALID, "f:2: ts is \"1600000000000\""},
    {"X-A-10-C", "", PLM_VALUE_INVALID, "f:2: instrument is \"\"; allowed is a name such as"},
    {"X-A-10-C", "X-PERP", PLM_VALUE_INVALID, "f:2: instrument is \"X-PERP\""},
    {"X-A-12-P", "Y-A-12-P", PLM_VALUE_INVALID, "f:3: instrument is \"Y-A-12-P\""},
    {"X-A-12-P", "X-A-10-C", PLM_KEY_DUPLICATE, "f:3: X-A-10-C appears again"},
    {"1601000000,10", "1600000001,10", PLM_EXPIRED, "f:2: X-A-10-C has expired"},
    {"1601000000,10", "1601000000,0", PLM_VALUE_INVALID, "f:2: strike is \"0\""},
    {",C,", ",call,", PLM_VALUE_INVALID, "f:2: cp is \"call\"; allowed is C or P"},
    {"0.1,0.2,0.15", "0.3,0.2,0.15", PLM_QUOTE_CROSSED, "f:2: X-A-10-C has its bid above"},
    {"0.1,0.2,0.15", "-0.1,0.2,0.15", PLM_VALUE_INVALID, "f:2: bid is \"-0.1\""},
    {"0.1,0.2,0.15", "0.1,0.2,", PLM_TEXT_MALFORMED, "f:2: mark is \"\""},
    {"0.1,0.2,0.15", "0.1,0.2", PLM_SYNTAX, "f:2: 10 fields; allowed is as many as columns: 11"},
    {"0.1,0.2,0.15", "0.1,\"0.2\",0.15", PLM_SYNTAX, "f:2: a double quote"},
    {",11,0.9", ",0,0.9", PLM_VALUE_INVALID, "f:2: forward is \"0\""},
    {"0.9,10.5", "nan,10.5", PLM_TEXT_MALFORMED, "f:2: mark_iv is \"nan\"; allowed is a finite"},
    {"0.9,10.5", "1e999,10.5", PLM_NOT_FINITE, "f:2: mark_iv is \"1e999\""},
    {"0.9,10.5", "-0.9,10.5", PLM_VALUE_INVALID, "f:2: mark_iv is \"-0.9\""},
    {"0.9,10.5", "0.9,10.5\xff", PLM_SYNTAX, "f:2: a byte that is no UTF-8"},
    {"0.1,0.2,0.15", "0.1,1e99,0.15", PLM_OVERFLOW, "f:2: ask is \"1e99\""},
    {"X-A-12-P,A,1", "X-A-13-P,A,1", PLM_INDEX_UNKNOWN,
     "g:2: instrument is \"X-A-13-P\"; allowed is an instrument of the chain"},
    {"X-A-12-P,A,1", "X-A-12-P,S,1", PLM_VALUE_INVALID, "g:2: side is \"S\"; allowed is B or A"},
    {"X-A-12-P,A,1", "X-A-12-P,A,0", PLM_KEY_DUPLICATE, "g:3: level is \"0\"; allowed is one best"},
};

static const malformed candles[] = {
    {"ts,open", "ts,opening", PLM_KEY_MISSING, "f:1: no column \"open\""},
    {"1772236800,", "1772150400,", PLM_VALUE_INVALID,
     "f:3: ts is \"1772150400\"; allowed is a time"},
    {"1772236800,", "1772236800000,", PLM_VALUE_INVALID, "f:3: ts is \"1772236800000\""},
    {"1772236800,", "1772236800.5,", PLM_TEXT_PRECISION, "f:3: ts is"},
    {"63000,64000,62000,63500", "63000,62500,62000,62200", PLM_VALUE_INVALID, "f:2: open is"},
    {"63000,64000,62000,63500", "63000,64000,62000,64001", PLM_VALUE_INVALID,
     "f:2: close is \"64001\"; allowed is low <= close <= high"},
    {"63000,64000,62000,63500", "63000,64000,0,63500", PLM_VALUE_INVALID, "f:2: low is \"0\""},
    {"63000,64000,62000,63500", "63000,inf,62000,63500", PLM_TEXT_MALFORMED,
     "f:2: high is \"inf\""},
    {"63000,64000,62000,63500", "63000,1e309,62000,63500", PLM_NOT_FINITE,
     "f:2: high is \"1e309\""},
    {"63000,64000,62000,63500", "63000,64000,62000", PLM_SYNTAX, "f:2: 5 fields"},
};

static pli_market_book book;

static pli_bytes
read_seed(const char *path) {
    pli_bytes bytes;
    plm_fault fault = {0};
    if (pli_file_read(path, PLI_FILE_SIZE_MAX, &bytes, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
    return bytes;
}

static pli_bytes
replaced(pli_bytes good, const malformed *c) {
    const char *text = (const char *)good.data;
    const char *at = strstr(text, c->find);
    if (at == NULL) {
        fail_msg("the seed has no \"%s\"", c->find);
        return (pli_bytes){0};
    }
    size_t before = (size_t)(at - text);
    size_t after = good.size - before - strlen(c->find);
    pli_bytes bytes = {.size = before + strlen(c->replace) + after};
    bytes.data = malloc(bytes.size + 1);
    assert_non_null(bytes.data);
    memcpy(bytes.data, text, before);
    memcpy(bytes.data + before, c->replace, strlen(c->replace));
    memcpy(bytes.data + before + strlen(c->replace), at + strlen(c->find), after + 1);
    return bytes;
}

typedef plm_status decode_bytes(pli_bytes bytes, plm_fault *fault);

static plm_status
decode_market(pli_bytes bytes, plm_fault *fault) {
    pli_document document = {0};
    pli_market_book result = {0};
    plm_status status = pli_json_parse("f", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_market_decode(&document, &result, fault);
    }
    pli_document_finish(&document);
    pli_book_finish(&result);
    return status;
}

static plm_status
decode_portfolio(pli_bytes bytes, plm_fault *fault) {
    pli_document document = {0};
    pli_account_book result = {0};
    plm_status status = pli_json_parse("f", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_portfolio_decode(&document, &book, &result, fault);
    }
    pli_document_finish(&document);
    pli_account_finish(&result);
    return status;
}

static plm_status
decode_changes(pli_bytes bytes, plm_fault *fault) {
    pli_document document = {0};
    pli_change_list result = {0};
    plm_status status = pli_json_parse("f", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_changes_decode(&document, &book, &result, fault);
    }
    pli_document_finish(&document);
    pli_changes_finish(&result);
    return status;
}

static plm_status
decode_parameters(pli_bytes bytes, plm_fault *fault) {
    pli_document document = {0};
    pli_parameter_book result = {0};
    plm_status status = pli_yaml_parse("f", bytes, &document, fault);
    if (status == PLM_OK) {
        status = pli_parameters_decode(&document, &result, fault);
    }
    pli_document_finish(&document);
    pli_parameters_finish(&result);
    return status;
}

// The seed holds the chain, a line "--" and the order books.
static plm_status
decode_chain(pli_bytes bytes, plm_fault *fault) {
    size_t cut = (size_t)(strstr((const char *)bytes.data, "\n--\n") - (const char *)bytes.data);
    pli_named_bytes text = {.name = "f", .bytes = {.data = bytes.data, .size = cut}};
    pli_named_bytes books = {.name = "g",
                             .bytes = {.data = bytes.data + cut + 4, .size = bytes.size - cut - 4}};
    pli_chain_options options = {0};
    pli_chain_book result = {0};
    plm_status status = pli_chain_decode(text, NULL, &options, &result, fault);
    pli_chain_finish(&result);
    if (status == PLM_OK) {
        status = pli_chain_decode(text, &books, &options, &result, fault);
        pli_chain_finish(&result);
    }
    return status;
}

static plm_status
decode_candles(pli_bytes bytes, plm_fault *fault) {
    pli_pool pool = {0};
    pli_daily daily;
    plm_status status =
        pli_candles_decode("f", bytes, PLM_PRICE_DOMAIN_POSITIVE, &pool, &daily, fault);
    pli_pool_finish(&pool);
    return status;
}

static void
run(const char *seed, const malformed *cases, size_t count, decode_bytes *decode) {
    pli_bytes good = read_seed(seed);
    plm_fault fault = {0};
    if (decode(good, &fault) != PLM_OK) {
        fail_msg("%s: %s", seed, fault.text);
    }
    for (size_t i = 0; i < count; i += 1) {
        pli_bytes bad = replaced(good, &cases[i]);
        plm_fault seen = {0};
        plm_status status = decode(bad, &seen);
        if (status != cases[i].status || strstr(seen.text, cases[i].says) == NULL ||
            seen.status != status) {
            fail_msg("%s -> %s: %s, \"%s\"", cases[i].find, cases[i].replace,
                     plm_status_name(status), seen.text);
        }
        assert_null(strchr(seen.text, '\n'));
        assert_int_equal(decode(bad, NULL), status);
        pli_bytes_finish(&bad);
    }
    pli_bytes_finish(&good);
}

#define CORPUS "test/fuzz/corpus/"
#define COUNT(cases) (sizeof cases / sizeof cases[0])

static void
broken_markets_are_refused(void **state) {
    (void)state;
    run(CORPUS "market/full.json", markets, COUNT(markets), decode_market);
}

static void
broken_portfolios_are_refused(void **state) {
    (void)state;
    run(CORPUS "portfolio/full.json", portfolios, COUNT(portfolios), decode_portfolio);
}

static void
broken_changes_are_refused(void **state) {
    (void)state;
    run(CORPUS "portfolio/changes.json", changes, COUNT(changes), decode_changes);
}

static void
broken_parameters_are_refused(void **state) {
    (void)state;
    run(CORPUS "yaml/parameters.yaml", parameters, COUNT(parameters), decode_parameters);
}

static void
broken_chains_are_refused(void **state) {
    (void)state;
    run(CORPUS "chain/books.csv", chains, COUNT(chains), decode_chain);
}

static void
broken_candles_are_refused(void **state) {
    (void)state;
    run(CORPUS "candles/march.csv", candles, COUNT(candles), decode_candles);
}

static void
files_with_nothing_in_them_are_refused(void **state) {
    (void)state;
    pli_bytes header = {.data = (uint8_t[]){"ts,open,high,low,close\n"}, .size = 23};
    plm_fault fault = {0};
    assert_int_equal(decode_candles(header, &fault), PLM_HISTORY_SHORT);
    header.size = 0;
    assert_int_equal(decode_candles(header, &fault), PLM_IO_EMPTY);
    uint8_t blank[] = "\n\n\n";
    assert_int_equal(decode_candles((pli_bytes){.data = blank, .size = 3}, &fault), PLM_IO_EMPTY);
    static char wide[400] = "a";
    for (size_t i = 0; i < 64; i += 1) {
        strcat(wide, ",b");
    }
    pli_bytes many = {.data = (uint8_t *)wide, .size = strlen(wide)};
    assert_int_equal(decode_candles(many, &fault), PLM_LIMIT);
    pli_parameter_book result;
    assert_int_equal(pli_parameters_read("no/such.yaml", &result, &fault), PLM_IO_OPEN);
}

static int
open_book(void **state) {
    (void)state;
    return pli_market_read(CORPUS "market/full.json", &book, NULL) == PLM_OK ? 0 : -1;
}

static int
close_book(void **state) {
    (void)state;
    pli_book_finish(&book);
    return 0;
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_markets_are_refused),
        cmocka_unit_test(broken_portfolios_are_refused),
        cmocka_unit_test(broken_changes_are_refused),
        cmocka_unit_test(broken_parameters_are_refused),
        cmocka_unit_test(broken_chains_are_refused),
        cmocka_unit_test(broken_candles_are_refused),
        cmocka_unit_test(files_with_nothing_in_them_are_refused),
    };
    return cmocka_run_group_tests(tests, open_book, close_book);
}
