"""Happenings become parcels of those who want to hear, none twice and none left out."""

import json
import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.utils import timezone

from contacts import happenings
from contacts.models import Company, Contact, Happening
from webhooks.models import Parcel, Subscription
from webhooks.out import composing, owing, subscriptions, terms
from webhooks.out.wording import title_and_text

RUN, ENRICHED = happenings.RUN_FINISHED, happenings.CONTACT_ENRICHED
BUDGET = happenings.BUDGET_REACHED


def contact(**fields):
    number = f"+1212555{100 + Contact.objects.count():04}"
    return Contact.objects.create(phone_raw=number, phone_e164=number, **fields)


def said():
    return [json.loads(one.body) for one in Parcel.objects.order_by("id")]


def enriched(*people):
    return happenings.tell(ENRICHED, [(one.pk, {"run": 3}) for one in people])


def test_a_contact_is_told_as_it_is_now_without_what_is_empty(subscribe):
    subscribe(events=[ENRICHED])
    company = Company.objects.create(name="Acme", domain="acme.test")
    person = contact(first_name="Ada", state="NY", company=company, latitude=40.5)
    enriched(person)

    assert owing.owe_all() == 1

    (body,) = said()
    assert body["type"] == ENRICHED
    assert body["data"] == {
        "run": 3,
        "contact": {
            "id": person.pk, "phone": person.phone_e164, "status": "pending",
            "quality_score": 20, "first_name": "Ada", "state": "NY", "latitude": 40.5,
            "company": {"id": company.pk, "name": "Acme", "domain": "acme.test"},
        },
    }  # fmt: skip
    assert not Happening.objects.exists() and owing.owe_all() == 0


def test_each_hears_what_it_asked_for_and_nothing_before_its_time(subscribe):
    both = subscribe(events=[RUN, ENRICHED])
    one = subscribe(events=[RUN])
    off = subscribe(events=[RUN])
    young = subscribe(events=[RUN])
    subscriptions.switch_off(Subscription.objects.filter(pk=off.pk))
    Subscription.objects.filter(pk=young.pk).update(created_at=timezone.now() + timedelta(hours=1))
    happenings.tell(RUN, [(1, {})])
    enriched(contact())

    owing.owe_all()

    told = sorted(Parcel.objects.values_list("subscription", "kind"))
    assert told == sorted([(both.pk, ENRICHED), (both.pk, RUN), (one.pk, RUN)])


def test_terms_keep_out_what_they_are_not_true_of(subscribe):
    subscribe(events=[ENRICHED, RUN], terms="contact.state = NY, nj\ncontact.email is set")
    fit = contact(state="NJ", email="a@acme.test")
    enriched(fit, contact(state="NJ"), contact(state="CA", email="a@acme.test"))
    happenings.tell(RUN, [(1, {})])

    owing.owe_all()

    assert [body["data"].get("contact", {}).get("id") for body in said()] == [fit.pk, None]


def test_what_is_committed_late_is_not_passed_over(subscribe):
    """A transaction that began first and commits last: its row has the smaller id."""
    subscribe(events=[RUN])
    told, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            happenings.tell(RUN, [(1, {})])
            told.set()
            may_commit.wait(60)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    told.wait(60)
    happenings.tell(RUN, [(2, {})])
    first = owing.owe_all()
    may_commit.set()
    thread.join()

    assert (first, owing.owe_all()) == (1, 1)
    assert sorted(Parcel.objects.values_list("subject", flat=True)) == ["1", "2"]


def test_several_who_owe_at_once_owe_each_once(subscribe):
    subscribe(events=[RUN])
    happenings.tell(RUN, [(number, {}) for number in range(3000)])

    def work():
        while owing.owe_all():
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    subjects = [int(one) for one in Parcel.objects.values_list("subject", flat=True)]
    assert sorted(subjects) == list(range(3000))


@pytest.mark.parametrize(
    ("contact", "left"),
    [
        ({"id": 5, "tags": ["t" * 200] * 200, "position": "p" * 900},
         {"id": 5, "position": "p" * 500}),
        ({"id": 5, **{f"f{number}": "ü" * 499 for number in range(50)}}, {"id": 5}),
    ],
)  # fmt: skip
def test_a_long_body_is_cut_below_the_limit(contact, left):
    body = composing.body_of(ENRICHED, timezone.now(), {"run": 3, "contact": contact})

    found = json.loads(body)
    assert len(body.encode()) < composing.MOST_BYTES
    assert (found["is_cut"], found["data"]) == (True, {"run": 3, "contact": left})


def test_a_thousand_contacts_are_one_mail(subscribe):
    subscribe("", kind="email", recipients="a@acme.test", events=[ENRICHED])
    people = Contact.objects.bulk_create(
        Contact(phone_raw="x", phone_e164=f"+1212555{number:04}", full_name=f"Ada {number}")
        for number in range(1500)
    )
    enriched(*people)

    with time_machine.travel(timezone.now(), tick=False):  # what gathers goes out after 30 s
        while owing.owe_all():
            pass

    title, text = title_and_text(Parcel.objects.get().body)
    assert title == "Switchboard: 1,500 contacts enriched"
    assert text.splitlines()[0] == "Contact enriched: Ada 0"
    assert (len(text.splitlines()), text.splitlines()[-1]) == (11, "… and 1,490 more.")


def test_after_the_days_messages_one_more_at_its_end(subscribe):
    row = subscribe("", kind="email", recipients="a@acme.test", events=[RUN], daily_limit=2)
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    with time_machine.travel(midnight + timedelta(hours=12), tick=False):
        for number in range(6):
            happenings.tell(RUN, [(number, {})])
            owing.owe_all()
            Parcel.objects.filter(due_at__lt=timezone.now() + timedelta(minutes=1)).update(
                state="delivered"
            )

    *sent, last = Parcel.objects.filter(subscription=row).order_by("id")
    assert len(sent) == 2
    assert last.due_at == midnight + timedelta(days=1)
    assert title_and_text(last.body)[0] == "Switchboard: 4 runs finished"


def test_what_a_mistake_of_ours_keeps_from_being_told_stays_and_holds_up_none(subscribe):
    subscribe(events=[RUN])
    Happening.objects.create(kind=RUN, subject="no number")
    happenings.tell(RUN, [(1, {})])

    assert (owing.owe_all(), owing.owe_all()) == (1, 0)
    assert Happening.objects.get().subject == "no number"
    assert Parcel.objects.get().subject == "1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("contact.sate = NY", "“contact.sate” is nothing that the chosen events say."),
        ("run.id = 1", "“run.id” is nothing that the chosen events say."),
        ("nonsense", "“nonsense” is no term. Write it as: contact.state = NY, NJ"),
        ("contact.state =", "“contact.state =” has no value."),
        ("contact.state = ,", "“contact.state = ,” has no value."),
        ("contact.email is set now", "“contact.email is set now”: nothing follows “is set”."),
        ("contact.quality_score > high",
         "“contact.quality_score > high”: after “>” comes one number."),
        ("contact.quality_score > nan",
         "“contact.quality_score > nan”: after “>” comes one number."),
        ("contact.quality_score > inf",
         "“contact.quality_score > inf”: after “>” comes one number."),
        ("contact.quality_score > 1, 2",
         "“contact.quality_score > 1, 2”: after “>” comes one number."),
        ("contact.__class__ = x", "“contact.__class__” is nothing that the chosen events say."),
        ("\n".join(["contact.state = NY"] * 21), "20 lines at most."),
    ],
)  # fmt: skip
def test_a_broken_term_is_refused_with_words(text, words):
    with pytest.raises(terms.Unfit) as refused:
        terms.read(text, [ENRICHED])

    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("budget.percent >= 80", True), ("budget.percent > 80", False),
        ("budget.percent = 80", True), ("budget.percent != 80", False),
        ("budget.percent < 81\nbudget.percent <= 80", True), ("budget.of = RUN, account", True),
        ("budget.of != run", False), ("budget.period is empty", True),
        ("budget.period is set", False), ("budget.words > 3", False),
        ("budget.period = run", False),
    ],
)  # fmt: skip
def test_a_term_is_true_or_not(text, holds):
    said = {"budget": {"of": "run", "percent": 80, "period": "", "words": "a"}}

    assert terms.hold(terms.read(text, [BUDGET]), BUDGET, said) is holds
