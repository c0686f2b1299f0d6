#!/usr/bin/env bash
# Installs the peers, at the versions of requirements.txt, into .build/bench-venv. Instant when they are there.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=.build/bench-venv
wanted=Benchmarks/peers/requirements.txt
if [ -f "$venv/installed.txt" ] && cmp -s "$wanted" "$venv/installed.txt"; then
    exit 0
fi
if ! command -v python3 >/dev/null; then
    echo "bench: python3 is missing; install it with: apt-get install python3 python3-venv" >&2
    exit 1
fi
echo "bench: installing the peers into $venv (once, about 20 s)" >&2
mkdir -p .build
python3 -m venv "$venv" || {
    echo "bench: python3 cannot make a venv; install it with: apt-get install python3-venv" >&2
    exit 1
}
"$venv/bin/pip" install --quiet --disable-pip-version-check -r "$wanted"
cp "$wanted" "$venv/installed.txt"
