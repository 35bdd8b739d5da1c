/* desk.h: keys of clients who share a secret with the venue: whose account each one acts for, and what it may do.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_DESK_H
#define PLI_SERVER_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plimsoll/core.h"
#include "plimsoll/status.h"

/*
 * A key is a name, a secret, the signer whose events it causes, and the one account that it acts for. What the books let
 * that signer do they decide themselves, as for any event.
 */
#define PLI_DESK_MAX 64u
#define PLI_DESK_NAME_MAX 64u
#define PLI_DESK_SECRET_MAX 128u

typedef struct pli_desk {
    char id[PLI_DESK_NAME_MAX];
    char secret[PLI_DESK_SECRET_MAX];
    uint32_t signer, account;
    bool may_trade;
} pli_desk;

/* pli_desk_spent - signatures that have opened something, for as long as they would be good. */
#define PLI_DESK_SPENT_MAX 64u
typedef struct pli_desk_spent {
    char start[17]; /* of the signature; "": free */
    int64_t end_ms;
} pli_desk_spent;

typedef struct pli_desks {
    uint32_t count;
    pli_desk entries[PLI_DESK_MAX];
    pli_desk_spent spent[PLI_DESK_MAX][PLI_DESK_SPENT_MAX];
    uint8_t token_key[32]; /* of this run: tokens of an earlier one are worth nothing */
} pli_desks;

/* How far a client's clock may be off, and so for how long a signed request is good. */
#define PLI_DESK_WINDOW_MS 60000
#define PLI_DESK_TOKEN_MS 900000

/*
 * pli_desks_read - from a file of lines, one key each:  ID SECRET SIGNER ACCOUNT read|trade
 *
 * Empty lines and those that begin with # do not count. The fault names line and word, never a secret.
 *
 * Returns    PLM_OK; PLM_VALUE_INVALID; the statuses of pli_file_read.
 */
PLM_MUST_USE plm_status pli_desks_read(const char *path, pli_desks *desks, plm_fault *fault);

/* pli_desks_add - one more key; false: there is no room, or the id is taken. */
bool pli_desks_add(pli_desks *desks, const pli_desk *desk);

/* pli_proof - what a client says of itself and of the message that it has signed. */
typedef struct pli_proof {
    const char *id;
    int64_t time_ms;
    const char *nonce;
    const char *signature; /* hexadecimal */
} pli_proof;

/*
 * pli_desks_check - whose key has signed "time\nnonce\n" and `message`? NULL: nobody's, or not within the window of now.
 *
 * Takes as long whether the key is known or not.
 */
const pli_desk *pli_desks_check(const pli_desks *desks, const pli_proof *proof, const char *message,
                                int64_t now_ms);

/*
 * pli_desks_spend - a signature that has been checked is used up. False: it was before, or this key has used so many within
 * the window that no more can be kept in mind.
 */
bool pli_desks_spend(pli_desks *desks, const pli_desk *desk, const pli_proof *proof,
                     int64_t now_ms);

/* pli_desks_find - by id and secret; NULL: no such pair. */
const pli_desk *pli_desks_find(const pli_desks *desks, const char *id, const char *secret);

/*
 * pli_desk_token - a text that stands for the key until `end_ms`. pli_desks_open - whose token is it? NULL: nobody's, or
 * its time is over.
 */
#define PLI_DESK_TOKEN_SIZE 160u
void pli_desk_token(const pli_desks *desks, const pli_desk *desk, int64_t end_ms,
                    char token[PLI_DESK_TOKEN_SIZE]);
const pli_desk *pli_desks_open(const pli_desks *desks, const char *token, int64_t now_ms);

#endif
