#!/bin/sh
# run.sh: is the digest equal for every compiler, optimisation and machine we know?    SPDX-License-Identifier: Apache-2.0
#
# Usage: test/digest/run.sh [--quick | --share] [NAME...]
#   (none)    gcc and clang with -O0 -O2 -O3, with and without -march=native; -Os, link-time optimisation, UBSan; aarch64,
#             riscv64 and s390x (big-endian) under qemu; WebAssembly in Node.js; MSan; and builds that must differ
#   --quick   gcc and clang with -O0 and -O2 only
#   --share   what ./check has of these: -O0, -O2 and -O3, both compilers, UBSan, every kind of machine but riscv64
#   NAME...   only the builds of these names, such as gcc-O2 wasm32
# `built-release` and `built-clang` take the archives that those presets have made, as they ship.
# Each program is made of the pure sources and tools/digest alone (--share: without those that it has no use for) and is
# compared, line by line, with the first build that ran. A build whose compiler or machine is absent is SKIPPED and counted
# so. Programs, logs and output stay in build/digest.
# The last line of stdout is `N passed, N failed, N skipped`. Exit: 0 none failed, 1 some failed, 2 usage.
set -u
export LC_ALL=C
cd "$(dirname "$0")/../.." || exit 2
out=${PLIMSOLL_DIGEST_OUT:-build/digest}
golden=test/digest/golden.txt

# The flags that the promise rests on: ARCHITECTURE.md, Determinism.
flags='-std=c17 -ffp-contract=off -fno-math-errno -Iinclude -Isrc -Itools'
planted='-std=c17 -fno-math-errno -Iinclude -Isrc -Itools'
layers='base num model report market forecast price scenario margin venue explain ledger governance match liquidation core
    sim study'

share='gcc-O0 built-release gcc-O3-native built-clang clang-ubsan aarch64-O2 s390x-O2 wasm32-O2 planted-fma refused-x87'

# name | what runs it, or the preset whose archive is taken | compiler | its own flags. `planted-*` must differ from the
# others: an equal one would say that the comparison is blind. `refused-*` must not build: the sources refuse arithmetic that would differ.
builds() {
    if [ "$is_share" -eq 1 ]; then
        is_share=0
        builds | grep -E "^($(echo $share | tr ' ' '|'))\\|"
        return
    fi
    for compiler in gcc clang; do
        echo "$compiler-O0||$compiler|$flags -O0"
        echo "$compiler-O2||$compiler|$flags -O2"
        [ "$is_quick" -eq 0 ] || continue
        echo "$compiler-O3||$compiler|$flags -O3"
        echo "$compiler-O0-native||$compiler|$flags -O0 -march=native"
        echo "$compiler-O2-native||$compiler|$flags -O2 -march=native"
        echo "$compiler-O3-native||$compiler|$flags -O3 -march=native"
    done
    [ "$is_quick" -eq 0 ] || return 0
    echo "built-release|build/release|gcc|$flags -O2"
    echo "built-clang|build/clang|clang|$flags -O2"
    echo "gcc-Os||gcc|$flags -Os"
    echo "gcc-O3-lto||gcc|$flags -O3 -flto"
    echo "clang-ubsan||clang|$flags -O1 -fsanitize=undefined -fno-sanitize-recover=all"
    echo "clang-msan|setarch|clang|$flags -O1 -fsanitize=memory -fno-sanitize-recover=all"
    echo "aarch64-O2|qemu-aarch64|aarch64-linux-gnu-gcc|$flags -O2 -static"
    echo "aarch64-O3|qemu-aarch64|aarch64-linux-gnu-gcc|$flags -O3 -static"
    echo "riscv64-O2|qemu-riscv64|riscv64-linux-gnu-gcc|$flags -O2 -static"
    echo "s390x-O2|qemu-s390x|s390x-linux-gnu-gcc|$flags -O2 -static"
    echo "wasm32-O2|node|clang|$flags -O2 --target=wasm32 -ffreestanding -nostdlib"
    echo "planted-fma||gcc|$planted -O2 -ffp-contract=fast -march=native"
    echo "planted-reciprocal||gcc|$planted -O2 -ffp-contract=off -freciprocal-math"
    echo "refused-x87||gcc|$planted -O2 -ffp-contract=off -mfpmath=387"
}

# The pure sources without SIMD kernels: those need flags of their own, and the digest runs the reference code.
sources() {
    for layer in $layers; do
        for source in src/"$layer"/*.c; do
            case $source in
            *'*'* | *_avx2.c | *_avx512.c | *_neon.c) ;;
            src/report/* | src/study/* | src/venue/*_cases.c | src/venue/formulas.c)
                [ "${PLIMSOLL_DIGEST_SHARE-0}" = 1 ] || echo "$source"
                ;;
            *) echo "$source" ;;
            esac
        done
    done
    ls tools/digest/*.c
}

# One line on why a build cannot be tried here; nothing when it can.
missing() {
    if ! command -v "$2" >/dev/null 2>&1; then
        echo "$2 is not installed"
    elif [ "$1" = node ]; then
        command -v node >/dev/null 2>&1 || echo "node is not installed"
        command -v wasm-ld >/dev/null 2>&1 || command -v wasm-ld-14 >/dev/null 2>&1 || echo "wasm-ld is not installed"
        [ -f "$(wasm_builtins)" ] || echo "the compiler runtime for wasm32 is not installed"
    elif [ "${1#build/}" != "$1" ]; then
        [ -f "$1/libplimsoll_pure.a" ] || echo "$1/libplimsoll_pure.a is not built"
    elif [ -n "$1" ] && [ -z "$(machine "$1")" ]; then
        echo "$1 is not installed"
    elif [ "$1" = setarch ] && ! setarch -R true >"$4/probe.log" 2>&1; then
        echo "setarch -R is not allowed here"
    elif ! printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' |
        "$2" $3 -x c - -o "$4/probe" >"$4/probe.log" 2>&1; then
        echo "$2 cannot build a program here, see $4/probe.log"
    elif has_flag "$3" -ffp-contract=fast && ! "$2" $3 -dM -E -x c /dev/null | grep -q -e __FMA__ -e __FP_FAST_FMA; then
        echo "this processor has no fused multiply-add"
    elif [ -z "$1" ] && ! "$4/probe" >"$4/probe.log" 2>&1; then
        echo "this processor does not run what $2 builds"
    fi
}

has_flag() {
    case " $1 " in
    *" $2 "*) true ;;
    *) false ;;
    esac
}

wasm_builtins() {
    echo "$(clang -print-resource-dir)/lib/wasi/libclang_rt.builtins-wasm32.a"
}

machine() {
    command -v "$1-static" || command -v "$1" || true
}

# Compiler, flags, folder, the source that is the host, and the folder of a preset whose archive is taken, or nothing.
compile() {
    cache=
    [ -z "$(command -v ccache)" ] || cache=ccache
    objects=
    for source in $(if [ -n "$5" ]; then ls tools/digest/*.c; else sources; fi) "$4"; do
        object=$3/$(echo "$source" | tr / _).o
        $cache $1 $2 -c "$source" -o "$object" || return 1
        objects="$objects $object"
    done
    echo "$objects ${5:+$5/libplimsoll_pure.a}" >"$3/objects"
}

# Build and run one line of builds(); writes NAME/state: ran, failed REASON or skipped REASON.
build_one() {
    name=$(echo "$1" | cut -d '|' -f 1)
    runner=$(echo "$1" | cut -d '|' -f 2)
    compiler=$(echo "$1" | cut -d '|' -f 3)
    own=$(echo "$1" | cut -d '|' -f 4)
    folder=$out/$name
    mkdir -p "$folder"
    reason=$(missing "$runner" "$compiler" "$own" "$folder" | head -n 1)
    if [ -n "$reason" ]; then
        echo "skipped $reason" >"$folder/state"
        return
    fi
    host=tools/digest.c
    last='-lm'
    program=$folder/digest
    archive=
    case $runner in
    node)
        host=test/digest/wasm.c
        last="$(wasm_builtins) -Wl,--no-entry,-z,stack-size=1048576,--stack-first"
        set -- node test/digest/run.mjs "$program"
        # Else the compiler turns the loop that is memcpy into a call of memcpy.
        own="$own -fno-builtin"
        ;;
    '') set -- "$program" ;;
    build/*)
        archive=$runner
        set -- "$program"
        ;;
    # MSan of clang 14 needs a fixed address layout on kernels with more random bits than it knows.
    setarch) set -- setarch -R "$program" ;;
    *) set -- "$(machine "$runner")" "$program" ;;
    esac
    if ! compile "$compiler" "$own" "$folder" "$host" "$archive" >"$folder/build.log" 2>&1 ||
        ! $compiler $own $(cat "$folder/objects") -o "$program" $last >>"$folder/build.log" 2>&1; then
        echo "failed to build, see $folder/build.log" >"$folder/state"
    elif ! timeout 600 "$@" >"$folder/output" 2>"$folder/run.log"; then
        echo "failed to run, see $folder/run.log" >"$folder/state"
    else
        echo ran >"$folder/state"
    fi
}

# The name of the first section that differs between two outputs; nothing when they are equal.
first_difference() {
    cmp -s "$1" "$2" || diff "$1" "$2" | sed -n 's/^[<>] \([^ ]*\) .*/\1/p' | head -n 1
}

judge() {
    folder=$out/$1
    read -r state reason <"$folder/state" || state=failed
    case $1/$state in
    */skipped)
        skipped=$((skipped + 1))
        printf '%-20s %-64s SKIPPED: %s\n' "$1" - "$reason"
        return
        ;;
    refused*/failed)
        if grep -q 'would not be reproducible' "$folder/build.log"; then
            passed=$((passed + 1))
            printf '%-20s %-64s ok: refused as it must be\n' "$1" -
            return
        fi
        ;;
    esac
    if [ "$state" = failed ]; then
        failed=$((failed + 1))
        printf '%-20s %-64s FAILED: %s\n' "$1" - "$reason"
        return
    fi
    hash=$(sed -n 's/^digest //p' "$folder/output")
    case $1/$reference in
    planted* | refused*) ;;
    */) reference=$folder/output ;;
    esac
    difference=$(first_difference "$reference" "$folder/output")
    verdict=ok
    case $1/$difference in
    refused*) verdict="FAILED: built, though its arithmetic is not ours" ;;
    planted*/) verdict="FAILED: equal, though it was built to differ" ;;
    planted*) verdict="ok: differs as it must, first in $difference" ;;
    */) ;;
    *) verdict="DIFFERS first in $difference" ;;
    esac
    case $verdict in
    ok*) passed=$((passed + 1)) ;;
    *) failed=$((failed + 1)) ;;
    esac
    printf '%-20s %-64s %s\n' "$1" "$hash" "$verdict"
}

# The pinned values are our own and say only that results are what they were; golden.txt says how to renew them.
judge_golden() {
    [ -n "$reference" ] && [ -f $golden ] || return 0
    grep -v '^#' $golden >"$out/golden"
    difference=$(first_difference "$out/golden" "$reference")
    if [ -z "$difference" ]; then
        passed=$((passed + 1))
        printf '%-20s %-64s ok\n' golden "$(sed -n 's/^digest //p' "$out/golden")"
    else
        failed=$((failed + 1))
        printf '%-20s %-64s DIFFERS first in %s: results are not those of %s\n' golden \
            "$(sed -n 's/^digest //p' "$out/golden")" "$difference" $golden
    fi
}

is_quick=0
is_share=0
if [ "${1-}" = --build-one ]; then
    build_one "$2"
    exit 0
fi
if [ "${1-}" = --quick ]; then
    is_quick=1
    shift
elif [ "${1-}" = --share ]; then
    is_share=1
    export PLIMSOLL_DIGEST_SHARE=1
    shift
fi
case ${1-} in
-*)
    sed -n 's/^# \{0,1\}//; 4,9p' "$0" >&2
    exit 2
    ;;
esac

rm -rf "$out"
mkdir -p "$out"
builds >"$out/builds"
if [ $# -gt 0 ]; then
    for name in "$@"; do
        if ! grep "^$name|" "$out/builds" >>"$out/chosen"; then
            echo "run.sh: no build is called $name; there are: $(cut -d '|' -f 1 "$out/builds" | tr '\n' ' ')" >&2
            exit 2
        fi
    done
    mv "$out/chosen" "$out/builds"
fi
tr '\n' '\0' <"$out/builds" |
    xargs -0 -n 1 -P "$(getconf _NPROCESSORS_ONLN)" env PLIMSOLL_DIGEST_OUT="$out" "$0" --build-one

passed=0
failed=0
skipped=0
reference=
for name in $(cut -d '|' -f 1 "$out/builds"); do
    judge "$name"
done
judge_golden
if [ -z "$reference" ]; then
    failed=$((failed + 1))
    echo "no build ran: nothing was compared"
fi
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
