"""Which company a row speaks of: by domain, else by its folded name and, it may be, place."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from django.db import connection

# Legal forms say how a company is registered, not which one it is; they stand at the end.
_LEGAL_FORMS = frozenset((
    "inc", "incorporated", "corp", "corporation", "co", "company", "llc", "llp", "lp", "ltd",
    "limited", "plc", "gmbh", "mbh", "ag", "kg", "ohg", "ug", "gbr", "kgaa", "se", "ev", "eg", "sa",
    "sas", "sarl", "sasu", "snc", "eurl", "spa", "srl", "sl", "slu", "bv", "nv", "ab", "asa", "aps",
    "oy", "oyj", "kk", "pty", "pte", "pvt", "lda", "ltda", "sro", "doo", "kft", "zrt",
))  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
NAME_LIMIT = 255
DOMAIN_LIMIT = 253
PLACE_LIMIT = 20
REMEMBERED = 100_000
_COLUMNS = "id, name, name_key, domain, place_key, postal_code"


class Named(NamedTuple):
    """How a row names its company; `key` is the name folded.

    `place` is set where a firm without a domain speaks for itself, not where a person's row does.
    """

    name: str
    key: str
    domain: str
    place: str = ""


@dataclass(eq=False, slots=True)
class Company:
    """A company of the chunk; `id` is 0 until it stands in the database.

    `facts` is the provenance that a new one begins with, where it is not that of the whole file;
    `known_place` the place that one in the database has come to be known by.
    """

    named: Named
    id: int = 0
    known_place: str = ""
    facts: dict[str, dict[str, Any]] | None = None

    @property
    def place(self) -> str:
        return self.named.place or self.known_place

    @property
    def is_branch(self) -> bool:
        """True where nothing but its place tells it from others of its name."""
        return bool(self.named.place) and not self.named.domain


@lru_cache(maxsize=REMEMBERED)
def read_name(name: str, domain: str) -> Named | None:
    """What a row says of its company; None when that is nothing but signs."""
    key = name_key(name)
    return Named(name, key, domain) if key or domain else None


def name_key(name: str) -> str:
    """The name folded for comparison: no case, accents, signs or legal form.

    "The ACME Co., Ltd." and "Acme" are one key; a name of nothing but legal forms keeps them.
    """
    plain = name.replace("&", " and ").casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKD", plain).replace("’", "")
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    words = _WORD.findall(plain.replace(".", "").replace("'", ""))
    kept = words[1:] if len(words) > 1 and words[0] == "the" else words
    while len(kept) > 1 and (kept[-1] in _LEGAL_FORMS or kept[-1] == "and"):
        kept = kept[:-1]
    return " ".join(kept)[:NAME_LIMIT]


@lru_cache(maxsize=REMEMBERED)
def place_key(postal_code: str) -> str:
    """A postal code folded for comparison: no case and signs, a ZIP without its four digits more.

    "" for what has no digit, which is no code.
    """
    plain = "".join(filter(str.isalnum, postal_code.upper()))
    if not any(map(str.isdigit, plain)):
        return ""
    return plain[:5] if plain.isdigit() and len(plain) == 9 else plain[:PLACE_LIMIT]


@lru_cache(maxsize=REMEMBERED)
def read_domain(text: str) -> str:
    """The host of an address or a bare domain, without "www."; "" when there is none."""
    text = text.strip().casefold()
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname or ""
        host = host.removeprefix("www.").rstrip(".").encode("idna").decode("ascii")
    except ValueError:
        return ""
    labels = host.split(".")
    named = len(labels) > 1 and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    return host if named and len(host) <= DOMAIN_LIMIT else ""


@dataclass(slots=True)
class Directory:
    """The companies that rows may mean: those there are, and those to be.

    It is kept from chunk to chunk. A company that somebody deletes meanwhile makes the database
    refuse the chunk; then `forget`, and ask anew.
    """

    by_domain: dict[str, Company] = field(default_factory=dict)
    by_key: dict[str, Company] = field(default_factory=dict)
    by_place: dict[tuple[str, str], Company] = field(default_factory=dict)
    branch_counts: Counter[str] = field(default_factory=Counter)
    asked: set[tuple[str, str]] = field(default_factory=set)

    def forget(self) -> None:
        self.by_domain.clear()
        self.by_key.clear()
        self.by_place.clear()
        self.branch_counts.clear()
        self.asked.clear()

    def learn(self, names: Collection[Named]) -> None:
        """Read what the database knows of names that were not asked for yet."""
        if len(self.asked) > REMEMBERED:
            self.forget()
        new = {named[1:3] for named in names} - self.asked
        if not new:
            return
        self.asked |= new
        domains = [domain for _, domain in new if domain]
        keys = [key for key, domain in new if not domain]
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM contacts_company WHERE domain = ANY(%s)"
                f" UNION SELECT {_COLUMNS} FROM contacts_company"
                " WHERE name_key = ANY(%s) AND name_key <> '' ORDER BY id",
                [domains, keys],
            )
            for id_, name, key, domain, place, code in cursor.fetchall():
                self._add(Company(Named(name, key, domain or "", place), id_, place_key(code)))

    def find(self, named: Named) -> Company:
        """Return the company that a row names, a new one where none is known."""
        found = self.by_domain.get(named.domain) if named.domain else self._find_by_name(named)
        if found is None:
            found = Company(named)
            self._add(found)
        return found

    def _find_by_name(self, named: Named) -> Company | None:
        """Return the company here of this name, else the one that stands for the name.

        That is the one that is neither branch nor has a domain, else the oldest with a domain, else
        the only branch. One that is known to be elsewhere is another firm than one here.
        """
        here = self.by_place.get((named.key, named.place)) if named.place else None
        stands = here or self.by_key.get(named.key)
        if here or stands is None:
            return here
        if not named.place:
            return None if stands.is_branch and self.branch_counts[named.key] > 1 else stands
        is_elsewhere = stands.place or (not stands.named.domain and self.branch_counts[named.key])
        return None if is_elsewhere else stands

    def _add(self, company: Company) -> None:
        _, key, domain, _ = company.named
        if domain:
            company = self.by_domain.setdefault(domain, company)
        if company.place:
            there = self.by_place.setdefault((key, company.place), company)
            self.branch_counts[key] += company.is_branch and there is company
        stands = self.by_key.get(key)
        if stands is None or _rank(company) < _rank(stands):
            self.by_key[key] = company


def _rank(company: Company) -> tuple[bool, bool, float]:
    return company.is_branch, bool(company.named.domain), company.id or math.inf


def create(companies: Iterable[Company], fact: dict[str, Any]) -> None:
    """Insert those that have no id yet, on the word of `fact`, and give every one its id.

    Somebody else may insert the same company meanwhile: then theirs is taken.
    """
    missing = [company for company in companies if not company.id]
    if not missing:
        return
    columns = map(list, zip(*(company.named for company in missing), strict=True))
    facts = [orjson.dumps(company.facts or _facts(company.named, fact)).decode()
             for company in missing]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_company (name, name_key, domain, place_key, postal_code,"
            " external_id, provenance, revision)"
            " SELECT name, name_key, nullif(domain, ''), place, place, '', facts::jsonb, 0"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::text[])"
            " AS new (name, name_key, domain, place, facts)"
            " ON CONFLICT DO NOTHING RETURNING name_key, coalesce(domain, ''), place_key, id",
            [*columns, facts],
        )
        made = {tuple(row[:3]): row[3] for row in cursor.fetchall()}
    for company in missing:
        company.id = made.get(company.named[1:], 0)
    rest = [company for company in missing if not company.id]
    theirs = Directory()
    theirs.learn([company.named for company in rest])
    for company in rest:
        company.id = theirs.find(company.named).id


def _facts(named: Named, fact: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {"name": fact, "domain": fact} | ({"postal_code": fact} if named.place else {})
