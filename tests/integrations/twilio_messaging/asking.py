"""Asks Twilio Messaging: its part of the sandbox without a socket, or a scripted server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from integrations.api import HttpApi
from integrations.gate import Gate
from integrations.providers.twilio_messaging import SANDBOX_NUMBER, TWILIO_MESSAGING
from integrations.sandbox.posting import Poster
from integrations.sandbox.settings import Settings
from integrations.sandbox.twilio_messaging import TwilioMessaging
from tests.integrations.loopback import call_to
from tests.integrations.playing import PlayedGate, api_to

SECRETS = {"account_sid": "AC" + "5" * 32, "auth_token": "7" * 32}
PHONE = "+14155550100"
ACCOUNT = f"/2010-04-01/Accounts/{SECRETS['account_sid']}"
MADE = {
    "sid": "SM" + "0" * 31 + "1", "status": "queued", "to": PHONE, "from": SANDBOX_NUMBER,
    "body": "Hi", "num_segments": "1", "price": None, "price_unit": "USD", "error_code": None,
    "error_message": None, "direction": "outbound-api",
    "date_created": "Sun, 22 Nov 2026 10:00:00 +0000",
}  # fmt: skip


class Played:
    """The sandbox's part with an account of its own; no socket is open."""

    def __init__(self, **settings: Any) -> None:
        self.settings = Settings(**{"messages_per_s": 0, **settings})
        self.poster = Poster(lambda: self.settings)
        self.twilio = TwilioMessaging(self.poster)
        self.gate = PlayedGate(self.twilio)

    def api(self, sid: str = SECRETS["account_sid"], **options: Any) -> HttpApi:
        secrets = {**SECRETS, "account_sid": sid}
        options.setdefault("from_numbers", SANDBOX_NUMBER)
        return api_to(TWILIO_MESSAGING, self.gate, secrets=secrets, **options)

    def ask(self, asking: Callable[[HttpApi], Awaitable[Any]], **options: Any) -> Any:
        """Ask once and return what comes back. Raises CallError."""
        return asyncio.run(_run(asking, self.api(**options)))

    @property
    def made(self) -> Any:
        """How many messages were made for each number."""
        return self.twilio.told()["messages"]["to"]


async def _run(asking: Callable[[HttpApi], Awaitable[Any]], api: HttpApi) -> Any:
    return await asking(api)


def guarded(gate: Gate, url: str, **options: Any) -> HttpApi:
    """Return the real Api over a real gate to a scripted server."""
    options.setdefault("from_numbers", SANDBOX_NUMBER)
    call = call_to(url, TWILIO_MESSAGING, secrets=SECRETS, options=options, id=71)
    return HttpApi(gate, call)
