"""A worker process that takes permits as fast as it can and says when it used each of them.

Times are of the machine's monotonic clock, so those of several processes can be compared. From
`stalls_from` on the event loop stands still for 80 ms, again and again, as a busy worker's does.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from time import monotonic

import redis.asyncio

from integrations.errors import RateReached
from integrations.limits import Limiter


async def take(limiter, key, settings, used):
    windows = tuple(map(tuple, settings["rates"][key]))
    while (left_s := settings["until"] - monotonic()) > 0:
        try:
            await limiter.acquire(key, windows, deadline_s=left_s)
        except RateReached:
            return
        used[key].append(monotonic())
        await asyncio.sleep(0)


async def stall(settings):
    await asyncio.sleep(settings["stalls_from"] - monotonic())
    while monotonic() < settings["until"]:
        await asyncio.sleep(0.1)
        time.sleep(0.08)


async def work(settings):
    client = redis.asyncio.Redis(unix_socket_path=settings["socket"])
    limiter = Limiter(client, share=settings["share"])
    used: dict[str, list[float]] = {key: [] for key in settings["rates"]}
    takers = [take(limiter, key, settings, used) for key in used for _ in range(4)]
    await asyncio.gather(*takers, stall(settings))
    await limiter.aclose()
    await client.aclose()
    return used


def main():
    print("ready", flush=True)
    settings = json.loads(sys.stdin.readline())
    print(json.dumps(asyncio.run(work(settings))), flush=True)


if __name__ == "__main__":
    main()
