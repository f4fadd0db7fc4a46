"""When a contact is usable: every field that its recipe wants is filled, as sure as it asks.

Not counted among the wanted are fields whose every lookup is switched off: nobody could have
supplied them. A field that says no to itself does not make a contact usable: a number that is not
valid, an e-mail address that nothing can be sent to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contacts.models import Contact
from enrichment.planner import Plan, Wanted
from enrichment.survivorship import Claim, current

UNUSABLE_EMAIL = frozenset(
    {
        Contact.EmailStatus.INVALID, Contact.EmailStatus.DISPOSABLE,
        Contact.EmailStatus.DO_NOT_MAIL, Contact.EmailStatus.SPAMTRAP, Contact.EmailStatus.ABUSE,
    }
)  # fmt: skip

Values = Mapping[str, Any]
# What a field must not say of itself, given its value and the contact's other values.
IS_OUT: Mapping[str, Callable[[Any, Values], bool]] = {
    "phone_is_valid": lambda value, others: value is False,
    "email": lambda value, others: others.get("email_status") in UNUSABLE_EMAIL,
    "email_status": lambda value, others: value in UNUSABLE_EMAIL,
}


def wanted(plan: Plan) -> list[Wanted]:
    """Return the fields that count: those that a lookup which is switched on may supply."""
    return [
        one for one in plan.wanted if any(step.slug not in plan.switched_off for step in one.steps)
    ]


def fields_had(
    plan: Plan,
    values: Values,
    provenance: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, Claim],
    sure: Mapping[str, float],
) -> dict[str, bool]:
    """Return {wanted field: whether the contact has it, sure enough}.

    `values` and `provenance` are the contact's before the run, `changes` what the run brings, and
    `sure` the confidence that the run heard of a field, which counts for those kept elsewhere than
    on the contact.
    """
    after = {**values, **{name: claim.value for name, claim in changes.items()}}
    return {one.field: _is_had(one, after, provenance, changes, sure) for one in wanted(plan)}


def _is_had(
    one: Wanted,
    after: Values,
    provenance: Mapping[str, Mapping[str, Any]],
    changes: Mapping[str, Claim],
    sure: Mapping[str, float],
) -> bool:
    if one.field not in after:
        return sure.get(one.field, -1.0) >= one.sufficient
    claim = changes.get(one.field) or current(
        after[one.field], dict(provenance.get(one.field) or {})
    )
    if claim is None or claim.value in (None, ""):
        return False
    is_out = IS_OUT.get(one.field)
    return claim.sure >= one.sufficient and not (is_out and is_out(claim.value, after))
