/* desk.c: clients who share a secret with the venue, by HMAC-SHA-256 as the protocol of Deribit uses it.
 * SPDX-License-Identifier: Apache-2.0 */
#include "server/desk.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/hmac.h"
#include "io/document.h"
#include "os/file.h"

#define MESSAGE_MAX 8192u
#define HEX_SIZE ((size_t)2 * PLI_HMAC_SIZE)

bool
pli_desks_add(pli_desks *desks, const pli_desk *desk) {
    for (uint32_t i = 0; i < desks->count; i += 1) {
        if (strcmp(desks->entries[i].id, desk->id) == 0) {
            return false;
        }
    }
    if (desks->count == PLI_DESK_MAX) {
        return false;
    }
    desks->entries[desks->count++] = *desk;
    return true;
}

// --- The file --------------------------------------------------------------------------------------------------------

static plm_status
fail_line(const char *path, uint32_t line, const char *what, plm_fault *fault) {
    return pli_fault_at(fault, PLM_VALUE_INVALID, path, line, what, NULL);
}

// The next word of a line, of printable characters; its size is 0 where there is none.
static size_t
next_word(const char **at, const char *end, const char **word) {
    while (*at < end && (**at == ' ' || **at == '\t')) {
        *at += 1;
    }
    *word = *at;
    while (*at<end &&* * at> ' ' && **at <= '~') {
        *at += 1;
    }
    return (size_t)(*at - *word);
}

static bool
take_name(const char **at, const char *end, char *to, size_t room) {
    const char *word = NULL;
    size_t size = next_word(at, end, &word);
    if (size == 0 || size >= room) {
        return false;
    }
    memcpy(to, word, size);
    to[size] = '\0';
    return true;
}

static bool
take_index(const char **at, const char *end, uint32_t *value) {
    char digits[12];
    if (!take_name(at, end, digits, sizeof digits) || strspn(digits, "0123456789") == 0 ||
        digits[strspn(digits, "0123456789")] != '\0') {
        return false;
    }
    unsigned long long number = strtoull(digits, NULL, 10);
    *value = (uint32_t)number;
    return number < UINT32_MAX;
}

static plm_status
read_line(const char *path, uint32_t line, const char *at, const char *end, pli_desks *desks,
          plm_fault *fault) {
    pli_desk desk = {.id = ""};
    char scope[8] = "";
    const char *rest = NULL;
    if (!take_name(&at, end, desk.id, sizeof desk.id)) {
        return fail_line(path, line, "the id is missing or longer than 63 characters", fault);
    }
    if (strcspn(desk.id, ",.:=\"\\") != strlen(desk.id)) {
        return fail_line(path, line, "an id holds none of , . : = \" and \\", fault);
    }
    if (!take_name(&at, end, desk.secret, sizeof desk.secret) || strlen(desk.secret) < 16) {
        return fail_line(path, line, "a secret has 16 to 127 printable characters", fault);
    }
    if (!take_index(&at, end, &desk.signer) || !take_index(&at, end, &desk.account)) {
        return fail_line(path, line, "behind the secret stand a signer and an account, two numbers",
                         fault);
    }
    desk.may_trade = take_name(&at, end, scope, sizeof scope) && strcmp(scope, "trade") == 0;
    if ((!desk.may_trade && strcmp(scope, "read") != 0) || next_word(&at, end, &rest) > 0) {
        return fail_line(path, line, "the last word is read or trade", fault);
    }
    return pli_desks_add(desks, &desk)
               ? PLM_OK
               : fail_line(path, line, "the id is used already, or there are more than 64", fault);
}

plm_status
pli_desks_read(const char *path, pli_desks *desks, plm_fault *fault) {
    pli_bytes bytes = {.data = NULL};
    plm_status status = pli_file_read(path, 65536, &bytes, fault);
    const char *at = (const char *)bytes.data;
    const char *end = at + bytes.size;
    for (uint32_t line = 1; status == PLM_OK && at < end; line += 1) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop == NULL ? end : stop;
        const char *from = at;
        const char *word = NULL;
        bool is_empty = next_word(&from, stop, &word) == 0 || word[0] == '#';
        status = is_empty ? PLM_OK : read_line(path, line, at, stop, desks, fault);
        at = stop + (stop < end ? 1 : 0);
    }
    pli_bytes_finish(&bytes);
    return status;
}

// --- Signatures ------------------------------------------------------------------------------------------------------

static void
write_hex(const uint8_t code[PLI_HMAC_SIZE], char text[HEX_SIZE + 1]) {
    pli_text to = pli_text_init(text, HEX_SIZE + 1);
    pli_text_append_hex(&to, code, PLI_HMAC_SIZE);
}

static const pli_desk *
by_id(const pli_desks *desks, const char *id) {
    for (uint32_t i = 0; i < desks->count; i += 1) {
        if (strcmp(desks->entries[i].id, id) == 0) {
            return &desks->entries[i];
        }
    }
    return NULL;
}

const pli_desk *
pli_desks_check(const pli_desks *desks, const pli_proof *proof, const char *message,
                int64_t now_ms) {
    static const pli_desk nobody = {.secret = "a secret that signs nothing"};
    const pli_desk *desk = by_id(desks, proof->id);
    const char *secret = desk == NULL ? nobody.secret : desk->secret;
    char signed_text[MESSAGE_MAX];
    char wanted[HEX_SIZE + 1];
    uint8_t code[PLI_HMAC_SIZE];
    if (strlen(message) + strlen(proof->nonce) > sizeof signed_text - 64) {
        return NULL;
    }
    pli_text text = pli_text_init(signed_text, sizeof signed_text);
    pli_text_append_i64(&text, proof->time_ms);
    pli_text_append_char(&text, '\n');
    pli_text_append(&text, proof->nonce);
    pli_text_append_char(&text, '\n');
    pli_text_append(&text, message);
    pli_hmac_sha256(secret, strlen(secret), signed_text, text.length, code);
    write_hex(code, wanted);
    bool is_same = strlen(proof->signature) == HEX_SIZE &&
                   pli_secret_is_equal(wanted, proof->signature, HEX_SIZE);
    bool is_now = proof->time_ms >= now_ms - PLI_DESK_WINDOW_MS &&
                  proof->time_ms <= now_ms + PLI_DESK_WINDOW_MS && proof->nonce[0] != '\0';
    return is_same && is_now ? desk : NULL;
}

bool
pli_desks_spend(pli_desks *desks, const pli_desk *desk, const pli_proof *proof, int64_t now_ms) {
    pli_desk_spent *spent = desks->spent[desk - desks->entries];
    pli_desk_spent *room = NULL;
    size_t size = sizeof spent[0].start - 1;
    for (uint32_t i = 0; i < PLI_DESK_SPENT_MAX; i += 1) {
        bool is_living = spent[i].end_ms > now_ms;
        if (is_living && strncmp(spent[i].start, proof->signature, size) == 0) {
            return false;
        }
        room = is_living ? room : &spent[i];
    }
    if (room == NULL) {
        return false;
    }
    memcpy(room->start, proof->signature, size);
    room->end_ms = proof->time_ms + PLI_DESK_WINDOW_MS + 1;
    return true;
}

const pli_desk *
pli_desks_find(const pli_desks *desks, const char *id, const char *secret) {
    // Both through the same function, so that their sizes do not matter for how long it takes.
    uint8_t left[PLI_HMAC_SIZE], right[PLI_HMAC_SIZE];
    const pli_desk *desk = by_id(desks, id);
    const char *wanted = desk == NULL ? "" : desk->secret;
    pli_hmac_sha256(desks->token_key, sizeof desks->token_key, wanted, strlen(wanted), left);
    pli_hmac_sha256(desks->token_key, sizeof desks->token_key, secret, strlen(secret), right);
    return pli_secret_is_equal(left, right, sizeof left) ? desk : NULL;
}

// --- Tokens: id.end.code ---------------------------------------------------------------------------------------------

void
pli_desk_token(const pli_desks *desks, const pli_desk *desk, int64_t end_ms,
               char token[PLI_DESK_TOKEN_SIZE]) {
    uint8_t code[PLI_HMAC_SIZE];
    pli_text text = pli_text_init(token, PLI_DESK_TOKEN_SIZE);
    pli_text_append(&text, desk->id);
    pli_text_append_char(&text, '.');
    pli_text_append_i64(&text, end_ms);
    pli_hmac_sha256(desks->token_key, sizeof desks->token_key, token, text.length, code);
    pli_text_append_char(&text, '.');
    pli_text_append_hex(&text, code, sizeof code);
}

const pli_desk *
pli_desks_open(const pli_desks *desks, const char *token, int64_t now_ms) {
    char id[PLI_DESK_NAME_MAX];
    char wanted[PLI_DESK_TOKEN_SIZE];
    size_t size = strcspn(token, ".");
    if (strlen(token) >= sizeof wanted || size >= sizeof id || token[size] != '.') {
        return NULL;
    }
    memcpy(id, token, size);
    id[size] = '\0';
    const pli_desk *desk = by_id(desks, id);
    size_t digits = strspn(token + size + 1, "0123456789");
    if (desk == NULL || digits == 0 || digits > 18) {
        return NULL;
    }
    int64_t end_ms = (int64_t)strtoull(token + size + 1, NULL, 10);
    pli_desk_token(desks, desk, end_ms, wanted);
    bool is_same =
        strlen(wanted) == strlen(token) && pli_secret_is_equal(wanted, token, strlen(wanted));
    return is_same && end_ms > now_ms ? desk : NULL;
}
