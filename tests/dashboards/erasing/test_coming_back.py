"""Whoever was erased stays out, by whichever way they are brought again."""

from contacts.importing import work as importing
from contacts.models import Contact, ImportRow
from crm_sync.models import Connection, Referral
from crm_sync.referrals.leads import make_lead
from crm_sync.referrals.storing import store
from tests.contacts.conftest import counted
from tests.dashboards.erasing.conftest import (
    EMAIL,
    NAME,
    OTHER,
    PHONE,
    ROW,
    WRITTEN,
    erased,
    left_of_her,
    referral,
)  # fmt: skip
from webhooks import processing
from webhooks.models import Delivery

HELD = "held back: this person was erased on "


def names():
    return [one.full_name for one in Contact.objects.order_by("pk")]


def test_by_a_file(house, import_rows, uploads):
    erased(house)

    again = import_rows((WRITTEN[0], *ROW[1:]), ("+14155550199", "Z. Q.", "", EMAIL, ""), OTHER)

    assert counted(again) == {"rejected": 2, "repeated": 1}
    (first, second) = ImportRow.objects.filter(source=again, outcome="rejected").order_by("line")
    assert (first.raw, second.raw) == ([], [])
    assert first.reason.startswith(HELD)
    assert (names(), left_of_her()) == (["Bob Ray"], {})
    assert list(uploads.iterdir()) == []


def test_by_a_lead_that_is_posted(house):
    erased(house)
    for event, lead in enumerate(({"name": NAME, "phone": WRITTEN[1]}, {"email": EMAIL})):
        Delivery.objects.create(sender="leads", event=f"new:{event}", kind="lead", payload=lead)

    processing.work(5)

    came = Delivery.objects.filter(event__startswith="new:")
    assert [(one.state, one.outcome[:37]) for one in came] == [("done", HELD)] * 2
    assert (names(), left_of_her()) == (["Bob Ray"], {})


def test_by_a_lead_beside_others(house, settings):
    erased(house)
    for event, lead in enumerate(({"phone": PHONE}, {"phone": "+14155550144", "name": "Cy Dee"})):
        Delivery.objects.create(sender="leads", event=f"new:{event}", kind="lead", payload=lead)

    processing.work(5)
    importing.work_imports()

    assert (names(), left_of_her()) == (["Bob Ray", "Cy Dee"], {})


def test_by_a_referral_that_has_changed(house, admin_user):
    erased(house)
    partner = Connection.objects.get(kind="partner_center")

    store(partner.pk, [referral(updatedDateTime="2026-11-20T10:00:00Z", status="Active")])
    Referral.objects.update(contact=None)
    made = make_lead(Referral.objects.get().pk, admin_user)

    assert (Referral.objects.get().status, made.contact.full_name) == ("Active", "Bob Ray")
    assert (names(), left_of_her()) == (["Bob Ray"], {})


def test_the_same_referral_again_is_no_news(house):
    erased(house)
    partner = Connection.objects.get(kind="partner_center")

    stored = store(partner.pk, [referral()])

    assert (stored.same, stored.updated, left_of_her()) == (1, 0, {})
