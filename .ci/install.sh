#!/bin/sh
# install.sh: install the Debian packages of the named sections of packages.txt.     SPDX-License-Identifier: Apache-2.0
#
# Usage: .ci/install.sh SECTION.. Calls nothing when all is there. Exit 4: something is missing and cannot be had.
# PLIMSOLL_NO_INSTALL=1 leaves the machine alone: what is missing shows up in the build.
set -eu
cd "$(dirname "$0")/.."

[ "${PLIMSOLL_NO_INSTALL:-0}" = 0 ] || exit 0

wanted=
for section in "$@"; do
    wanted="$wanted $(awk -v section="[$section]" '
        /^\[/ { inside = ($1 == section); next }
        inside && NF && $1 !~ /^#/ { print $1 }' packages.txt)"
done

if ! command -v dpkg-query >/dev/null 2>&1; then
    echo "install.sh: this is not a Debian system; install what these packages hold:" $wanted >&2
    echo "install.sh: then run again with PLIMSOLL_NO_INSTALL=1" >&2
    exit 4
fi

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
    if ! command -v sudo >/dev/null 2>&1 || ! sudo -n true 2>/dev/null; then
        echo "install.sh: missing:$missing" >&2
        echo "install.sh: not root and no sudo without a password; as root: apt-get install -y$missing" >&2
        exit 4
    fi
    as_root='sudo -n'
fi
echo "install.sh: installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
apt_get="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -y -qq --no-install-recommends"
if ! $apt_get install $missing >&2 </dev/null; then
    $apt_get update >&2 </dev/null || true
    if ! $apt_get install $missing >&2 </dev/null; then
        echo "install.sh: apt-get could not install:$missing" >&2
        exit 4
    fi
fi
