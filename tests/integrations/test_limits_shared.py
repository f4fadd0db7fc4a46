"""Rate limits that processes share: over a fleet of real ones, and without Redis."""

import asyncio
import time
from collections import Counter

import pytest

from integrations.errors import RateReached
from integrations.limits.window import Window
from tests.integrations.limiting import assert_never_over, limiting, times_of
from tests.integrations.programs import programs

WAIT_S = 60.0
RATES = {
    "fast": [(100, 1.0)],
    "slow": [(15, 1.0)],
    "both": [(15, 1.0), (25, 3.0)],
}


def test_ar_15_without_redis_a_process_keeps_to_its_share(tmp_path, caplog):
    async def main():
        async with limiting(str(tmp_path / "none"), share=0.5) as limiter:
            began = time.monotonic()
            used = await times_of(limiter, 9, ((7, 0.4),))
            return [at - began for at in used]

    used = asyncio.run(main())

    assert used[0] > 0.45
    assert_never_over(used, [(3, 0.4)])
    assert [record.message for record in caplog.records] == [
        "limits: Redis is away (ConnectionError); each process limits itself to 0.5 of each rate"
    ]


def test_a_share_below_one_permit_is_a_longer_window():
    window = Window(2, 1.0, 0.1)

    window.add(100.0, 1)

    assert window.own_room(100.0) == 0
    assert window.own_wait_s(100.0) == pytest.approx(1.05 * 5)


def test_a_flush_makes_no_process_forget_what_others_used(redis_client, rate_socket):
    async def main():
        async with limiting(rate_socket) as one, limiting(rate_socket) as other:
            used = await times_of(one, 5, ((5, 0.4),))
            redis_client.flushall()
            return used + await times_of(other, 5, ((5, 0.4),))

    assert_never_over(asyncio.run(main()), [(5, 0.4)])


def test_ar_15_when_redis_returns_nobody_takes_what_others_used_meanwhile(rate_socket):
    async def main():
        async with (
            limiting(rate_socket, share=0.5) as one,
            limiting(rate_socket, share=0.5) as other,
        ):
            for limiter in (one, other):
                limiter.outage.begins(ConnectionError())
                limiter.outage.ask_again_at += WAIT_S
            await asyncio.sleep(1.6)
            ours = await times_of(one, 3, ((6, 1.5),))
            theirs = await times_of(other, 3, ((6, 1.5),))
            for limiter in (one, other):
                limiter.outage.ask_again_at = 0.0
            return sorted(ours + theirs) + await times_of(one, 3, ((6, 1.5),))

    used = asyncio.run(main())

    assert used[5] - used[0] < 1.5  # nobody has waited for a window to pass
    assert_never_over(used, [(6, 1.5)])


def test_ar_14_a_fleet_uses_a_rate_and_never_passes_it_whatever_happens(redis_client, rate_socket):
    settings = {"socket": rate_socket, "rates": RATES, "share": 0.33}
    with programs("permit_taker", 3) as fleet:
        flushed_at = time.monotonic() + 3.0
        for program in fleet:
            program.go(**settings, stalls_from=flushed_at, until=flushed_at + 6.3)
        time.sleep(flushed_at - time.monotonic())
        redis_client.flushall()
        time.sleep(1.5)
        redis_client.client_pause(1000)
        results = [program.result() for program in fleet]

    used = {key: sorted(at for result in results for at in result[key]) for key in RATES}
    for key, rates in RATES.items():
        assert_never_over(used[key], rates)
    for key in ("fast", "slow"):
        ((limit, _),) = RATES[key]
        before = [at for at in used[key] if at < flushed_at]
        spans = sorted(after - at for at, after in zip(before, before[limit:], strict=False))
        assert (
            spans[len(spans) // 4] < 1.2
        )  # of a process that was kept waiting only a part is slow
        assert used[key][-1] > flushed_at + 3.3
    shares = [len(result["fast"]) / len(used["fast"]) for result in results]
    assert min(shares) > 0.15


def test_ar_18_ten_that_start_cold_share_one_burst(rate_socket):
    async def granted(socket):
        async with limiting(socket, share=0.1) as limiter:
            asked = [limiter.acquire("hunter", ((5, 3600.0),), deadline_s=1) for _ in range(3)]
            found = await asyncio.gather(*asked, return_exceptions=True)
            return [type(one) for one in found]

    async def main():
        return await asyncio.gather(*(granted(rate_socket) for _ in range(10)))

    found = [one for each in asyncio.run(main()) for one in each]

    assert Counter(found) == {type(None): 5, RateReached: 25}
