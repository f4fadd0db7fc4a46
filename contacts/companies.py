"""Companies as people mend them: an edit of name or domain."""

from __future__ import annotations

import psycopg
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from contacts.importing.companies import name_key, place_key, read_domain
from contacts.importing.websites import read_website
from contacts.models import Company
from contacts.services import PERSON

# What the database says no to, at which field, in words.
RULES = {
    "company_has_name_or_domain": ("name", "A company needs a name or a domain."),
    "company_domain_once": ("domain", "Another company has this domain already."),
    "company_name_once": (
        "name",
        "Another company without a domain has this name already, give one of them its domain.",
    ),
}


class EditConflict(Exception):
    """Somebody has changed the company meanwhile; `current` is how it stands now."""

    def __init__(self, current: Company) -> None:
        super().__init__(f"{current} has been changed meanwhile")
        self.current = current


def edit(company_id: int, name: str, domain: str, user: str, revision: int) -> Company:
    """Write a person's name and domain over what stood there, and return the company.

    `revision` is the one the person has seen. Raises EditConflict when it has moved, and
    ValidationError by field for what a company may not be.
    """
    company = Company.objects.get(pk=company_id)
    if company.revision != revision:
        raise EditConflict(company)
    wanted = {"name": _clean(name), "domain": _read_domain(domain)}
    changed = {field: value for field, value in wanted.items() if getattr(company, field) != value}
    if not changed:
        return company
    fact = {
        "by": f"{PERSON}{user}",
        "at": timezone.now().isoformat(timespec="seconds"),
        "sure": 1.0,
    }
    facts = company.provenance | dict.fromkeys(changed, fact)
    here = Company.objects.filter(pk=company_id, revision=revision)
    try:
        with transaction.atomic():
            written = here.update(
                **wanted, name_key=name_key(wanted["name"] or ""), provenance=facts,
                place_key="" if wanted["domain"] else place_key(company.postal_code),
                revision=F("revision") + 1, updated_at=Now(),
            )  # fmt: skip
    except IntegrityError as error:
        raise _in_words(error) from error
    current = Company.objects.get(pk=company_id)
    if not written:
        raise EditConflict(current)
    return current


def _clean(name: str) -> str:
    return " ".join(name.replace("\0", "").split())


def _read_domain(text: str) -> str | None:
    if not text.strip():
        return None
    if not read_domain(text):
        raise ValidationError({"domain": "That is no domain. One looks like acme.test."})
    domain, why = read_website(text)
    if why:
        raise ValidationError({"domain": f"That domain {why}. Leave it empty, or write another."})
    return domain


def _in_words(error: IntegrityError) -> ValidationError:
    """Return the rule that was broken, in words; raises the error itself for any other."""
    cause = error.__cause__
    name = cause.diag.constraint_name if isinstance(cause, psycopg.Error) else ""
    if name not in RULES:
        raise error
    field, words = RULES[name]
    return ValidationError({field: words})
