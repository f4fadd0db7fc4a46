"""What the sandbox posts as Twilio is believed at the door, and says which message it is about."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from io import BytesIO
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

from integrations.providers.twilio_messaging import Key, Say, twiml
from tests.integrations.sandbox.running import Running, running_sandbox
from webhooks import tokens
from webhooks.models import Delivery

OWN = ("sandbox", "sandbox")
ACCOUNT = "/twilio_messaging/2010-04-01/Accounts/sandbox"


class Server(ThreadingMixIn, WSGIServer):
    """Answers several at once."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def served(door: Any, settings: Any) -> Iterator[str]:
    """The door on a free port, in the sandbox; the address of its Twilio callbacks."""
    settings.SITE_URL, settings.SANDBOX = "", True
    tokens.forget()

    def whole(environ: Any, start: Any) -> Any:
        """Give the body an end, as real servers do."""
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        return door({**environ, "wsgi.input": BytesIO(body)}, start)

    server = make_server("127.0.0.1", 0, whole, Server, Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/webhooks/twilio"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sandbox() -> Iterator[Running]:
    with running_sandbox("--callbacks", "1", "--status-step-ms", "20") as running:
        running.http.auth = OWN
        yield running


def settled(sandbox: Running, count: int) -> dict[str, int]:
    give_up_at = time.monotonic() + 60
    while True:
        counts = dict(sandbox.http.get("/_control/twilio_messaging").json()["callbacks"])
        if sum(counts.values()) >= count:
            return counts
        if time.monotonic() > give_up_at:
            raise TimeoutError(counts)
        time.sleep(0.02)


def heard(kind: str, *names: str) -> set[tuple[Any, ...]]:
    rows = Delivery.objects.filter(kind=kind).values_list("payload", flat=True)
    return {tuple(row.get(name) for name in names) for row in rows}


def test_statuses_of_a_message_and_the_reply_to_it(served: str, sandbox: Running):
    form = {"To": "+14155550100", "From": "+15005550006", "Body": "Hi"}
    form["StatusCallback"] = f"{served}/sms-status?m=7"
    sid = sandbox.http.post(f"{ACCOUNT}/Messages.json", data=form).json()["sid"]
    reply = {"from": "+14155550100", "body": "STOP", "url": f"{served}/inbound-sms"}
    sandbox.http.post("/_control/twilio_messaging", json={"reply": reply})

    counts = settled(sandbox, 4)

    assert counts == {"posted": 4, "dropped": 0, "failed": 0, "refused": 0}
    assert heard("sms-status", "MessageSid", "MessageStatus", "_m") == {
        (sid, status, "7") for status in ("queued", "sent", "delivered")
    }
    assert heard("inbound-sms", "From", "Body") == {("+14155550100", "STOP")}


def test_events_of_a_call_who_answered_and_the_key(served: str, sandbox: Running):
    words = twiml(Key(f"{served}/inbound-voice?m=8", (Say("Press 1"),)))
    form = {
        "To": "+15005550189", "From": "+15005550006", "Twiml": words,
        "StatusCallback": f"{served}/voice-status?m=8",
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "MachineDetection": "DetectMessageEnd", "AsyncAmd": "true",
        "AsyncAmdStatusCallback": f"{served}/amd?m=8",
    }  # fmt: skip
    sid = sandbox.http.post(f"{ACCOUNT}/Calls.json", data=form).json()["sid"]
    press = {"press": {"call": sid, "digit": "1"}}
    sandbox.http.post("/_control/twilio_messaging", json=press)

    counts = settled(sandbox, 6)

    assert counts == {"posted": 6, "dropped": 0, "failed": 0, "refused": 0}
    assert heard("voice-status", "CallStatus", "SequenceNumber", "_m") == {
        ("queued", "0", "8"), ("ringing", "1", "8"), ("in-progress", "2", "8"),
        ("completed", "3", "8"),
    }  # fmt: skip
    assert heard("amd", "AnsweredBy", "_m") == {("machine_end_beep", "8")}
    assert heard("inbound-voice", "Digits", "_m") == {("1", "8")}
