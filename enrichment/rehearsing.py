"""Rehearsing: a changed recipe is played over real contacts on the answers already bought.

Nothing is asked, paid or written. What lookups of the recipe had supplied is set aside first, so
that the recipe finds its contacts as they were brought; files and people keep their word. An
answer counts however old it is: it was bought, and that is the question here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from contacts.models import Contact
from enrichment.engine.items import Item, Outcome, RunView
from enrichment.engine.learning import learn
from enrichment.models import Answer, Run, RunItem
from enrichment.planner import NOTHING, Plan, decide
from enrichment.questions import question, question_key
from enrichment.setting_aside import as_brought, now
from enrichment.survivorship import form, settle
from integrations.accounts import Accounts
from integrations.errors import ContractBroken
from integrations.provider import Lookup

Questions = dict[str, set[UUID]]


@dataclass(slots=True)
class Change:
    """In how many contacts a field would be filled, changed, emptied, the same, or empty still."""

    filled: int = 0
    changed: int = 0
    emptied: int = 0
    same: int = 0
    empty: int = 0

    def count(self, before: Any, after: Any) -> None:
        had, has = before not in (None, ""), after not in (None, "")
        if had and has:
            is_same = form(before) == form(after)
            self.same, self.changed = self.same + is_same, self.changed + (not is_same)
        else:
            self.filled, self.emptied = self.filled + has, self.emptied + had
            self.empty += not had and not has


@dataclass(slots=True)
class Tally:
    """What became of some contacts, by wanted field.

    `never_bought` are questions without an answer, by lookup; `saved_usd` was paid for answers of
    these contacts that the recipe would not have asked for.
    """

    fields: dict[str, Change]
    never_bought: Questions = field(default_factory=dict)
    saved_usd: Decimal = NOTHING


@dataclass(slots=True)
class Part:
    """One contact as it is played: its item, what it holds now, what was asked at what price."""

    item: Item
    before: Mapping[str, Any]
    ended: set[str] = field(default_factory=set)
    usd: Decimal = NOTHING


Asked = tuple[Part, Lookup, UUID]


def rehearse(
    plan: Plan, contacts: Iterable[Contact], accounts: Accounts, run: Run | None = None
) -> Tally:
    """Return what a plan would have made of the contacts, which come with their companies.

    `run` is the one whose contacts they are, None for others: then only what was paid for
    lookups of the recipe itself can have been saved. `accounts` have been refreshed.
    """
    view = seen_by(plan, accounts)
    parts = [Part(as_brought(row, view), now(row)) for row in contacts]
    found = Tally({one.field: Change() for one in plan.wanted}, play(plan, parts, accounts))
    for part in parts:
        for name, change in found.fields.items():
            change.count(part.before.get(name), after(part.item, name))
    found.saved_usd = _saved(plan, parts, run)
    return found


def seen_by(plan: Plan, accounts: Accounts) -> RunView:
    """Return the plan as items look at it."""
    return RunView(0, accounts.is_sandbox, plan, inputs=plan.inputs)


def play(plan: Plan, parts: Sequence[Part], accounts: Accounts) -> Questions:
    """Play all contacts, a wave at a time; return the questions without an answer, by lookup."""
    missing: Questions = {}
    while asked := [one for part in parts for one in _starting(plan, part)]:
        answers = _answers({key for _, _, key in asked})
        for part, step, key in asked:
            part.ended.add(step.slug)
            said = answers.get(key)
            if said is None:
                missing.setdefault(step.slug, set()).add(key)
            if said is None or said.kind == "hit" or not accounts.terms(step).price.on_hit_only:
                part.usd += plan.prices[step.slug]
            if said is not None:
                _learn(part, said)
    return missing


def _starting(plan: Plan, part: Part) -> list[Asked]:
    item = part.item
    start = decide(plan, item.known, item.sure, part.ended, paid_usd=part.usd).start
    sandbox = item.run.is_sandbox
    return [
        (part, step, question_key(step, question(step, item.known), is_sandbox=sandbox))
        for step in start
    ]


def _answers(keys: set[UUID]) -> dict[UUID, Outcome]:
    """Return the newest hit or miss to each question, of any age."""
    rows = Answer.objects.filter(question_key__in=keys, outcome__in=("hit", "miss"))
    return {
        row.question_key: Outcome(
            row.lookup, "hit" if row.outcome == "hit" else "miss",
            {name: (value, sure) for name, (value, sure) in row.facts.items()},
            row.observed_at.isoformat(), str(row.pk), is_reused=True,
        )
        for row in rows.defer("raw").order_by("observed_at", "pk")
    }  # fmt: skip


def _learn(part: Part, said: Outcome) -> None:
    try:
        learn(part.item, [said])
    except ContractBroken:  # bought when its form still counted; the engine refuses it today, too
        return


def after(item: Item, name: str) -> Any:
    """Return what a field holds once all that was said is weighed with what it stood on."""
    standing = settle([*item.stood_on(name), *item.said.get(name, ())])
    return standing.claim.value if standing else None


def _saved(plan: Plan, parts: Sequence[Part], run: Run | None) -> Decimal:
    asked = {part.item.contact_id: part.ended for part in parts}
    items = RunItem.objects.filter(contact_id__in=asked)
    items = items.filter(run=run) if run else items
    ours = {step.slug for step in plan.lookups}
    return sum(
        (
            Decimal(entry["usd"])
            for contact_id, trace in items.values_list("contact_id", "trace")
            for slug, entry in trace.items()
            if "usd" in entry and slug not in asked[contact_id] and (run or slug in ours)
        ),
        NOTHING,
    )
