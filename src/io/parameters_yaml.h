/* parameters_yaml.h: governed parameters and price histories from one YAML file.      SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_IO_PARAMETERS_YAML_H
#define PLI_IO_PARAMETERS_YAML_H

#include "io/book.h"
#include "io/document.h"
#include "plimsoll/living.h"
#include "plimsoll/margin.h"
#include "plimsoll/procyclicality.h"
#include "plimsoll/scenario.h"

/* pli_history_source - a candle file named in a parameter file. */
typedef struct pli_history_source {
    const char *underlying;
    const char *path; /* ready to be opened */
} pli_history_source;

#define PLI_MODEL_COUNT_MAX 32u  /* models of the catalogue */
#define PLI_MODEL_FIELDS_MAX 96u /* fields of a venue model's record */

/*
 * pli_parameter_book - owner of all governed records, defaults where the file says nothing.
 *
 * Invariants [PARAM-1] every record passes plm_record_check.
 */
typedef struct pli_parameter_book {
    uint32_t version;
    plm_portfolio_parameters portfolio;
    plm_tiered_parameters tiered;
    plm_tiered_parameters dynamic;
    plm_set_parameters scenario_initial;
    plm_set_parameters scenario_maintenance;
    plm_procyclicality_parameters procyclicality;
    plm_living_parameters living;
    int64_t models[PLI_MODEL_COUNT_MAX]
                  [PLI_MODEL_FIELDS_MAX]; /* records of venue models, by index in the catalogue */
    plm_shock_parameters classes[PLI_CLASS_COUNT_MAX];
    uint32_t history_count;
    const pli_history_source *histories;
    pli_pool pool;
} pli_parameter_book;

/* pli_parameters_init - shipped defaults, version 1, no history. */
void pli_parameters_init(pli_parameter_book *parameters);

/* pli_parameters_finish - free the book; a zeroed one may be finished. */
void pli_parameters_finish(pli_parameter_book *parameters);

/*
 * pli_parameters_read - read a parameter file as docs/formats.md describes.
 * pli_parameters_decode - the same from a decoded document; `name` of the document decides where relative paths start.
 *
 * Lifetime   pli_parameters_finish frees *parameters.
 * Returns    PLM_OK; PLM_KEY_UNKNOWN (a record), PLM_PARAMETER_UNKNOWN (a field), PLM_PARAMETER_INVALID,
 *            PLM_TEXT_MALFORMED, PLM_TEXT_PRECISION, PLM_OVERFLOW, PLM_VALUE_INVALID, with "file:line: record ..." in
 *            *fault; the statuses of pli_yaml_read. On these *parameters is left alone.
 */
PLM_MUST_USE plm_status pli_parameters_read(const char *path, pli_parameter_book *parameters,
                                            plm_fault *fault);
PLM_MUST_USE plm_status pli_parameters_decode(const pli_document *document,
                                              pli_parameter_book *parameters, plm_fault *fault);

/*
 * pli_parameters_record - the record that belongs to a model's descriptor, or NULL for a model that has none here.
 */
const void *pli_parameters_record(const pli_parameter_book *parameters,
                                  const plm_descriptor *descriptor);

/*
 * pli_history_set - owner of daily histories, ready for a plm_scenario_request.
 */
typedef struct pli_history_set {
    uint32_t count;
    const plm_history *histories;
    pli_pool pool;
} pli_history_set;

/* pli_histories_finish - free the set; a zeroed one may be finished. */
void pli_histories_finish(pli_history_set *set);

/*
 * pli_histories_read - read the candle files of all underlyings that `book` lists; others are left unread.
 *
 * Bars of days after the market's time are a look into the future and are refused; the market's own day is left out,
 * because it is not complete.
 *
 * Lifetime   pli_histories_finish frees *set; neither book is kept.
 * Returns    PLM_OK; PLM_VALUE_INVALID for a day after the market's; the statuses of pli_candles_read.
 */
PLM_MUST_USE plm_status pli_histories_read(const pli_parameter_book *parameters,
                                           const pli_market_book *book, pli_history_set *set,
                                           plm_fault *fault);

#endif
