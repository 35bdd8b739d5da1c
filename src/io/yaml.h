/* yaml.h: YAML text to a tree.                                                        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_YAML_H
#define PLI_IO_YAML_H

#include "io/document.h"
#include "os/file.h"

#define PLI_YAML_SIZE_MAX ((size_t)4 << 20) /* parameters are written by people */

/*
 * pli_yaml_parse - decode one YAML document into the same tree that JSON gives.
 *
 * A plain scalar is null (`null`, `~`, empty), `true`, `false`, a number in the form of JSON, or else a text; a quoted or
 * block scalar is always a text. Words like `yes` and numbers like `0x10`, `1_000` or `25%` are texts.
 * Refused: a second document, anchors, aliases, tags, directives, keys that are no scalar, and what pli_json_parse refuses.
 *
 * Lifetime, Returns   As pli_json_parse.
 */
PLM_MUST_USE plm_status pli_yaml_parse(const char *name, pli_bytes bytes, pli_document *document,
                                       plm_fault *fault);

/* pli_yaml_read - pli_input_read with the limit PLI_YAML_SIZE_MAX, then pli_yaml_parse. */
PLM_MUST_USE plm_status pli_yaml_read(const char *path, pli_document *document, plm_fault *fault);

#endif
