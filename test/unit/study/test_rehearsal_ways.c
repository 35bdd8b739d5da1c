/* test_rehearsal_ways.c: small scenarios, one for each way in which venues went wrong.   SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/incident_json.h"
#include "io/json.h"
#include "study/rehearsal.h"

/* A file of these parts, with single quotes for double ones. */
typedef struct parts {
    const char *assets, *instruments, *oracle, *accounts, *liquidity, *events;
} parts;

static char text[16384];
static pli_incident_book book;
static void *memory;
static pli_rehearsal *played;

static void
open_parts(const parts *of) {
    static const char form[] =
        "{'schema':'plimsoll-incident/1','id':'x','controls':{'primary':'C-ORA-STALE',"
        "'secondary':[]},'scenario':{'clock':{'t0_utc':'2020-01-01T00:00:00Z'},'assets':[%s],"
        "'instruments':[%s],'oracle':{%s},'accounts':[%s],'funds':{'insurance':{'USD':'0'}},"
        "'liquidity':[%s],'params_naive':{'lt':'0.80'},'events':[%s]},'expected':{"
        "'naive':[{'metric':'bad_debt_total','op':'>=','value':'0'}],"
        "'hardened':[{'metric':'bad_debt_total','op':'==','value':'0'}]}}";
    int size = snprintf(text, sizeof text, form, of->assets, of->instruments, of->oracle,
                        of->accounts, of->liquidity, of->events);
    assert_true(size > 0 && (size_t)size < sizeof text);
    for (int i = 0; i < size; i += 1) {
        text[i] = text[i] == '\'' ? '"' : text[i];
    }
    pli_document document = {0};
    plm_fault fault = {0};
    const pli_bytes bytes = {.data = (uint8_t *)text, .size = (size_t)size};
    assert_int_equal(pli_json_parse("x.json", bytes, &document, &fault), PLM_OK);
    if (pli_incident_decode(&document, &book, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
}

static void
play(const parts *of, bool is_naive) {
    plm_fault fault = {0};
    open_parts(of);
    size_t size = pli_rehearsal_size(&book.incident);
    memory = malloc(size);
    assert_non_null(memory);
    const pli_rehearsal_options options = {.is_naive = is_naive};
    if (pli_rehearsal_run(&book.incident, &options, memory, size, &played, &fault) != PLM_OK) {
        fail_msg("%s", fault.text);
    }
}

static void
finish(void) {
    free(memory);
    memory = NULL;
    pli_incident_finish(&book);
}

static void
says(const char *metric, const char *operation, const char *value) {
    const pli_incident_assertion assertion = {
        .tolerance = "", .metric = metric, .operation = operation, .value = value};
    pli_rehearsal_verdict verdict = pli_rehearsal_judge(played, &assertion);
    if (!verdict.is_met) {
        fail_msg("%s %s %s, seen %s", metric, operation, value, verdict.seen);
    }
}

#define USD "{'id':'USD','kind':'cash','scale':6}"
#define PERP "{'id':'P','kind':'perp','base':'B','quote':'USD'}"
#define LONG_AND_SHORT                                                                             \
    "{'id':'long','balances':{'USD':'1000'},'positions':[{'instrument':'P','qty':'1','entry':"     \
    "'100'}]},{'id':'short','balances':{'USD':'1000'},'positions':[{'instrument':'P','qty':'-1',"  \
    "'entry':'100'}]}"

/* Sources that fall silent for an hour, one or three of them, and speak again. */
static void
falls_silent(const char *oracle) {
    const parts silence = {
        USD,
        PERP,
        oracle,
        LONG_AND_SHORT,
        "",
        "{'seq':1,'t_ms':0,'type':'oracle','symbol':'B','source':'*','price':'100'},"
        "{'seq':2,'t_ms':60000,'type':'feed_state','symbol':'B','source':'*','state':'down'},"
        "{'seq':3,'t_ms':3660000,'type':'feed_state','symbol':'B','source':'*','state':'up'},"
        "{'seq':4,'t_ms':3660000,'type':'oracle','symbol':'B','source':'*','price':'101'},"
        "{'seq':5,'t_ms':7200000,'type':'end'}"};
    play(&silence, false);
    says("price_status(B)@50000", "==", "VALID");
    says("price_status(B)@3000000", "in", "STALE|INVALID");
    says("price_status(B)@7200000", "==", "VALID");
    says("conservation_error", "==", "0");
    finish();
}

static void
a_price_grows_old_while_nobody_speaks(void **state) {
    (void)state;
    falls_silent("'B':{'sources':['a'],'naive_aggregator':'last'}");
    falls_silent("'B':{'sources':['a','b','c'],'naive_aggregator':'median'}");
}

static const parts a_busted_trade = {
    USD,
    PERP,
    "'B':{'sources':['a'],'naive_aggregator':'last'}",
    LONG_AND_SHORT,
    "",
    "{'seq':1,'t_ms':0,'type':'oracle','symbol':'B','source':'*','price':'100'},"
    "{'seq':2,'t_ms':10000,'type':'trade','buyer':'long','seller':'short','instrument':'P',"
    "'qty':'1','price':'100'},"
    "{'seq':3,'t_ms':20000,'type':'trade','buyer':'long','seller':'short','instrument':'P',"
    "'qty':'1','price':'100'},"
    "{'seq':4,'t_ms':30000,'type':'bust_request','from_t_ms':15000,'to_t_ms':25000},"
    "{'seq':5,'t_ms':40000,'type':'oracle','symbol':'B','source':'*','price':'110'},"
    "{'seq':6,'t_ms':50000,'type':'end'}"};

/* Of three contracts bought two are left, so that ten up are worth twenty; three, to who takes nothing back. */
static void
booked_trades_are_taken_back_on_the_naive_books_alone(void **state) {
    (void)state;
    play(&a_busted_trade, true);
    says("history_rewritten", "==", "true");
    says("rejected(bust_request)", "==", "false");
    says("pnl(long)", "==", "20");
    says("pnl(short)", "==", "-20");
    finish();
    play(&a_busted_trade, false);
    says("history_rewritten", "==", "false");
    says("rejected(bust_request)", "==", "true");
    says("pnl(long)", "==", "30");
    says("pnl(short)", "==", "-30");
    finish();
}

/*
 * 1,000 XVS at 100 stand for 1 BTC at 70,000; XVS falls to 50, and the book takes 10 at 10. At 80 % the loan is due; the
 * seizure sells what the book takes and no more: 100 USD, so nearly 20,000 are lost. Without a book: 50,000 worth of XVS
 * pay 50,000 of the loan, which leaves 20,000.
 */
static void
collateral_in_one_coin_for_another_is_sold_on_its_book(void **state) {
    (void)state;
    parts loan = {USD ",{'id':'XVS','kind':'spot','scale':8},{'id':'BTC','kind':'spot','scale':8}",
                  "",
                  "'XVS':{'sources':['a','b','c'],'naive_aggregator':'median'},'BTC':{'sources':"
                  "['a','b','c'],'naive_aggregator':'median'}",
                  "{'id':'pump','balances':{'XVS':'1000'}},{'id':'pool','balances':{'BTC':'5'}}",
                  "{'instrument':'XVS/USD','from_t_ms':0,'bids':[['10','10']],'asks':[]}",
                  "{'seq':1,'t_ms':0,'type':'oracle','symbol':'XVS','source':'*','price':'100'},"
                  "{'seq':2,'t_ms':0,'type':'oracle','symbol':'BTC','source':'*','price':'70000'},"
                  "{'seq':3,'t_ms':10000,'type':'borrow','account':'pump','asset':'BTC',"
                  "'amount':'1','to':'external'},"
                  "{'seq':4,'t_ms':20000,'type':'oracle','symbol':'XVS','source':'*','price':'50'},"
                  "{'seq':5,'t_ms':60000,'type':'end'}"};
    play(&loan, true);
    says("bad_debt_total", ">=", "19900");
    says("bad_debt_total", "<=", "20500");
    says("account_liquidated(pump)", "==", "true");
    finish();
    loan.liquidity = "";
    play(&loan, true);
    says("bad_debt_total", ">=", "20000"); // the share of collateral is in ppm
    says("bad_debt_total", "<=", "20000.07");
    finish();
}

int
main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_grows_old_while_nobody_speaks),
        cmocka_unit_test(booked_trades_are_taken_back_on_the_naive_books_alone),
        cmocka_unit_test(collateral_in_one_coin_for_another_is_sold_on_its_book),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
