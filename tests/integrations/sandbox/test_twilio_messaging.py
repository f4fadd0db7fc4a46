"""What the sandbox does with messages besides answering: limits, faults, callbacks, replies."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import httpx2
import pytest
from twilio.request_validator import RequestValidator

from tests.integrations.sandbox.running import Running, running_sandbox

SID, TOKEN = "AC" + "0" * 32, "0" * 32
MESSAGES = f"/twilio_messaging/2010-04-01/Accounts/{SID}/Messages.json"
CALLS = f"/twilio_messaging/2010-04-01/Accounts/{SID}/Calls.json"
PHONE, SENDER = "+14155550100", "+15005550006"
Heard = list[tuple[str, dict[str, str]]]


@pytest.fixture(scope="module")
def process() -> Iterator[Running]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(process: Running) -> Running:
    process.fresh(messages_per_s=0, status_step_ms=5, callbacks=1)
    return process


@contextmanager
def listening() -> Iterator[tuple[str, Heard]]:
    """Take what is posted on a free port; give its address and what was heard, signed rightly."""
    heard: Heard = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = dict(parse_qsl(body, keep_blank_values=True))
            target = f"http://{self.headers['Host']}{self.path}"
            signature = self.headers["X-Twilio-Signature"]
            assert RequestValidator(TOKEN).validate(target, form, signature)
            heard.append((self.path, form))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/sms?m=7", heard
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def send(sandbox: Running, to: str = PHONE, **form: str) -> httpx2.Response:
    given = {"To": to, "From": SENDER, "Body": "Hi", **form}
    return sandbox.http.post(MESSAGES, data=given)


def told(sandbox: Running) -> Mapping[str, Any]:
    return dict(sandbox.http.get("/_control/twilio_messaging").json())


def settled(sandbox: Running, count: int) -> Mapping[str, int]:
    """Wait until so many callbacks are accounted for; return how."""
    give_up_at = time.monotonic() + 120
    while time.monotonic() < give_up_at:
        counts: Mapping[str, int] = told(sandbox)["callbacks"]
        if sum(counts.values()) >= count:
            return counts
        time.sleep(0.02)
    raise TimeoutError(counts)


def test_statuses_are_posted_in_their_order_and_signed(sandbox: Running):
    sandbox.set(status_step_ms=1000)  # longer than a post is under way
    with listening() as (url, heard):
        sid = send(sandbox, StatusCallback=url).json()["sid"]
        settled(sandbox, 3)

    assert [(path, form["MessageSid"], form["MessageStatus"]) for path, form in heard] == [
        ("/sms?m=7", sid, status) for status in ("queued", "sent", "delivered")
    ]


def test_a_failure_is_posted_with_its_code(sandbox: Running):
    with listening() as (url, heard):
        send(sandbox, "+15005550187", StatusCallback=url)
        settled(sandbox, 3)

    codes = {form["MessageStatus"]: form.get("ErrorCode") for _, form in heard}
    assert codes == {"queued": None, "sent": None, "undelivered": "30005"}


def test_a_share_of_statuses_is_dropped_and_the_rest_repeated_out_of_order(sandbox: Running):
    sandbox.set(callbacks_dropped=0.2, callbacks_repeated=2, callbacks_shuffled=1)
    with listening() as (url, heard):
        for number in range(100):
            send(sandbox, f"+1415555{number + 100:04}", StatusCallback=url)
        settled(sandbox, 1)
        dropped = told(sandbox)["callbacks"]["dropped"]
        counts = settled(sandbox, dropped + 3 * (300 - dropped))

    assert 20 <= counts["dropped"] <= 110  # each by its SID, which is another in every run
    assert (counts["posted"], counts["failed"]) == (3 * (300 - counts["dropped"]), 0)
    statuses = [form["MessageStatus"] for _, form in heard]
    assert statuses != sorted(statuses, key=["queued", "sent", "delivered"].index)


def test_nothing_is_posted_elsewhere_or_unless_it_is_switched_on(sandbox: Running):
    send(sandbox, StatusCallback="https://us.test/sms")
    send(sandbox, StatusCallback="http://192.0.2.7/sms")
    counts = settled(sandbox, 6)
    sandbox.set(callbacks=0)
    with listening() as (url, heard):
        send(sandbox, StatusCallback=url)
        time.sleep(0.1)

    assert counts == {"posted": 0, "dropped": 0, "failed": 0, "refused": 6}
    assert (heard, told(sandbox)["callbacks"]) == ([], counts)


def test_who_answers_stop_is_not_written_to_until_start(sandbox: Running):
    send(sandbox)
    with listening() as (url, heard):
        for body in ("stop ", "Start"):
            said = {"reply": {"from": PHONE, "body": body, "url": url}}
            sandbox.http.post("/_control/twilio_messaging", json=said).raise_for_status()
            answer = send(sandbox)
            expected = 400 if body == "stop " else 201
            assert answer.status_code == expected
        settled(sandbox, 2)

    assert {(form["From"], form["To"], form["Body"]) for _, form in heard} == {
        (PHONE, SENDER, "stop "), (PHONE, SENDER, "Start"),
    }  # fmt: skip
    assert told(sandbox)["messages"]["to"] == {PHONE: 2}


def test_more_than_its_rate_is_not_taken(sandbox: Running):
    sandbox.set(messages_per_s=5)

    began, taken = time.monotonic(), 0
    while (answer := send(sandbox)).status_code == 201:
        taken += 1
        assert taken < 1000
    took_s = time.monotonic() - began

    assert 5 <= taken <= 5 * (1 + int(took_s))
    assert (answer.status_code, answer.json()["code"]) == (429, 20429)
    assert (told(sandbox)["messages"]["made"], told(sandbox)["messages"]["throttled"]) == (taken, 1)


@pytest.mark.parametrize(
    ("settings", "is_made"),
    [({"rate_dropped": 1}, True), ({"rate_5xx": 1}, False), ({"rate_429": 1}, False)],
)
def test_what_is_dropped_was_made_and_what_is_turned_away_was_not(
    sandbox: Running, settings: Mapping[str, float], is_made: bool
):
    sandbox.set(**settings)

    try:
        answered = send(sandbox).status_code
    except httpx2.RemoteProtocolError:
        answered = 0

    sandbox.set(rate_dropped=0, rate_5xx=0, rate_429=0)
    rows = sandbox.http.get(MESSAGES, params={"To": PHONE}).json()["messages"]
    assert (answered == 0, len(rows)) == (is_made, int(is_made))


@pytest.mark.parametrize(
    ("to", "made"),
    [("+15005550120", 0), ("+15005550121", 0), ("+15005550124", 1), ("+15005550125", 0)],
)
def test_a_magic_failure_makes_what_it_says(sandbox: Running, to: str, made: int):
    assert send(sandbox, to).status_code in (429, 500, 503)

    assert told(sandbox)["messages"]["to"].get(to, 0) == made


def test_a_list_is_filtered_by_number_sender_and_day(sandbox: Running):
    began = time.time()
    for sender in (SENDER, "+15005550005"):
        send(sandbox, From=sender)
    send(sandbox, "+14155550101")

    def count(**given: str) -> int:
        return len(sandbox.http.get(MESSAGES, params=given).json()["messages"])

    assert (count(), count(To=PHONE), count(To=PHONE, From=SENDER)) == (3, 2, 1)
    today = time.strftime("%Y-%m-%d", time.gmtime(began))
    days = {today, time.strftime("%Y-%m-%d", time.gmtime())}  # two around midnight
    assert (sum(count(DateSent=day) for day in days), count(**{"DateSent>": today})) == (3, 3)
    assert (count(**{"DateSent<": "2020-01-01"}), count(DateSent="2020-01-01")) == (0, 0)


def test_json_is_not_taken_and_another_account_is_not_known(sandbox: Running):
    assert sandbox.http.post(MESSAGES, json={"To": PHONE}).status_code == 415
    other = MESSAGES.replace(SID, "AC" + "1" * 32)
    assert sandbox.http.post(other, data={"To": PHONE}).status_code == 401
    assert told(sandbox)["messages"]["made"] == 0


def test_a_call_posts_the_events_asked_for_who_answered_and_the_key_pressed(sandbox: Running):
    with listening() as (url, heard):
        form = {
            "To": "+15005550189", "From": SENDER, "StatusCallback": url,
            "StatusCallbackEvent": ["answered", "completed"],
            "MachineDetection": "DetectMessageEnd",
            "AsyncAmd": "true", "AsyncAmdStatusCallback": url.replace("/sms", "/amd"),
            "Twiml": f'<Response><Gather numDigits="1" action="{url.replace("/sms", "/key")}"/>'
            "</Response>",
        }  # fmt: skip
        sid = sandbox.http.post(CALLS, data=form).json()["sid"]
        press = {"press": {"call": sid, "digit": "1"}}
        sandbox.http.post("/_control/twilio_messaging", json=press).raise_for_status()
        settled(sandbox, 4)

    said = {path: sorted(f.get("CallStatus") or f["AnsweredBy"] for p, f in heard if p == path)
            for path, _ in heard}  # fmt: skip
    assert said == {
        "/key?m=7": ["in-progress"],
        "/sms?m=7": ["completed", "in-progress"],
        "/amd?m=7": ["machine_end_beep"],
    }
    assert next(form["Digits"] for path, form in heard if path == "/key?m=7") == "1"


@pytest.mark.parametrize(
    "wanted", [{}, {"reply": {}}, {"press": {"call": "CA0"}}, [], {"reply": 5}]
)
def test_a_senseless_control_is_refused(sandbox: Running, wanted: Any):
    assert sandbox.http.post("/_control/twilio_messaging", json=wanted).status_code == 400


def test_only_who_has_controls_takes_them(sandbox: Running):
    assert sandbox.http.get("/_control/hunter").status_code == 404
    assert sandbox.http.get("/_control/nobody").status_code == 404


def test_a_reset_forgets_everything(sandbox: Running):
    send(sandbox)

    sandbox.fresh()

    found = told(sandbox)
    assert (found["messages"]["made"], found["messages"]["to"]) == (0, {})
    assert sum(found["callbacks"].values()) == 0


@pytest.mark.parametrize("ending", ["0401", "0402", "0403"])
def test_a_magic_account_is_refused(sandbox: Running, ending: str):
    sid = "AC" + "0" * 28 + ending
    answer = httpx2.post(
        sandbox.url + MESSAGES.replace(SID, sid), data={"To": PHONE}, auth=(sid, TOKEN),
        trust_env=False, timeout=60,
    )  # fmt: skip

    assert answer.status_code in (401, 403)
