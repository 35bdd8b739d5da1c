/* http_text.h: the text in front of an answer.                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_NET_HTTP_TEXT_H
#define PLI_NET_HTTP_TEXT_H

#include "net/http.h"

#define PLI_HTTP_TEXT_MAX 1536u

/*
 * pli_http_text - status line, fields and the empty line of an answer at that time of the calendar; its size, 0: it does not fit.
 * pli_http_upgrade_text - the same of the answer after which the connection is a WebSocket (RFC 6455 section 4.2.2).
 */
size_t pli_http_text(const pli_http_answer *answer, bool is_last, int64_t now_ns,
                     char text[PLI_HTTP_TEXT_MAX]);
size_t pli_http_upgrade_text(const char *accepted, char text[PLI_HTTP_TEXT_MAX]);

#endif
