/* fuzz_yaml.c: any bytes give a sound tree or one refusal.                             SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>
#include <stdint.h>

#include "fuzz/document_check.h"
#include "io/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    document_check(pli_yaml_parse, data, size);
    return 0;
}
