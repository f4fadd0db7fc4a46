"""Sources in words: who says so, and who may say otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from contacts.annotations import GIVEN_BACK
from contacts.models import Import
from contacts.services import PERSON
from enrichment.models import Run
from enrichment.survivorship import FILE, RUN
from integrations.registry import question_labels
from integrations.wording import PROVIDER_LABELS

LOCAL = "local"
REFERRAL = "referral:"


@dataclass(frozen=True, slots=True)
class Source:
    """`kind` is "person", "given-back", "file", "run", "local", "referral", "lookup" or "none"."""

    kind: str
    words: str
    icon: str
    url: str = ""


UNKNOWN = Source("none", "Unknown", "help")


def source_of(by: str, imports: Mapping[str, str], runs: Mapping[str, str] | None = None) -> Source:
    """Return the source that a provenance or a change names; names of imports and runs by id."""
    if by.startswith(PERSON):
        return Source("person", by.removeprefix(PERSON), "edit")
    if by.startswith(GIVEN_BACK):
        return Source("given-back", f"Given back by {by.removeprefix(GIVEN_BACK)}", "undo")
    if by.startswith(FILE):
        return _file(by.removeprefix(FILE), imports)
    if by.startswith(RUN):
        return _run(by.removeprefix(RUN), runs or {})
    return _other(by)


def _other(by: str) -> Source:
    if by.startswith(REFERRAL):
        id_ = by.removeprefix(REFERRAL)
        url = reverse("admin:crm_sync_referral_change", args=[id_])
        return Source("referral", f"Referral {id_}", "handshake", url)
    if by == LOCAL:
        return Source("local", "Read from the number", "tag")
    return Source("lookup", lookup_label(by), "cloud") if by else UNKNOWN


def _file(id_: str, imports: Mapping[str, str]) -> Source:
    if id_ not in imports:
        return Source("file", f"Import {id_}", "draft")
    url = reverse("admin:contacts_import_change", args=[id_])
    return Source("file", imports[id_], "draft", url)


def _run(id_: str, runs: Mapping[str, str]) -> Source:
    if id_ not in runs:
        return Source("run", f"Run {id_}, which is gone", "play_circle")
    url = reverse("admin:enrichment_run_change", args=[id_])
    return Source("run", runs[id_], "play_circle", url)


def lookup_label(slug: str) -> str:
    """Return the lookup's name with its provider's; an unknown one as it is called."""
    label = question_labels().get(slug)
    return f"{label} · {PROVIDER_LABELS[slug.partition('.')[0]]}" if label else slug


def who_may_overwrite(source: Source, sure: float) -> str:
    """Return survivorship's rule for a field of this source, in words."""
    if source.kind == "person":
        return "Only a person. Providers and files leave it alone."
    if source.kind in ("given-back", "none"):
        return "The next answer or file, and any person."
    if source.kind == "lookup":
        return "A newer answer of this lookup, a surer one of another, any person."
    return f"A source surer than {sure:.0%}, a newer file that overwrites, any person."


def import_names(sources: Iterable[Any]) -> dict[str, str]:
    """Return the names of the imports among these sources, by id; one query, none if none."""
    wanted = _ids(FILE, sources)
    return {str(one.pk): one.name for one in _found(Import, wanted, "name")}


def run_names(sources: Iterable[Any]) -> dict[str, str]:
    """Return what the runs among these sources are called, by id; one query, none if none."""
    return {str(one.pk): str(one) for one in _found(Run, _ids(RUN, sources), "name")}


def _ids(kind: str, sources: Iterable[Any]) -> list[int]:
    ids = {str(by).removeprefix(kind) for by in sources if str(by).startswith(kind)}
    return [int(id_) for id_ in ids if id_.isdecimal() and len(id_) < 19]


def _found(model: Any, wanted: list[int], *fields: str) -> Iterable[Any]:
    return model.objects.filter(pk__in=wanted).only(*fields) if wanted else ()
