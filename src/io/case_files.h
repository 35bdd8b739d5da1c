/* case_files.h: the files that published cases name, put beside their inputs.        SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_CASE_FILES_H
#define PLI_IO_CASE_FILES_H

#include "io/document.h"

#define PLI_CASE_FILE_SIZE_MAX ((size_t)4 << 20)

/*
 * pli_case_files_attach - give every case whose inputs hold a text `file` one more input, `file_text`: its content.
 *
 * The name is a plain one, of a file in the folder of `path` (the case file itself). A file is read once, however many
 * cases name it. A document that is no case file is left as it is.
 *
 * Lifetime   The texts are copies in the document's pool.
 * Returns    PLM_OK; PLM_VALUE_INVALID for a name with a slash or beginning with a point; PLM_IO_* for the file;
 *            PLM_MEMORY.
 */
PLM_MUST_USE plm_status pli_case_files_attach(const char *path, pli_document *document,
                                              plm_fault *fault);

#endif
