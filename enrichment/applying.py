"""Applying: what bought answers say goes to contacts, through survivorship; nobody is asked.

Contacts are played as they stand, so a weaker or emptier answer erases nothing; their state, what
they cost and when they were enriched stay, for nobody enriched them. Answers count however old.
"""

from __future__ import annotations

from collections.abc import Iterable

from contacts.models import Contact
from enrichment import golden
from enrichment.engine.companies import update_companies
from enrichment.engine.items import Finished, Item
from enrichment.engine.storing import update_contacts
from enrichment.planner import Plan
from enrichment.rehearsing import Change, Part, Tally, after, play, seen_by
from enrichment.setting_aside import as_it_stands, now
from integrations.accounts import Accounts


def apply(plan: Plan, contacts: Iterable[Contact], accounts: Accounts) -> Tally:
    """Write what is known to the contacts, which come with their companies; return what changed.

    Runs inside the caller's transaction. A contact that changed since it was read is settled anew.
    """
    view = seen_by(plan, accounts)
    parts = [Part(as_it_stands(row, view), now(row)) for row in contacts]
    found = Tally({one.field: Change() for one in plan.wanted}, play(plan, parts, accounts))
    telling = [Finished(part.item, "applied") for part in parts if _is_news(part.item)]
    update_contacts(telling)
    update_companies(telling)
    for part in parts:
        for name, change in found.fields.items():
            change.count(part.before.get(name), after(part.item, name))
    return found


def _is_news(item: Item) -> bool:
    """Tell whether anything would be written: a value, or what it stands on."""
    if any(golden.is_of_company(name) for name in item.said):
        return True
    return any(
        standing.provenance() != item.provenance.get(name)
        for name, standing in item.changes.items()
    )
