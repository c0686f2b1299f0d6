#!/usr/bin/env bash
# The demo: builds Operon, makes a database, asks it questions, replays a recorded answer. No key, no server, no
# network. Every exit code is checked: the demo ends with "Done" or says what differed.
set -euo pipefail
cd "$(dirname "$0")/.."

started=$SECONDS
operon=.build/release/operon
folder=.build/demo
database=$folder/shop.sqlite

# In a terminal the agents at work are shown anyway; elsewhere they have to be asked for.
progress=(--progress always)
if [ -t 2 ]; then progress=(); fi
if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi

title() { printf '\n%s== %s%s\n' "$bold" "$1" "$plain"; }

stop() {
    printf '\ndemo: %s\n' "$1" >&2
    exit 1
}

# expect CODE COMMAND…: shows the command, runs it, and stops the demo when it ends with another exit code.
expect() {
    local wanted=$1 got=0 word
    shift
    printf '%s$ %s' "$bold" "$1"
    for word in "${@:2}"; do
        if [[ $word == *[!A-Za-z0-9_./:=-]* ]]; then printf ' "%s"' "$word"; else printf ' %s' "$word"; fi
    done
    printf '%s\n' "$plain"
    "$@" </dev/null || got=$?
    [ "$got" -eq "$wanted" ] || stop "'$1 $2' ended with exit code $got, and $wanted was expected"
}

title "Build (release)"
[ -n "${OPERON_DEMO_SKIP_BUILD:-}" ] || "${MAKE:-make}" --no-print-directory build
built=$SECONDS

title "A retail business: 36 months of customers, orders, payments and returns"
rm -rf "$folder"
mkdir -p "$folder"
expect 0 "$operon" demo-data --out "$database"
[ -s "$database" ] || stop "demo-data left no file at $database"

# The data ends in October 2026: "last quarter" is counted from the day after, whenever the demo runs.
export OPERON_TODAY=2026-11-01
number=0
for question in \
    "Show me the top 5 customers by total purchase amount" \
    "What is the average order value per month for 2025?" \
    "How many orders were returned last quarter, by product category?"; do
    number=$((number + 1))
    title "Question $number"
    expect 0 "$operon" ask "$question" --db "$database" --trace "$folder/q$number.jsonl" \
        ${progress[@]+"${progress[@]}"}
    [ -s "$folder/q$number.jsonl" ] || stop "the answer left no trace at $folder/q$number.jsonl"
done

unset OPERON_TODAY

title "A question that the data cannot answer is declined (exit code 3)"
expect 3 "$operon" ask "What will our revenue be next year?" --db "$database" ${progress[@]+"${progress[@]}"}

title "The first answer again from its trace: recorded effects only, same hash"
expect 0 "$operon" replay "$folder/q1.jsonl" --json | tee "$folder/replay.txt"
grep -Eq '"match": *true' "$folder/replay.txt" || stop "the replay did not match; see $folder/replay.txt"
recorded=$("$operon" trace hash "$folder/q1.jsonl")
hash=$(grep -Eo '[0-9a-f]{64}' "$folder/replay.txt" | head -n 1 || true)
[ -n "$hash" ] || stop "the replay printed no hash; see $folder/replay.txt"
case "$recorded" in
    *"$hash"*) echo "the hash of the recording and the hash of the replay are equal" ;;
    *) stop "the recording's hash is '$recorded', and the replay's is '$hash'" ;;
esac

took=$((SECONDS - started))
title "Done in $took s, of which $((built - started)) s were the build"
try() { printf '  %s\n      %s\n' "$1" "$2"; }
echo "What to try next:"
try "$operon ask --db $database" "a conversation, or a question of your own as the next argument"
try "$operon ask \"…\" --db YOUR.sqlite" "your own database, opened read-only"
try "$operon trace show $folder/q1.jsonl" "what each agent saw, planned, did and concluded"
try "$operon agents graph" "who delegates to whom, as Mermaid"
try "$operon doctor" "what is installed, and what to do about the rest"
