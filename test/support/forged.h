/* forged.h: requests whose signature does not hold, drawn by kind, as tests of the door share them.  SPDX-License-Identifier: Apache-2.0 */
#ifndef TS_SUPPORT_FORGED_H
#define TS_SUPPORT_FORGED_H

#include <stdint.h>

/* What is wrong with a request; each kind is drawn equally often. */
#define TS_FORGED_KINDS(X)                                                                         \
    X(SIGNATURE_BIT, "one bit of the signature is another")                                        \
    X(BODY_BIT, "one bit of the body is another")                                                  \
    X(BODY_END, "a byte of the body is missing, or one more is there")                             \
    X(PATH, "signed for another path")                                                             \
    X(QUERY, "signed with another query, or none")                                                 \
    X(METHOD, "signed for the other method")                                                       \
    X(SIGNER, "signed by one, sent as another")                                                    \
    X(NO_SIGNER, "sent as a signer that is not there")                                             \
    X(NO_OPERATOR, "sent as the operator where there is none")                                     \
    X(KEY, "signed with a key nobody has registered")                                              \
    X(DEADLINE, "sent with another deadline than was signed")                                      \
    X(EXPIRED, "replayed once its deadline is past")                                               \
    X(FAR, "signed for longer than a signature may live")                                          \
    X(NETWORK, "signed for another venue")                                                         \
    X(DOMAIN_LINE, "signed under another first line")                                              \
    X(REPORT, "the key's signature of a price report in place of the request's")                   \
    X(SECOND_FORM, "the order of the group added to S: the second form of a valid signature")      \
    X(SMALL_ORDER, "R and S zero, or R of small order")                                            \
    X(OTHERS, "the signature of another valid request of the same key")                            \
    X(HEADER, "a valid header with one byte changed, added or taken away")

/* ts_forged_run - `count` requests, each refused; one in 16 is accepted before something is changed. Prints a line a kind. */
void ts_forged_run(uint64_t seed, uint64_t count);

#endif
