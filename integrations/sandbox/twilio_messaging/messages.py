"""Messages as the sandbox keeps them: made, listed, fetched, answered."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.faults import ANSWERED, DROPPED, FAILED, THROTTLED, Fault
from integrations.sandbox.posting import Post, Poster
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.twilio_messaging.magic import (
    FAULTS,
    GOOD,
    LOST,
    MESSAGES,
    ODD,
    REFUSED_FROM,
    REFUSED_TO,
    Fate,
)
from integrations.sandbox.twilio_messaging.rows import (
    API,
    Form,
    Kept,
    Owner,
    one,
    paged,
    refusal,
    rfc2822,
    said,
    sids,
)
from integrations.sandbox.twilio_messaging.senders import NUMBER

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "YES", "UNSTOP"})
PRICE_USD = 0.012


@dataclass(slots=True)
class Message:
    """One message; its status follows from its fate and its age."""

    sid: str
    owner: Owner
    to: str
    sender: str
    service: str
    body: str
    fate: Fate
    callback: str
    made_at: float
    direction: str = "outbound-api"

    def steps(self) -> list[str]:
        """Return its statuses in their order, one a step."""
        if self.direction == "inbound":
            return ["received"]
        first = "accepted" if self.service else "queued"
        if self.fate.ending == "failed":
            return [first, "failed"]
        return [first, "sent", self.fate.ending] if self.fate.ending else [first, "sent"]

    def status(self, step_ms: float) -> str:
        """Return the status of this moment."""
        steps = self.steps()
        age = (time.time() - self.made_at) * 1000
        return steps[min(len(steps) - 1, int(age / step_ms) if step_ms else len(steps))]

    def segments(self) -> int:
        """Return how many segments the text takes, of 7-bit characters or of Unicode."""
        alone, joined = (160, 153) if self.body.isascii() else (70, 67)
        return 1 if len(self.body) <= alone else -(-len(self.body) // joined)

    def row(self, step_ms: float) -> dict[str, Any]:
        """Return it as Twilio writes it."""
        status = self.status(step_ms)
        is_waiting, is_failed = status == "accepted", status in ("failed", "undelivered")
        price = f"-{PRICE_USD * self.segments():.5f}"
        path = f"{API}/Accounts/{self.owner.account_sid}/Messages/{self.sid}"
        made = rfc2822(int(self.made_at))
        return {
            "sid": self.sid, "account_sid": self.owner.account_sid, "api_version": "2010-04-01",
            "to": self.to, "from": None if is_waiting else self.sender, "body": self.body,
            "status": status, "direction": self.direction,
            "num_segments": "0" if is_waiting else str(self.segments()), "num_media": "0",
            "price": price if status in ("delivered", "undelivered") else None,
            "price_unit": "USD", "error_code": self.fate.code if is_failed else None,
            "error_message": None, "messaging_service_sid": self.service or None,
            "date_created": made, "date_updated": made,
            "date_sent": made if status in ("sent", "delivered", "undelivered") else None,
            "uri": f"{path}.json", "subresource_uris": {"media": f"{path}/Media.json"},
        }  # fmt: skip


class Messages:
    """All messages of this sandbox, and who has opted out."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.kept = Kept()
        self.opted_out: set[str] = set()
        self.throttled = 0
        self._sids = sids("SM")
        self._lately: deque[float] = deque()

    def told(self) -> Mapping[str, Any]:
        """Return what was made: how many in all, for each number, and how many 429 were given."""
        made = {
            to: count
            for to, count in self.kept.made().items()
            if any(self.kept.by_sid[sid].direction != "inbound" for sid in self.kept.by_to[to])
        }
        return {
            "made": sum(made.values()), "to": made, "throttled": self.throttled,
            "opted_out": sorted(self.opted_out),
        }  # fmt: skip

    def make(self, form: Form, owner: Owner) -> Answer:
        """Answer POST Messages.json; it is made as soon as nothing keeps the request from it."""
        if self._is_over_limit():
            self.throttled += 1
            return Answer(201, b"{}", ("sms",), (one(form, "To"),), fault=Fault(THROTTLED))
        if refused := self._refused(form):
            return refusal(*refused)
        to, service = one(form, "To"), one(form, "MessagingServiceSid")
        message = Message(
            next(self._sids), owner, to, one(form, "From") or NUMBER, service, one(form, "Body"),
            MESSAGES.get(to, GOOD), one(form, "StatusCallback"), time.time(),
        )  # fmt: skip
        answer = said(201, message.row(1e9), "sms", to)
        answer.body = ODD.get(to, answer.body)
        answer.fault = FAULTS.get(to)
        answer.after = lambda outcome: self._made(message, outcome)
        return answer

    def read(self, asked: Asked, rest: str) -> Answer:
        """Answer GET Messages.json and GET Messages/{Sid}.json."""
        step_ms = self.poster.settings().status_step_ms
        if rest == "Messages.json":
            given = asked.params()
            rows = [row for row in self.kept.newest(given.get("To", "")) if _fits(row, given)]
            return paged(rows, asked, "messages", lambda row: row.row(step_ms))
        found = self.kept.by_sid.get(rest.removeprefix("Messages/").removesuffix(".json"))
        if found is None:
            return refusal(404, 20404)
        return said(200, found.row(step_ms), "fetch_message", found.to)

    def reply(self, wanted: Mapping[str, Any], owner: Owner) -> Mapping[str, Any]:
        """Let somebody write to us: STOP opts out, START in again; the form goes to `url`."""
        sender, body = str(wanted["from"]), str(wanted["body"])
        earlier = next((m for m in self.kept.newest(sender)), None)
        to = str(wanted.get("to") or (earlier.sender if earlier else NUMBER))
        owner = earlier.owner if earlier else owner
        message = Message(
            next(self._sids), owner, to, sender, "", body, GOOD, "", time.time(), "inbound"
        )
        self.kept.add(message)
        word = body.strip().upper()
        if word in STOP:
            self.opted_out.add(sender)
        elif word in START:
            self.opted_out.discard(sender)
        if url := str(wanted.get("url") or ""):
            form = _inbound(message, str(wanted.get("opt_out_type") or ""))
            self.poster.post(Post(url, form, owner.token, message.sid))
        return {"sid": message.sid}

    def _is_over_limit(self) -> bool:
        limit, now, passed = self.poster.settings().messages_per_s, time.monotonic(), self._lately
        while passed and passed[0] <= now - 1:
            passed.popleft()
        if limit and len(passed) >= limit:
            return True
        passed.append(now)
        return False

    def _refused(self, form: Form) -> tuple[int, int] | None:
        """Return Twilio's refusal of a form, None for a good one."""
        to, sender, body = one(form, "To"), one(form, "From"), one(form, "Body")
        if magic := REFUSED_TO.get(to) or REFUSED_FROM.get(sender):
            return magic
        wrong = {
            21211: not to.startswith("+") or not to[1:].isdigit(),
            21603: not sender and not one(form, "MessagingServiceSid"),
            21602: not body,
            21617: len(body) > 1600,
            21610: to in self.opted_out,
        }
        return next(((400, code) for code, is_so in wrong.items() if is_so), None)

    def _made(self, message: Message, outcome: int) -> None:
        """Keep a message unless its request was turned away before it was read."""
        fault = FAULTS.get(message.to)
        was_read = outcome == FAILED and fault is not None and fault.status == LOST
        if outcome not in (ANSWERED, DROPPED) and not was_read:
            return
        message.made_at = time.time()
        self.kept.add(message)
        settings = self.poster.settings()
        if message.callback and settings.callbacks:
            for step, status in enumerate(message.steps()):
                form = _status(message, status)
                post = Post(message.callback, form, message.owner.token, f"{message.sid}|{status}")
                self.poster.post(post, step * settings.status_step_ms / 1000)


def _fits(row: Message, given: Mapping[str, str]) -> bool:
    """Tell whether a message passes the filters besides the recipient's; days are UTC."""
    if given.get("From", row.sender) != row.sender:
        return False
    day = time.strftime("%Y-%m-%d", time.gmtime(row.made_at))
    return (
        given.get("DateSent", day) == day
        and given.get("DateSent>", day) <= day
        and given.get("DateSent<", day) >= day
    )


def _status(message: Message, status: str) -> dict[str, str]:
    form = {
        "MessageSid": message.sid, "SmsSid": message.sid, "MessageStatus": status,
        "SmsStatus": status, "To": message.to, "From": message.sender,
        "AccountSid": message.owner.account_sid, "ApiVersion": "2010-04-01",
    }  # fmt: skip
    if message.service:
        form["MessagingServiceSid"] = message.service
    if status in ("failed", "undelivered"):
        form["ErrorCode"] = str(message.fate.code)
    return form


def _inbound(message: Message, opt_out_type: str) -> dict[str, str]:
    form = {
        "MessageSid": message.sid, "SmsSid": message.sid, "SmsMessageSid": message.sid,
        "AccountSid": message.owner.account_sid, "From": message.sender, "To": message.to,
        "Body": message.body, "NumMedia": "0", "NumSegments": str(message.segments()),
        "SmsStatus": "received", "ApiVersion": "2010-04-01",
    }  # fmt: skip
    return form | ({"OptOutType": opt_out_type} if opt_out_type else {})
