"""After an erasure nothing names the person: not the tables, not the files, not Redis."""

import re

import redis
from django.conf import settings
from django.utils import timezone

from contacts.models import Contact, Erasure
from crm_sync.models import Deletion, Referral
from integrations.models import ApiCall
from outreach.models import Message
from tests.dashboards.erasing.conftest import EMAIL, NAME, PHONE, erased, left_of_her


def test_nothing_in_the_database_names_her_and_nobody_else_goes(house):
    assert len(left_of_her()) == 20

    receipt = erased(house)

    assert receipt.state == "done"
    assert left_of_her() == {}
    assert [one.full_name for one in Contact.objects.all()] == ["Bob Ray"]
    assert Contact.objects.get().email == "bob@acme.test"


def test_receipt_counts_what_went_and_says_what_stays(house):
    receipt = erased(house)

    assert receipt.counts == {
        "contacts": 1, "tags": 1, "notes": 1, "changes in the history": 1, "rows of imports": 1,
        "entries on “do not contact”": 1, "entries in the office’s log": 1, "places in runs": 1,
        "answers of providers": 2, "calls in the ledger, which keep their price": 1,
        "messages, which keep their price": 3, "consents": 1, "parcels to subscriptions": 1,
        "records in Our HubSpot, to be deleted there": 1, "referrals that name them": 1,
        "files of imports": 1, "files of exports": 2, "other places that named the person": 6,
    }  # fmt: skip
    today = f"{timezone.now():%d %b %Y}"
    fetched = f"downloaded by owner on {today}, which cannot be called back"
    assert sorted(re.sub("export [0-9]+", "an export", words) for words in receipt.kept) == [
        "Partner Center: a referral named them, and Partner Center keeps its own record of it",
        f"Said stop on {today}",
        "Twilio Lookup was asked about them, and keeps its own records: have it erase these too",
        f"an export: {fetched}",
        f"an export: {fetched}",
        "consent of 05 Jan 2026 to texts and calls, from a form",
    ]


def test_money_stays_and_its_personal_part_goes(house):
    erased(house)

    call, sent = ApiCall.objects.get(), Message.objects.get(state="sent")
    assert (str(call.price_usd), call.contact_id, call.exchange) == ("0.005000", None, "")
    assert (str(sent.price_usd), sent.contact_id, sent.body) == ("0.007900", None, "")
    assert Message.objects.get(state="cancelled").body == ""


def test_crm_owes_a_deletion_although_its_connection_is_off(house):
    receipt = erased(house)

    (owed,) = Deletion.objects.all()
    assert (owed.remote_id, owed.reason, owed.state) == ("701", "erased", "waiting")
    assert receipt.traces == {"crm": [owed.pk]}


def test_others_of_a_referral_stay_in_it(house):
    erased(house)

    kept = Referral.objects.get()
    assert kept.emails == ["bob@acme.test"]
    assert [one["firstName"] for one in kept.raw["customerProfile"]["team"]] == ["Bob"]


def test_no_file_and_nothing_in_redis_names_her(house, uploads):
    erased(house)

    files = [path for folder in (uploads, settings.EXPORTS) for path in folder.rglob("*")]
    assert files == []
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        said = b" ".join(key + (client.dump(key) or b"") for key in client.scan_iter())
    assert [one for one in (PHONE, EMAIL, NAME) if one.encode() in said] == []


def test_receipt_while_it_waits_for_the_second_look_still_knows_whom(house, settings):
    settings.ERASURE_AGAIN_S = 600

    receipt = erased(house, rounds=1)

    assert (receipt.state, receipt.step) == ("waiting", "again")
    assert receipt.erased_at is not None
    assert set(left_of_her()) == {Erasure._meta.label}
