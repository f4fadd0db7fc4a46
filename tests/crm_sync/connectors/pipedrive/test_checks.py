"""What is told before anything is written to Pipedrive, and what it lets us do."""

from __future__ import annotations

import pytest

from crm_sync.connector import COMPANY, CONTACT, OBJECTS, Allowance
from integrations.errors import CredentialRejected
from tests.crm_sync.connectors.pipedrive.at_pipedrive import (
    FIRM_KEY,
    LABEL,
    PERSON_KEY,
    person,
)


def words(pipedrive, obj=CONTACT, **options):
    """The problems, without what is the same in all."""
    found = pipedrive.ask("check", obj, options=options)
    assert {one.object for one in found} <= {obj}
    return [one.words for one in found]


def test_a_missing_key_field_is_told_with_how_to_make_it(pipedrive):
    pipedrive.let(drop_field=["persons", LABEL])

    (told,) = words(pipedrive)

    assert told.startswith("There is no field called 'Switchboard ID' of persons. Make it")
    assert words(pipedrive, COMPANY) == []


def test_a_connection_that_may_makes_the_key_field_once(pipedrive):
    pipedrive.let(drop_field=["persons", LABEL])

    for _ in range(2):
        assert words(pipedrive, create_key_field=True) == []
    one = person()

    assert pipedrive.write(one)[one.key].outcome == "created"
    assert pipedrive.asked("POST /api/v2/personFields") == 1


def test_two_fields_with_the_name_of_the_key(pipedrive):
    pipedrive.let(field=["persons", LABEL.lower(), "varchar"])
    assert words(pipedrive) == ["2 fields of persons are called 'Switchboard ID'. Keep one of them"]


def test_a_key_field_that_search_does_not_look_at(pipedrive):
    pipedrive.let(drop_field=["persons", LABEL])
    pipedrive.let(field=["persons", LABEL, "enum"])
    assert words(pipedrive) == [
        "The field 'Switchboard ID' has to be a text field, which search looks at"
    ]


def test_a_key_field_that_cannot_be_written_to(pipedrive):
    pipedrive.let(read_only=["persons", LABEL])
    assert words(pipedrive) == ["The field 'Switchboard ID' cannot be written to"]


def test_two_records_that_claim_one_key(pipedrive):
    ids = [pipedrive.make(custom_fields={PERSON_KEY: "one"}) for _ in range(2)]
    (told,) = words(pipedrive)
    assert told.startswith(f"The persons {ids[1]}, {ids[0]} have one key, one. Merge them")


@pytest.mark.parametrize(
    ("skew_s", "told"), [(3600, "60 minutes ahead of"), (-600, "10 minutes behind")]
)
def test_a_clock_that_is_off(pipedrive, skew_s, told):
    pipedrive.let(skew_s=skew_s)
    assert [f"Pipedrive's clock is {told} ours" in one for one in words(pipedrive)] == [True]


def test_a_missing_right_is_told(pipedrive):
    pipedrive.let(forbidden=True)
    (told,) = words(pipedrive)
    assert "contacts:full" in told


def test_the_key_field_may_have_another_name(pipedrive):
    pipedrive.let(drop_field=["organizations", LABEL])
    pipedrive.let(field=["organizations", "Our key", "varchar"])

    assert pipedrive.ask("check", COMPANY, key_fields={COMPANY: "Our key"}) == []


def test_ar_52_two_connections_do_not_share_what_they_remember(pipedrive):
    named = {
        obj: {f.name for f in pipedrive.ask("describe", obj) if f.is_key} for obj in OBJECTS[:2]
    }
    assert named == {CONTACT: {PERSON_KEY}, COMPANY: {FIRM_KEY}}


def test_it_tells_its_tokens_and_its_rate(pipedrive):
    pipedrive.let(limits={"plan": "growth", "seats": 2})

    tokens, rate = pipedrive.ask("allowances")

    assert (tokens.label, tokens.most, tokens.left) == ("API tokens", 120_000, 119_998)
    assert rate == Allowance("Requests", 40, 39, "2 seconds")


def test_an_api_token_or_an_access_token_lets_us_in(pipedrive):
    assert pipedrive.ask("check", CONTACT, secrets={"api_token": "sandbox"}) == []
    assert pipedrive.ask("check", CONTACT, secrets={"token": "sandbox"}) == []
    with pytest.raises(CredentialRejected):
        pipedrive.ask("check", CONTACT, secrets={"api_token": "stale"})
