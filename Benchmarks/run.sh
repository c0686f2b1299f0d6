#!/usr/bin/env bash
# Measures Operon and, in the same run, its peers and limits; prints a Markdown table with targets and ratios.
# `make bench` builds the release binary first and calls this.
#
#     Benchmarks/run.sh [--no-peers] [--keep FILE]
#
# --no-peers   only Operon: no Python, no network, no C compiler needed
# --keep FILE  also leave the raw figures there, one JSON object per line (default .build/bench/figures.jsonl)
set -euo pipefail
cd "$(dirname "$0")/.."

operon=.build/release/operon
folder=.build/bench
figures=$folder/figures.jsonl
peers=yes
while [ $# -gt 0 ]; do
    case "$1" in
        --no-peers) peers=no ;;
        --keep)
            [ $# -gt 1 ] || { echo "bench: --keep needs a file name" >&2; exit 2; }
            figures=$2
            shift
            ;;
        *)
            echo "usage: Benchmarks/run.sh [--no-peers] [--keep FILE]" >&2
            exit 2
            ;;
    esac
    shift
done

stop() {
    echo "bench: $1" >&2
    exit 1
}

[ -x "$operon" ] || stop "$operon is missing; 'make bench' builds it"
command -v python3 >/dev/null || stop "python3 is missing; install it with: apt-get install python3"
mkdir -p "$folder" "$(dirname "$figures")"
: >"$figures"

note() { echo "bench: $1" >&2; }

# Peers and limits first, one at a time: nothing else of this run competes for the processor.
if [ "$peers" = yes ]; then
    Benchmarks/peers/install.sh
    python=.build/bench-venv/bin/python
    note "LangGraph turns"
    $python Benchmarks/peers/langgraph_turn.py >>"$figures"
    note "autogen-core bus and requests"
    $python Benchmarks/peers/autogen_bus.py >>"$figures"
    note "the limit of SQLite inserts"
    command -v gcc >/dev/null || stop "gcc is missing; install it with: apt-get install gcc"
    gcc -O2 -Wall -Wextra -o "$folder/sqlite_limit" Benchmarks/peers/sqlite_limit.c -lsqlite3
    "$folder/sqlite_limit" 500000 "$folder" >>"$figures"
fi

# A server that paces 500 streams, and both clients on it, one after the other.
command -v gcc >/dev/null || stop "gcc is missing; install it with: apt-get install gcc"
gcc -O2 -Wall -Wextra -o "$folder/paced_server" Benchmarks/peers/paced_server.c
# serve EVENTS INTERVAL_MS: starts the server and sets url; unserve ends it.
serve() {
    mkfifo "$folder/paced.$$"
    "$folder/paced_server" "$1" "$2" <"$folder/paced.$$" >"$folder/paced.port" &
    exec 9>"$folder/paced.$$"
    rm "$folder/paced.$$"
    until [ -s "$folder/paced.port" ]; do sleep 0.05; done
    url=http://127.0.0.1:$(cat "$folder/paced.port")/v1
}
unserve() {
    exec 9>&-
    wait $! 2>/dev/null || true
    rm -f "$folder/paced.port"
}
serve 100 10
if [ "$peers" = yes ]; then
    note "openai SDK streams"
    $python Benchmarks/peers/openai_streams.py "$url" >>"$figures"
fi
note "operon bench streams"
"$operon" bench streams --base-url "$url" --json | tail -n 1 >>"$figures"
note "operon bench streams, one at a time"
"$operon" bench streams --base-url "$url" --streams 1 --json | tail -n 1 | sed 's/"streams"/"stream-alone"/' >>"$figures"
unserve
serve 100000 10
note "operon bench cancel"
"$operon" bench cancel --base-url "$url" --json | tail -n 1 >>"$figures"
unserve

for name in breaker turn turn-durable bus request log replay sessions; do
    note "operon bench $name"
    line=$("$operon" bench "$name" --json | tail -n 1)
    [ -n "$line" ] || stop "'operon bench $name --json' printed nothing"
    echo "$line" >>"$figures"
done

note "start-up"
database=$folder/shop.sqlite
rm -f "$database"
"$operon" demo-data --out "$database" >/dev/null
python3 Benchmarks/startup.py "$operon" "$database" >>"$figures"

python3 Benchmarks/table.py "$figures"
