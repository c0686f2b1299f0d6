"""The official `openai` SDK on the paced server: N concurrent streams, all of their events read.

    openai_streams.py BASE_URL [STREAMS]

Prints one JSON line: wall time, CPU time of this process per event, peak memory per stream.
"""

import asyncio
import json
import resource
import sys
import time

from openai import AsyncOpenAI


def resident_kib() -> int:
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


async def stream(client: AsyncOpenAI) -> tuple[int, str]:
    events, text = 0, []
    answer = await client.chat.completions.create(
        model="paced", messages=[{"role": "user", "content": "go"}], stream=True, stream_options={"include_usage": True})
    async for chunk in answer:
        events += 1
        if chunk.choices and chunk.choices[0].delta.content:
            text.append(chunk.choices[0].delta.content)
    return events, "".join(text)


async def main() -> None:
    url, count = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 500
    client = AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    await stream(client)
    before, cpu, wall = resident_kib(), time.process_time(), time.monotonic()
    results = await asyncio.gather(*(stream(client) for _ in range(count)))
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    events = sum(number for number, _ in results)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({
        "name": "openai-streams", "per_second": round(events / wall), "wall_ms": round(wall * 1000),
        "cpu_us_per_event": round(cpu * 1e6 / events, 2), "kib_per_stream": round((peak - before) / count, 1),
        "n": events,
    }))


asyncio.run(main())
