#!/usr/bin/env bash
# The tests under the thread sanitizer and under the address sanitizer. Any report fails the run. Arguments go to
# `swift test`: scripts/sanitize.sh --filter MessageBusTests
# Each sanitizer has its own build folder, so that the ordinary builds stay warm. No test here uses XCTest, which would
# report leaks of its own. The tests that start processes start the sanitized binary beside them, with these settings.
set -euo pipefail
cd "$(dirname "$0")/.."

stop() {
    echo "sanitize: $1" >&2
    exit 1
}

# A sanitizer makes everything several times slower: fewer seeds of the simulation, and more patience where a test
# bounds the time on the clock (Tests/Support/Pace.swift).
export OPERON_SEEDS=${OPERON_SEEDS:-200} OPERON_SLOW_FACTOR=${OPERON_SLOW_FACTOR:-10}

tests=(swift test --disable-xctest --explicit-target-dependency-import-check error "$@")
timed='^(IntegrationTests|HTTPClientTests|DatabasesTests\.HostileTests|LanguageModelsTests\.WireServerTests)'

# Tests that compute keep the few threads of Swift's pool busy for minutes under a sanitizer. The tests that watch the
# clock therefore run after them, by themselves; what the caller chose runs at once.
run() {
    if [ "$chosen" -gt 0 ]; then
        "${tests[@]}" "$@"
    else
        "${tests[@]}" "$@" --skip "$timed"
        "${tests[@]}" "$@" --skip-build --filter "$timed"
    fi
}

chosen=$#
info=$(swift -print-target-info)
libraries=$(sed -n '/"runtimeLibraryPaths"/{n;s/^ *"\([^"]*\)".*/\1/p;}' <<<"$info")
resources=$(sed -n 's/.*"runtimeResourcePath": *"\([^"]*\)".*/\1/p' <<<"$info")
clang=$resources/../../bin/clang
[ -x "$clang" ] || stop "$clang is missing; it comes with the Swift toolchain"

# What the thread sanitizer cannot see of the Swift runtime by itself; see the comment in the C file.
mkdir -p .build-thread
"$clang" -O1 -g -fno-omit-frame-pointer -Wall -Wextra -Werror -shared -fPIC -o .build-thread/runtime_for_tsan.so \
    scripts/runtime_for_tsan.c
grep -oE '"(\$s15Synchronization12_MutexHandle[A-Za-z0-9_]+|swift_continuation_[a-z]+)"' scripts/runtime_for_tsan.c |
    tr -d '"' | while read -r name; do
    grep -qF "$name" "$libraries"/libswift{Synchronization,_Concurrency}.so ||
        stop "this toolchain's runtime has no $name: adapt scripts/runtime_for_tsan.c"
done
echo "sanitize: threads" >&2
swift build --build-tests --sanitize=thread --scratch-path .build-thread --explicit-target-dependency-import-check error
LD_PRELOAD=$PWD/.build-thread/runtime_for_tsan.so TSAN_OPTIONS=halt_on_error=0:exitcode=66 \
    run --skip-build --sanitize=thread --scratch-path .build-thread

echo "sanitize: addresses and leaks" >&2
# Leaks count, except those that the toolchain's own Foundation makes.
LSAN_OPTIONS=suppressions=$PWD/scripts/leaks.supp:print_suppressions=0 \
    run --sanitize=address --scratch-path .build-address
