"""Steps 2 and 3 of the wizard: columns, preview, what will happen, start."""

import pytest

from contacts.importing.drafts import revise
from contacts.importing.forecast import forecast
from contacts.models import Contact, Import
from tests.contacts.wizard.conftest import EVIL, url

RULES = {"mode": "fill", "region": "US"}


def chosen(*fields, **more):
    """The form as a browser sends it: the field of each column."""
    return {f"column_{at}": name for at, name in enumerate(fields)} | RULES | more


def test_mapping_shows_guesses_values_and_first_rows(draft, fetch):
    record = draft(("(415) 555-0100", "Ann", "Acme", "x@example.test", ""), ("12", "", "", "", ""))

    html = fetch("mapping", record)

    assert "Looks like Phone: the heading says so" in html
    assert "+14155550100" in html and "(415) 555-0100" in html
    assert "Rejected: phone number too short: 2 digits" in html


def test_chosen_columns_and_rules_are_kept(draft, admin_client):
    record = draft()
    form = chosen("phone", "", "company", "", "", mode="create", region="NO")

    response = admin_client.post(url("mapping", record), form)

    record.refresh_from_db()
    assert response["Location"] == url("summary", record)
    assert (record.mapping, record.mode, record.region) == (
        {"phone": 0, "company": 2}, "create", "NO",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (chosen("", "full_name"), "Say which column holds the phone numbers"),
        (chosen("phone", "company", "company"), "fills this already"),
        (chosen("phone", "nonsense"), "Select a valid choice"),
        (chosen("phone", mode="nonsense"), "Select a valid choice"),
        (chosen("phone", region="XX"), "Select a valid choice"),
    ],
)
def test_wrong_choice_is_said_and_nothing_is_kept(draft, admin_client, form, says):
    record = draft()
    before = record.mapping

    response = admin_client.post(url("mapping", record), form)

    record.refresh_from_db()
    assert response.status_code == 200 and says in response.content.decode()
    assert (record.mapping, record.mode) == (before, "fill")


def test_preview_follows_the_selects_and_keeps_nothing(draft, admin_client):
    record = draft(("020 7946 0100", "Ann", "", "", ""))

    form = chosen("phone", "company", region="GB")
    html = admin_client.post(url("preview", record), form).content.decode()

    record.refresh_from_db()
    assert "+442079460100" in html and '<th scope="col">Company</th>' in html
    assert (record.region, record.mapping["full_name"]) == ("US", 1)


def test_preview_without_a_phone_asks_for_it(draft, admin_client):
    html = admin_client.post(url("preview", draft()), chosen("", "")).content.decode()

    assert "Choose <strong>Phone</strong> for a column" in html


def test_file_of_nine_hundred_columns_has_a_page(uploads, write, draft, admin_client):
    header = ("Phone", *[f"c{n}" for n in range(899)])
    record = draft(("+14155550100", *["x"] * 899), header=header)

    html = admin_client.get(url("mapping", record)).content.decode()
    response = admin_client.post(url("mapping", record), chosen("phone", *[""] * 199))

    assert "700 more columns are not shown" in html
    assert response["Location"] == url("summary", record)


def test_copy_that_is_gone_is_said(draft, fetch, uploads):
    record = draft()
    (uploads / record.path).unlink()

    assert "The file can’t be read" in fetch("mapping", record)
    assert "The file can’t be read" in fetch("forecast", record)


def test_forecast_is_what_the_import_then_makes(draft, done, admin_user):
    Contact.objects.create(phone_raw="x", phone_e164="+14155550101", full_name="Bo Berg")
    rows = [
        ("+14155550100", "Ann Archer", "", "", ""),
        ("+14155550100", "Ann Archer", "", "", ""),
        ("+14155550101", "Bo Berg", "", "", "Oslo"),
        ("12", "", "", "", ""),
    ]

    found = forecast(draft(*rows))
    record = done(*rows, name="again.csv")

    assert dict(found.counts) == {"created": 1, "repeated": 1, "updated": 1, "rejected": 1}
    assert found.common_reasons == [("phone number too short: 2 digits", 1, 5)]
    assert all(getattr(record, f"{name}_count") == 1 for name in found.counts)


def test_forecast_writes_nothing_and_ends_at_its_bound(draft):
    record = draft(*[(f"+1415555{n:04}", "", "", "", "") for n in range(100, 199)])

    found = forecast(record, rows=50)

    assert (found.row_count, found.counts["created"], found.is_whole) == (50, 50, False)
    assert Contact.objects.count() == 0


def test_start_twice_starts_once(draft, admin_client):
    record = draft()

    first = admin_client.post(url("start", record))
    second = admin_client.post(url("start", record))

    assert first["Location"] == second["Location"] == url("change", record)
    assert Import.objects.get().state == "waiting"


@pytest.mark.parametrize("page", ["mapping", "summary"])
def test_refresh_of_a_step_after_the_start_leads_on(done, admin_client, page):
    record = done()

    assert admin_client.get(url(page, record))["Location"] == url("change", record)


def test_draft_without_a_phone_cannot_start(draft, admin_client):
    record = draft()
    Import.objects.update(mapping={})

    assert admin_client.get(url("summary", record))["Location"] == url("mapping", record)
    assert admin_client.post(url("start", record))["Location"] == url("mapping", record)
    assert Import.objects.get().state == "draft"


def test_edits_are_overwritten_only_by_those_who_may(draft, person, client):
    form = chosen("phone", overwrite_human_edits="on")
    record = draft(user=person("add_import"))

    client.post(url("mapping", record), form)
    record.refresh_from_db()
    assert not record.overwrite_human_edits

    revise(record, mapping={"phone": 0}, mode="fill", region="US", overwrite_human_edits=True)
    assert client.post(url("start", record))["Location"] == url("mapping", record)
    assert Import.objects.get().state == "draft"


@pytest.mark.parametrize("page", ["mapping", "summary", "forecast", "delete"])
def test_names_and_cells_are_no_markup(uploads, draft, fetch, page):
    header = ("Phone", EVIL, "Company", "Email", "City")
    record = draft((EVIL, EVIL, EVIL, EVIL, EVIL), header=header)
    Import.objects.update(name=EVIL)

    assert "<script>alert" not in fetch(page, record)
