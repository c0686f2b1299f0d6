"""How long `operon ask` takes from exec to exit: nothing but its help, and one whole question.

    startup.py OPERON DATABASE [RUNS]

Prints one JSON line per case: {"name", "p50_us", "p99_us", "n"}. `process-start` is the same measurement of /bin/true:
the share that belongs to the machine and to this script.
"""

import json
import subprocess
import sys
import time

QUESTION = "Show me the top 5 customers by total purchase amount"


def measure(name: str, command: list[str], runs: int) -> dict:
    durations = []
    for _ in range(runs + 3):
        started = time.perf_counter()
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        durations.append(time.perf_counter() - started)
        if ended.returncode != 0:
            sys.exit(f"bench: {' '.join(command)} ended with {ended.returncode}: {ended.stderr.decode()[:500]}")
    durations = sorted(durations[3:])
    return {
        "name": name,
        "p50_us": round(durations[len(durations) // 2] * 1e6, 1),
        "p99_us": round(durations[min(len(durations) - 1, int(len(durations) * 0.99))] * 1e6, 1),
        "n": runs,
    }


def main() -> None:
    if len(sys.argv) < 3:
        sys.exit("usage: startup.py OPERON DATABASE [RUNS]")
    operon, database = sys.argv[1], sys.argv[2]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 40
    print(json.dumps(measure("process-start", ["/bin/true"], runs)))
    print(json.dumps(measure("ask-start", [operon, "ask", "--help"], runs)))
    print(json.dumps(measure("ask-one-shot", [operon, "ask", QUESTION, "--db", database, "--json"], runs)))


if __name__ == "__main__":
    main()
