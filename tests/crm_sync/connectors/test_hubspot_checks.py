"""What is found to be mended before a sync with HubSpot, and what HubSpot tells of itself."""

from __future__ import annotations

from crm_sync.connector import COMPANY, CONTACT
from crm_sync.connectors.hubspot import HUBSPOT
from crm_sync.connectors.hubspot.provider import MAKES_KEY_FIELD, VERSION
from crm_sync.mapping.ours import catalogue
from tests.crm_sync.connectors.at_hubspot import person


def test_a_missing_key_field_is_told_with_how_to_make_it(hubspot):
    hubspot.let(without_property=[CONTACT, "switchboard_id"])

    (problem,) = hubspot.ask("check", CONTACT)

    assert (problem.field, problem.object) == ("switchboard_id", CONTACT)
    assert "internal name switchboard_id, and require unique values" in problem.words
    assert hubspot.ask("check", COMPANY) == []


def test_a_missing_key_field_is_made_where_we_may(hubspot):
    hubspot.let(without_property=[CONTACT, "switchboard_id"])
    options = {MAKES_KEY_FIELD: True}

    assert hubspot.ask("check", CONTACT, options=options) == []

    one = person(1)
    assert hubspot.write(one)[one.key].outcome == "created"
    assert hubspot.ask("check", CONTACT) == []


def test_a_missing_key_field_is_told_where_we_may_not_make_it(hubspot):
    hubspot.let(without_property=[CONTACT, "switchboard_id"])
    hubspot.let(without_scopes=["crm.schemas.contacts.write"])

    (problem,) = hubspot.ask("check", CONTACT, options={MAKES_KEY_FIELD: True})

    assert "crm.schemas.contacts.write" in problem.words


def test_a_key_field_that_takes_one_value_twice_is_told(hubspot):
    hubspot.let(property=[CONTACT, "switchboard_id", {"unique": False}])

    (problem,) = hubspot.ask("check", CONTACT)

    assert "may hold one value twice" in problem.words
    assert "switchboard_id_2" in problem.words


def test_a_key_field_that_cannot_be_written_is_told(hubspot):
    hubspot.let(property=[CONTACT, "switchboard_id", {"unique": True, "readonly": True}])

    (problem,) = hubspot.ask("check", CONTACT)

    assert problem.words.startswith("switchboard_id cannot be written to")


def test_missing_scopes_are_named_and_nothing_is_written(hubspot):
    hubspot.let(without_scopes=["crm.objects.contacts.write"])

    (problem,) = hubspot.ask("check", CONTACT)

    assert problem.words.startswith("We may not write contacts")
    assert "the token lacks the scope crm.objects.contacts.write" in problem.words
    assert hubspot.told()["writes"] == {}


def test_a_token_without_any_right_is_told_once_each(hubspot):
    scopes = [
        f"crm.{kind}.contacts.{what}"
        for kind in ("objects", "schemas")
        for what in ("read", "write")
    ]
    hubspot.let(without_scopes=scopes)

    words = [problem.words.partition(" (")[0] for problem in hubspot.ask("check", CONTACT)]

    assert words == ["We may not read contacts", "We may not write contacts"]


def test_a_clock_that_is_off_by_an_hour_is_told(hubspot):
    for seconds, way in ((3_600, "60 minutes behind"), (-3_600, "60 minutes ahead of")):
        hubspot.let(skew_s=seconds)
        (problem,) = hubspot.ask("check", CONTACT)
        assert f"This machine's clock is {way} HubSpot's" in problem.words


def test_xr_69_options_are_those_of_the_account(hubspot):
    fields = {field.name: field for field in hubspot.ask("describe", CONTACT)}

    assert fields["hs_lead_status"].type == "option"
    assert list(fields["hs_lead_status"].options)[:2] == ["NEW", "OPEN"]
    assert (fields["email"].type, fields["phone"].type) == ("email", "phone")
    assert fields["createdate"].is_readonly
    assert [name for name, field in fields.items() if field.is_key] == ["switchboard_id"]


def test_the_defaults_are_of_fields_that_we_have():
    for obj, rows in HUBSPOT.defaults.items():
        assert {row.ours for row in rows} <= catalogue(obj).keys()
        assert len({row.remote for row in rows}) == len(rows)


def test_the_real_limits_are_told(hubspot):
    hubspot.let(limits=True)

    calls, day, searches = hubspot.ask("allowances")

    assert (calls.most, calls.left, calls.per) == (190, 189, "10 seconds")
    assert (day.most, day.per, day.left) == (650_000, "day", 649_999)
    assert day.resets_at is not None
    assert (searches.most, searches.left, searches.per) == (5, None, "second")


def test_an_app_that_signed_in_is_told_no_limit_of_the_day(hubspot):
    hubspot.let(is_oauth=True)

    assert [one.per for one in hubspot.ask("allowances")] == ["10 seconds", "second"]


def test_ar_72_every_path_has_the_version_that_stands_in_one_place(hubspot):
    one = person(1)
    made = hubspot.write(one)[one.key]
    firm = hubspot.make(COMPANY, name="Works")
    hubspot.ask("relate", [(made.remote_id, firm)])
    hubspot.changed()
    for method in ("check", "describe"):
        hubspot.ask(method, CONTACT)
    hubspot.ask("allowances")
    hubspot.ask("delete", CONTACT, [made.remote_id])

    paths = list(hubspot.told()["asked"])

    assert len(paths) >= 10
    assert [path for path in paths if f"/{VERSION}/" not in path] == []
