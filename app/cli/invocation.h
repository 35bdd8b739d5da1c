/* invocation.h: taking a command line apart.                                          SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_CLI_INVOCATION_H
#define PLI_CLI_INVOCATION_H

#include "cli/verb.h"

/*
 * pli_invocation_make - the options and operands of one verb; words[0] is the verb's own name.
 *
 * Words may be reordered (getopt_long); the invocation points into them.
 *
 * Returns    PLI_EXIT_OK, or PLI_EXIT_USAGE after one line on standard error. With --help operands are not counted.
 */
pli_exit pli_invocation_make(const pli_verb *verb, int count, char **words,
                             pli_invocation *invocation);

#endif
