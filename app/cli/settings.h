/* settings.h: the options of a verb from a file.                                      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_SETTINGS_H
#define PLI_CLI_SETTINGS_H

#include "cli/verb.h"
#include "io/pool.h"

/*
 * pli_settings_read - fill in what the command line has left open from a file of lines "name = value".
 *
 * Names are those of the verb's own options, but for `except`; an option without a value takes `yes` or `no`. Text behind # at the front
 * or after a space is a comment. The command line wins. Texts live in the pool.
 *
 * Returns    PLI_EXIT_OK; PLI_EXIT_USAGE after file, line and what is allowed; PLI_EXIT_IO.
 */
pli_exit pli_settings_read(const char *path, const char *except, pli_pool *pool,
                           pli_invocation *invocation);

#endif
