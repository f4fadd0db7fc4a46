"""Trust Hub's callbacks: what was known of the profile counts no more, and is asked anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contacts.models import Company
from enrichment import questions
from enrichment.models import Answer
from integrations.ids import uuid7
from integrations.registry import lookup
from webhooks import processing
from webhooks.models import Delivery

SID = "BU" + "1" * 32
BIRCH = {"company.name": "Birch", "company.domain": "birch.test", "company.city": "Bern"}


def answer(slug: str, about: dict[str, str], *, hours: float = -1.0) -> Answer:
    asked, now = lookup(slug), timezone.now()
    key = questions.question_key(asked, questions.question(asked, about), is_sandbox=False)
    return Answer.objects.create(
        id=uuid7(), question_key=key, lookup=slug, request_id=uuid7(), outcome="hit",
        observed_at=now + timedelta(hours=hours), expires_at=now + timedelta(days=1),
    )  # fmt: skip


def counting():
    return set(Answer.objects.filter(expires_at__gt=timezone.now()).values_list("pk", flat=True))


def told(event: str = "e", sid: str = SID) -> Delivery:
    return Delivery.objects.create(
        sender="twilio", event=event, kind="trust-hub", subject=sid, payload={"BundleSid": sid}
    )


@pytest.fixture
def birch(transactional_db):
    return Company.objects.create(
        name="Birch", domain="birch.test", city="Bern", trust_profile_sid=SID
    )


def test_what_was_known_of_the_profile_counts_no_more(birch):
    answer("twilio_trust_hub.review", {"company.trust_profile_sid": SID})
    answer("twilio_trust_hub.verify", BIRCH)
    others = [
        answer("twilio_trust_hub.review", {"company.trust_profile_sid": "BU2"}),
        answer("twilio_trust_hub.verify", BIRCH | {"company.domain": "oak.test"}),
    ]
    told()

    processing.work(60)

    row = Delivery.objects.get()
    assert (row.state, row.outcome) == (
        "done", "what was known of this profile counts no more; the next run reads it",
    )  # fmt: skip
    assert counting() == {one.pk for one in others}


def test_what_was_read_since_the_callback_goes_on_counting(birch):
    newer = answer("twilio_trust_hub.review", {"company.trust_profile_sid": SID}, hours=1)
    told(), told("again"), told("unknown", "BU9")

    processing.work(60)

    assert counting() == {newer.pk}
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
