"""A worker process that calls a provider, alive while a file exists, through the circuit "dead"."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from time import monotonic

import redis

from integrations.circuits import CircuitBoard
from integrations.errors import CircuitOpen, ServerFailed


async def call(settings, circuit, sent):
    """Call until the provider has answered once."""
    is_alive = False
    while not is_alive and monotonic() < settings["until"]:
        try:
            with circuit.calling():
                began, is_trial = monotonic(), bool(circuit.trial)
                await asyncio.sleep(settings["answers_after_s"])
                is_alive = Path(settings["alive"]).exists()
                sent.append((began, monotonic(), is_alive, is_trial))
                if not is_alive:
                    raise ServerFailed("provider.lookup: 503")
        except (CircuitOpen, ServerFailed):
            await asyncio.sleep(0.01)


async def work(settings, circuit):
    sent: list[tuple[float, float, bool, bool]] = []
    await asyncio.gather(*(call(settings, circuit, sent) for _ in range(settings["in_flight"])))
    return sent


def main():
    print("ready", flush=True)
    settings = json.loads(sys.stdin.readline())
    with redis.Redis(unix_socket_path=settings["socket"]) as client:
        board = CircuitBoard(client, refresh_s=0.1, trial_lease_s=settings["lease_s"])
        circuit = board.circuit("dead", fail_max=5, reset_s=settings["reset_s"])
        print(json.dumps(asyncio.run(work(settings, circuit))), flush=True)


if __name__ == "__main__":
    main()
