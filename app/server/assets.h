/* assets.h: the files of the dashboard, which are part of the program.                SPDX-License-Identifier: Apache-2.0 */
#ifndef PLI_SERVER_ASSETS_H
#define PLI_SERVER_ASSETS_H

#include <stddef.h>
#include <stdint.h>

#include "plimsoll/status.h"

/* pli_asset - one file: as it stands in web/, and packed. */
typedef struct pli_asset {
    const char *path; /* "/index.html" */
    const uint8_t *bytes;
    size_t size;
    uint8_t *packed; /* gzip */
    size_t packed_size;
    char tag[24]; /* quoted, of the bytes */
} pli_asset;

typedef struct pli_assets {
    uint32_t count;
    pli_asset *entries;
} pli_assets;

/* pli_assets_init - pack them all. PLM_OK, PLM_MEMORY. pli_assets_finish - give the memory back. */
PLM_MUST_USE plm_status pli_assets_init(pli_assets *assets);
void pli_assets_finish(pli_assets *assets);

/* pli_assets_find - the file of that path, or NULL; "/" is "/index.html". pli_asset_type - its media type. */
const pli_asset *pli_assets_find(const pli_assets *assets, const char *path);
const char *pli_asset_type(const pli_asset *asset);

#endif
