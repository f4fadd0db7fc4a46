"""What syncs leave to people: conflicts, deletions, and for whom all these pages are."""

from __future__ import annotations

import pytest

from contacts.models import Company, Contact
from crm_sync.models import Conflict, Deletion, Link, OutboxItem
from tests.crm_sync.admin.leftovers import ACTS, LOOKS, at, contact, link, refused, settled, shown
from tests.crm_sync.admin.syncs import ready
from tests.dashboards.costs import used_now

pytestmark = pytest.mark.django_db
NAMES = ("refused", "choose", "conflicts", "deletions")


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_page_says_what_comes_here(client, person, name):
    person(*LOOKS)
    page = shown(client, ready(), name)
    assert 'class="imp-empty"' in page
    assert "Acme" in page


def test_a_conflict_tells_both_values_and_whose_was_taken(client, person):
    person(*LOOKS)
    of = ready()
    Conflict.objects.create(
        link=link(of, contact(name="Ann Ash"), state="linked", remote_id="1"), field="email",
        remote_field="email", ours="a@ash.test", theirs=None, taken="ours", rule="newest",
    )  # fmt: skip
    page = shown(client, of, "conflicts")
    assert "Ann Ash" in page
    assert '<ins class="syn-stands">a@ash.test</ins>' in page
    assert ">empty</td>" in page
    assert "the later word stands" in page


def test_a_conflicts_values_are_for_those_who_may_see_contacts(client, person):
    person("view_connection", "view_conflict")
    of = ready()
    Conflict.objects.create(
        link=link(of, state="linked", remote_id="1"), field="email", remote_field="email",
        ours="a@ash.test", theirs="b@ash.test", taken="theirs", rule="remote",
    )  # fmt: skip
    page = shown(client, of, "conflicts")
    assert "ash.test" not in page
    assert "not shown to you" in page


def test_deletions_stay_as_receipts(client, person):
    person(*LOOKS)
    of = ready()
    for state, words in (("done", ""), ("failed", "the CRM keeps it for its invoices")):
        Deletion.objects.create(
            connection=of, object="contact", remote_id=state, reason="erased", state=state,
            words=words,
        )  # fmt: skip
    page = shown(client, of, "deletions")
    assert "Deleted there" in page
    assert "Could not be deleted" in page
    assert "The CRM keeps it for its invoices" in page
    assert "The person asked to be erased" in page


@pytest.mark.parametrize("name", NAMES)
def test_each_page_asks_for_its_permission(client, person, name):
    needs = dict(zip(NAMES, ("outboxitem", "link", "conflict", "deletion"), strict=True))[name]
    person(*(one for one in LOOKS if one != f"view_{needs}"))
    assert client.get(at(ready(), name)).status_code == 403


def test_who_may_only_look_settles_and_tries_nothing(client, person):
    person(*LOOKS)
    of = ready()
    row, item = link(of), refused(of)
    assert settled(client, of, row, do="leave").status_code == 403
    assert client.post(at(of, "refused_again"), {"one": item.pk}).status_code == 403
    row.refresh_from_db()
    item.refresh_from_db()
    assert (row.state, item.state) == ("several", "rejected")


def many(of, first, count):
    """So many of everything, of contacts and companies of their own."""
    people = Contact.objects.bulk_create(
        Contact(
            phone_raw="x", phone_e164=f"+1{201 + n // 100}55501{n % 100:02}", full_name=f"No {n}"
        )
        for n in range(first, first + count)
    )
    firms = Company.objects.bulk_create(
        Company(name=f"Firm {n}", name_key=f"firm {n}") for n in range(first, first + count)
    )
    OutboxItem.objects.bulk_create(
        OutboxItem(connection=of, object=obj, subject_id=one.pk, state="rejected", field="email")
        for obj, rows in (("contact", people), ("company", firms))
        for one in rows
    )
    links = Link.objects.bulk_create([
        *(Link(connection=of, object="contact", contact=one, state="several", candidates=["1"])
          for one in people),
        *(Link(connection=of, object="company", company=one, state="several") for one in firms),
    ])  # fmt: skip
    Conflict.objects.bulk_create(
        Conflict(link=one, field="x", remote_field="x", taken="ours", rule="ours") for one in links
    )
    Deletion.objects.bulk_create(
        Deletion(connection=of, object="contact", remote_id=str(n), reason="erased", state="done")
        for n in range(first, first + count)
    )


@pytest.mark.parametrize("name", [*NAMES, "change"])
def test_each_page_costs_the_same_at_any_length(
    client, person, server, django_assert_max_num_queries, name
):
    person(*ACTS, "view_company", "view_sync")
    of, counts = ready(), []
    used_now(client)
    client.get(at(of, name))
    for first, count in ((0, 5), (5, 500)):
        many(of, first, count)
        with django_assert_max_num_queries(20) as asked:
            client.get(at(of, name))
        counts.append(len(asked))
    assert counts[1] <= counts[0] <= 12
