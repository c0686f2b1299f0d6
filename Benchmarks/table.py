"""Renders the figures of run.sh (one JSON object per line) as the Markdown table of README.md.

    table.py FIGURES

Each row stands beside what was measured in the same run: a peer, a physical limit, or Operon's own live run. A ratio is
given only when both were measured; where autogen-core was measured with several subscriber counts, its best counts.
"""

import json
import os
import platform
import sys


def count(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 1e4:
        return f"{value / 1e3:.0f} k"
    return f"{value:,.0f}".replace(",", " ")


def ratio(ours: float, theirs: float) -> str:
    value = ours / theirs
    return f"{value:.0f}x" if value >= 10 else f"{value:.2f}x"


class Figures:
    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as lines:
            entries = [json.loads(line) for line in lines if line.strip()]
        self.by_name = {entry["name"]: entry for entry in entries}

    def get(self, name: str, key: str):
        return self.by_name.get(name, {}).get(key)

    def best(self, names: list[str]):
        values = [value for name in names if (value := self.get(name, "per_second"))]
        return max(values) if values else None


def rate_row(figures: Figures, what: str, target: str, name: str, unit: str, peer: str, peer_names: list[str]) -> list[str]:
    ours, theirs = figures.get(name, "per_second"), figures.best(peer_names)
    p50 = figures.get(name, "p50_us")
    return [
        what,
        target,
        "–" if ours is None else f"{count(ours)} {unit}" + (f" (p50 {p50:.1f} µs)" if p50 else ""),
        peer if theirs is None else f"{peer}: {count(theirs)} {unit}",
        ratio(ours, theirs) if ours and theirs else "–",
        f"`operon bench {name}`",
    ]


def model_rows(figures: Figures) -> list[list[str]]:
    """Language models: streams beside the official SDK on the same server, cancellation, breaker."""

    def row(what: str, target: str, ours, text: str, beside: str, compared: str, command: str) -> list[str]:
        return [what, target, "–" if ours is None else text, beside, compared, f"`operon bench {command}`"]

    wall, cpu = figures.get("streams", "wall_ms"), figures.get("streams", "cpu_us_per_event")
    weight = figures.get("streams", "kib_per_stream")
    sdk_wall, sdk_cpu = figures.get("openai-streams", "wall_ms"), figures.get("openai-streams", "cpu_us_per_event")
    sdk_weight = figures.get("openai-streams", "kib_per_stream")
    first = figures.get("stream-alone", "p50_us")
    cancel, decision = figures.get("cancel", "wall_ms"), figures.get("breaker", "p50_us")
    return [
        row("500 streams of 100 events", "≤ 1.1 s at the server's pace of 1.0 s", wall, f"{(wall or 0) / 1000:.2f} s",
            "–" if sdk_wall is None else f"openai SDK: {sdk_wall / 1000:.2f} s",
            ratio(sdk_wall, wall) if wall and sdk_wall else "–", "streams"),
        row("Processor per event", "≤ 1/10 of the peer", cpu, f"{cpu} µs",
            "–" if sdk_cpu is None else f"openai SDK: {sdk_cpu} µs", ratio(sdk_cpu, cpu) if cpu and sdk_cpu else "–", "streams"),
        row("Memory per stream", "≤ 25 KiB", weight, f"{weight} KiB",
            "–" if sdk_weight is None else f"openai SDK: {sdk_weight} KiB", "–", "streams"),
        row("A token's way, write to caller", "< 1 ms", first, f"p50 {first} µs, p99 {figures.get('stream-alone', 'p99_us')} µs",
            "–", "–", "streams --streams 1"),
        row("500 running streams cancelled", "< 20 ms", cancel, f"{cancel} ms", "–", "–", "cancel"),
        row("Breaker, decision and record", "< 200 ns", decision, f"{1000 * (decision or 0):.0f} ns", "–", "–", "breaker"),
    ]


def rows(figures: Figures) -> list[list[str]]:
    made = [
        rate_row(figures, "Agent turn, in memory", "≥ 100x the peer", "turn", "turns/s", "LangGraph", ["langgraph-turn"]),
        rate_row(
            figures, "Agent turn, durable", "≥ 100x the peer", "turn-durable", "turns/s", "LangGraph with SqliteSaver",
            ["langgraph-turn-durable"]),
        rate_row(
            figures, "Bus", "≥ 2 M deliveries/s", "bus", "deliveries/s", "autogen-core",
            ["autogen-bus-1", "autogen-bus-10", "autogen-bus-100"]),
        rate_row(figures, "Request and reply", "≥ 300 k/s", "request", "requests/s", "autogen-core", ["autogen-request"]),
        rate_row(
            figures, "Durable log", "≥ 200 k envelopes/s", "log", "envelopes/s", "limit, SQLite with 2 indices",
            ["sqlite-log-2-indices"]),
        rate_row(figures, "Replay", "≥ 20x the live run", "replay", "runs/s", "the same run live", []),
    ]
    live = figures.get("replay", "live_per_second")
    if live:
        replay = figures.get("replay", "per_second")
        made[-1][3:5] = [f"the same run live: {count(live)} runs/s", ratio(replay, live)]
    made += model_rows(figures)
    memory, sessions = figures.get("sessions", "rss_mib"), figures.get("sessions", "n")
    made.append([
        "Idle sessions", "100 k in < 500 MiB",
        "–" if memory is None else f"{memory:.0f} MiB for {count(sessions)} sessions", "–", "–", "`operon bench sessions`",
    ])
    base = figures.get("process-start", "p50_us")
    for what, target, name in (
        ("Start of `operon ask`", "< 30 ms", "ask-start"),
        ("One question, exec to exit", "–", "ask-one-shot"),
    ):
        took = figures.get(name, "p50_us")
        made.append([
            what, target, "–" if took is None else f"{took / 1000:.1f} ms",
            "–" if base is None else f"/bin/true in the same harness: {base / 1000:.1f} ms", "–", "`Benchmarks/startup.py`",
        ])
    return made


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: table.py FIGURES")
    figures = Figures(sys.argv[1])
    header = ["what", "target", "Operon", "beside it", "ratio", "command"]
    for row in [header, ["---"] * len(header), *rows(figures)]:
        print("| " + " | ".join(row) + " |")
    print(f"\n{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()} for the peers")


if __name__ == "__main__":
    main()
