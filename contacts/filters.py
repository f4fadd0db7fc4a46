"""The filters of contacts: each one's values, its condition, its words, and how it is chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any

import phonenumbers
from babel import Locale
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from contacts.models import Company, Contact, ContactTag, Import, ImportRow, Tag
from contacts.numerals import whole
from contacts.searching import contacts_matching, newest_companies
from contacts.suppression.queries import is_suppressed

Choices = Sequence[tuple[str, str]]

LINE_TYPES = (
    "mobile", "landline", "fixed_voip", "non_fixed_voip", "toll_free", "personal", "premium",
    "shared_cost", "uan", "voicemail", "pager", "unknown",
)  # fmt: skip
IDS_LIMIT = 10_000  # a longer list belongs into a tag or an import
SUGGESTED = 20
_SHORT, _DIGITS = "~", "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Filter:
    """One way to narrow contacts.

    `read` turns what stands in an address into the value that is kept, and raises ValueError where
    it means nothing; `condition` takes that value; `say` puts it in words: "status failed".

    A person picks one of `choices`, or, where there are many, types: `suggest` returns the values
    and names that fit what was typed. One with neither is set by links only. `permission` is what
    its names are shown to.
    """

    name: str
    label: str
    read: Callable[[str], Any]
    condition: Callable[[Any], Q | Exists]
    say: Callable[[Any], str]
    choices: Callable[[], Choices] | None = None
    suggest: Callable[[str], Choices] | None = None
    permission: str = "contacts.view_contact"


def one_of(names: Iterable[str]) -> Callable[[str], str]:
    """Return a reader that takes these names only, and raises ValueError for others."""
    known = frozenset(names)

    def read_name(text: str) -> str:
        if text not in known:
            raise ValueError(text)
        return text

    return read_name


def read_id(text: str) -> int:
    """Read a row's id: raises ValueError for what no row can have."""
    number = whole(text)
    if not number:
        raise ValueError(text)
    return number


def read_yes_or_no(text: str) -> bool:
    return {"yes": True, "no": False}[one_of(("yes", "no"))(text)]


@cache
def countries() -> Choices:
    """Every country that has numbers, by its name."""
    # The names of phonenumbers itself take 100 MB of every process: all languages, or none.
    names = Locale("en").territories
    named = [(code, str(names.get(code, code))) for code in phonenumbers.SUPPORTED_REGIONS]
    return tuple(sorted(named, key=lambda pair: pair[1]))


def numbered(name: str, pk: int) -> str:
    """Return a name that tells a row from others of that name, and can be typed: "Acme #12"."""
    return f"{name} #{pk}"


def _read_ids(text: str) -> list[int]:
    """Read "3,5,900", or the same as `short_ids` writes it."""
    if text.startswith(_SHORT):
        steps = (int(part, 36) for part in text.removeprefix(_SHORT).split("."))
        ids = sorted({read_id(str(pk)) for pk in accumulate(steps)})
    else:
        ids = sorted({read_id(part) for part in text.split(",")})
    if len(ids) > IDS_LIMIT:
        raise ValueError("too many")
    return ids


def short_ids(ids: Sequence[int]) -> str:
    """Write ids for an address: each, in base 36, as the step from the one before it.

    200 ids of a list of a million contacts take 600 characters, of the biggest ids there are 2,800:
    a request line may have 4,094 (gunicorn's limit_request_line).
    """
    steps = (pk - before for before, pk in pairwise([0, *sorted(ids)]))
    return _SHORT + ".".join(map(_base_36, steps))


def _base_36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = _DIGITS[digit] + digits
    return digits or "0"


def _read_country(text: str) -> str:
    if not (len(text) == 2 and text.isascii() and text.isalpha()):
        raise ValueError(text)
    return text.upper()


def _read_text(text: str) -> str:
    return text.replace("\0", "")[:200]


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


def _companies(typed: str) -> Choices:
    found = Company.objects.filter(pk__in=newest_companies(typed, SUGGESTED)).order_by("-pk")
    return [(str(one.pk), numbered(str(one), one.pk)) for one in found]


def _imports(typed: str) -> Choices:
    found = Import.objects.filter(name__icontains=typed).exclude(state=Import.State.DRAFT)
    return [(str(one.pk), numbered(str(one), one.pk)) for one in found[:SUGGESTED]]


def _tags(typed: str) -> Choices:
    found = Tag.objects.filter(name__icontains=typed)[:SUGGESTED]
    return [(str(tag.pk), tag.name) for tag in found]


def _values_of(column: str) -> Callable[[str], Choices]:
    """Values that begin as typed, the next one by the index each time: the table is not read."""

    def suggest(typed: str) -> Choices:
        spelt = dict.fromkeys((typed, typed.capitalize(), typed.title(), typed.upper()))
        return next(filter(None, map(beginning, spelt)), [])

    def beginning(typed: str) -> Choices:
        step = f"SELECT min({column}) FROM contacts_contact WHERE {column} <> ''"
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE met (value) AS (({step} AND {column} >= %(typed)s)"
                f" UNION ALL SELECT ({step} AND {column} > value) FROM met"
                " WHERE starts_with(value, %(typed)s)) "
                f"SELECT value FROM met WHERE starts_with(value, %(typed)s) LIMIT {SUGGESTED}",
                {"typed": typed},
            )
            return [(value, value) for (value,) in cursor.fetchall()]

    return suggest


_STATUSES, _RISKS = dict(Contact.Status.choices), dict(Contact.RiskLevel.choices)


def _labelled(labels: dict[Any, Any]) -> Callable[[], Choices]:
    return lambda: [(str(value), str(label)) for value, label in labels.items()]


def _yes_or_no() -> Choices:
    return (("yes", "Yes"), ("no", "No"))


FILTERS: dict[str, Filter] = {
    one.name: one
    for one in (
        Filter("q", "Search", _read_text, contacts_matching, lambda text: f"matching “{text}”"),
        Filter("status", "Status", one_of(_STATUSES), _equal("status"),
               lambda value: str(_STATUSES[value]).lower(), choices=_labelled(_STATUSES)),
        Filter("line_type", "Line type", one_of(LINE_TYPES), _equal("line_type"),
               lambda value: f"line type {value.replace('_', ' ')}",
               choices=lambda: [(n, n.replace("_", " ").capitalize()) for n in LINE_TYPES]),
        Filter("country", "Country", _read_country, _equal("phone_country"),
               lambda value: f"country {dict(countries()).get(value, value)}", choices=countries),
        Filter("risk", "Risk", one_of(_RISKS), _equal("sms_pumping_risk_level"),
               lambda value: f"{value} risk", choices=_labelled(_RISKS)),
        Filter("valid", "Valid number", read_yes_or_no, _equal("phone_is_valid"),
               lambda wanted: "valid numbers" if wanted else "invalid numbers",
               choices=_yes_or_no),
        Filter("email", "Has e-mail", read_yes_or_no, _is_filled("email"),
               lambda wanted: "with an e-mail address" if wanted else "without an e-mail address",
               choices=_yes_or_no),
        Filter("carrier", "Carrier", _read_text, _equal("carrier_name"),
               lambda value: f"carrier {value}", suggest=_values_of("carrier_name")),
        Filter("error", "Error", _read_text, _equal("error"), lambda value: f"error “{value}”",
               suggest=_values_of("error")),
        Filter("company", "Company", read_id, _equal("company_id"), _named("company", Company),
               suggest=_companies, permission="contacts.view_company"),
        Filter("tag", "Tag", read_id, _with_tag, _named("tag", Tag), suggest=_tags),
        Filter("import", "Import", read_id, _of_import, _named("import", Import),
               suggest=_imports, permission="contacts.view_import"),
        Filter("suppressed", "Do not contact", read_yes_or_no, is_suppressed,
               lambda wanted: "not to be contacted" if wanted else "that may be contacted",
               choices=_yes_or_no),
        Filter("ids", "Chosen contacts", _read_ids, lambda ids: Q(pk__in=ids),
               lambda ids: f"{len(ids):,} chosen by hand"),
    )
}  # fmt: skip
