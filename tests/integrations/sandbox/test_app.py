"""The sandbox as a server: what it counts, how it fails on purpose, what can be set."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.utils import parsedate_to_datetime
from uuid import uuid4

import httpx2
import orjson
import pytest

from tests.integrations.sandbox.running import Running, running_sandbox

NUMBERS = [f"+1{area}55501{line:02d}" for area in range(210, 230) for line in range(100)]


def calls(sandbox: Running, **params: int):
    lines = sandbox.http.get("/_control/calls", params=params).content.splitlines()
    return [orjson.loads(line) for line in lines]


def outcomes(sandbox: Running, numbers: list[str]) -> dict[str, str]:
    for number in numbers:
        with suppress(httpx2.RemoteProtocolError):
            sandbox.lookup(number, "caller_name")
    return {call["key"]: call["outcome"] for call in calls(sandbox)}


def test_it_is_healthy(sandbox: Running):
    assert sandbox.http.get("/_health").json() == {"status": "ok"}


def test_it_counts_what_it_was_asked(sandbox: Running):
    sandbox.lookup("+14155550123", "caller_name,line_type_intelligence")
    sandbox.lookup("+14155550124")

    count = sandbox.count()
    assert (count["calls"], count["answered"], count["charged"]) == (2, 2, 1)
    assert count["providers"] == {
        "twilio": {
            "caller_name": {"answered": 1, "charged": 1},
            "line_type": {"answered": 1, "charged": 1},
            "validation": {"answered": 1},
        }
    }


def test_it_lists_every_call_with_its_request_id(sandbox: Running):
    request_id = str(uuid4())
    headers = {"X-Request-ID": request_id, "X-Attempt": "3"}
    sandbox.lookup("+14155550123", "caller_name", **headers)

    expected = {
        "n": 1,
        "request_id": request_id,
        "attempt": 3,
        "provider": "twilio",
        "lookups": ["caller_name"],
        "key": "+14155550123",
        "outcome": "answered",
        "charged": True,
    }
    assert calls(sandbox) == [expected]


def test_calls_can_be_read_from_where_one_stopped(sandbox: Running):
    for number in NUMBERS[:5]:
        sandbox.lookup(number)

    assert [call["n"] for call in calls(sandbox, after=2, limit=2)] == [3, 4]


def test_reset_forgets_the_calls_and_keeps_the_settings(sandbox: Running):
    sandbox.set(seed=7)
    sandbox.lookup("+14155550123")

    sandbox.http.post("/_control/reset")

    assert (sandbox.count()["calls"], calls(sandbox)) == (0, [])
    assert sandbox.http.get("/_control").json()["seed"] == 7


def test_a_dropped_connection_has_no_answer_and_is_charged(sandbox: Running):
    address = sandbox.http.base_url
    path = "/twilio/v2/PhoneNumbers/%2B15005550131?Fields=caller_name"
    pair = httpx2.BasicAuth("AC0", "x")._auth_header

    with socket.create_connection((address.host, address.port), timeout=60) as connection:
        request = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {pair}\r\n\r\n"
        connection.sendall(request.encode())
        heard = connection.recv(100)

    assert heard == b""
    count = sandbox.count()
    assert (count["dropped"], count["charged"], count["answered"]) == (1, 1, 0)


def test_a_dropped_connection_leaves_the_next_one_alone(sandbox: Running):
    with pytest.raises(httpx2.RemoteProtocolError):
        sandbox.lookup("+15005550132")

    assert sandbox.lookup("+15005550132").json()["valid"] is True


def test_faults_come_at_their_rates(sandbox: Running):
    sandbox.set(rate_429=0.2, rate_5xx=0.1, rate_dropped=0.05)
    outcomes(sandbox, NUMBERS[:1000])

    count = sandbox.count()
    assert 160 <= count["throttled"] <= 240
    assert 70 <= count["failed"] <= 130
    assert 30 <= count["dropped"] <= 70
    assert count["calls"] == 1000


def test_faults_are_the_same_in_every_run_and_any_order(sandbox: Running):
    rates = {"rate_429": 0.2, "rate_5xx": 0.1, "rate_dropped": 0.1, "seed": 5}
    sandbox.fresh(**rates)
    first = outcomes(sandbox, NUMBERS[:100])

    sandbox.fresh(**rates)
    second = outcomes(sandbox, NUMBERS[:100][::-1])

    assert first == second
    assert set(first.values()) == {"answered", "throttled", "failed", "dropped"}


def test_another_seed_deals_other_faults(sandbox: Running):
    sandbox.fresh(rate_429=0.5, seed=1)
    first = outcomes(sandbox, NUMBERS[:50])

    sandbox.fresh(rate_429=0.5, seed=2)

    assert outcomes(sandbox, NUMBERS[:50]) != first


def test_a_number_that_met_a_fault_rolls_anew(sandbox: Running):
    sandbox.set(rate_429=0.5)

    statuses = [sandbox.lookup("+14155550123").status_code for _ in range(20)]

    ended = statuses.index(200)
    assert statuses[ended:] == [200] * (20 - ended)


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_retry_after_has_both_forms(sandbox: Running, form: str):
    sandbox.set(rate_429=1, retry_after_s=3, retry_after_form=form)

    began = int(time.time())
    response = sandbox.lookup("+14155550123")
    ended = time.time()

    header = response.headers["retry-after"]
    assert (response.status_code, response.json()["code"]) == (429, 20429)
    if form == "date":
        assert began + 3 <= parsedate_to_datetime(header).timestamp() <= ended + 3
    else:
        assert header == "3"


def test_no_window_lets_more_through_than_the_limit(sandbox: Running):
    sandbox.set(limit_per_s=5, limit_window_s=30)

    statuses = [sandbox.lookup(number).status_code for number in NUMBERS[:8]]

    assert statuses == [200] * 5 + [429] * 3


def test_too_many_in_flight_are_throttled(sandbox: Running):
    sandbox.set(limit_in_flight=2, latency_ms=3000)

    with ThreadPoolExecutor(2) as pool:
        taken = pool.map(sandbox.lookup, NUMBERS[:2])
        await_calls(sandbox, 2)
        refused = [sandbox.lookup(number) for number in NUMBERS[2:4]]
        statuses = [each.status_code for each in (*taken, *refused)]

    assert statuses == [200, 200, 429, 429]


def await_calls(sandbox: Running, count: int) -> None:
    """Wait until so many were heard; each is counted before its latency."""
    give_up_at = time.monotonic() + 60
    while sandbox.count()["calls"] < count:
        assert time.monotonic() < give_up_at
        time.sleep(0.01)


def test_it_knows_the_most_that_were_in_flight(sandbox: Running):
    sandbox.set(latency_ms=3000)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sandbox.lookup, NUMBERS[:4]))

    assert sandbox.count()["peak_in_flight"] == 4


def test_latency_is_added_for_the_slowest_lookup(sandbox: Running):
    sandbox.set(latency_ms=20, lookup_latency_ms={"twilio.caller_name": 150})
    began = time.perf_counter()
    sandbox.lookup("+14155550123", "caller_name,line_type_intelligence")
    slow_s = time.perf_counter() - began

    assert slow_s >= 0.17


@pytest.mark.parametrize(
    ("wanted", "word"),
    [
        ({"latency": 5}, "no setting is called latency"),
        ({"rate_429": 2}, "fractions"),
        ({"seed": "many"}, "seed is a int"),
        ({"retry_after_form": "soon"}, "retry_after_form"),
    ],
)
def test_a_wrong_setting_changes_nothing(sandbox: Running, wanted, word: str):
    before = sandbox.http.get("/_control").json()

    response = sandbox.http.post("/_control", json=wanted)

    assert response.status_code == 400
    assert word in response.json()["error"]
    assert sandbox.http.get("/_control").json() == before


def test_settings_come_from_options_and_environment():
    with running_sandbox("--latency-ms", "5", SANDBOX_SEED="9", SANDBOX_LATENCY_MS="7") as own:
        found = own.http.get("/_control").json()

    assert (found["latency_ms"], found["seed"]) == (5.0, 9)


def test_an_unknown_provider_is_not_found(sandbox: Running):
    assert sandbox.http.get("/nobody/v1").status_code == 404
    assert sandbox.count()["calls"] == 0
