"""Field cards: what is known of a golden field, who says so, and who may say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from contacts.models import Company, Contact
from enrichment import golden
from enrichment.models import Answer
from enrichment.survivorship import Claim, Standing, claims_of, settle
from enrichment.wording import plain

BY_PEOPLE = "Only a person."
BY_ANYONE = "Any provider that answers, a file or a person."


@dataclass(frozen=True, slots=True)
class Said:
    """One claim: `value` by `source` at `at`, how sure (0..1) that source is of it."""

    value: Any
    source: str
    at: datetime | None
    sure: float


@dataclass(frozen=True, slots=True)
class Card:
    """A field's card; `sure` counts those who agree, `others` are the claims beside the one kept.

    `cost_usd` is what the answer cost (with all its facts), `stale_at` when it is asked again;
    both are None where no answer stands behind the value.
    """

    field: str
    value: Any
    source: str
    at: datetime | None
    sure: float
    cost_usd: Decimal | None
    stale_at: datetime | None
    overwritten_by: str
    agreeing: tuple[Said, ...] = ()
    others: tuple[Said, ...] = ()

    @property
    def is_stale(self) -> bool:
        return self.stale_at is not None and self.stale_at <= timezone.now()


def cards(row: Contact | Company, names: Iterable[str] | None = None) -> list[Card]:
    """Return a card for each named golden field of a contact or company that is not empty.

    Names are columns, all golden ones unless told otherwise. One query, however many there are.
    """
    own = golden.COMPANY_NAMES if isinstance(row, Company) else golden.NAMES
    found: list[tuple[str, Standing]] = []
    for name in own if names is None else names:
        standing = settle(claims_of(getattr(row, name), row.provenance.get(name)))
        if standing:
            found.append((name, standing))
    answers = _answers([standing.claim.answer for _, standing in found])
    return [_card(name, standing, answers) for name, standing in found]


def _answers(ids: Sequence[str]) -> Mapping[str, Answer]:
    wanted = {UUID(one) for one in ids if one}
    rows = Answer.objects.filter(pk__in=wanted).only("price_usd", "expires_at") if wanted else ()
    return {str(row.pk): row for row in rows}


def _card(name: str, standing: Standing, answers: Mapping[str, Answer]) -> Card:
    claim, answer = standing.claim, answers.get(standing.claim.answer)
    agreeing = standing.agreeing
    return Card(
        field=name,
        value=claim.value,
        source=claim.source,
        at=_moment(claim.at),
        sure=standing.sure,
        cost_usd=answer.price_usd if answer else None,
        stale_at=answer.expires_at if answer else None,
        overwritten_by=_overwritten_by(standing),
        agreeing=tuple(map(_said, agreeing)),
        others=tuple(_said(one) for one in standing.others if one not in agreeing),
    )


def _said(claim: Claim) -> Said:
    return Said(claim.value, claim.source, _moment(claim.at), claim.sure)


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _overwritten_by(standing: Standing) -> str:
    """Say in words who may put another value in its place."""
    if standing.claim.is_human:
        return BY_PEOPLE
    if not standing.sure:
        return BY_ANYONE
    percent = plain(Decimal(str(round(standing.sure * 100, 1))))
    own = f"a later word of {standing.claim.source}"
    return f"A person, {own}, and who is surer than {percent} %."
