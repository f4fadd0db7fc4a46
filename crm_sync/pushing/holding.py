"""Holding: whose data must not leave us, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from contacts import suppression
from contacts.models import Contact
from crm_sync.referrals.consent import consents

NO_CONSENT = "held back: the customer of the referral did not consent"


def held_back(contact_ids: Sequence[int]) -> Mapping[int, str]:
    """Return why contacts are held back, by contact; the others may go."""
    rows = Contact.objects.filter(pk__in=list(contact_ids)).values_list("pk", "phone_e164")
    phones = dict(rows)
    standing = suppression.standing(sorted(set(phones.values())))
    held = {
        pk: f"held back: {standing[phone][0].reason.label.lower()}"
        for pk, phone in phones.items()
        if standing.get(phone)
    }
    return held | dict.fromkeys(consents(list(phones)) - held.keys(), NO_CONSENT)
