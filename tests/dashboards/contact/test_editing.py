"""Editing in place: a person outranks, conflicts are shown, mistakes keep what was typed."""

import pytest

from contacts.models import Contact, ContactChange
from dashboards.contact.cards import seen_mark
from enrichment.survivorship import Claim, current, survives
from tests.dashboards.contact.conftest import EVIL, address


def post(client, held, name, value, **fields):
    form = {"value": value, "seen": seen_mark(held, name), **fields}
    response = client.post(address("edit", held, name), form)
    held.refresh_from_db()
    return response


def test_edit_is_a_persons_and_says_so(admin_client, held):
    html = post(admin_client, held, "line_type", "landline").content.decode()

    assert (held.line_type, held.revision) == ("landline", 1)
    assert held.provenance["line_type"]["by"] == "person:admin"
    assert "Set by admin" in html and "Outranks providers" in html
    assert 'id="contact-head"' in html and "hx-swap-oob" in html


def test_edit_moves_the_cards_that_follow(admin_client, held):
    Contact.objects.update(full_name="Ann")

    html = post(admin_client, held, "first_name", "Anna").content.decode()

    assert held.full_name == "Anna"
    assert 'id="field-full_name"' in html


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("is_ported", "false", False),
        ("is_ported", "", None),
        ("phone_quality_score", "100", 100),
        ("consent_on", "2026-11-01", "2026-11-01"),
        ("sim_swapped_at", "2026-11-01 10:00", "2026-11-01 10:00:00+00:00"),
        ("sms_pumping_risk_level", "high", "high"),
        ("email", "ann@example.test", "ann@example.test"),
        ("company", "ACME", "Acme"),
        ("company", "", None),
        ("city", "", ""),
    ],
)
def test_every_kind_of_value_is_saved(admin_client, held, name, value, stored):
    response = post(admin_client, held, name, value)

    assert response.status_code == 200
    now = getattr(held, name)
    assert now == stored or str(now) == stored


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("email", "nobody"),
        ("phone_ext", "x1"),
        ("phone_quality_score", "101"),
        ("consent_on", "soon"),
        ("line_type", "pigeon"),
        ("company", "Nobody Inc"),
        ("city", "x" * 101),
        ("city", "a\0b"),
    ],
)
def test_mistake_is_told_at_the_field_and_kept(admin_client, held, name, typed):
    html = post(admin_client, held, name, typed).content.decode()

    assert 'role="alert"' in html and held.revision == 0
    assert typed in html or name == "line_type"


def test_evil_text_is_shown_as_text(admin_client, held):
    html = post(admin_client, held, "department", EVIL).content.decode()

    assert held.department == EVIL
    assert EVIL not in html and "&lt;script&gt;" in html


def test_conflict_shows_the_difference_and_overwrites_nothing(admin_client, held):
    seen = seen_mark(held, "city")
    Contact.objects.update(city="Bergen", revision=5)

    html = post(admin_client, held, "city", "Paris", seen=seen).content.decode()

    assert held.city == "Bergen"
    for words in ("Nothing was overwritten", "Bergen", "Paris", "Save mine instead", "Keep theirs"):
        assert words in html


def test_second_save_after_the_difference_is_meant(admin_client, held):
    Contact.objects.update(city="Bergen", revision=5)
    held.refresh_from_db()

    post(admin_client, held, "city", "Paris")

    assert (held.city, held.revision) == ("Paris", 6)


def test_change_of_another_field_meanwhile_is_no_conflict(admin_client, held):
    seen = seen_mark(held, "city")
    Contact.objects.update(state="Viken", revision=5)

    post(admin_client, held, "city", "Paris", seen=seen)

    assert (held.city, held.state, held.revision) == ("Paris", "Viken", 6)


def test_given_back_field_goes_to_the_next_answer(admin_client, held):
    response = admin_client.post(
        address("release", held, "city"), {"seen": seen_mark(held, "city")}
    )

    held.refresh_from_db()
    weak = Claim("Bergen", "twilio.caller_name", 0.1, "2026-11-22T00:00:00+00:00")
    html = response.content.decode()
    assert "Given back by admin" in html and "Open to providers" in html
    assert held.city == "Oslo"
    assert survives(current(held.city, held.provenance["city"]), weak)
    assert ContactChange.objects.get().sources == {"city": "given-back:admin"}


def test_field_changed_meanwhile_is_not_given_back(admin_client, held):
    seen = seen_mark(held, "city")
    Contact.objects.update(city="Bergen")

    html = admin_client.post(address("release", held, "city"), {"seen": seen}).content.decode()

    held.refresh_from_db()
    assert "changed meanwhile" in html
    assert held.provenance["city"]["by"] == "person:ann"


def test_emptied_field_says_so_and_may_be_filled_again(admin_client, held):
    html = post(admin_client, held, "city", "").content.decode()

    assert "Emptied" in html and "Outranks providers" not in html


@pytest.mark.parametrize("name", ["status", "phone_e164", "cost_usd", "nothing"])
def test_machine_fields_have_no_form(admin_client, held, name):
    assert admin_client.post(address("edit", held, name), {"value": "x"}).status_code == 404


@pytest.mark.parametrize("name", ["edit", "release"])
def test_viewer_may_not_write(signed_in, held, name):
    client = signed_in("contacts.view_contact")

    response = client.post(address(name, held, "city"), {"value": "Paris"})

    held.refresh_from_db()
    assert (response.status_code, held.city) == (403, "Oslo")


def test_cancel_brings_the_card_back(admin_client, held):
    html = admin_client.get(address("field", held, "city")).content.decode()

    assert "Set by ann" in html and "<form" in html  # to give it back
    assert "hx-swap-oob" not in html
