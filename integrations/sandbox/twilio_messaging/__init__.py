"""Plays Twilio Messaging and Voice: keeps what was sent, lists it, and tells what became of it.

Everything is kept until the sandbox is reset, the newest MEMORY of it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from integrations.sandbox.posting import Poster
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting
from integrations.sandbox.twilio import MAGIC_ACCOUNTS, account_of
from integrations.sandbox.twilio.envelopes import envelope
from integrations.sandbox.twilio_messaging import senders
from integrations.sandbox.twilio_messaging.calls import Calls
from integrations.sandbox.twilio_messaging.messages import Messages
from integrations.sandbox.twilio_messaging.rows import Form, Owner, refusal

ACCOUNTS = "/2010-04-01/Accounts/"
FORM = "application/x-www-form-urlencoded"


class TwilioMessaging:
    """The part of the sandbox that sends and calls."""

    slug = "twilio_messaging"

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.messages = Messages(poster)
        self.calls = Calls(poster)
        self.owner = Owner("sandbox", "sandbox")

    def answer(self, asked: Asked) -> Answer:
        """Answer one request by account, method and path."""
        account = account_of(asked.authorization)
        if account in MAGIC_ACCOUNTS:
            return refusal(*MAGIC_ACCOUNTS[account])
        if asked.path.startswith("/messaging/"):
            return senders.of_service(asked)
        if asked.path.startswith(ACCOUNTS):
            return self._of_account(asked)
        return refusal(404, 20404)

    def throttled(self) -> bytes:
        return envelope(429, 20429)

    def failed(self) -> bytes:
        return envelope(503, 20503)

    def told(self) -> Mapping[str, Any]:
        """Return what was made and posted, for tests to read."""
        return {
            "messages": self.messages.told(),
            "calls": self.calls.told(),
            "callbacks": dict(self.poster.counts),
        }

    def control(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let somebody answer a message (`reply`) or press a key in a call (`press`)."""
        if "reply" in wanted:
            return self.messages.reply(wanted["reply"], self.owner)
        if "press" in wanted:
            return self.calls.press(wanted["press"])
        raise BadSetting("a reply or a press is wanted")

    def _of_account(self, asked: Asked) -> Answer:
        sid, _, rest = asked.path.removeprefix(ACCOUNTS).partition("/")
        self.owner = owner = owner_of(asked.authorization)
        if sid.removesuffix(".json") != owner.account_sid:
            return refusal(401, 20003)
        if asked.method == "POST":
            return self._post(asked, rest, owner)
        if rest.startswith("Messages"):
            return self.messages.read(asked, rest)
        if rest.startswith("Calls"):
            return self.calls.read(asked, rest)
        return senders.of_account(asked, rest, owner)

    def _post(self, asked: Asked, rest: str, owner: Owner) -> Answer:
        if not asked.header("content-type").startswith(FORM):
            return refusal(415, 20001)
        form: Form = {}
        for key, value in parse_qsl(asked.body.decode(), keep_blank_values=True):
            form.setdefault(key, []).append(value)
        if rest == "Messages.json":
            return self.messages.make(form, owner)
        if rest == "Calls.json":
            return self.calls.make(form, owner)
        if rest.startswith("Calls/"):
            return self.calls.change(rest, form)
        return refusal(404, 20404)


@lru_cache(maxsize=64)
def owner_of(authorization: bytes) -> Owner:
    """Return the account that a request is signed with."""
    user, _, token = base64.b64decode(authorization.partition(b" ")[2]).decode().partition(":")
    return Owner(user, token)
