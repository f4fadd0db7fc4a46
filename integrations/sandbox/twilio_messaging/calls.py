"""Calls as the sandbox keeps them: placed, listed, changed and ended, keys pressed in them."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from integrations.sandbox.faults import ANSWERED as WAS_ANSWERED
from integrations.sandbox.faults import DROPPED, FAILED
from integrations.sandbox.posting import Post, Poster
from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.settings import BadSetting
from integrations.sandbox.twilio_messaging.magic import (
    ANSWERED,
    CALLS,
    FAULTS,
    LOST,
    ODD,
    REFUSED_CALLER,
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

LASTS_STEPS, DURATION_S = 20, 12
PRICE_USD = 0.014
GATHER = re.compile(r'<Gather [^>]*?action="([^"]*)"')
EVENT_OF = {"queued": "initiated", "ringing": "ringing", "in-progress": "answered"}
HEARD = {"machine": {"Enable": "machine_start", "DetectMessageEnd": "machine_end_beep"}}


@dataclass(slots=True)
class Phonecall:
    """One call; its status follows from its fate, its age and who hung up."""

    sid: str
    owner: Owner
    to: str
    sender: str
    form: Form
    fate: Fate
    made_at: float
    twiml: list[str] = field(default_factory=list)
    ended_as: str = ""

    def steps(self) -> list[tuple[int, str]]:
        """Return its statuses with the step at which each begins."""
        known = [(0, "queued"), (1, "ringing")]
        if self.fate.ending == "completed":
            return [*known, (2, "in-progress"), (2 + LASTS_STEPS, "completed")]
        return [*known, (2, self.fate.ending)] if self.fate.ending else known

    def status(self, step_ms: float) -> str:
        """Return the status of this moment."""
        if self.ended_as:
            return self.ended_as
        age = (time.time() - self.made_at) * 1000 / step_ms if step_ms else 1e9
        return [status for step, status in self.steps() if step <= max(0.0, age)][-1]

    def heard(self) -> str:
        """Return who answered, as the detection that was asked for tells it; "" without one."""
        wanted, who = one(self.form, "MachineDetection"), self.fate.answered_by
        return HEARD.get(who, {}).get(wanted, who) if wanted else ""

    def row(self, step_ms: float) -> dict[str, Any]:
        """Return it as Twilio writes it."""
        status, made = self.status(step_ms), rfc2822(int(self.made_at))
        is_over = status == "completed"
        path = f"{API}/Accounts/{self.owner.account_sid}/Calls/{self.sid}"
        return {
            "sid": self.sid, "account_sid": self.owner.account_sid, "api_version": "2010-04-01",
            "to": self.to, "from": self.sender, "status": status, "direction": "outbound-api",
            "answered_by": self.heard() or None if is_over else None,
            "duration": str(DURATION_S) if is_over else None,
            "price": f"-{PRICE_USD:.5f}" if is_over else None, "price_unit": "USD",
            "date_created": made, "date_updated": made,
            "start_time": made if status in ("in-progress", "completed") else None,
            "end_time": made if is_over else None,
            "uri": f"{path}.json", "subresource_uris": {},
        }  # fmt: skip


class Calls:
    """All calls of this sandbox."""

    def __init__(self, poster: Poster) -> None:
        self.poster = poster
        self.kept = Kept()
        self._sids = sids("CA")

    def told(self) -> Mapping[str, Any]:
        """Return what was placed, for each number, and what was said in each call."""
        made = self.kept.made()
        said_in = {call.sid: call.twiml for call in self.kept.newest("")[:100]}
        return {"made": sum(made.values()), "to": made, "twiml": said_in}

    def make(self, form: Form, owner: Owner) -> Answer:
        """Answer POST Calls.json."""
        to, sender = one(form, "To"), one(form, "From")
        if refused := _refused(form):
            return refusal(*refused)
        call = Phonecall(
            next(self._sids), owner, to, sender, form, CALLS.get(to, ANSWERED), time.time(),
            [one(form, "Twiml")],
        )  # fmt: skip
        answer = said(201, call.row(1e9), "call", to)
        answer.body = ODD.get(to, answer.body)
        answer.fault = FAULTS.get(to)
        answer.after = lambda outcome: self._made(call, outcome)
        return answer

    def read(self, asked: Asked, rest: str) -> Answer:
        """Answer GET Calls.json and GET Calls/{Sid}.json."""
        step_ms = self.poster.settings().status_step_ms
        if rest == "Calls.json":
            rows = self.kept.newest(asked.params().get("To", ""))
            return paged(rows, asked, "calls", lambda row: row.row(step_ms))
        found = self._find(rest)
        if found is None:
            return refusal(404, 20404)
        return said(200, found.row(step_ms), "fetch_call", found.to)

    def change(self, rest: str, form: Form) -> Answer:
        """Answer POST Calls/{Sid}.json: other words, or the end; 21220 for one that is over."""
        found, step_ms = self._find(rest), self.poster.settings().status_step_ms
        if found is None:
            return refusal(404, 20404)
        status = found.status(step_ms)
        if status not in ("queued", "ringing", "in-progress"):
            return refusal(400, 21220)
        if twiml := one(form, "Twiml"):
            if status != "in-progress":
                return refusal(400, 21220)
            found.twiml.append(twiml)
        if one(form, "Status") == "completed":
            found.ended_as = "completed" if status == "in-progress" else "canceled"
        return said(200, found.row(step_ms), "change_call", found.to)

    def press(self, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let the callee press a key: it goes to the action of the call's first Gather."""
        call = self.kept.by_sid.get(str(wanted["call"]))
        gather = GATHER.search(call.twiml[-1]) if call else None
        if call is None or gather is None:
            raise BadSetting("no such call, or it asks for no key")
        form = {**_told(call, "in-progress", 3), "Digits": str(wanted.get("digit", "1"))}
        url = unescape(gather[1])
        self.poster.post(Post(url, form, call.owner.token, f"{call.sid}|press"))
        return {"action": url}

    def _find(self, rest: str) -> Phonecall | None:
        found: Phonecall | None = self.kept.by_sid.get(
            rest.removeprefix("Calls/").removesuffix(".json")
        )
        return found

    def _made(self, call: Phonecall, outcome: int) -> None:
        fault = FAULTS.get(call.to)
        was_read = outcome == FAILED and fault is not None and fault.status == LOST
        if outcome not in (WAS_ANSWERED, DROPPED) and not was_read:
            return
        call.made_at = time.time()
        self.kept.add(call)
        if self.poster.settings().callbacks:
            self._post(call)

    def _post(self, call: Phonecall) -> None:
        """Post the statuses asked for, and who answered."""
        step_s = self.poster.settings().status_step_ms / 1000
        wanted, url = (
            call.form.get("StatusCallbackEvent", ["completed"]),
            one(call.form, "StatusCallback"),
        )
        for number, (step, status) in enumerate(call.steps()):
            if url and EVENT_OF.get(status, "completed") in wanted:
                post = Post(url, _told(call, status, number), call.owner.token, call.sid + status)
                self.poster.post(post, step * step_s)
        url = one(call.form, "AsyncAmdStatusCallback")
        if url and call.heard() and call.fate.ending == "completed":
            form = {
                "CallSid": call.sid, "AccountSid": call.owner.account_sid,
                "AnsweredBy": call.heard(), "MachineDetectionDuration": "2400",
            }  # fmt: skip
            self.poster.post(Post(url, form, call.owner.token, call.sid + "amd"), 3 * step_s)


def _refused(form: Form) -> tuple[int, int] | None:
    """Return Twilio's refusal of a form, None for a good one."""
    to, sender = one(form, "To"), one(form, "From")
    if to in REFUSED_TO:
        return {21612: (400, 21214), 21408: (400, 21215), 21610: (400, 21216)}.get(
            REFUSED_TO[to][1], REFUSED_TO[to]
        )
    if sender in REFUSED_CALLER:
        return REFUSED_CALLER[sender]
    if not to.startswith("+") or not to[1:].isdigit():
        return 400, 21211
    if not sender:
        return 400, 21213
    return None if "<Response" in one(form, "Twiml") else (400, 12100)


def _told(call: Phonecall, status: str, number: int) -> dict[str, str]:
    form = {
        "CallSid": call.sid, "AccountSid": call.owner.account_sid, "From": call.sender,
        "To": call.to, "CallStatus": status, "ApiVersion": "2010-04-01",
        "Direction": "outbound-api", "SequenceNumber": str(number),
        "CallbackSource": "call-progress-events", "Timestamp": rfc2822(int(time.time())),
    }  # fmt: skip
    return form | ({"CallDuration": str(DURATION_S)} if status == "completed" else {})
