"""LangGraph: turns per second on the graph that `operon bench turn` runs.

One turn is observe -> plan -> three parallel no-op tools -> reflect: four phases, six nodes. The state holds the goal,
the plan, one result per tool (merged by a reducer) and the outcome, so that every node writes what a real one would.
In memory the graph is compiled without a checkpointer; durable, with SqliteSaver in a fresh file and a fresh thread
per turn, which is how a session that must survive a crash runs.

Prints one JSON line per case: {"name", "per_second", "p50_us", "p99_us", "n"}.
"""

import argparse
import json
import operator
import os
import tempfile
import time
from typing import Annotated, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.graph import END, START, StateGraph

TOOLS = ("tool_a", "tool_b", "tool_c")


class State(TypedDict):
    goal: str
    observed: str
    plan: list[str]
    results: Annotated[list[str], operator.add]
    outcome: str


def graph() -> StateGraph:
    """The graph, not yet compiled."""
    made = StateGraph(State)
    made.add_node("observe", lambda state: {"observed": state["goal"]})
    made.add_node("plan", lambda state: {"plan": list(TOOLS)})
    for tool in TOOLS:
        made.add_node(tool, lambda state, tool=tool: {"results": [tool]})
    made.add_node("reflect", lambda state: {"outcome": "completed"})
    made.add_edge(START, "observe")
    made.add_edge("observe", "plan")
    for tool in TOOLS:
        made.add_edge("plan", tool)
    made.add_edge(list(TOOLS), "reflect")
    made.add_edge("reflect", END)
    return made


def measure(name: str, compiled, seconds: float, with_thread: bool) -> dict:
    """Runs turns one after the other for `seconds` and checks each result."""
    durations = []
    goal = {"goal": "measure", "results": []}

    def turn(number: int) -> None:
        config = {"configurable": {"thread_id": f"t{number}"}} if with_thread else None
        final = compiled.invoke(goal, config)
        assert final["outcome"] == "completed" and sorted(final["results"]) == list(TOOLS), final

    for number in range(5):
        turn(-1 - number)
    started = time.perf_counter()
    while (before := time.perf_counter()) - started < seconds:
        turn(len(durations))
        durations.append(time.perf_counter() - before)
    durations.sort()
    return {
        "name": name,
        "per_second": round(len(durations) / sum(durations), 1),
        "p50_us": round(durations[len(durations) // 2] * 1e6, 1),
        "p99_us": round(durations[int(len(durations) * 0.99)] * 1e6, 1),
        "n": len(durations),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=float, default=4.0, help="how long each case runs (default 4)")
    seconds = arguments.parse_args().seconds
    print(json.dumps(measure("langgraph-turn", graph().compile(), seconds, with_thread=False)), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        with SqliteSaver.from_conn_string(os.path.join(folder, "checkpoints.sqlite")) as saver:
            durable = graph().compile(checkpointer=saver)
            print(json.dumps(measure("langgraph-turn-durable", durable, seconds, with_thread=True)), flush=True)


if __name__ == "__main__":
    main()
