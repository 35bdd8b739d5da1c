#!/bin/sh
# install.sh: bring what package.json names: a browser's driver and a client of Deribit.       SPDX-License-Identifier: Apache-2.0
#
# Calls nothing when both are found, here or by NODE_PATH. Exit 77: they are not, and cannot be had; the last line says why.
# PLIMSOLL_NO_INSTALL=1 leaves the machine alone.
set -eu
cd "$(dirname "$0")"

found() {
    node -e "require.resolve('ccxt'); require.resolve('playwright-core')" 2>/dev/null
}

if found; then
    exit 0
fi
if [ "${PLIMSOLL_NO_INSTALL:-0}" != 0 ]; then
    echo 'ccxt and playwright-core are not both here, and nothing may be installed'
    exit 77
fi
if ! command -v npm >/dev/null 2>&1; then
    echo 'ccxt and playwright-core are not both here, and npm is not'
    exit 77
fi
npm install --no-package-lock --no-audit --no-fund --loglevel=error || true
if ! found; then
    echo 'npm could not install ccxt and playwright-core'
    exit 77
fi
