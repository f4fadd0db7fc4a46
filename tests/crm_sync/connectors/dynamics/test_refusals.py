"""What Dynamics refuses: of one record, of a batch, and of the whole connection."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from crm_sync.connector import CONTACT
from crm_sync.connectors.dynamics.provider import PROVIDER
from integrations.calls import Refusal
from integrations.errors import CredentialRejected, NotEntitled, Throttled
from tests.crm_sync.connectors.dynamics.asking import person


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ([429, "0x80072322", "Too many."], "again"),
        ([503, "", "Busy."], "again"),
        ([500, "0x80044151", "Sql timeout."], "again"),
        ([412, "0x80060882", "Version."], "again"),
        ([500, "0x80040333", "Duplicate."], "several"),
        ([400, "0x80040265", "The plug-in wants a postcode."], "rejected"),
        ([403, "0x80040220", "SecLib::AccessCheckEx failed."], "rejected"),
        ([403, "0x80040220", "is missing prvWriteContact privilege"], "rejected"),
    ],
)
def test_one_item_that_fails_spoils_no_other(dynamics, answer, outcome):
    dynamics.let(refuses={"Locked": answer})
    people = [person(1), person(2, lastname="Locked"), person(3)]
    assert dynamics.outcomes(*people) == ["created", outcome, "created"]
    assert len(dynamics.rows()) == 2


@pytest.mark.parametrize("status", [400, 404, 412])
def test_a_batch_that_stops_at_an_error_goes_on_next_time(dynamics, status):
    dynamics.let(stops=True, refuses={"Bad": [status, "0x1", "No."]})
    people = [person(1), person(2, lastname="Bad"), person(3)]

    assert dynamics.outcomes(*people)[::2] == ["created", "again"]
    assert dynamics.outcomes(people[2]) == ["created"]
    assert len(dynamics.rows()) == 2


def test_ar_45_throttling_of_all_is_raised_with_its_wait(dynamics):
    began = time.monotonic()
    dynamics.let(limits={"requests": 1, "window_s": 300})
    dynamics.write(person(1))

    with pytest.raises(Throttled) as raised:
        dynamics.write(person(2))

    wait_s = raised.value.retry_after_s
    assert wait_s
    assert 299 - (time.monotonic() - began) < wait_s <= 300
    assert raised.value.code == "0x80072322"
    assert len(dynamics.rows()) == 1


def test_ar_20_requests_and_concurrency_are_kept_within_their_limits_beforehand():
    assert PROVIDER.rate.windows() == ((6_000, 300.0),)
    assert PROVIDER.max_in_flight <= 52


def test_ar_45_throttled_items_alone_are_raised_when_all_are(dynamics):
    dynamics.let(refuses={"Lovelace": [429, "0x80072321", "Too long."]})
    with pytest.raises(Throttled):
        dynamics.write(person(1), person(2))


def test_ar_44_a_refused_token_is_renewed_once_and_then_given_up(dynamics):
    asked = []

    def renewing(token):
        async def renew(view):
            asked.append(view.secrets["token"])
            return replace(view, secrets={"token": token}, refusal=Refusal())

        return renew

    old = {"token": "run out"}
    (found,) = dynamics.ask("write", CONTACT, [person()], secrets=old, renew=renewing("sandbox"))
    with pytest.raises(CredentialRejected):
        dynamics.ask("write", CONTACT, [person()], secrets=old, renew=renewing("also run out"))

    assert (found.outcome, asked) == ("created", ["run out", "run out"])


def test_ar_45_a_missing_privilege_is_the_operators(dynamics):
    dynamics.let(lacks=["prvWriteContact"])
    with pytest.raises(NotEntitled, match="prvWriteContact"):
        dynamics.write(person(1), person(2))
    assert dynamics.rows() == {}


def test_who_may_not_have_one_record_is_no_reason_to_stop(dynamics):
    dynamics.let(refuses={"Lovelace": [403, "0x80040220", "SecLib::AccessCheckEx failed."]})
    assert dynamics.outcomes(person()) == ["rejected"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"jobtitle": "x" * 101}, "jobtitle"),
        ({"gendercode": "7"}, "gendercode"),
        ({"new_nothing": "x"}, "new_nothing"),
        ({"numberofchildren": "three"}, ""),
        ({"donotemail": "yes"}, ""),
        ({"birthdate": 12}, ""),
        ({"parentcustomerid": "x"}, "parentcustomerid"),
    ],
)
def test_what_a_column_does_not_take_is_told_with_its_name(dynamics, values, field):
    (found,) = dynamics.write(person(**values)).values()
    assert (found.outcome, found.field) == ("rejected", field)
    assert found.words
    assert not found.words.startswith(("Error identified", "A validation error"))
    assert dynamics.rows() == {}
