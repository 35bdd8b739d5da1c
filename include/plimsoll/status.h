/* status.h: what a call answers, and the text that goes with it.                     SPDX-License-Identifier: Apache-2.0 */
#ifndef PLIMSOLL_STATUS_H
#define PLIMSOLL_STATUS_H

#include <stddef.h>

/* A result that must be looked at. Empty for compilers that do not know the attribute. */
#if defined(__GNUC__) || defined(__clang__)
#define PLM_MUST_USE __attribute__((warn_unused_result))
#else
#define PLM_MUST_USE
#endif

/*
 * PLM_STATUS_LIST - every status, once: name, permanent number, text.
 *
 * Numbers go by layer and are never reused: 1..99 any layer, 100..199 num and model, 200..299 market, price and
 * scenario, 300..399 margin and explain, 400..499 venue, 500..599 io, 600..699 store,
 * 700..799 core.
 */
#define PLM_STATUS_LIST(X)                                                                         \
    X(PLM_OK, 0, "ok")                                                                             \
    X(PLM_OVERFLOW, 1, "an exact result does not fit its type")                                    \
    X(PLM_LIMIT, 2, "a table is full or a bound of plm_limits is exceeded")                        \
    X(PLM_WORKSPACE_SMALL, 3, "the workspace is smaller than the size function asks for")          \
    X(PLM_TEXT_MALFORMED, 100, "the text is not a number of the expected form")                    \
    X(PLM_TEXT_PRECISION, 101, "the number has more decimals than its unit can hold")              \
    X(PLM_NOT_FINITE, 102, "a value is not a finite number")                                       \
    X(PLM_DOMAIN, 103, "a value is outside the domain of the function")                            \
    X(PLM_INSTRUMENT_INVALID, 110, "an instrument is not well formed")                             \
    X(PLM_PARAMETER_INVALID, 111, "a parameter is outside its bounds")                             \
    X(PLM_PARAMETER_UNKNOWN, 112, "no parameter has that path")                                    \
    X(PLM_PORTFOLIO_INVALID, 113, "a position, order or balance is not well formed")               \
    X(PLM_INDEX_UNKNOWN, 114, "an index points at nothing")                                        \
    X(PLM_EVENT_TRUNCATED, 115, "the bytes are not a whole event")                                 \
    X(PLM_EVENT_UNKNOWN, 116, "a type or version of event that this build does not know")          \
    X(PLM_EVENT_MALFORMED, 117, "an event is not well formed")                                     \
    X(PLM_MARK_MISSING, 200, "an instrument has no mark and no surface to take one from")          \
    X(PLM_PRICE_MISSING, 201, "an underlying or asset has no price")                               \
    X(PLM_SURFACE_MISSING, 202, "an expiry has no implied-volatility surface")                     \
    X(PLM_SURFACE_ARBITRAGE, 203, "a surface admits arbitrage")                                    \
    X(PLM_FIT_FAILED, 204, "a fit did not reach an acceptable result")                             \
    X(PLM_VOLATILITY_NONE, 205, "no implied volatility gives this price")                          \
    X(PLM_HISTORY_SHORT, 206, "there is not enough history")                                       \
    X(PLM_ARRAY_RANGE, 207, "a risk-array entry does not fit its integer")                         \
    X(PLM_EXPIRED, 208, "an instrument has expired")                                               \
    X(PLM_QUOTE_CROSSED, 209, "a bid is above its ask")                                            \
    X(PLM_ARRAYS_MISSING, 300, "the model needs risk arrays that were not given")                  \
    X(PLM_MODEL_UNSUPPORTED, 302, "the model does not define a result for this portfolio")         \
    X(PLM_CURE_NONE, 303, "no trade within the search restores the requirement")                   \
    X(PLM_IO_OPEN, 500, "a file cannot be opened")                                                 \
    X(PLM_IO_READ, 501, "a file cannot be read")                                                   \
    X(PLM_IO_WRITE, 502, "a file cannot be written")                                               \
    X(PLM_IO_TOO_LARGE, 503, "a file is larger than the limit")                                    \
    X(PLM_IO_EMPTY, 504, "a file is empty")                                                        \
    X(PLM_SYNTAX, 505, "the text is not well formed")                                              \
    X(PLM_KEY_UNKNOWN, 506, "a key is not known here")                                             \
    X(PLM_KEY_DUPLICATE, 507, "a key appears twice")                                               \
    X(PLM_KEY_MISSING, 508, "a required key is absent")                                            \
    X(PLM_VALUE_INVALID, 509, "a value is not allowed here")                                       \
    X(PLM_MEMORY, 510, "memory could not be reserved")                                             \
    X(PLM_LOG_NONE, 600, "the directory holds no log")                                             \
    X(PLM_LOG_TRUNCATED, 601, "an acknowledged part of the log is missing")                        \
    X(PLM_LOG_DAMAGED, 602, "the log or a snapshot does not fit its checksums")                    \
    X(PLM_LOG_VERSION, 603, "written by a newer program")                                          \
    X(PLM_LOG_LOCKED, 604, "another process uses the data directory")                              \
    X(PLM_LOG_FAILED, 605, "a write or sync failed; the log is closed for writing")                \
    X(PLM_LOG_FULL, 606, "no space is left on the disk")                                           \
    X(PLM_SNAPSHOT_NONE, 607, "no snapshot can be used")                                           \
    X(PLM_SEQUENCE_GAP, 700, "an event does not carry the next sequence number")                   \
    X(PLM_STATE_MALFORMED, 701, "the bytes of a state are damaged or contradict themselves")       \
    X(PLM_STATE_LIMITS, 702, "a state was made under other limits")                                \
    X(PLM_STATE_VERSION, 703, "a state was written by a newer build")                              \
    X(PLM_STATE_DIVERGED, 704, "a replay does not give what was recorded")

typedef enum plm_status {
#define PLM_STATUS_ENUM(name, number, text) name = number,
    PLM_STATUS_LIST(PLM_STATUS_ENUM)
#undef PLM_STATUS_ENUM
} plm_status;

/*
 * plm_fault - the detail of a status, owned by the caller.
 *
 * `text` is one line that names what was seen and what is allowed, always terminated. A function that takes a
 * `plm_fault *` accepts NULL and writes the fault only when it returns another status than PLM_OK.
 */
#define PLM_FAULT_TEXT_SIZE 512

typedef struct plm_fault {
    plm_status status;
    char text[PLM_FAULT_TEXT_SIZE];
} plm_fault;

/*
 * plm_status_name - the enum constant's own name, such as "PLM_MARK_MISSING".
 * plm_status_text - one line of plain English without a full stop.
 *
 * Returns    A static string; "PLM_UNKNOWN" / "unknown status" for a number that is no status.
 */
const char *plm_status_name(plm_status status);
const char *plm_status_text(plm_status status);

#endif
