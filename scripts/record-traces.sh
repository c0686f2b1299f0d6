#!/usr/bin/env bash
# Records the runs in traces/ anew, with the binary that is built (the debug one, or OPERON=PATH). Needed when a change
# of the agents, of the runtime's events or of what tools are asked is meant: ReplayTests says so by failing.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
operon=${OPERON:-$root/.build/debug/operon}

stop() {
    echo "record-traces: $1" >&2
    exit 1
}

[ -x "$operon" ] || stop "$operon is not built: swift build"
command -v python3 >/dev/null || stop "python3 is needed to make the endless database and the forged trace"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# Everything is named relative to this folder, so that no path of this machine gets into a trace.
cp "$root/traces/team.yaml" "$folder/"
cd "$folder"
today=2026-11-20

# expect CODE COMMAND…
expect() {
    local wanted=$1 got=0
    shift
    "$@" </dev/null >output 2>&1 || got=$?
    [ "$got" -eq "$wanted" ] || stop "'$*' ended with $got, and $wanted was expected: $(cat output)"
}

expect 0 "$operon" demo-data --out shop.sqlite --months 4

expect 0 "$operon" ask "What is the average order value per month?" --db shop.sqlite --today $today \
    --trace answer.jsonl
expect 3 "$operon" ask "What will our revenue be next year?" --db shop.sqlite --today $today --trace declined.jsonl

# The same team with a language model in the reasoner's seat: a script, which calls nobody.
expect 0 "$operon" ask "Show me the top 5 customers by total purchase amount" --db shop.sqlite --today $today \
    --model "scripted:team.yaml" --trace model.jsonl

# say CODE LINE: one line of a conversation, from a pipe, each in a process of its own.
say() {
    local got=0
    printf '%s\n' "$2" | "$operon" ask --db shop.sqlite --today $today --store sessions.sqlite --session conversation \
        >output 2>&1 || got=$?
    [ "$got" -eq "$1" ] || stop "'$2' ended with $got, and $1 was expected: $(cat output)"
}

# A question that has two readings, the choice of one, and two questions that go on from it.
say 3 "Total revenue by country"
say 0 "the second"
say 0 "per month instead"
say 0 "only September and October 2026"
expect 0 "$operon" trace export conversation --store sessions.sqlite --out conversation.jsonl

# A view without an end: counting it takes until somebody stops it.
python3 - <<'PYTHON'
import sqlite3
sqlite3.connect("endless.sqlite").executescript("""
    CREATE VIEW visits AS WITH RECURSIVE visit(visit_id) AS (SELECT 1 UNION ALL SELECT visit_id + 1 FROM visit)
        SELECT visit_id FROM visit;
""")
PYTHON
"$operon" ask "How many visits are there?" --db endless.sqlite --today $today --trace cancelled.jsonl \
    --progress always </dev/null >output 2>progress &
process=$!
until grep -q '"name":"run_sql"' cancelled.jsonl 2>/dev/null; do
    kill -0 $process 2>/dev/null || stop "the endless question ended by itself: $(cat output progress)"
    sleep 0.05
done
kill -TERM $process
got=0
wait $process || got=$?
[ "$got" -eq 130 ] || stop "the cancelled question ended with $got, and 130 was expected: $(cat output progress)"

# The answer once more, with one figure of its rows forged and the checksum made to fit: only a replay notices.
python3 - <<'PYTHON'
import json, zlib
lines = open("answer.jsonl", encoding="utf-8").read().splitlines()
for number, line in enumerate(lines):
    envelope = json.loads(line)
    if envelope["kind"] == "effect.completed" and "/rows/" in envelope["path"]:
        row = envelope["payload"]["result"]["rows"][0]
        row[1] = row[1] + 1
        del envelope["crc"]
        canonical = json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        envelope["crc"] = "%08x" % zlib.crc32(canonical.encode())
        lines[number] = json.dumps(envelope, separators=(",", ":"), ensure_ascii=False)
open("diverging.jsonl", "w", encoding="utf-8").write("\n".join(lines) + "\n")
PYTHON

for name in answer declined conversation cancelled model; do
    expect 0 "$operon" replay "$name.jsonl"
done
expect 6 "$operon" replay diverging.jsonl

mkdir -p "$root/traces"
for name in answer declined conversation cancelled model diverging; do mv "$name.jsonl" "$root/traces/"; done
echo "traces/ is recorded anew:"
wc -c "$root"/traces/*.jsonl
