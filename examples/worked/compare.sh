#!/bin/sh
# compare.sh: every worked portfolio under every margin model that answers for it.   SPDX-License-Identifier: Apache-2.0
#
# usage: examples/worked/compare.sh [FOLDER]
# FOLDER holds the markets that run.sh leaves; without it the option chains are left out and only the shipped example
# market is asked. Amounts in whole dollars, "-" where a model does not define a result for the account.
set -eu
export LC_ALL=C
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
plimsoll=${PLIMSOLL_BINARY:-$top/build/release/plimsoll}

# rows MARKET CONFIG MODELS FILE...: "account model maintenance initial ratio risk", a line for each model of each account.
rows() {
    market=$1 config=$2 models=$3
    shift 3
    for file in "$@"; do
        name=$(basename "$file" .json)
        risk=$("$plimsoll" compare "$market" "$file" --config "$config" --models portfolio --table risk --format csv |
            awk -F, 'NR == 2 { printf "%.0f", $2 }')
        "$plimsoll" compare "$market" "$file" --config "$config" --models "$models" --format csv |
            awk -F, -v name="${name#portfolio-}" -v risk="$risk" '
                NR > 1 { print name, $1, $2 == "true" ? $3 " " $4 " " $11 : "- - -", risk }'
    done
}

# table TITLE BY: two tables of what `rows` says, a line for each account (BY = account) or each model (BY = model).
table() {
    awk -v title="$1" -v by="$2" '
        {
            row = by == "account" ? $1 : $2; column = by == "account" ? $2 : $1
            if (!(row in seen_row)) { seen_row[row] = 1; row_names[++row_count] = row }
            if (!(column in seen_column)) { seen_column[column] = 1; column_names[++column_count] = column }
            need[row, column] = $3 == "-" ? "-" : sprintf("%.0f/%.0f", $4, $3)
            ratio[row, column] = $5 == "-" ? "-" : sprintf("%.2f", $5)
            risk[$1] = $6
        }
        END {
            print title ": initial/maintenance, USD"
            head("")
            for (i = 1; i <= row_count; i++) line(row_names[i], need)
            print ""
            print title ": initial per unit of risk; risk in USD"
            head("risk")
            if (by == "model") { printf "%-23s", "risk"; for (j = 1; j <= column_count; j++) printf " %15s", risk[column_names[j]]; print "" }
            for (i = 1; i <= row_count; i++) line(row_names[i], ratio)
        }
        function head(more,    j) {
            printf "%-23s", ""
            for (j = 1; j <= column_count; j++) printf " %15s", column_names[j]
            print by == "account" && more != "" ? sprintf(" %8s", more) : ""
        }
        function line(name, cells,    j, is_ratio) {
            printf "%-23s", name
            for (j = 1; j <= column_count; j++) printf " %15s", cells[name, column_names[j]]
            is_ratio = cells[name, column_names[1]] !~ /\//
            print by == "account" && is_ratio ? sprintf(" %8s", risk[name]) : ""
        }'
}

ours=portfolio,tiered,dynamic
if [ $# -gt 0 ]; then
    for day in 2020-05-21 2020-09-12; do
        rows "$1/$day/market.json" "$1/$day/config.yaml" $ours,deribit-sm,deribit-pm "$here/$day"/*.json | table "$day" account
        echo
    done
fi
market=$top/examples/market.json config=$top/examples/config.yaml
rows "$market" "$config" $ours,derive-pmrm-v1,derive-pmrm-v2,derive-srm,binance \
    "$top"/examples/portfolio-covered-call.json "$top"/examples/portfolio-short-strangle.json \
    "$top"/examples/portfolio-short-gamma.json "$top"/examples/portfolio-basis.json | table "example market" model
echo
rows "$market" "$config" $ours,derive-pmrm-v1,derive-pmrm-v2,derive-srm,binance,deribit-sm,drift-v2,dydx-v4,hyperliquid,mango-v4,paradex \
    "$here"/perpetuals/*.json | table "perpetuals" model
