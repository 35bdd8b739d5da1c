#!/bin/sh
# run.sh: run one test program and answer 77 when every case of it was skipped.      SPDX-License-Identifier: Apache-2.0
#
# cmocka exits with 0 when all cases were skipped, which CTest would count as passed. The output is kept beside the
# program (PROGRAM.log), where ./check counts the cases.
set -u
program=$1
export PLIMSOLL_SHARED="${PLIMSOLL_SHARED:-../shared}"
rm -f "$program.status"
{
    "$@" 2>&1
    echo $? >"$program.status"
} | tee "$program.log"
status=$(cat "$program.status") || exit 1
if [ "$status" -eq 0 ] && grep -q '^\[  SKIPPED \] [0-9]' "$program.log" &&
    ! grep -q '^\[  PASSED  \] [1-9]' "$program.log"; then
    exit 77
fi
exit "$status"
