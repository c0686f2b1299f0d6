"""autogen-core: deliveries and requests per second of its in-process runtime.

`operon bench bus` publishes to N subscribers and counts deliveries; here N agents subscribe to one topic of a
SingleThreadedAgentRuntime. `operon bench request` sends a request and awaits its reply, one after the other.

Prints one JSON line per case: {"name", "per_second", "n"}.
"""

import argparse
import asyncio
import json
import logging
import time
from dataclasses import dataclass

from autogen_core import (
    AgentId,
    DefaultTopicId,
    MessageContext,
    RoutedAgent,
    SingleThreadedAgentRuntime,
    TypeSubscription,
    message_handler,
)

logging.disable(logging.CRITICAL)


@dataclass
class Note:
    number: int


@dataclass
class Question:
    number: int


@dataclass
class Reply:
    number: int


received = 0


class Listener(RoutedAgent):
    """Counts what it is given."""

    def __init__(self) -> None:
        super().__init__("listener")

    @message_handler
    async def on_note(self, message: Note, ctx: MessageContext) -> None:
        global received
        received += 1


class Responder(RoutedAgent):
    """Answers with the number it was asked with."""

    def __init__(self) -> None:
        super().__init__("responder")

    @message_handler
    async def on_question(self, message: Question, ctx: MessageContext) -> Reply:
        return Reply(message.number)


async def deliveries(subscribers: int, messages: int) -> dict:
    global received
    received = 0
    runtime = SingleThreadedAgentRuntime()
    for index in range(subscribers):
        kind = f"listener{index}"
        await Listener.register(runtime, kind, Listener)
        await runtime.add_subscription(TypeSubscription(topic_type="default", agent_type=kind))
    runtime.start()
    started = time.perf_counter()
    for number in range(messages):
        await runtime.publish_message(Note(number), DefaultTopicId())
    await runtime.stop_when_idle()
    took = time.perf_counter() - started
    assert received == messages * subscribers, f"{received} deliveries instead of {messages * subscribers}"
    return {"name": f"autogen-bus-{subscribers}", "per_second": round(received / took, 1), "n": received}


async def requests(count: int) -> dict:
    runtime = SingleThreadedAgentRuntime()
    await Responder.register(runtime, "responder", Responder)
    runtime.start()
    to = AgentId("responder", "default")
    started = time.perf_counter()
    for number in range(count):
        reply = await runtime.send_message(Question(number), to)
        assert reply.number == number
    took = time.perf_counter() - started
    await runtime.stop()
    return {"name": "autogen-request", "per_second": round(count / took, 1), "n": count}


async def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", type=float, default=1.0, help="multiplies the number of messages (default 1)")
    scale = arguments.parse_args().scale
    for subscribers in (1, 10, 100):
        messages = max(10, int(20_000 * scale / subscribers))
        print(json.dumps(await deliveries(subscribers, messages)), flush=True)
    print(json.dumps(await requests(max(10, int(20_000 * scale)))), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
