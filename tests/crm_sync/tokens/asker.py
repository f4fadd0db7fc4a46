"""A worker process that wants a connection's token, many times at once, and says what it got.

It does so as often as it is told.
"""

from __future__ import annotations

import asyncio
import json
import sys


async def ask_all(row, count):
    from crm_sync.tokens import reach_of
    from tests.crm_sync.connections import plain, reaching

    async with reaching() as (gate, lane):
        asked = [reach_of(row, gate, lane, connector=plain()) for _ in range(count)]
        return sorted({way.view.secrets["token"] for way in await asyncio.gather(*asked)})


def main():
    import django

    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print("asking", flush=True)
        print(json.dumps(asyncio.run(ask_all(order["row"], order["count"]))), flush=True)


if __name__ == "__main__":
    main()
