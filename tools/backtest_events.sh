#!/bin/sh
# backtest_events.sh: one page of plots per crash, from the candles of the shared folder.     SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/backtest_events.sh [PLIMSOLL [FOLDER]]     defaults build/release/plimsoll and build/events
# The candles are those of $PLIMSOLL_SHARED (default ../shared); without them it says so and ends with 77.
set -eu
cd "$(dirname "$0")/.."
plimsoll=${1:-build/release/plimsoll}
folder=${2:-build/events}
data=${PLIMSOLL_SHARED:-../shared}/data
[ -d "$data" ] || {
    echo "backtest_events: $data is absent" >&2
    exit 77
}
mkdir -p "$folder"

# page NAME FROM TO OLDER CANDLES...
page() {
    name=$1
    from=$2
    to=$3
    older=$4
    shift 4
    echo "$name" >&2
    "$plimsoll" backtest "$@" --older "$older" --from "$from" --to "$to" --step 5m --portfolios long,short \
        --living --simulations 0 --report "$folder/$name.html" --format csv >"$folder/$name.csv"
}

page 2020-03-12 2020-03-08 2020-03-16 "$data/spot_1h/BTCUSDT.csv.gz" "$data/crash_2020_03/spot_5m_BTCUSDT.csv.gz"
page 2021-05-19 2021-05-14 2021-05-24 "$data/spot_1h/BTCUSDT.csv.gz,$data/spot_1h/ETHUSDT.csv.gz" \
    "$data/crash_2021_05/spot_1m_BTCUSDT.csv.gz" "$data/crash_2021_05/spot_1m_ETHUSDT.csv.gz"
page 2022-05-luna 2022-05-05 2022-05-12 "$data/spot_1h/BTCUSDT.csv.gz,-" \
    "$data/crash_2022_h1/spot_5m_BTCUSDT.csv.gz" "$data/spot_1h/LUNAUSDT.csv.gz"
page 2022-11-ftx 2022-11-04 2022-11-14 "$data/spot_1h/BTCUSDT.csv.gz,$data/spot_1h/ETHUSDT.csv.gz,-" \
    "$data/crash_2022_h2/perp_5m_BTCUSDT.csv.gz" "$data/crash_2022_h2/perp_5m_ETHUSDT.csv.gz" \
    "$data/spot_1h/FTTUSDT.csv.gz"
