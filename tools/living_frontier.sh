#!/bin/sh
# living_frontier.sh: what limits of rises and long-run floors of the record `living` cost and save. SPDX-License-Identifier: Apache-2.0
#
# Usage: tools/living_frontier.sh [PLIMSOLL [OPTION...]]     defaults build/release/plimsoll and --to 2020-12-31
# Asks `plimsoll backtest --living` on BTC and ETH for model `dynamic`, whose maintenance follows the volatility in force,
# once per setting. A line: rise limit and floor in per cent; breaches of long and short of both coins; mean maintenance,
# peak to trough, largest rise in a day and in five of BTC, then of ETH. Candles are those of $PLIMSOLL_SHARED (default
# ../shared); without them it says so and ends with 77.
set -eu
cd "$(dirname "$0")/.."
plimsoll=${1:-build/release/plimsoll}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- --to 2020-12-31
data=${PLIMSOLL_SHARED:-../shared}/data/spot_1h
[ -d "$data" ] || {
    echo "living_frontier: $data is absent" >&2
    exit 77
}
config=$(mktemp)
trap 'rm -f "$config"' EXIT

for floor in 0 50 75 100; do
    for rise in 25 50 100 200 1000; do
        printf 'living:\n  rise_max_ppm: %s%%\n  floor_ppm: %s%%\n' "$rise" "$floor" >"$config"
        "$plimsoll" backtest "$data/BTCUSDT.csv.gz" "$data/ETHUSDT.csv.gz" "$@" --portfolios long,short --living \
            --models dynamic --simulations 0 --config "$config" --format csv --table coverage |
            awk -F, -v rise="$rise" -v floor="$floor" '
                $3 == "dynamic maintenance living" { breaches += $7; days += $6; line[$1] = $16 " " $17 " " $18 " " $19 }
                END { printf "%s %s %d of %d %s %s\n", rise, floor, breaches, days, line["BTCUSDT"], line["ETHUSDT"] }'
    done
done
