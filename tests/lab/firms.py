"""People at firms, for benchmarks of waterfalls: named, some of them colleagues."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from contacts.models import Company, Contact
from contacts.phone import parse
from enrichment.models import Recipe, RecipeField, RecipeStep
from integrations.models import Account
from integrations.sandbox.world import person_at
from tests.lab import seeding

COLLEAGUES = 20  # at each firm that is shared
PLENTY = [[1_000_000, 1]]  # calls in seconds: no limit that a benchmark meets


def prepare(max_in_flight: int = 400) -> None:
    """Make accounts whose limits are out of the way."""
    seeding.prepare_account()
    Account.objects.update(limits=PLENTY, max_in_flight=max_in_flight)


def people(count: int, *, shared: float = 0.0, skip: int = 0, with_email: bool = False) -> None:
    """Add contacts with names and firms; the given share of them work where others do."""
    numbers = list(islice(seeding.numbers(), skip, skip + count))
    domains = [_domain(at, skip, count, shared) for at in range(count)]
    names = sorted(set(domains))
    Company.objects.bulk_create(Company(domain=one, name=one) for one in names)
    ids = dict(Company.objects.filter(domain__in=names).values_list("domain", "id"))
    rows = zip(numbers, domains, strict=True)
    Contact.objects.bulk_create(
        (_contact(number, domain, ids[domain], with_email) for number, domain in rows),
        batch_size=2000,
    )


def _contact(number: str, domain: str, company_id: int, with_email: bool) -> Contact:
    person = person_at(number)
    return Contact(
        phone_raw=number, phone_e164=number, company_id=company_id,
        phone_country=parse(number).country,  # which every import writes
        first_name=person.first_name, last_name=person.last_name,
        full_name=f"{person.first_name} {person.last_name}",
        email=f"{person.last_name.lower()}@{domain}" if with_email else "",
    )  # fmt: skip


def _domain(at: int, skip: int, count: int, shared: float) -> str:
    if at < count * shared:
        return f"shared{skip + at // COLLEAGUES}.test"
    return f"own{skip + at}.test"


def recipe(slug: str, wanted: Iterable[tuple[str, float, Sequence[str]]]) -> Recipe:
    """Make, or make anew, a recipe of these waterfalls."""
    made, _ = Recipe.objects.get_or_create(slug=slug, defaults={"name": slug})
    made.fields.all().delete()
    for place, (field, sufficient, steps) in enumerate(wanted):
        row = RecipeField.objects.create(
            recipe=made, field=field, sufficient=sufficient, position=place
        )
        RecipeStep.objects.bulk_create(
            RecipeStep(wanted=row, lookup=step, position=at) for at, step in enumerate(steps)
        )
    return made
