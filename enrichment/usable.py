"""When a contact is usable: every field that its recipe wants is filled, as sure as it asks.

Not counted among the wanted are fields whose every lookup is switched off: nobody could have
supplied them. A field that says no to itself does not make a contact usable: a number that is not
valid, an e-mail address that nothing can be sent to.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from contacts.models import Contact
from enrichment.planner import Plan, Wanted
from enrichment.survivorship import Claim, Standing, claims_of, settle

UNUSABLE_EMAIL = frozenset(
    {
        Contact.EmailStatus.INVALID, Contact.EmailStatus.DISPOSABLE,
        Contact.EmailStatus.DO_NOT_MAIL, Contact.EmailStatus.SPAMTRAP, Contact.EmailStatus.ABUSE,
    }
)  # fmt: skip

Values = Mapping[str, Any]


def wanted(plan: Plan) -> list[Wanted]:
    """Return the fields that count: those that a lookup which is switched on may supply."""
    return [
        one for one in plan.wanted if any(step.slug not in plan.switched_off for step in one.steps)
    ]


def fields_had(
    plan: Plan,
    values: Values,
    provenance: Mapping[str, Mapping[str, Any]],
    said: Mapping[str, Sequence[Claim]],
) -> dict[str, bool]:
    """Return {wanted field: whether it is filled, sure enough}.

    `values` and `provenance` are those of the contact and its company before the run, by golden
    field; `said` is what was claimed in the run.
    """

    def standing(name: str) -> Standing | None:
        return settle([*claims_of(values.get(name), provenance.get(name)), *said.get(name, ())])

    had = {}
    for one in wanted(plan):
        found = standing(one.field)
        had[one.field] = (
            found is not None
            and not found.claim.is_empty
            and found.sure >= one.sufficient
            and not _is_out(one.field, found.claim.value, standing)
        )
    return had


def _is_out(field: str, value: Any, standing: Callable[[str], Standing | None]) -> bool:
    """Tell whether a field says of itself that it is of no use."""
    if field == "phone_is_valid":
        return value is False
    if field == "email_status":
        return value in UNUSABLE_EMAIL
    status = standing("email_status") if field == "email" else None
    return status is not None and status.claim.value in UNUSABLE_EMAIL
