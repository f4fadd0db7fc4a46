"""Rows of every table that has a page, with names that would run as scripts if they could."""

from uuid import UUID

from django.utils import timezone

from contacts.models import Company, Contact, Import, ImportRow, Worker
from enrichment.models import (
    Answer,
    LeadChange,
    LeadScore,
    Recipe,
    RecipeField,
    Run,
    RunItem,
    RunLookup,
)
from enrichment.recipes import set_waterfall
from integrations.models import Account, ApiCall, Budget

EVIL = "<script>alert(1)</script>"


def uuid(number: int) -> UUID:
    return UUID(int=number)


def people(start: int, end: int) -> None:
    """Contacts with companies, imports and workers, numbered from `start` up to `end`."""
    companies = [Company(name=f"{EVIL} {n}", name_key=f"key {n}") for n in range(start, end)]
    Company.objects.bulk_create(companies)
    provenance = {"full_name": {"by": EVIL, "at": EVIL, "sure": 1}}
    Contact.objects.bulk_create(
        Contact(
            phone_raw=EVIL,
            phone_e164=f"+1415{5550000 + n}",
            full_name=f"{EVIL} {n}",
            company=company,
            provenance=provenance,
        )
        for n, company in zip(range(start, end), companies, strict=True)
    )
    Import.objects.bulk_create(
        Import(name=EVIL, path="x", columns=[EVIL], mapping={"phone": 0}, rejected_count=1)
        for _ in range(start, end)
    )
    Worker.objects.bulk_create(Worker(id=uuid(n), name=EVIL) for n in range(start, end))


def rejected(record: Import, count: int) -> None:
    ImportRow.objects.bulk_create(
        ImportRow(source=record, line=n + 2, outcome="rejected", reason=EVIL, raw=[EVIL, str(n)])
        for n in range(count)
    )


def work(start: int, end: int) -> None:
    """Recipes, runs with items and lookups, and answers; needs `people` of the same numbers."""
    contacts = list(Contact.objects.order_by("pk"))[start:end]
    recipes = [Recipe(name=EVIL, slug=f"recipe-{n}") for n in range(start, end)]
    Recipe.objects.bulk_create(recipes)
    set_waterfall(RecipeField.objects.create(recipe=recipes[0], field="line_type"), [EVIL[:9]])
    estimate = {
        "lookups": [{"lookup": EVIL, "questions": 2, "fresh": 1, "hit_rate": 0.5,
                     "min_usd": "1", "expected_usd": "1.5", "max_usd": "2"}],
        "calls": 1, "min_usd": "1", "expected_usd": "1.5", "max_usd": "2", "problems": [EVIL],
    }  # fmt: skip
    runs = [Run(name=EVIL, recipe=one, estimate=estimate, state="ready") for one in recipes]
    Run.objects.bulk_create(runs)
    RunLookup.objects.bulk_create(RunLookup(run=run, lookup=EVIL) for run in runs)
    trace = {EVIL: {"o": EVIL, "why": EVIL, "usd": "1", "a": str(uuid(start))}}
    RunItem.objects.bulk_create(
        RunItem(run=runs[0], contact=contact, trace=trace, error=EVIL) for contact in contacts
    )
    leads(start, end)
    now = timezone.now()
    Answer.objects.bulk_create(
        Answer(id=uuid(n), question_key=uuid(n), lookup=EVIL, request_id=uuid(n), outcome="hit",
               facts={EVIL: [EVIL, 1]}, raw={"said": EVIL}, observed_at=now, expires_at=now)
        for n in range(start, end)
    )  # fmt: skip


def leads(start: int, end: int) -> None:
    """Leads of the companies that `people` made, with a change each."""
    companies = list(Company.objects.order_by("pk"))[start:end]
    reason = {"signal": EVIL, "value": EVIL, "points": 1, "most": 2}
    LeadScore.objects.bulk_create(
        LeadScore(company=company, rules_version="1", reasons=[reason], tags=[EVIL], provider=EVIL)
        for company in companies
    )
    LeadChange.objects.bulk_create(
        LeadChange(company=one, domain=EVIL, kind="mx", old=EVIL, new=EVIL, key=f"key {one.pk}")
        for one in companies
    )


def calls(start: int, end: int) -> None:
    """Calls and budgets."""
    account = Account.objects.get_or_create(provider="twilio")[0]
    now = timezone.now()
    ApiCall.objects.bulk_create(
        ApiCall(id=uuid(n), provider="twilio", lookup=EVIL, account=account, contact_id=n + 1,
                outcome="failed", error=EVIL, exchange=EVIL, started_at=now)
        for n in range(start, end)
    )  # fmt: skip
    Budget.objects.bulk_create(Budget(key=f"run:{n}") for n in range(start, end))
