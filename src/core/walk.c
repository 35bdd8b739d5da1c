/* walk.c: limits, signers, records and queue of a state as bytes.                      SPDX-License-Identifier: Apache-2.0 */
#include "core/walk.h"

#include "base/libc.h"
#include "core/clients.h"
#include "core/records.h"

static void
walk_limits(pli_codec *codec, const plm_core_limits *limits) {
    uint32_t fields[PLI_LIMITS_COUNT];
    memcpy(fields, limits, sizeof fields);
    for (size_t i = 0; i < PLI_LIMITS_COUNT; i += 1) {
        pli_codec_same(codec, fields[i]);
    }
}

static void
walk_client(pli_codec *codec, pli_client *client) {
    pli_codec_bytes(codec, client->id, sizeof client->id);
    pli_codec_bytes(codec, client->hash, sizeof client->hash);
    pli_codec_i64(codec, &client->deadline_ns);
    pli_codec_u64(codec, &client->sequence);
}

// Only entries that are not past their deadline belong to the state.
static void
walk_clients(pli_codec *codec, plm_core *core, uint32_t signer) {
    pli_signer *of = &core->signers[signer];
    pli_client *entries = core->clients + (size_t)signer * core->limits.client_id_count;
    uint32_t count = 0;
    for (uint32_t i = 0; !codec->is_reading && i < of->client_count; i += 1) {
        count += entries[i].deadline_ns >= core->time_ns ? 1 : 0;
    }
    pli_codec_count(codec, &count, core->limits.client_id_count);
    uint32_t held = codec->is_reading ? count : of->client_count;
    for (uint32_t i = 0; i < held && !codec->has_failed; i += 1) {
        if (codec->is_reading || entries[i].deadline_ns >= core->time_ns) {
            walk_client(codec, &entries[i]);
        }
        if (codec->is_reading && entries[i].deadline_ns < core->time_ns) {
            pli_codec_fail(codec); // it would not have been written
        }
    }
    if (codec->is_reading && !codec->has_failed) {
        of->client_count = count;
        pli_clients_rebuild(core, signer);
    }
}

static void
walk_signers(pli_codec *codec, plm_core *core) {
    pli_codec_count(codec, &core->signer_count, core->limits.signer_count);
    for (uint32_t i = 0; i < core->signer_count && !codec->has_failed; i += 1) {
        pli_codec_u32(codec, &core->signers[i].scopes);
        pli_codec_bytes(codec, core->signers[i].public_key, sizeof core->signers[i].public_key);
        walk_clients(codec, core, i);
    }
}

static void
walk_values(pli_codec *codec, const plm_descriptor *descriptor, int64_t *values) {
    for (uint32_t i = 0; i < descriptor->field_count; i += 1) {
        pli_codec_i64(codec, &values[i]);
    }
}

static void
walk_records(pli_codec *codec, plm_core *core) {
    pli_codec_same(codec, core->record_count);
    for (uint32_t place = 0; place < core->record_count && !codec->has_failed; place += 1) {
        const plm_descriptor *descriptor = pli_place_descriptor(&core->limits, place);
        pli_record *record = &core->records[place];
        pli_codec_same(codec, descriptor->version);
        pli_codec_same(codec, descriptor->field_count);
        pli_codec_u32(codec, &record->version);
        pli_codec_u32(codec, &record->accepted);
        pli_codec_i64(codec, &record->expires_ns);
        walk_values(codec, descriptor, record->permanent);
        walk_values(codec, descriptor, record->values);
    }
    pli_codec_count(codec, &core->pending_count, PLI_PENDING_MAX);
    for (uint32_t i = 0; i < core->pending_count && !codec->has_failed; i += 1) {
        pli_pending *pending = &core->pending[i];
        pli_codec_count(codec, &pending->place, core->record_count - 1);
        pli_codec_u32(codec, &pending->version);
        pli_codec_u64(codec, &pending->earliest_sequence);
        pli_codec_i64(codec, &pending->expires_ns);
        walk_values(codec, pli_place_descriptor(&core->limits, pending->place), pending->values);
    }
    uint32_t model = core->model_index;
    pli_codec_count(codec, &model, core->record_count - pli_place_model(&core->limits, 0) - 1);
    core->model_index = model;
    core->model = plm_model_at(model);
}

static void
walk_jobs(pli_codec *codec, plm_core *core) {
    pli_codec_count(codec, &core->job_count, PLI_JOBS_RING);
    if (codec->is_reading) {
        core->job_first = 0;
    }
    for (uint32_t i = 0; i < core->job_count && !codec->has_failed; i += 1) {
        pli_job *job = &core->jobs[(core->job_first + i) % PLI_JOBS_RING];
        job->kind = (pli_job_kind)pli_codec_choice(codec, (uint32_t)job->kind, PLI_JOB_SETTLE,
                                                   PLI_JOB_BACKSTOP);
        pli_codec_u32(codec, &job->index);
        pli_codec_u32(codec, &job->cursor);
        pli_codec_u32(codec, &job->bankrupt);
        pli_codec_u32(codec, &job->pass);
        pli_codec_i128(codec, &job->lots);
        pli_codec_i128(codec, &job->weight_all);
        pli_codec_i128(codec, &job->weight);
        pli_codec_i128(codec, &job->granted);
        pli_codec_i128(codec, &job->left);
    }
}

static void
walk_search(pli_codec *codec, pli_adl_job *search) {
    search->policy =
        (pli_adl_policy)pli_codec_choice(codec, (uint32_t)search->policy, 0, PLI_ADL_LEAST_HARM);
    search->phase =
        (pli_adl_phase)pli_codec_choice(codec, (uint32_t)search->phase, 0, PLI_ADL_FILL);
    pli_codec_i128(codec, &search->lots);
    pli_codec_i128(codec, &search->loss);
    pli_codec_u64(codec, &search->low);
    pli_codec_u64(codec, &search->span);
    pli_codec_i128(codec, &search->below);
    for (uint32_t i = 0; i < PLI_ADL_BUCKETS; i += 1) {
        pli_codec_i128(codec, &search->sums[i]);
    }
    pli_codec_i128(codec, &search->at);
    pli_codec_i128(codec, &search->weight);
    pli_codec_i128(codec, &search->granted);
    pli_codec_i128(codec, &search->offered);
}

static void
walk_standings(pli_codec *codec, plm_core *core) {
    for (uint32_t i = 0; i < core->ledger.account_count && !codec->has_failed; i += 1) {
        plm_standing *standing = &core->standings[i];
        standing->stage = (plm_stage)pli_codec_choice(codec, (uint32_t)standing->stage,
                                                      PLM_STAGE_HEALTHY, PLM_STAGE_DEFICIT);
        pli_codec_i64(codec, &standing->call_micros);
        pli_codec_i64(codec, &standing->call_deadline_ns);
        pli_codec_u32(codec, &standing->slice_count);
        pli_codec_i64(codec, &standing->slice_due_ns);
        pli_codec_u32(codec, &standing->idle_count);
        pli_codec_u32(codec, &standing->round_count);
        pli_codec_u32(codec, &standing->rounds_left);
        pli_codec_i64(codec, &standing->auction_clock_ns);
        pli_codec_i64(codec, &standing->auction_seen_ns);
        pli_codec_i64(codec, &standing->auction_paid_micros);
    }
    for (uint32_t u = 0; u < core->ledger.underlying_count && !codec->has_failed; u += 1) {
        pli_codec_u8(codec, &core->scans[u]);
        pli_codec_u32(codec, &core->initial_from[u]);
    }
}

void
pli_walk_state(pli_codec *codec, plm_core *core) {
    uint8_t magic[sizeof PLI_STATE_MAGIC - 1];
    memcpy(magic, PLI_STATE_MAGIC, sizeof magic);
    pli_codec_bytes(codec, magic, sizeof magic);
    pli_codec_same(codec, PLI_STATE_VERSION);
    walk_limits(codec, &core->limits);
    pli_codec_u64(codec, &core->sequence);
    pli_codec_i64(codec, &core->time_ns);
    pli_codec_u64(codec, &core->accepted_count);
    pli_codec_u64(codec, &core->refused_count);
    pli_codec_u64(codec, &core->repeated_count);
    pli_walk_ledger(codec, &core->ledger);
    walk_signers(codec, core);
    walk_records(codec, core);
    pli_walk_market(codec, core);
    pli_walk_arrays(codec, core);
    walk_jobs(codec, core);
    walk_search(codec, &core->search);
    walk_standings(codec, core);
}
