"""Answers go from here to Partner Center once, and what it refuses is told here."""

import pytest
from django.contrib.auth.models import User

from contacts.models import Company
from crm_sync.models import Connection, Link, Referral, Sync
from crm_sync.referrals import answering, leads
from crm_sync.referrals.storing import store
from crm_sync.referrals.transitions import is_legal
from tests.crm_sync.referrals.house import body, control, customer, told


@pytest.fixture
def user(db):
    return User.objects.create_user("bo")


def patches(house):
    return sum(n for what, n in told(house.sandbox)["asked"].items() if what.startswith("PATCH "))


@pytest.mark.parametrize(
    ("answer", "status", "substatus"),
    [("accept", "Active", "Accepted"), ("decline", "Closed", "Declined")],
)
def test_xr_62_decided_here_it_is_so_there_after_the_next_sync(
    house, user, answer, status, substatus
):
    id_ = house.add()
    house.sync()
    row = Referral.objects.get()

    answering.decide(row.pk, answer, user, "we  are full")
    waiting = Sync.objects.get(state="waiting")
    assert (waiting.cause, waiting.created_by) == ("person", user)
    Sync.objects.filter(pk=waiting.pk).delete()
    sync = house.sync()

    row.refresh_from_db()
    assert sync.state == "done"
    assert (row.status, row.substatus, row.answer, row.answer_error) == (status, substatus, "", "")
    there = control(house.sandbox, rows="referral")["rows"][id_]
    assert (there["status"], there["substatus"], there["statusReason"]) == (
        status, substatus, "we are full",
    )  # fmt: skip
    assert [(one.what, one.after) for one in row.changes.order_by("pk")] == [
        ("seen", "New, Pending"), ("answer", answer.capitalize()),
        ("status", f"{status}, {substatus}"),
    ]  # fmt: skip
    house.sync()
    assert patches(house) == 1


def test_what_was_closed_there_meanwhile_is_refused_with_its_reason(house, user):
    id_ = house.add()
    house.sync()
    row = Referral.objects.get()
    answering.decide(row.pk, "accept", user)
    Sync.objects.filter(state="waiting").delete()
    house.edit(id_, status="Closed", substatus="Expired")

    sync = house.sync()

    row.refresh_from_db()
    assert sync.state == "done"
    assert (row.answer, row.status, row.substatus) == ("", "Closed", "Expired")
    assert row.answer_error == "Partner Center: it is closed there by now"
    assert patches(house) == 0


def test_throttled_answer_waits_and_is_given_later(house, user):
    house.add()
    house.sync()
    row = Referral.objects.get()
    answering.decide(row.pk, "accept", user)
    Sync.objects.filter(state="waiting").delete()
    control(house.sandbox, refuse={"status": 429, "retry_after": "60"})

    sync = house.sync()
    row.refresh_from_db()
    assert (sync.state, row.answer, row.status) == ("waiting", "accept", "New")

    assert house.again(sync).state == "done"
    row.refresh_from_db()
    assert (row.answer, row.status) == ("", "Active")


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["Active", "Closed", "", "Odd"])
def test_xr_58_only_what_is_new_can_be_answered(connection, user, status):
    store(connection.pk, [body(status=status)])

    with pytest.raises(answering.AnswerRefused, match="answered no more"):
        answering.decide(Referral.objects.get().pk, "accept", user)

    assert Sync.objects.count() == 0


@pytest.mark.django_db
def test_second_answer_is_refused_while_the_first_is_on_its_way(connection, user):
    store(connection.pk, [body()])
    pk = Referral.objects.get().pk
    answering.decide(pk, "accept", user)

    with pytest.raises(answering.AnswerRefused, match="being answered already: Accept"):
        answering.decide(pk, "decline", user)

    assert Sync.objects.count() == 1


@pytest.mark.parametrize(
    ("before", "after", "legal"),
    [
        (("", ""), ("New", "Pending"), True),
        (("New", "Pending"), ("New", "Received"), True),
        (("New", "Received"), ("Active", "Accepted"), True),
        (("New", "Pending"), ("Closed", "Declined"), True),
        (("Active", "Accepted"), ("Closed", "Won"), True),
        (("Active", "Accepted"), ("New", "Pending"), False),
        (("Closed", "Won"), ("Active", "Accepted"), False),
        (("New", "Pending"), ("Active", "Won"), False),
        (("New", "Pending"), ("Odd", "Odd"), False),
    ],
)
def test_xr_58_steps_are_those_of_the_documentations_table(before, after, legal):
    assert is_legal(before, after) is legal


def test_xr_62_our_number_is_written_back_where_the_connection_says_so(house, user):
    id_ = house.add(customerProfile=customer())
    house.sync()
    contact = leads.make_lead(Referral.objects.get().pk, user).contact
    crm = Connection.objects.create(kind="dynamics", label="Dynamics")
    Link.objects.create(
        connection=crm, object="contact", contact=contact, remote_id="c-17", state="linked"
    )
    house.sync()
    assert patches(house) == 0
    house.connection.options = {"writes_back": True}
    house.connection.save()

    house.sync()
    house.sync()

    assert patches(house) == 1
    assert control(house.sandbox, rows="referral")["rows"][id_]["externalReferenceId"] == "c-17"
    assert Referral.objects.get().external_reference_id == "c-17"
    assert Company.objects.count() == 1


@pytest.mark.django_db
def test_answer_is_taken_back_until_partner_center_is_told(connection, user):
    store(connection.pk, [body()])
    pk = Referral.objects.get().pk
    answering.decide(pk, "decline", user, "too far")

    answering.withdraw(pk, user)

    row = Referral.objects.get()
    assert (row.answer, row.answer_reason, row.answer_by) == ("", "", None)
    with pytest.raises(answering.AnswerRefused, match="told already"):
        answering.withdraw(pk, user)
    answering.decide(pk, "accept", user)
    assert Sync.objects.count() == 1
