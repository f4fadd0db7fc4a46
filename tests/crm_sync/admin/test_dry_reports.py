"""The report of a dry run: what would be made, changed and refused, and who may read values."""

from __future__ import annotations

import pytest

from contacts.models import Contact
from crm_sync.models import Finding, Mapping, Sync
from tests.crm_sync.admin.syncs import at, ready, sync
from tests.dashboards.costs import used_now

pytestmark = pytest.mark.django_db
SEES = ("view_sync", "view_contact")


def ann(**more):
    more = {
        "phone_raw": "+14155550100",
        "phone_e164": "+14155550100",
        "full_name": "Ann Ash",
    } | more
    return Contact.objects.create(**more)


def dry(counts, of=None, **more):
    return sync(of, state="done", is_dry=True, counts={"contact": counts}, **more)


def found(row, verdict, subject_id, **more):
    return Finding.objects.create(
        sync=row, object="contact", subject_id=subject_id, verdict=verdict, **more
    )


def described(of, *fields):
    Mapping.objects.create(connection=of, object="contact", described=list(fields))


def test_an_update_is_told_field_by_field(client, person):
    person(*SEES)
    of, contact = ready(), ann()
    described(of, {"name": "hs_lead", "label": "Lead status", "options": {"3": "Open"}})
    row = dry({"update": 1, "unchanged": 7}, of, eta_s=125)
    found(row, "update", contact.pk, changes={
        "email": [None, "ann@ash.test"], "hs_lead": ["3", ""], "tags": [["a"], ["a", "b"]],
    })  # fmt: skip

    page = client.get(at(row)).content.decode()

    assert "Ann Ash" in page
    assert "<del>empty</del>" in page
    assert "<ins>ann@ash.test</ins>" in page
    assert ">Lead status</span> <span><del>Open</del>" in page
    assert "<ins>a, b</ins>" in page
    assert "about <strong>2 min</strong>" in page


def test_values_are_for_those_who_may_see_contacts(client, person):
    person("view_sync")
    contact = ann()
    row = dry({"update": 1, "invalid": 1})
    found(row, "update", contact.pk, changes={"email": ["old@ash.test", "ann@ash.test"]})
    found(row, "invalid", contact.pk, words="ann@ash.test is no e-mail of +1 415 555 0100")

    pages = [
        client.get(at(row), {"object": "contact", "verdict": one}).content.decode()
        for one in ("update", "invalid")
    ]

    for hidden in ("ann@ash.test", "old@ash.test", "Ann Ash", "415 555 0100"):
        assert hidden not in "".join(pages)
    assert f"Contact {contact.pk}" in pages[0]
    assert "not shown to you" in pages[0]


def test_what_cannot_be_sent_comes_first_and_says_why(client, person):
    person(*SEES)
    row = dry({"create": 2, "invalid": 1})
    found(row, "create", ann().pk, changes={"email": [None, "x@ash.test"]})
    found(row, "invalid", 999_999, words="too long", field="jobtitle")

    page = client.get(at(row)).content.decode()

    assert "Too long" in page
    assert "jobtitle" in page
    assert "Contact 999999, deleted here" in page
    assert "x@ash.test" not in page


def test_held_back_and_to_choose_stand_together(client, person):
    person(*SEES)
    row = dry({"held": 2, "left": 3})
    found(row, "held", ann().pk, words="held back: asked us to stop")
    page = client.get(at(row)).content.decode()
    assert "Contacts held back <strong>5</strong>" in page


def test_it_says_when_only_the_first_are_kept(client, person):
    person(*SEES)
    row = dry({"create": 1234})
    Finding.objects.bulk_create(
        Finding(sync=row, object="contact", subject_id=n, verdict="create") for n in range(1000)
    )
    page = client.get(at(row), {"p": "3"}).content.decode()
    assert "Only the first 1,000 of 1,234 are listed." in page
    assert "101 to 150 of 1,000" in page
    assert page.count("<tr>") == 51


@pytest.mark.parametrize("query", [{"verdict": "odd"}, {"p": "x"}, {"object": "%00", "p": "99999"}])
def test_a_broken_address_shows_the_report_all_the_same(client, person, query):
    person(*SEES)
    row = dry({"create": 1})
    found(row, "create", ann().pk)
    assert "Ann Ash" in client.get(at(row), query).content.decode()


def test_the_real_sync_is_started_from_the_report(client, person):
    person(*SEES, "sync_connection", "view_connection")
    row = dry({"create": 1}, is_full=True)
    page = client.get(at(row)).content.decode()
    assert f'action="/admin/crm_sync/connection/{row.connection_id}/start/"' in page
    assert 'value="full"' in page


def test_who_may_only_look_has_no_button_to_start(client, person):
    person(*SEES)
    assert "Sync now" not in client.get(at(dry({"create": 1}))).content.decode()


def test_a_report_costs_the_same_at_any_length(client, person, django_assert_max_num_queries):
    person(*SEES)
    contacts = [ann(phone_e164=f"+1415555{n:04}", full_name=f"No {n}") for n in range(100, 150)]
    row = dry({"create": 51})
    counts = []
    used_now(client)
    client.get(at(row))
    for some in (contacts[:1], contacts):
        Finding.objects.bulk_create(
            Finding(sync=row, object="contact", subject_id=one.pk, verdict="create") for one in some
        )
        with django_assert_max_num_queries(12) as asked:
            client.get(at(row))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_dry_run_that_was_stopped_says_so(client, person):
    person(*SEES)
    row = sync(state="stopped", is_dry=True, counts={"contact": {"unchanged": 4}})
    page = client.get(at(row)).content.decode()
    assert "It did not come to its end" in page
    assert "Record by record" not in page


def test_a_dry_run_that_found_problems_says_a_sync_would_stop(client, person):
    person(*SEES, "sync_connection")
    row = dry(
        {"create": 1}, problems=[{"words": "No such field.", "field": "x", "object": "contact"}]
    )
    page = client.get(at(row)).content.decode()
    assert "To be mended before a sync" in page
    assert "It would stop before it writes anything" in page
    assert Sync.objects.count() == 1
