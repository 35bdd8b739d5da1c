/* processor.h: which processor the program runs on, for what measures time.           SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_OS_PROCESSOR_H
#define PLI_OS_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* pli_processor_pin - keep this thread, and what it starts, on one processor; false where the system refuses. */
bool pli_processor_pin(uint32_t index);

/* pli_processor_name - what the system calls the processor, cut to `capacity`; "unknown" where it does not say. */
void pli_processor_name(char *name, size_t capacity);

/* pli_processor_count, pli_processor_load_percent - of those in use; processes that wanted to run, mean of a minute. */
uint32_t pli_processor_count(void);
uint32_t pli_processor_load_percent(void);

#endif
