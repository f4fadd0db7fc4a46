"""Keeps people who were erased out of what Partner Center says about a referral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings

from contacts.erasing.keeping_out import Caller, held_back
from contacts.numbering import home
from contacts.phone import PhoneRefused, parse
from crm_sync.referrals.reading import rows, text
from crm_sync.referrals.schema import Member, people_of

PROFILE, TEAM = "customerProfile", "team"
# Where people write freely about the customer.
NOTES = (("details", "notes"), ("inviteContext", "notes"))


def without(bodies: Sequence[Any]) -> list[Any]:
    """Return referrals without those of their people who were erased, and then without notes."""
    told = [(at, place, one) for at, body in enumerate(bodies)
            for place, one in enumerate(people_of(body))]  # fmt: skip
    held = held_back([_caller(one, bodies[at]) for at, _, one in told])
    gone: dict[int, set[int]] = {}
    for number in held:
        at, place, _ = told[number]
        gone.setdefault(at, set()).add(place)
    return [_cut(body, gone[at]) if at in gone else body for at, body in enumerate(bodies)]


def _caller(one: Member, body: Any) -> Caller:
    region = text(body, PROFILE, "address", "country", limit=2).upper()
    try:
        home(region)
    except (ValueError, KeyError):
        region = settings.DEFAULT_REGION
    try:
        read = parse(one.phone, region)
    except PhoneRefused:
        return Caller("", one.email, one.full_name)
    return Caller(read.e164, one.email, one.full_name, read.ext)


def _cut(body: Mapping[str, Any], gone: set[int]) -> dict[str, Any]:
    """Return a referral without some of the customer's people, and without any notes."""
    team = [one for at, one in enumerate(rows(body, PROFILE, TEAM)) if at not in gone]
    cut = {name: _put(part, TEAM, team) if _is(name, PROFILE) else part
           for name, part in body.items()}  # fmt: skip
    for outer, inner in NOTES:
        cut = {name: _put(part, inner, "") if _is(name, outer) else part
               for name, part in cut.items()}  # fmt: skip
    return cut


def _put(part: Any, key: str, value: Any) -> Any:
    if not isinstance(part, Mapping):
        return part
    return {name: value if _is(name, key) else one for name, one in part.items()}


def _is(name: str, key: str) -> bool:
    return name.lower() == key.lower()
