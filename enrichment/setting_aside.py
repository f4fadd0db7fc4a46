"""Setting aside: a contact as it was brought, without what a recipe's lookups had supplied.

Or as it stands: an item as a worker would hold it, for playing a recipe over it.
"""

from __future__ import annotations

from typing import Any

from contacts.models import Contact
from enrichment import golden, inputs
from enrichment.engine.items import Firm, Item, RunView
from enrichment.survivorship import FILE, FILE_CONFIDENCE, PERSON, claims_of, settle

Values = dict[str, Any]


def now(contact: Contact) -> Values:
    """Return the golden fields of a contact and of its company as they stand."""
    own = {name: getattr(contact, name) for name in golden.NAMES}
    return own | {
        name: getattr(contact.company, name.removeprefix(golden.OF_COMPANY))
        for name in golden.FIELDS
        if golden.is_of_company(name) and contact.company is not None
    }


def as_brought(contact: Contact, run: RunView) -> Item:
    """Return an item over the contact as files and people brought it.

    What the lookups of the run's plan can supply is set aside where providers had said it; the
    facts of other lookups stay, for these might be asked about them.
    """
    supplied = frozenset().union(*(step.supplies for step in run.plan.lookups))
    values, sources = now(contact), _sources(contact)
    for name in supplied & values.keys():
        ours = [c for c in claims_of(values[name], sources.get(name)) if _is_brought(c.speaker)]
        standing = settle(ours)
        values[name] = standing.claim.value if standing else None
        sources[name] = standing.provenance() if standing else {}
    return _item(contact, run, values, sources)


def as_it_stands(contact: Contact, run: RunView) -> Item:
    """Return an item over the contact with all that it holds, whoever said it."""
    return _item(contact, run, now(contact), _sources(contact))


def _item(
    contact: Contact, run: RunView, values: Values, sources: dict[str, dict[str, Any]]
) -> Item:
    sure = {}
    for name, kept in sources.items():
        if _is_brought(str(kept.get("by", ""))):
            sure[name] = kept.get("sure", FILE_CONFIDENCE)
    own = {name: value for name, value in values.items() if not golden.is_of_company(name)}
    own |= {"phone_e164": contact.phone_e164, "consent_on": contact.consent_on}
    firm = None
    if contact.company is not None:
        firm = Firm(contact.company.pk, _of_company(values), _of_company(sources))
    known = inputs.known_of({**own, **(firm.values if firm else {})}, run.inputs)
    mine = {name: kept for name, kept in sources.items() if not golden.is_of_company(name)}
    return Item(0, run, contact.pk, 0, {}, contact.revision, own, mine, known, firm, sure=sure)


def _is_brought(source: str) -> bool:
    return source.startswith((PERSON, FILE))


def _sources(contact: Contact) -> dict[str, dict[str, Any]]:
    firm = contact.company.provenance if contact.company is not None else {}
    return {**contact.provenance, **{golden.OF_COMPANY + name: one for name, one in firm.items()}}


def _of_company(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if golden.is_of_company(name)}
