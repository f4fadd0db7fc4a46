"""Outdating: a provider says that what it told us has changed, so the next run asks anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models.functions import Now

from contacts.models import Company
from enrichment import golden, inputs, questions
from enrichment.models import Answer
from integrations.registry import lookup

VERIFY, REVIEW = "twilio_trust_hub.verify", "twilio_trust_hub.review"
OF_COMPANIES = tuple(name for name in golden.FIELDS if name.startswith("company."))
MOST = 1_000  # companies that share a profile: one, as a rule


def outdate_trust(profile_sid: str, told_at: datetime) -> int:
    """Let the answers about a customer profile of before `told_at` count no more; return how many.

    Nothing is asked here: the next run that wants the trust of the company reads the profile, which
    is free. May be called twice.
    """
    rows = Company.objects.filter(trust_profile_sid=profile_sid).order_by("pk")[:MOST]
    companies = [{name: _value(row, name) for name in OF_COMPANIES} for row in rows]
    profile = {"company.trust_profile_sid": profile_sid}
    return _outdate(REVIEW, [profile], told_at) + _outdate(VERIFY, companies, told_at)


def _value(row: Company, name: str) -> Any:
    return getattr(row, name.partition(".")[2])


def _outdate(slug: str, about: Iterable[Mapping[str, Any]], told_at: datetime) -> int:
    asked = lookup(slug)
    known = [inputs.known_of(values, asked.needs | asked.uses) for values in about]
    keys = [
        questions.question_key(asked, questions.question(asked, values), is_sandbox=is_sandbox)
        for values in known
        if asked.needs <= values.keys()
        for is_sandbox in (False, True)
    ]
    counting = Answer.objects.filter(
        question_key__in=keys, observed_at__lt=told_at, expires_at__gt=Now()
    )
    return counting.update(expires_at=Now())
