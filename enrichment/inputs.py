"""Inputs: what a lookup may be asked about, as text, the same whether Python or SQL writes it.

Any golden field may be a need, beside the number, the day of consent and the number's country. A
stored value counts as known; null, blank and false count as missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import models

from domains.consumer_mail import DOMAINS, is_consumer_mail
from enrichment import golden

PLACES = Decimal("0.000001")  # of a degree: a tenth of a metre

Writer = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Input:
    """`path` is where Django finds it from a contact, `column` what the estimate calls it."""

    path: str
    column: str
    sql: str
    text: Writer


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _truth(value: Any) -> str:
    return "true" if value is True else ""


def _number(value: Any) -> str:
    """Fifteen digits, then six places: as PostgreSQL makes a numeric of a double (utils/adt)."""
    if value is None:
        return ""
    exact = Decimal(f"{float(value):.15g}").quantize(PLACES, ROUND_HALF_UP)
    return format(exact.normalize(), "f") if exact else "0"


def _moment(value: Any) -> str:
    if not value:
        return ""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _day(value: Any) -> str:
    if not value:
        return ""
    return (value if isinstance(value, date) else date.fromisoformat(value)).isoformat()


def _company_domain(value: Any) -> str:
    return "" if not value or is_consumer_mail(value) else str(value)


def _compact_day(value: Any) -> str:
    return _day(value).replace("-", "")


# Kinds of column that are not simply text: how Python and PostgreSQL write them.
_KINDS: tuple[tuple[type[models.Field[Any, Any]], Writer, str], ...] = (
    (models.BooleanField, _truth, "CASE WHEN {0} THEN 'true' END"),
    (models.FloatField, _number, "trim_scale(round({0}::numeric, 6))::text"),
    (
        models.DateTimeField,
        _moment,
        "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
    ),
    (models.DateField, _day, "to_char({0}, 'YYYY-MM-DD')"),
    (models.IntegerField, _plain, "{0}::text"),
    (models.CharField, _plain, "{0}"),
)


# A mailbox provider is nobody's company, also where an import has made it one. None has more than
# three labels, so the last two and the last three of a domain tell.
_NO_CONSUMER_MAIL = (
    "CASE WHEN COALESCE(substring({0} FROM '[^.]+[.][^.]+$'), '') <> ALL({1})"
    " AND COALESCE(substring({0} FROM '[^.]+[.][^.]+[.][^.]+$'), '') <> ALL({1}) THEN {0} END"
).format("company_domain", f"'{{{','.join(sorted(DOMAINS))}}}'::text[]")


def _of_field(name: str, field: models.Field[Any, Any]) -> Input:
    write, sql = next((write, sql) for kind, write, sql in _KINDS if isinstance(field, kind))
    column = name.replace(".", "_")
    return Input(name.replace(".", "__"), column, sql.format(column), write)


INPUTS: Mapping[str, Input] = {
    **{name: _of_field(name, field) for name, field in golden.FIELDS.items()},
    "company.domain": Input(
        "company__domain", "company_domain", _NO_CONSUMER_MAIL, _company_domain
    ),
    "phone": Input("phone_e164", "phone_e164", "phone_e164", _plain),
    "address_country": Input("phone_country", "phone_country", "phone_country", _plain),
    "consent_on": Input(
        "consent_on", "consent_on", "to_char(consent_on, 'YYYYMMDD')", _compact_day
    ),
}
# What a file or a person may bring along; anything else some lookup has to supply.
BROUGHT = frozenset((
    "phone", "consent_on", "address_country", "first_name", "last_name", "full_name", "position",
    "department", "email", "address_line", "city", "state", "postal_code", "country",
    "company.name", "company.domain",
))  # fmt: skip


def text(name: str, value: Any) -> str:
    """Return a value, of its column or of a fact, as an input; "" when it counts as missing."""
    return INPUTS[name].text(value)


def known_of(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return the inputs among `names` that a contact's and its company's values give.

    `values` is by golden field, with "phone_e164" and "consent_on"; a number that is known to be
    invalid is no input: it is never sent to anyone.
    """
    known = {}
    for name in names:
        given = INPUTS.get(name)
        if given is None:
            continue
        value = values.get(given.path if "." not in name else name)
        if value and (written := given.text(value)):
            known[name] = written
        elif value == 0 and value is not False:
            known[name] = given.text(value)
    if values.get("phone_is_valid") is False:
        known.pop("phone", None)
    return known
