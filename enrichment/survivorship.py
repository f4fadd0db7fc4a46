"""Survivorship: which of the claims about a golden field stays, and how sure we are of it.

The decision is a pure function of a set of claims, so the order in which answers come in does not
matter. A person outranks everything. Of each other source its latest word counts, and of no source
an empty one. Claims of one value by independent providers support each other: the value of which
we are surest wins, then the source that the recipe asks earlier, then the later word. What did not
win is kept beside what did, in the field's provenance, so that the next claim meets the whole set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

PERSON = "person:"
FILE = "file:"
RUN = "run:"
FILE_CONFIDENCE = 0.9
SUREST_BY_AGREEMENT = 0.99  # agreement alone makes nothing certain


@dataclass(frozen=True, slots=True)
class Claim:
    """A value for a field, who says so, how sure (0..1), and when (ISO 8601, UTC).

    `source` is a lookup's slug, "file:<import id>" or "person:<user name>"; `rank` is the lookup's
    place in the recipe's order, 0 the first.
    """

    value: Any
    source: str
    sure: float
    at: str
    answer: str = ""
    rank: int = 0

    @property
    def is_human(self) -> bool:
        return self.source.startswith(PERSON)

    @property
    def is_empty(self) -> bool:
        return self.value is None or self.value == ""

    @property
    def speaker(self) -> str:
        """Whose later word replaces this one: a lookup, the files together, persons together."""
        if self.source.startswith(PERSON):
            return PERSON
        return FILE if self.source.startswith(FILE) else self.source

    @property
    def witness(self) -> str:
        """Who is independent of others: a provider, whichever of its lookups speaks."""
        return self.speaker.partition(".")[0]

    def provenance(self) -> dict[str, Any]:
        """Return what is kept of a claim beside its value."""
        kept: dict[str, Any] = {"by": self.source, "at": self.at, "sure": self.sure}
        if self.answer:
            kept["answer"] = self.answer
        if self.rank:
            kept["rank"] = self.rank
        return kept


@dataclass(frozen=True, slots=True)
class Standing:
    """What a field stands on: the claim that won, how sure all together are, and the others."""

    claim: Claim
    sure: float
    others: tuple[Claim, ...] = ()

    @property
    def agreeing(self) -> tuple[Claim, ...]:
        """The others that say the same."""
        return tuple(one for one in self.others if form(one.value) == form(self.claim.value))

    def provenance(self) -> dict[str, Any]:
        """Return what the row's provenance keeps for the field."""
        kept = self.claim.provenance()
        if self.others and not self.claim.is_human:
            mine = form(self.claim.value)
            kept["also"] = [
                one.provenance() if form(one.value) == mine else one.provenance() | {"v": one.value}
                for one in self.others
            ]
        return kept


def settle(claims: Sequence[Claim]) -> Standing | None:
    """Return what a set of claims comes to; None when nobody says anything."""
    if len(claims) == 1:  # as most often
        only = claims[0]
        return Standing(only, only.sure) if only.is_human or not only.is_empty else None
    latest: dict[str, Claim] = {}
    for claim in claims:
        if claim.is_empty and not claim.is_human:
            continue
        held = latest.get(claim.speaker)
        if held is None or _recency(claim) > _recency(held):
            latest[claim.speaker] = claim
    if person := latest.get(PERSON):
        return Standing(person, person.sure)
    if not latest:
        return None
    if len(latest) == 1:
        (only,) = latest.values()
        return Standing(only, only.sure)
    return _strongest(list(latest.values()))


def _strongest(claims: Sequence[Claim]) -> Standing:
    by_value: dict[str, list[Claim]] = {}
    for claim in claims:
        by_value.setdefault(form(claim.value), []).append(claim)
    sure = {value: agreed(same) for value, same in by_value.items()}
    best = max(
        claims,
        key=lambda one: (sure[form(one.value)], one.sure, -one.rank, one.at, one.source),
    )
    others = sorted((one for one in claims if one is not best), key=lambda one: one.source)
    return Standing(best, sure[form(best.value)], tuple(others))


def agreed(claims: Iterable[Claim]) -> float:
    """Return how sure claims of one value make us; doubts of independent witnesses multiply.

    So 0.6 and 0.5 of two providers are 0.8 together; two lookups of one provider are one witness.
    """
    surest: dict[str, float] = {}
    for claim in claims:
        surest[claim.witness] = max(claim.sure, surest.get(claim.witness, 0.0))
    alone = max(surest.values())
    doubt = 1.0
    for witness in sorted(surest):
        doubt *= 1.0 - surest[witness]
    together = min(round(1.0 - doubt, 6), SUREST_BY_AGREEMENT)
    return max(alone, together) if len(surest) > 1 else alone


def _recency(claim: Claim) -> tuple[str, float, int, str, str]:
    return (claim.at, claim.sure, -claim.rank, claim.source, form(claim.value) + claim.answer)


def form(value: Any) -> str:
    """Return a value as it is compared: without case, moments in UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:.6f}" if isinstance(value, float) else str(value).casefold()


def claims_of(value: Any, provenance: Mapping[str, Any] | None) -> list[Claim]:
    """Return the claims that a stored field stands on, the one that won first.

    A field that a person has emptied is that person's claim, too.
    """
    kept = provenance or {}
    said = current(value, kept)
    if said is None:
        return []
    return [said, *(_kept(one, value) for one in kept.get("also", ()))]


def _kept(one: Mapping[str, Any], value: Any) -> Claim:
    return Claim(
        one.get("v", value), one["by"], one["sure"], one["at"], one.get("answer", ""),
        one.get("rank", 0),
    )  # fmt: skip


def current(value: Any, provenance: Mapping[str, Any] | None) -> Claim | None:
    """Return the claim that won, None when the field is empty and nobody emptied it."""
    kept = provenance or {}
    if value in (None, "") and not str(kept.get("by", "")).startswith(PERSON):
        return None
    return Claim(
        value,
        kept.get("by", FILE),
        kept.get("sure", FILE_CONFIDENCE),
        kept.get("at", ""),
        kept.get("answer", ""),
        kept.get("rank", 0),
    )


def survives(old: Claim | None, new: Claim) -> bool:
    """Tell whether `new` takes the place of `old`, where nobody else has spoken."""
    standing = settle([new] if old is None else [old, new])
    return standing is not None and standing.claim is new and not new.is_empty
