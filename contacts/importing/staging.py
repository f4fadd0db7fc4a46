"""A row of the file as a candidate: number read, values tidied, still without the database."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import structlog
from django.db import models
from django.utils import timezone

from contacts.identity import split_name
from contacts.importing import mapping as columns
from contacts.importing.companies import Named, place_key, read_name
from contacts.importing.dates import read_date
from contacts.importing.mapping import CUT, compile_reader
from contacts.importing.table import SourceRow
from contacts.importing.websites import is_mailbox_host, read_website
from contacts.models import Contact
from contacts.phone import PhoneRefused, parse

# Columns of a contact that a file fills as text; the number and the company have their own rules.
TEXT_FIELDS = (
    "first_name",
    "last_name",
    "full_name",
    "position",
    "department",
    "email",
    "address_line",
    "city",
    "state",
    "postal_code",
    "country",
    "external_id",
)
PERSONS = ("full_name", "last_name", "first_name")
# The day of consent is text here, too: as ISO 8601 writes it, empty where nothing is known.
CONSENT = "consent_on"
WRITTEN = ("phone_ext", *TEXT_FIELDS, CONSENT)
KEPT_FIELDS = frozenset((*TEXT_FIELDS, CONSENT, "phone", "phone_ext", "company", "company_domain"))
_TEXTS, _NULL = WRITTEN[:-1], r"\N"
_WIDTHS = {
    column.name: column.max_length or 0
    for column in Contact._meta.concrete_fields
    if isinstance(column, models.CharField)
}
LIMITS = {name: _WIDTHS[name] for name in TEXT_FIELDS}
RAW_LIMIT, EXT_LIMIT = _WIDTHS["phone_raw"], _WIDTHS["phone_ext"]

# What the database accepts (constraint contact_email_form), and no signs of a list of addresses.
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\".]+(?:\.[^@\s,;<>()\".]+)+")
_NOT_DIGITS = re.compile(r"\D+")
log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Candidate:
    """`problem` says why the row is rejected; `remark` what was left out of one that isn't.

    `values` holds what the row says, by column of Contact, and nothing empty. `copy_text` is the
    same for COPY: the number as it stood, E.164, and the columns of `WRITTEN`.
    """

    line: int
    cells: list[str]
    problem: str = ""
    remark: str = ""
    phone_raw: str = ""
    e164: str = ""
    country: str = ""
    is_valid: bool = True
    company: Named | None = None
    values: dict[str, str] = field(default_factory=dict)
    copy_text: str = ""

    @property
    def ext(self) -> str:
        return self.values.get("phone_ext", "")

    @property
    def name(self) -> str:
        return self.values.get("full_name", "")

    def add_remark(self, text: str) -> None:
        self.remark = f"{self.remark}; {text}" if self.remark else text


Stager = Callable[[SourceRow], Candidate]


def stager(mapping: Mapping[str, int], region: str) -> Stager:
    """Return what turns rows of a mapping (field to column index) into candidates.

    It never raises: a row that breaks our own reading is rejected with the error as its reason.
    """
    read = compile_reader(
        columns.Mapping({name: at for name, at in mapping.items() if name in KEPT_FIELDS})
    )

    def stage(row: SourceRow) -> Candidate:
        if row.problem:
            return Candidate(row.line, row.cells or [row.raw], row.problem)
        candidate = Candidate(row.line, row.cells, remark=row.note)
        values = read(row.cells)
        raw = values.pop("phone")
        try:
            phone = parse(raw, region)
        except PhoneRefused as refused:
            candidate.problem = f"phone number {refused.reason}" if raw else "no phone number"
            return candidate
        candidate.phone_raw = raw[:RAW_LIMIT]
        candidate.e164, candidate.country = phone.e164, phone.country
        candidate.is_valid = phone.is_valid
        candidate.values = {name: value for name, value in values.items() if value}
        _tidy(candidate, phone.ext)
        if CONSENT in candidate.values:
            _read_consent(candidate, region)
        candidate.copy_text = copy_text(candidate, candidate.values)
        return candidate

    def stage_safely(row: SourceRow) -> Candidate:
        try:
            return stage(row)
        except Exception as error:  # one row's trouble must not stop the others
            log.warning("import_row_unreadable", line=row.line, exc_info=True)
            return Candidate(row.line, row.cells, f"could not be read: {type(error).__name__}")

    return stage_safely


def _tidy(candidate: Candidate, ext: str) -> None:
    values = candidate.values
    if cut := values.pop(CUT, ""):
        candidate.add_remark(f"too long, cut: {cut.replace('_', ' ')}")
    if "phone_ext" in values or ext:
        _choose_ext(candidate, ext)
    if "email" in values:
        _check_email(candidate)
    if "company" in values or "company_domain" in values:
        _read_company(candidate)
    _complete_names(values)


def _read_consent(candidate: Candidate, region: str) -> None:
    text = candidate.values.pop(CONSENT)
    day = read_date(text, region)
    if day is None:
        candidate.add_remark(f"day of consent not readable: {text!r}")
    elif day > timezone.now().date():
        candidate.add_remark(f"day of consent lies in the future: {text!r}")
    else:
        candidate.values[CONSENT] = day.isoformat()


def _read_company(candidate: Candidate) -> None:
    name = candidate.values.pop("company", "")
    site = candidate.values.pop("company_domain", "")
    if name and is_mailbox_host(name):
        candidate.add_remark(f"company left out, it is consumer mail: {name[:80]!r}")
        name = ""
    domain, why = read_website(site) if site else ("", "")
    if why:
        candidate.add_remark(f"website {why}: {site[:80]!r}")
    candidate.company = read_name(name, domain)
    if candidate.company and not domain and _speaks_for_itself(candidate):
        place = place_key(candidate.values["postal_code"])
        candidate.company = candidate.company._replace(place=place)
    if name and candidate.company is None:
        candidate.add_remark(f"company not readable: {name[:80]!r}")


def _speaks_for_itself(candidate: Candidate) -> bool:
    """Tell whether the row is a business's: where it names a person, the address may be theirs."""
    values = candidate.values
    return "postal_code" in values and not any(name in values for name in PERSONS)


def _complete_names(values: dict[str, str]) -> None:
    """Make first, last and full name agree."""
    full = values.get("full_name", "")
    first, last = values.get("first_name", ""), values.get("last_name", "")
    if not full:
        if first or last:
            values["full_name"] = compose(first, last)
        return
    if first or last:
        return
    first, last = split_name(full)
    if "," in full and first and last:
        values["full_name"] = compose(first, last)
    if first:
        values["first_name"] = first[: LIMITS["first_name"]]
    if last:
        values["last_name"] = last[: LIMITS["last_name"]]


def _check_email(candidate: Candidate) -> None:
    email = candidate.values["email"].removeprefix("mailto:")
    if _EMAIL.fullmatch(email) is None:
        candidate.add_remark(f"e-mail not readable: {email[:80]!r}")
        del candidate.values["email"]
    else:
        candidate.values["email"] = email.lower()


def _choose_ext(candidate: Candidate, ext: str) -> None:
    """The extension written behind the number, else the one in a column of its own."""
    cell = candidate.values.pop("phone_ext", "")
    ext = ext or _NOT_DIGITS.sub("", cell.partition(".")[0])
    if ext and len(ext) <= EXT_LIMIT:
        candidate.values["phone_ext"] = ext
    elif cell:
        candidate.add_remark(f"extension not readable: {cell[:40]!r}")


def compose(first: str, last: str) -> str:
    """Return the full name of a first and a last name, either of which may be empty."""
    return f"{first} {last}".strip()[: LIMITS["full_name"]]


def copy_text(candidate: Candidate, values: Mapping[str, str]) -> str:
    """The row's columns for COPY, with these values."""
    get = values.get
    text = "\t".join((candidate.phone_raw, candidate.e164, *[get(name, "") for name in _TEXTS]))
    # Values hold no line breaks and tabs, see `compile_reader`.
    text = text.replace("\\", "\\\\") if "\\" in text else text
    return f"{text}\t{get(CONSENT, _NULL)}"
