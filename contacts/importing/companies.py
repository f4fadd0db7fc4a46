"""Which company a row speaks of: by domain where the file knows one, else by the folded name."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson
from django.db import connection

from domains.consumer_mail import is_consumer_mail
from domains.firms import read_firm_domain
from domains.shared_hosts import is_shared

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
REMEMBERED = 100_000


class Named(NamedTuple):
    """How a row names its company; `key` is the name folded."""

    name: str
    key: str
    domain: str


@dataclass(eq=False, slots=True)
class Company:
    """A company of the chunk; `id` is 0 until it stands in the database.

    `facts` is the provenance that a new one begins with, where it is not that of the whole file.
    """

    named: Named
    id: int = 0
    facts: dict[str, dict[str, Any]] | None = None


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


@lru_cache(maxsize=REMEMBERED)
def read_website(text: str) -> tuple[str, str]:
    """Return the domain that a website gives its company, and why none where there is none.

    Consumer mail, addresses, and a page on a host of many firms are no company's.
    """
    domain = read_domain(text)
    if not domain:
        return "", "not readable"
    _, why = read_firm_domain(domain)
    if not why and is_shared(domain) and _has_path(text):
        why = "is shared by many firms"
    return ("", why) if why else (domain, "")


def _has_path(text: str) -> bool:
    return "/" in text.strip().rstrip("/").rpartition("//")[2]


def is_mailbox_host(name: str) -> bool:
    """Tell whether a name of a company is none, but where private people have their mail."""
    return "." in name and is_consumer_mail(read_domain(name))


@dataclass(slots=True)
class Directory:
    """The companies that rows may mean: those there are, and those to be.

    It is kept from chunk to chunk. A company that somebody deletes meanwhile makes the database
    refuse the chunk; then `forget`, and ask anew.
    """

    by_domain: dict[str, Company] = field(default_factory=dict)
    by_key: dict[str, Company] = field(default_factory=dict)
    asked: set[Named] = field(default_factory=set)

    def forget(self) -> None:
        self.by_domain.clear()
        self.by_key.clear()
        self.asked.clear()

    def learn(self, names: Collection[Named]) -> None:
        """Read what the database knows of names that were not asked for yet."""
        if len(self.asked) > REMEMBERED:
            self.forget()
        new = [named for named in names if named not in self.asked]
        if not new:
            return
        self.asked.update(new)
        domains = [named.domain for named in new if named.domain]
        keys = [named.key for named in new if not named.domain]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, name, name_key, domain FROM contacts_company WHERE domain = ANY(%s)"
                " UNION ALL SELECT id, name, name_key, domain FROM contacts_company"
                " WHERE name_key = ANY(%s) AND name_key <> ''",
                [domains, keys],
            )
            for id_, name, key, domain in cursor.fetchall():
                self._add(Company(Named(name, key, domain or ""), id_))

    def find(self, named: Named) -> Company:
        """Return the company that a row names, a new one where none is known.

        Of several of one name, the one without a domain stands for the name, else the oldest.
        """
        found = self.by_domain.get(named.domain) if named.domain else self.by_key.get(named.key)
        if found is None:
            found = Company(named)
            self._add(found)
        return found

    def _add(self, company: Company) -> None:
        _, key, domain = company.named
        if domain:
            company = self.by_domain.setdefault(domain, company)
        there = self.by_key.get(key)
        if there is None or _rank(company) < _rank(there):
            self.by_key[key] = company


def _rank(company: Company) -> tuple[bool, float]:
    return bool(company.named.domain), company.id or math.inf


def create(companies: Iterable[Company], fact: dict[str, Any]) -> None:
    """Insert those that have no id yet, on the word of `fact`, and give every one its id.

    Somebody else may insert the same company meanwhile: then theirs is taken.
    """
    missing = [company for company in companies if not company.id]
    if not missing:
        return
    names, keys, domains = map(list, zip(*(company.named for company in missing), strict=True))
    facts = [company.facts or {"name": fact, "domain": fact} for company in missing]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contacts_company"
            " (name, name_key, domain, external_id, provenance, revision)"
            " SELECT name, name_key, nullif(domain, ''), '', facts::jsonb, 0"
            " FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[])"
            " AS new (name, name_key, domain, facts)"
            " ON CONFLICT DO NOTHING RETURNING name_key, coalesce(domain, ''), id",
            [names, keys, domains, [orjson.dumps(one).decode() for one in facts]],
        )
        made = {(key, domain): id_ for key, domain, id_ in cursor.fetchall()}
    for company in missing:
        company.id = made.get(company.named[1:], 0)
    rest = [company for company in missing if not company.id]
    theirs = Directory()
    theirs.learn([company.named for company in rest])
    for company in rest:
        company.id = theirs.find(company.named).id
