"""Writing what people changed in a CRM to our contacts and companies, as a person's word.

It enters as a claim with a source, like an edit by hand here: it outranks what providers say, and
the later of two people's words stands. A value that does not fit is left out, and said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from contacts.importing.companies import name_key
from contacts.models import Company, Contact
from contacts.services import PERSON, full_name_with
from crm_sync.connector import COMPANY

Record = Contact | Company
LABELS = 60
NOT_TOGETHER = "does not go with what stands here, or another of ours has it"


def model_of(obj: str) -> type[Record]:
    return Company if obj == COMPANY else Contact


def source(label: str) -> str:
    """Return who says so, for the provenance: somebody in that CRM."""
    return f"{PERSON}{label[:LABELS]}"


def write(row: Record, values: Mapping[str, Any], by: str) -> dict[str, str]:
    """Write values over what stands there; return what does not fit, {field: why}.

    In the caller's transaction, with the row locked by it.
    """
    wanted = {name: value for name, value in values.items() if getattr(row, name) != value}
    if isinstance(row, Contact):
        wanted |= full_name_with(row, wanted)
    if not wanted:
        return {}
    refused = _refused(row, wanted)
    fit = {name: value for name, value in wanted.items() if name not in refused}
    if fit and not _is_written(row, fit, by):
        return refused | dict.fromkeys(fit, NOT_TOGETHER)
    return refused


def _is_written(row: Record, fit: Mapping[str, Any], by: str) -> bool:
    """Write what fits; tell whether no other record stood in its way."""
    fact = {"by": by, "at": timezone.now().isoformat(timespec="seconds"), "sure": 1.0}
    facts = {**row.provenance, **dict.fromkeys(fit, fact)}
    changes = {**fit, "provenance": facts, "revision": F("revision") + 1, "updated_at": Now()}
    if isinstance(row, Company) and "name" in fit:
        changes["name_key"] = name_key(fit["name"])
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**changes)
    except IntegrityError:
        return False
    for name, value in (*fit.items(), ("provenance", facts)):
        setattr(row, name, value)
    return True


def _refused(row: Record, wanted: Mapping[str, Any]) -> dict[str, str]:
    """Return which values the row does not take, each by itself, with why."""
    kept = {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}
    names = {f.name for f in row._meta.concrete_fields}
    refused = {}
    for name, value in wanted.items():
        trial = type(row)(**kept)
        setattr(trial, name, value)
        try:
            trial.clean_fields(exclude=names - {name})
            trial.validate_constraints(exclude=_elsewhere(row))
        except ValidationError as why:
            refused[name] = "; ".join(why.messages)
    return refused


def _elsewhere(row: Record) -> set[str]:
    """Return the fields whose rules the database asks other rows about: it is asked itself."""
    return {"domain", "name_key", "place_key"} if isinstance(row, Company) else set()
