"""What providers tell of their limits, as one process knows it, and its obedience to that.

A provider that tells nothing costs a look at two attributes. Of one that does, the headers of an
answer are read once a second per account at the most, besides those that ask us to wait
(Retry-After), and shared over Redis in the background; between two looks every call that is sent is
counted here. So only what is under way, or sent by other processes within a second, can be too
much; the provider answers that with a 429, which processes nothing. What had to be asked for is not
counted here: who knows which of our calls count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Coroutine, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import time
from typing import Any

from integrations.calls import Call
from integrations.errors import RateReached
from integrations.limits.memo import Memo, Noted, key_of
from integrations.provider import Provider, Told

LOOK_EVERY_S = 1.0
READ_EVERY_S = 30.0
WAIT_S = 5.0  # a reset as near as this is waited for in place
LONGEST_S = 900.0  # who waits for a later one looks again by then: a plan may have been topped up


def has_limits_to_tell(of: Provider) -> bool:
    """Tell whether a provider says anything of its limits."""
    return of.reads_limits is not None or of.asks_limits is not None


class Account:
    """What one account was told; `look_at` and `read_at` are when to look and to read again."""

    __slots__ = ("look_at", "noted", "read_at")

    def __init__(self) -> None:
        self.noted: dict[str, Noted] = {}
        self.look_at = 0.0
        self.read_at = 0.0

    def take(self, noted: Sequence[Noted]) -> None:
        """Let what was told later stand in the place of what is known; of two words the newer."""
        for one in noted:
            before = self.noted.get(one.name)
            if before is None or one.at > before.at:
                self.noted[one.name] = one

    def spent(self, lookups: Collection[str], now: float) -> Noted | None:
        """Return what leaves nothing for these lookups until it is reset, the last reset first."""
        found = [
            one for one in self.noted.values() if one.is_used_up(now) and one.told.concerns(lookups)
        ]
        return max(found, key=lambda one: one.resets_s, default=None)


class Hearing:
    """Every account that this process has asked; one per event loop."""

    def __init__(self, memo: Memo | None) -> None:
        self._memo = memo
        self._accounts: dict[str, Account] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def obey(self, call: Call) -> Sequence[Told]:
        """Count a call that is about to be sent; return the limits that we have to count ourselves.

        Raises RateReached, with `retry_at`, where the provider said that nothing is left.
        """
        key = _key_of(call)
        account = self._accounts.get(key)
        now = time()
        if account is None:
            account = self._accounts[key] = Account()
            account.read_at = now + READ_EVERY_S
            await self._read(call, account)
        elif now >= account.read_at:
            account.read_at = now + READ_EVERY_S
            self._soon(self._read(call, account))
        if not account.noted:
            return ()
        while spent := account.spent(call.lookups, now):
            if spent.resets_s - now > WAIT_S:
                raise _refusal(call.provider.label, spent)
            await asyncio.sleep(spent.resets_s - now)
            now = time()
        return _counted(account, call, now)

    def look(self, call: Call, headers: Mapping[str, str]) -> None:
        """Read what an answer tells, unless that was done a moment ago and it may be asked on."""
        reads, key, now = call.provider.reads_limits, _key_of(call), time()
        account = self._accounts.get(key)
        if reads is None or account is None:
            return
        if now < account.look_at and "retry-after" not in headers:
            return
        account.look_at = now + LOOK_EVERY_S
        told = reads(headers, call.lookups)
        if told:
            account.take([Noted(one, now) for one in told])
            self._soon(self._share(key, account))

    async def hear(self, call: Call, told: Sequence[Told]) -> None:
        """Keep what was asked for, which is all that holds, and tell the others."""
        account = self._accounts.setdefault(_key_of(call), Account())
        account.noted.clear()
        account.take([Noted(one, time()) for one in told])
        if self._memo is not None:
            await self._memo.replace(_key_of(call), list(account.noted.values()))

    def reset_of(self, call: Call) -> datetime | None:
        """Return when the limit that this call ran into is reset, if the provider told."""
        account = self._accounts.get(_key_of(call))
        spent = account.spent(call.lookups, time()) if account else None
        return spent.told.resets_at if spent else None

    def why_closed(self, account_id: int, label: str, *, is_sandbox: bool) -> RateReached | None:
        """Return why an account need not be tried for any lookup now, None when it may be."""
        account = self._accounts.get(key_of(account_id, is_sandbox=is_sandbox))
        spent = account.spent((), time()) if account and account.noted else None
        return _refusal(label, spent) if spent else None

    async def written(self) -> None:
        """Return when what was heard so far is shared."""
        await asyncio.gather(*self._tasks)

    async def aclose(self) -> None:
        """Give up what is under way to Redis."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _read(self, call: Call, account: Account) -> None:
        if self._memo is None:
            return
        found = await self._memo.read(_key_of(call))
        if found and call.provider.reads_limits is None:
            account.noted.clear()  # what was asked for is all that holds
        account.take(found)

    async def _share(self, key: str, account: Account) -> None:
        if self._memo is not None:
            account.take(await self._memo.write(key, list(account.noted.values())))

    def _soon(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _key_of(call: Call) -> str:
    return key_of(call.account.id, is_sandbox=call.account.is_sandbox)


def _counted(account: Account, call: Call, now: float) -> list[Told]:
    ours = []
    for name, one in list(account.noted.items()):
        if one.is_over(now):
            del account.noted[name]
        elif not one.told.concerns(call.lookups):
            continue
        elif one.left is not None:
            one.left -= call.provider.reads_limits is not None
        elif one.told.limit and one.told.per:
            ours.append(one.told)
    return ours


def _refusal(label: str, spent: Noted) -> RateReached:
    told = spent.told
    assert told.resets_at is not None
    until = f"{told.resets_at:%d %B, %H:%M:%S} UTC"
    text = f"{label}: it told us that no {told.name} are left until {until}"
    again = datetime.now(UTC) + timedelta(seconds=LONGEST_S)
    return RateReached(text, retry_at=min(told.resets_at, again))
