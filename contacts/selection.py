"""Selections: which contacts something is about, as filters that are kept and read again.

A list's address, a run, an export and a bulk action all speak of contacts in these words, so that
what a person saw filtered is what is worked on. A selection is a dict of filter name to value, with
JSON's types only. Rooms above add filters of their own when they start (`add_filters`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from contacts.models import Company, Contact, ContactTag, Import, ImportRow, Tag
from contacts.searching import contacts_matching

Selection = dict[str, Any]

LINE_TYPES = (
    "mobile", "landline", "fixed_voip", "non_fixed_voip", "toll_free", "personal", "premium",
    "shared_cost", "uan", "voicemail", "pager", "unknown",
)  # fmt: skip
IDS_LIMIT = 10_000  # a longer list belongs into a tag or an import
_BIGGEST_ID = 2**63 - 1


class SelectionRefused(ValueError):
    """A selection names a filter that does not exist."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow contacts.

    `read` turns what stands in an address into the value that is kept, and raises ValueError where
    it means nothing; `condition` takes that value; `say` puts it in words: "status failed".
    """

    name: str
    label: str
    read: Callable[[str], Any]
    condition: Callable[[Any], Q | Exists]
    say: Callable[[Any], str]


def contacts(selection: Mapping[str, Any]) -> QuerySet[Contact]:
    """Return the contacts that meet every filter, unordered; no filter selects all.

    Raises SelectionRefused when it names a filter that does not exist.
    """
    if unknown := set(selection) - set(FILTERS):
        raise SelectionRefused(f"unknown filter: {', '.join(sorted(unknown))}")
    found: QuerySet[Contact] = Contact.objects.order_by()
    for name, value in selection.items():
        found = found.filter(FILTERS[name].condition(value))
    return found


def read(params: Mapping[str, str]) -> tuple[Selection, list[str]]:
    """Return the selection that an address's parameters say, and a notice for each broken one.

    Names that are no filters are somebody else's (the page, the order) and left alone.
    """
    chosen: Selection = {}
    notices: list[str] = []
    for name, text in params.items():
        if name not in FILTERS or not text.strip():
            continue
        known = FILTERS[name]
        try:
            chosen[name] = known.read(text.strip())
        except ValueError:
            notices.append(f"The filter “{known.label}” was left out: {text[:40]!r} means nothing.")
    return chosen, notices


def as_query(selection: Mapping[str, Any]) -> str:
    """Return the selection as the parameters of an address, which `read` reads again."""
    return urlencode({name: _written(value) for name, value in selection.items()})


def in_words(selection: Mapping[str, Any]) -> str:
    """Return what a person reads above a list, an export or a run: "failed, line type mobile"."""
    said = [FILTERS[name].say(value) for name, value in selection.items() if name in FILTERS]
    return ", ".join(said) or "all contacts"


def add_filters(filters: Iterable[Filter]) -> None:
    """Let another room's filters be used; called by its AppConfig when Django starts."""
    FILTERS.update({one.name: one for one in filters})


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return a reader that takes these names only."""
    known = frozenset(names)

    def read_name(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read_name


def read_id(text: str) -> int:
    """Read a row's id: raises ValueError for what no row can have."""
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not 0 < number <= _BIGGEST_ID:
        raise ValueError(text)
    return number


def read_yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[one_of(("yes", "no"))(text)]


def _read_ids(text: str) -> list[int]:
    ids = sorted({read_id(part) for part in text.split(",")})
    if len(ids) > IDS_LIMIT:
        raise ValueError("too many")
    return ids


def _read_country(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.upper()


def _read_text(text: str) -> str:
    return text.replace("\0", "")[:200]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _equal(column: str) -> Callable[[Any], Q]:
    return lambda value: Q(**{column: value})


def _is_filled(column: str) -> Callable[[bool], Q]:
    return lambda wanted: ~Q(**{column: ""}) if wanted else Q(**{column: ""})


def _named(label: str, model: type[Company | Import | Tag]) -> Callable[[int], str]:
    def say(pk: int) -> str:
        found = model._default_manager.filter(pk=pk).first()
        return f"{label} {found or f'{pk}, which is gone'}"

    return say


def _of_import(pk: int) -> Exists:
    return Exists(ImportRow.objects.filter(source_id=pk, contact_id=OuterRef("pk")))


def _with_tag(pk: int) -> Exists:
    return Exists(ContactTag.objects.filter(tag_id=pk, contact_id=OuterRef("pk")))


_STATUSES, _RISKS = dict(Contact.Status.choices), dict(Contact.RiskLevel.choices)

FILTERS: dict[str, Filter] = {
    one.name: one
    for one in (
        Filter("q", "Search", _read_text, contacts_matching, lambda text: f"matching “{text}”"),
        Filter("status", "Status", one_of(_STATUSES), _equal("status"),
               lambda value: str(_STATUSES[value]).lower()),
        Filter("line_type", "Line type", one_of(LINE_TYPES), _equal("line_type"),
               lambda value: f"line type {value.replace('_', ' ')}"),
        Filter("country", "Country", _read_country, _equal("phone_country"),
               lambda value: f"country {value}"),
        Filter("risk", "Risk", one_of(_RISKS), _equal("sms_pumping_risk_level"),
               lambda value: f"{value} risk"),
        Filter("carrier", "Carrier", _read_text, _equal("carrier_name"),
               lambda value: f"carrier {value}"),
        Filter("valid", "Valid number", read_yes_or_no, _equal("phone_is_valid"),
               lambda wanted: "valid numbers" if wanted else "invalid numbers"),
        Filter("email", "E-mail", read_yes_or_no, _is_filled("email"),
               lambda wanted: "with an e-mail address" if wanted else "without an e-mail address"),
        Filter("error", "Error", _read_text, _equal("error"), lambda value: f"error “{value}”"),
        Filter("company", "Company", read_id, _equal("company_id"), _named("company", Company)),
        Filter("import", "Import", read_id, _of_import, _named("import", Import)),
        Filter("tag", "Tag", read_id, _with_tag, _named("tag", Tag)),
        Filter("ids", "Chosen contacts", _read_ids, lambda ids: Q(pk__in=ids),
               lambda ids: f"{len(ids):,} chosen by hand"),
    )
}  # fmt: skip
