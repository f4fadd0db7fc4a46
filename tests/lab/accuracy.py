"""Random recipes, and how near their estimates come to what they cost."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from enrichment.conditions import CONDITIONS
from enrichment.models import Recipe, RecipeStep
from enrichment.runtime import Runtime
from tests.lab import firms, seeding

# Fields and the lookups that may stand in their waterfalls, in any order and number.
POOL = {
    "line_type": ("twilio.line_type", "hunter.domain_search"),
    "caller_name": ("twilio.caller_name", "twilio.validation"),
    "email": ("hunter.find_email", "twilio.line_type"),
    "email_status": ("hunter.verify_email", "hunter.find_email"),
    "company.industry": ("hunter.domain_search",),
    "company.name": ("hunter.domain_search", "twilio.caller_name"),
    "sms_pumping_risk_score": ("twilio.sms_pumping_risk", "twilio.caller_name"),
}
PEOPLE_SEEN = 1500  # before, so that lookups have a history
PATIENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What a recipe was estimated to cost, and what it did."""

    expected_usd: Decimal
    max_usd: Decimal
    spent_usd: Decimal
    calls: int

    @property
    def miss(self) -> float:
        """How far the estimate was off, as a part of what was spent."""
        if not self.spent_usd:
            return float(self.expected_usd)
        return float(abs(self.expected_usd - self.spent_usd) / self.spent_usd)


def trials(
    runtime: Runtime, count: int, people: int, *, seed: int = 1, seen: int = PEOPLE_SEEN
) -> Iterator[Trial]:
    """Work so many random recipes, each over contacts that nothing is known of yet."""
    dice = random.Random(seed)
    seeding.fresh_contacts(0)
    firms.prepare()
    _see(runtime, seen)
    for at in range(count):
        seeding.forget_people()
        firms.people(people, shared=0.4, skip=seen + at * people % 40_000)
        run = seeding.approved_run(random_recipe(dice))
        runtime.work(PATIENCE_S)
        run.refresh_from_db()
        assert (run.state, run.failed_count) == ("done", 0), (run.state, run.reason)
        found = run.estimate or {}
        yield Trial(
            Decimal(found["expected_usd"]), Decimal(found["max_usd"]), run.spent_usd,
            sum(row.asked for row in run.lookups.all()),
        )  # fmt: skip


def _see(runtime: Runtime, people: int) -> None:
    """Let every lookup of the pool be asked of other people first."""
    firms.people(people)
    every = [("company.city", 1.0, tuple({step for steps in POOL.values() for step in steps}))]
    seeding.approved_run(firms.recipe("seen", every))
    runtime.work(PATIENCE_S)


def random_recipe(dice: random.Random) -> Recipe:
    """Return a recipe of some of the pool, with conditions and steps side by side."""
    fields = dice.sample(sorted(POOL), dice.randint(2, len(POOL)))
    wanted = [
        (name, dice.choice((0.5, 0.7, 0.9)), dice.sample(pool, dice.randint(1, len(pool))))
        for name, pool in ((name, POOL[name]) for name in fields)
    ]
    made = firms.recipe("random", wanted)
    made.cap_per_contact_usd = dice.choice((None, None, Decimal("0.06")))
    made.save()
    for step in RecipeStep.objects.filter(wanted__recipe=made).order_by("id"):
        step.condition = dice.choice(("", "", "", *sorted(CONDITIONS)))
        step.beside = step.position > 0 and dice.random() < 0.3
        step.save()
    return made
