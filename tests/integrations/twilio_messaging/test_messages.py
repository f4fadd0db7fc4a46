"""What is sent to Twilio for a message, what it tells of one, and what is refused beforehand."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest

from integrations.errors import ContractBroken, NotFound, QuestionRejected, SenderUnfit
from integrations.providers.twilio_messaging import Sms, fetch_message, list_messages, send_sms
from tests.integrations.apis import RecordedApi
from tests.integrations.twilio_messaging.asking import MADE, PHONE, Played

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SERVICE = "MG" + "a" * 32


@pytest.fixture
def played() -> Played:
    return Played()


def form_of(played: Played) -> dict[str, str]:
    return dict(parse_qsl(played.gate.sent[-1].content.decode()))


def test_a_message_goes_out_with_all_that_holds_for_it(played: Played):
    url = "https://us.test/webhooks/twilio/sms-status"
    sms = Sms(PHONE, "Hi — you & all\n😀", callback=url, valid_for_s=600, ticket="41")

    sent = played.ask(lambda api: send_sms(api, sms))

    assert form_of(played) == {
        "To": PHONE,
        "From": "+15005550006",
        "Body": "Hi — you & all\n😀",
        "ValidityPeriod": "600",
        "SmartEncoded": "true",
        "RiskCheck": "enable",
        "StatusCallback": f"{url}?m=41",
    }
    assert (sent.status, sent.segments, sent.price_usd, sent.to) == ("queued", 1, None, PHONE)
    assert played.made == {PHONE: 1}


def test_a_messaging_service_chooses_the_sender_and_counts_no_segments_yet(played: Played):
    sent = played.ask(lambda api: send_sms(api, Sms(PHONE, "Hi")), messaging_service_sid=SERVICE)

    form = form_of(played)
    assert (form["MessagingServiceSid"], "From" in form) == (SERVICE, False)
    assert (sent.status, sent.segments, sent.sender) == ("accepted", 0, "")


def test_switches_are_heard(played: Played):
    played.ask(
        lambda api: send_sms(api, Sms(PHONE, "Hi", ticket="7")),
        smart_encoded=False, risk_check=False, public_url="https://us.test/",
    )  # fmt: skip

    form = form_of(played)
    assert (form["SmartEncoded"], form["RiskCheck"]) == ("false", "disable")
    assert form["StatusCallback"] == "https://us.test/webhooks/twilio/sms-status?m=7"


def test_a_validity_is_ten_hours_at_the_most(played: Played):
    played.ask(lambda api: send_sms(api, Sms(PHONE, "Hi", valid_for_s=90_000)))

    assert form_of(played)["ValidityPeriod"] == "36000"


@pytest.mark.parametrize(
    ("sms", "field"),
    [
        (Sms("4155550100", "Hi"), "to"),
        (Sms("+1415555010O", "Hi"), "to"),
        (Sms("whatsapp:+14155550100", "Hi"), "to"),
        (Sms("+14155550100\n", "Hi"), "to"),
        (Sms("", "Hi"), "to"),
        (Sms(PHONE, " \n"), "body"),
        (Sms(PHONE, "x" * 1601), "body"),
        (Sms(PHONE, "Hi\x00"), "body"),
        (Sms(PHONE, "Hi \ud83d"), "body"),
        (Sms(PHONE, "Hi", valid_for_s=0), "valid_for_s"),
        (Sms(PHONE, "Hi", callback="http://us.test/x"), "callback"),
        (Sms(PHONE, "Hi", callback="ftp://127.0.0.1/x"), "callback"),
        (Sms(PHONE, "Hi", callback="https:///x"), "callback"),
        (Sms(PHONE, "Hi", callback="https://us.test/a b"), "callback"),
    ],
)
def test_what_is_hopeless_is_refused_before_anything_is_sent(played: Played, sms: Sms, field: str):
    with pytest.raises(QuestionRejected) as refused:
        played.ask(lambda api: send_sms(api, sms))

    assert refused.value.code == field
    assert (played.gate.sent, played.made) == ([], {})


@pytest.mark.parametrize("options", [{"from_numbers": ""}, {"from_numbers": "call me!"}])
def test_without_a_sender_nothing_is_sent(played: Played, options: dict[str, str]):
    with pytest.raises(SenderUnfit):
        played.ask(lambda api: send_sms(api, Sms(PHONE, "Hi")), **options)

    assert played.gate.sent == []


def test_a_message_is_fetched_with_its_price_and_its_failure():
    played = Played(status_step_ms=0)
    sent = played.ask(lambda api: send_sms(api, Sms("+15005550141", "Hi " * 60)))

    found = played.ask(lambda api: fetch_message(api, sent.sid))

    assert (found.status, found.error_code, found.is_final) == ("undelivered", 30006, True)
    assert (found.segments, found.price_usd) == (2, Decimal("0.024"))


def test_one_that_twilio_does_not_know_is_not_found(played: Played):
    with pytest.raises(NotFound):
        played.ask(lambda api: fetch_message(api, "SM" + "0" * 32))


@pytest.mark.parametrize("sid", ["", "CA" + "0" * 32, "SM/../../x", "SM0?x=1"])
def test_what_is_no_sid_is_not_asked(played: Played, sid: str):
    with pytest.raises(QuestionRejected):
        played.ask(lambda api: fetch_message(api, sid))

    assert played.gate.sent == []


def test_a_list_is_read_to_its_end_and_has_only_that_number(played: Played):
    for text in range(1001):
        played.ask(lambda api, text=text: send_sms(api, Sms(PHONE, str(text))))
    played.ask(lambda api: send_sms(api, Sms("+14155550101", "other")))
    since = datetime.now(UTC) - timedelta(minutes=1)

    found = played.ask(lambda api: list_messages(api, PHONE, since))

    assert [one.body for one in found] == [str(text) for text in reversed(range(1001))]
    assert [one.url.partition("?")[2] for one in played.gate.sent if one.method == "GET"] == [
        "To=%2B14155550100&PageSize=500",
        "To=%2B14155550100&PageSize=500&Page=1&PageToken=PA1",
        "To=%2B14155550100&PageSize=500&Page=2&PageToken=PA2",
    ]


def listed(rows: list[dict[str, object]]) -> list[str]:
    api = RecordedApi({"messages": rows, "next_page_uri": None})
    return [one.sid[-1] for one in asyncio.run(list_messages(api, PHONE, NOON))]  # type: ignore[arg-type]


def row(number: int, made_at: str) -> dict[str, object]:
    return {**MADE, "sid": f"SM{number:032}", "date_created": made_at, "date_sent": None}


def test_what_waits_at_twilio_is_listed_and_what_is_older_is_not():
    rows = [
        row(1, "Sun, 22 Nov 2026 12:30:00 +0000"),
        row(2, "Sun, 22 Nov 2026 11:56:00 +0000"),
        row(3, "Sun, 22 Nov 2026 11:54:00 +0000"),
        row(4, "Sun, 22 Nov 2026 07:00:00 -0500"),
    ]

    assert listed(rows) == ["1", "2", "4"]


def test_a_next_page_can_not_change_how_we_ask():
    pages = iter(["/x?Page=1&headers=x", None])
    api = RecordedApi(lambda _: {"messages": [], "next_page_uri": next(pages)})

    asyncio.run(list_messages(api, PHONE, NOON))  # type: ignore[arg-type]

    assert [dict(params) for _, _, params in api.asked[1:]] == [{"Page": "1"}]


def test_a_list_without_an_end_is_given_up():
    api = RecordedApi({"messages": [], "next_page_uri": "/2010-04-01/x.json?Page=1"})

    with pytest.raises(ContractBroken, match="more than 20 pages"):
        asyncio.run(list_messages(api, PHONE, NOON))  # type: ignore[arg-type]

    assert len(api.asked) == 20


@pytest.mark.parametrize(
    "odd",
    [
        {"date_created": "yesterday"}, {"date_created": 5}, {"price": "NaN"}, {"price": "dear"},
        {"price": "-99999"}, {"num_segments": "-1"}, {"num_segments": 1.5}, {"status": None},
        {"error_code": "x"}, {"sid": 7}, {"to": ["+1"]}, {"body": 5},
        {"date_created": "Sun, 22 Nov 2026 10:00:00"},
    ],
)  # fmt: skip
def test_an_odd_row_is_no_message(odd: dict[str, object]):
    with pytest.raises(ContractBroken):
        listed([{**row(1, "Sun, 22 Nov 2026 12:30:00 +0000"), **odd}])


def test_another_currency_is_no_price_in_dollars():
    api = RecordedApi({**MADE, "price": "-0.07", "price_unit": "EUR"})

    found = asyncio.run(fetch_message(api, str(MADE["sid"])))  # type: ignore[arg-type]

    assert found.price_usd is None
