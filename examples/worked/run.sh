#!/bin/sh
# run.sh: margins of thirteen real-market portfolios on two days of 2020.            SPDX-License-Identifier: Apache-2.0
#
# usage: examples/worked/run.sh [FOLDER]
# Markets come from option chains, order books and candles under $PLIMSOLL_SHARED/data (default ../shared/data), which
# are not part of the repository. Markets, histories and all answers as JSON are left in FOLDER. Exit 77: no data.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
data=${PLIMSOLL_SHARED:-$top/../shared}/data
plimsoll=${PLIMSOLL_BINARY:-$top/build/release/plimsoll}
[ -f "$data/options_deribit/chain_BTC_2020-05-21.csv.gz" ] || {
    echo "run.sh: no option chains under $data; name the shared folder in PLIMSOLL_SHARED" >&2
    exit 77
}
if [ $# -gt 0 ]; then
    folder=$1
else
    folder=$(mktemp -d)
    trap 'rm -rf "$folder"' EXIT
fi

# A dated future for every expiry on which the venue lists one: the forward of that expiry is its price.
add_futures() {
    awk '
        /"forward":/ { split($0, part, "\""); forward[part[8]] = part[12] }
        /"kind": "option"/ {
            match($0, /"BTC-[0-9A-Z]+/); name = substr($0, RSTART + 1, RLENGTH - 1)
            match($0, /"expiry": "[^"]+/); expiry = substr($0, RSTART + 11, RLENGTH - 11)
            if (!(name in seen) && expiry ~ /-(03|06|09|12)-2[4-9]T/) {
                printf "    {\"id\": \"%s\", \"kind\": \"future\", \"settlement\": \"inverse\", \"underlying\": \"BTC\", ", name
                printf "\"settlement_asset\": \"BTC\", \"lot\": \"10\", \"mark\": \"%s\", \"expiry\": \"%s\"},\n", forward[expiry], expiry
            }
            seen[name] = 1
        }
        { print }'
}

# prepare DAY MIDNIGHT: market with the volume of the last 24 hours, history before that midnight (UTC seconds), parameters.
prepare() {
    mkdir -p "$folder/$1"
    "$plimsoll" surface fit "$data/options_deribit/chain_BTC_$1.csv.gz" \
        --books "$data/options_deribit/books_BTC_$1.csv.gz" --out "$folder/$1/fitted.json" >"$folder/$1/fit.txt"
    gzip -dc "$data/spot_1h/BTCUSDT.csv.gz" >"$folder/candles.csv"
    volume=$(awk -F, -v end=$(($2 + 82800)) '$1 >= end - 86400 && $1 < end { sum += $5 * $6 } END { printf "%.0f", sum }' \
        "$folder/candles.csv")
    add_futures <"$folder/$1/fitted.json" | sed "s/\"volume\": \"0\"/\"volume\": \"$volume\"/" >"$folder/$1/market.json"
    awk -F, -v end="$2" 'NR == 1 || $1 < end' "$folder/candles.csv" >"$folder/$1/BTC.csv"
    printf '%s\n' 'version: 1' 'scenario.initial:' '  horizon_ns: 2d' 'history:' '  BTC: BTC.csv' >"$folder/$1/config.yaml"
}

# answer DAY NAME: margins of the three models and the reason, as JSON.
answer() {
    for model in tiered dynamic portfolio; do
        "$plimsoll" margin "$folder/$1/market.json" "$here/$1/$2.json" --config "$folder/$1/config.yaml" \
            --model "$model" --format json --output "$folder/$1/$2.$model.json"
    done
    "$plimsoll" explain "$folder/$1/market.json" "$here/$1/$2.json" --config "$folder/$1/config.yaml" \
        --format json --output "$folder/$1/$2.explain.json"
}

# field FILE KEY: a value of a margin answer in whole dollars.
field() {
    sed -n "s/.*\"$2\":\"\([^\"]*\)\".*/\1/p" "$1" | awk 'NR == 1 { printf "%.0f", $1 }'
}

# line FILE NAME COLUMN: a line of the requirement in whole dollars, 0 where it is left out.
line() {
    sed -n "/\"line\":\"$2\"/s/.*\"$3\":\"\([^\"]*\)\".*/\1/p" "$1" | awk '{ value = $1 } END { printf "%.0f", value }'
}

requirements() {
    echo "$1: initial requirement by model; maintenance of model portfolio and what it is made of; USD"
    form='%-23s %8s %8s %10s %12s %6s %7s %6s %6s %10s %6s\n'
    # shellcheck disable=SC2059
    printf "$form" '' tiered dynamic portfolio maintenance branch core gamma vega liquidity other
    for file in "$here/$1"/*.json; do
        name=$(basename "$file" .json)
        answer "$1" "$name"
        at=$folder/$1/$name
        why=$at.explain.json
        total=$(line "$why" requirement maintenance)
        core=$(line "$why" core maintenance)
        gamma=$(line "$why" gamma maintenance)
        vega=$(line "$why" vega maintenance)
        liquidity=$(line "$why" liquidity maintenance)
        # shellcheck disable=SC2059
        printf "$form" "$name" "$(field "$at.tiered.json" initial)" "$(field "$at.dynamic.json" initial)" \
            "$(field "$at.portfolio.json" initial)" "$total" \
            "$(sed -n 's/.*"maintenance_branch":"\([^"]*\)".*/\1/p' "$why")" "$core" "$gamma" "$vega" "$liquidity" \
            "$((total - core - gamma - vega - liquidity))"
    done
}

# moved DAY FACTOR: the same market with index, forwards, futures times FACTOR, options on their smile, nothing elapsed.
moved() {
    awk -v factor="$2" '
        function scale(key,    at, value) {
            if (!match($0, "\"" key "\": \"[0-9.]+\"")) return
            at = RSTART + length(key) + 5
            value = substr($0, at, RSTART + RLENGTH - 1 - at)
            $0 = substr($0, 1, at - 1) sprintf("%.6f", value * factor) substr($0, at + length(value))
        }
        /"slow_price":/ { scale("price"); scale("slow_price") }
        /"forward":/ { scale("forward") }
        /"kind": "(perpetual|future)"/ { scale("mark") }
        /"kind": "option"/ { sub(/, "mark": "[0-9.]+"/, "") }
        { print }' <"$folder/$1/market.json" >"$folder/$1/moved-$2.json"
}

# after DAY TIME: what the index did in the day and the week that followed (hourly bars), and what that would have cost.
after() {
    price=$(sed -n 's/.*"price": "\([^"]*\)", "slow_price".*/\1/p' "$folder/$1/market.json")
    moves=$(for hours in 24 168; do
        awk -F, -v from="$2" -v hours="$hours" -v price="$price" '
            $1 >= from && $1 < from + hours * 3600 { low = low == "" || $4 < low ? $4 : low; high = $3 > high ? $3 : high }
            END { printf "%.4f %.4f ", low / price, high / price }' "$folder/candles.csv"
    done)
    echo "$1: loss at the lowest and highest price of the 24 hours and the 7 days that followed, at once; USD"
    # shellcheck disable=SC2086
    printf '%-23s %12s %8s %8s %8s %8s\n' '' maintenance $moves
    for factor in 1 $moves; do
        moved "$1" "$factor"
    done
    for file in "$here/$1"/*.json; do
        name=$(basename "$file" .json)
        held=
        printf '%-23s %12s' "$name" "$(field "$folder/$1/$name.portfolio.json" maintenance)"
        for factor in 1 $moves; do
            "$plimsoll" margin "$folder/$1/moved-$factor.json" "$file" --format json \
                --output "$folder/$1/$name.moved.json"
            equity=$(field "$folder/$1/$name.moved.json" equity_maintenance)
            [ -z "$held" ] || printf ' %8s' "$((held - equity))"
            held=${held:-$equity}
        done
        echo
    done
}

prepare 2020-05-21 1590019200
prepare 2020-09-12 1599868800
requirements 2020-05-21
echo
requirements 2020-09-12
echo
after 2020-05-21 1590105600
echo
after 2020-09-12 1599955200
