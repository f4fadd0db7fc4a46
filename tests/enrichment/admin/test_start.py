"""Starting a run: a selection, a recipe and a mode become an estimate that waits."""

from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from contacts.models import Contact, Import, ImportRow
from enrichment import estimating, services, sweeping
from enrichment.models import Run
from tests.enrichment.admin.conftest import estimate_of

pytestmark = pytest.mark.django_db
ADD = "/admin/enrichment/run/add/"


@pytest.fixture
def people():
    """Four contacts: one failed, and two of an import."""
    rows = [Contact(phone_raw="x", phone_e164=f"+1415555010{n}") for n in range(4)]
    Contact.objects.bulk_create(rows)
    Contact.objects.filter(pk=rows[0].pk).update(status="processing")
    Contact.objects.filter(pk=rows[0].pk).update(status="failed")
    record = Import.objects.create(name="people.csv", path="x", state="done")
    ImportRow.objects.bulk_create(
        ImportRow(source=record, line=n, outcome="created", contact_id=rows[n].pk) for n in (1, 2)
    )
    return record


def form(chosen, **changes):
    return {"over": "all", "recipe": chosen.pk, "mode": "all", "name": ""} | changes


def test_page_says_what_the_address_chose(admin_client, people, recipe):
    html = admin_client.get(ADD, {"status": "failed"}).content.decode()

    assert "Failed <a" in html and "All contacts" in html and "people.csv" in html
    assert 'hx-post="/admin/enrichment/run/add/count/?status=failed"' in html


@pytest.mark.parametrize(
    ("query", "changes", "selection", "contacts"),
    [
        ("", {}, {}, 4),
        ("?status=failed", {"over": "named"}, {"status": "failed"}, 1),
        ("?status=failed", {"over": "all"}, {}, 4),
        ("", {"mode": "only_failed"}, {}, 1),
    ],
)
def test_choice_becomes_a_run_with_its_estimate(
    admin_client, people, recipe, query, changes, selection, contacts
):
    response = admin_client.post(ADD + query, form(recipe, **changes))

    run = Run.objects.get()
    assert response["Location"] == reverse("admin:enrichment_run_change", args=[run.pk])
    assert (run.state, run.selection) == (Run.State.READY, selection)
    assert estimate_of(run)["contacts"] == contacts
    assert estimate_of(run)["max_usd"] == str(contacts * Decimal("0.008"))


def test_form_sent_four_times_makes_one_run(admin_client, people, recipe):
    token = admin_client.get(ADD).context["form"]["token"].value()

    answers = {admin_client.post(ADD, form(recipe, token=token))["Location"] for _ in range(4)}

    run = Run.objects.get()
    assert answers == {reverse("admin:enrichment_run_change", args=[run.pk])}
    assert LogEntry.objects.count() == 1


@pytest.mark.parametrize("other", [{"name": "Mine"}, {"mode": "only_failed"}, {"token": "b"}])
def test_another_choice_or_another_page_makes_another_run(admin_client, people, recipe, other):
    for changes in ({}, {}, other, other):
        admin_client.post(ADD, form(recipe, **{"token": "a"} | changes))

    assert Run.objects.count() == 2


@pytest.mark.parametrize("decide", [services.cancel, services.approve])
def test_form_is_sent_anew_once_its_run_is_decided(admin_client, people, recipe, decide):
    admin_client.post(ADD, form(recipe, token="a"))
    decide(Run.objects.get())

    admin_client.post(ADD, form(recipe, token="a"))

    assert Run.objects.count() == 2


def test_form_without_a_token_makes_a_run_each_time(admin_client, people, recipe):
    for _ in range(2):
        admin_client.post(ADD, form(recipe))

    assert Run.objects.count() == 2


def test_import_is_chosen_from_the_list(admin_client, people, recipe):
    admin_client.post(ADD, form(recipe, over="import", source=people.pk))

    run = Run.objects.get()
    assert (run.selection, estimate_of(run)["contacts"]) == ({"import": people.pk}, 2)
    assert run.name == f"Line type: import {people}"


def test_page_of_an_import_leads_here(admin_client, people, recipe):
    Import.objects.update(created_count=2)

    page = admin_client.get(reverse("admin:contacts_import_change", args=[people.pk]))

    link = f"{ADD}?import={people.pk}"
    assert link in page.content.decode()
    assert "Import people.csv" in admin_client.get(link).content.decode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"over": "import"}, "Choose the import."),
        ({"over": "named"}, "Select a valid choice."),
        ({"recipe": "999"}, "Select a valid choice."),
        ({"recipe": ""}, "Choose what is to be looked up."),
        ({"mode": "x"}, "Select a valid choice."),
    ],
)
def test_mistakes_are_said_and_nothing_is_made(admin_client, people, recipe, changes, said):
    response = admin_client.post(ADD, form(recipe, name="Kept", **changes))

    html = response.content.decode()
    assert said in html and 'value="Kept"' in html
    assert Run.objects.count() == 0


def test_broken_filter_is_left_out_with_a_notice(admin_client, people, recipe):
    html = admin_client.get(ADD, {"status": "weird"}).content.decode()

    assert "The filter “Status” was left out" in html


def test_broken_proposals_of_an_address_propose_nothing(admin_client, people, recipe):
    response = admin_client.get(ADD, {"recipe": "x\0", "mode": "zz\0"})

    assert response.status_code == 200
    assert response.context["form"].initial == {}


def test_count_follows_what_is_chosen(admin_client, people, recipe):
    address = reverse("admin:enrichment_run_count")

    seen = [
        admin_client.post(f"{address}?{query}", form(recipe, **changes)).content.decode()
        for query, changes in (
            ("", {}), ("status=failed", {"over": "named"}), ("", {"over": "x"}),
            ("country=FR", {"over": "named"}),
        )
    ]  # fmt: skip

    assert "<strong>4</strong> contacts" in seen[0]
    assert "<strong>1</strong> contact</span>" in seen[1]
    assert "Choose contacts and a recipe" in seen[2]
    assert "No contact fits" in seen[3]
    assert Run.objects.count() == 0


def test_without_contacts_the_import_comes_first(admin_client, recipe):
    html = admin_client.get(ADD).content.decode()

    assert "There are no contacts yet" in html
    assert reverse("admin:contacts_import_add") in html


def test_large_estimate_is_made_by_a_worker(
    admin_client, people, recipe, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(estimating, "AT_ONCE", 3)

    with django_capture_on_commit_callbacks() as rung:
        response = admin_client.post(ADD, form(recipe))
    run = Run.objects.get()
    waiting = admin_client.get(response["Location"]).content.decode()
    estimating.make(run.pk)

    assert (run.state, len(rung)) == (Run.State.DRAFT, 1)
    assert "The estimate is being made" in waiting and 'hx-trigger="every 1s"' in waiting
    assert Run.objects.get().state == Run.State.READY


def test_estimate_of_a_killed_worker_is_rung_for_again(
    people, recipe, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(estimating, "AT_ONCE", 3)
    run = services.create_run(recipe, {}, waits=False)
    Run.objects.update(estimate={"share": 0.5})

    with django_capture_on_commit_callbacks() as rung:
        sweeping.sweep()
    estimating.make(run.pk)

    assert len(rung) == 1
    assert estimate_of(run)["contacts"] == 4


def test_estimate_of_a_cancelled_draft_changes_nothing(people, recipe, monkeypatch):
    monkeypatch.setattr(estimating, "AT_ONCE", 3)
    run = services.create_run(recipe, {}, waits=False)
    services.cancel(run)

    estimating.make(run.pk)

    run.refresh_from_db()
    assert (run.state, run.estimate) == (Run.State.CANCELLED, None)


def test_draft_that_names_an_unknown_lookup_is_given_up_in_words(people, recipe):
    recipe.fields.get().steps.update(lookup="gone.lookup")

    run = services.create_run(recipe, {}, waits=False)

    assert run.state == Run.State.CANCELLED
    assert "could not be estimated: no lookup is called 'gone.lookup'" in run.reason
