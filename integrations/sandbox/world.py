"""The invented world that every provider of the sandbox knows a part of: people and their firms.

All is drawn from a hash of what is asked by, so providers that are asked one after another speak
of one person and one firm: the person of a number works at a firm with a domain, and has the
mailbox that an e-mail finder finds there. Domains are reserved ones (.test, RFC 6761).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from integrations.sandbox.invented import FIRST_NAMES, LAST_NAMES, STREETS, TOWNS, Die

REMEMBERED = 20_000
SORTS = (
    "Alder", "Brightwater", "Cobble", "Dune", "Elmgate", "Fernhill", "Granite", "Hollow", "Ivory",
    "Juniper", "Kestrel", "Larch", "Maple", "Northgate", "Opal", "Pebble", "Quarry", "Raven",
    "Saddle", "Thistle",
)  # fmt: skip
# What a firm does: the last part of its name, its industry and a kind of place.
TRADES = (
    ("Plumbing", "construction", "plumber"), ("Dental", "health care", "dentist"),
    ("Bakery", "food and beverages", "bakery"), ("Logistics", "transportation", "mover"),
    ("Realty", "real estate", "real_estate_agency"), ("Auto", "automotive", "car_repair"),
    ("Roofing", "construction", "roofing_contractor"), ("Inn", "hospitality", "lodging"),
    ("Tile", "retail", "home_goods_store"), ("Legal", "legal services", "lawyer"),
)  # fmt: skip
TITLES = (
    ("Owner", "Management", "owner"), ("Chief Technology Officer", "Technology", "c_suite"),
    ("Head of Sales", "Sales", "head"), ("Office Manager", "Operations", "manager"),
    ("Accountant", "Finance", "entry"),
)  # fmt: skip
# Who takes a firm's mail, and how often.
MAIL_HOSTS = (
    (35, "mail.protection.outlook.com"), (65, "aspmx.l.google.com"), (75, "mx.zoho.com"),
    (83, "mx.pphosted.com"), (92, "mx.own.test"), (100, ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm; `people` counts those it employs, `mail_host` is "" where it takes no mail."""

    name: str
    domain: str
    industry: str
    kind: str
    people: int
    revenue_usd: int
    founded: int
    phone: str
    street: str
    city: str
    state: str
    postal_code: str
    latitude: float
    longitude: float
    mail_host: str

    def die(self, about: str) -> Die:
        """Return the draws of one provider's view of the firm."""
        return Die(f"{self.domain}|{about}")


@dataclass(frozen=True, slots=True)
class Person:
    """A person, at home in a town and at work in a firm; `key` is what they were drawn from."""

    key: str
    first_name: str
    last_name: str
    title: str
    department: str
    seniority: str
    phone: str
    email: str
    street: str
    city: str
    state: str
    postal_code: str
    latitude: float
    longitude: float
    firm: Firm

    def die(self, about: str) -> Die:
        """Return the draws of one provider's view of the person."""
        return Die(f"{self.key}|{about}")


@lru_cache(maxsize=REMEMBERED)
def firm_at(domain: str) -> Firm:
    """Return the firm of a domain; every domain has one, known to providers or not."""
    die = Die(f"firm|{domain.lower()}")
    label = domain.split(".", maxsplit=1)[0]
    sort, trade, industry, kind = _named(label, die)
    city, state, postal_code = die.pick(TOWNS)
    people = (3, 12, 40, 130, 600, 2400)[die.below(6)] + die.below(9)
    return Firm(
        name=f"{sort} {trade}",
        domain=domain.lower(),
        industry=industry,
        kind=kind,
        people=people,
        revenue_usd=people * (60_000 + die.below(1000) * 100),
        founded=1950 + die.below(75),
        phone=f"+1{212 + die.below(6) * 100}55501{die.below(100):02d}",
        street=f"{1 + die.below(999)} {die.pick(STREETS)}",
        city=city,
        state=state,
        postal_code=postal_code,
        latitude=round(30 + die.below(1500) / 100, 4),
        longitude=round(-120 + die.below(4000) / 100, 4),
        mail_host=next(host for below, host in MAIL_HOSTS if below > die.below(100)),
    )


def _named(label: str, die: Die) -> tuple[str, str, str, str]:
    """Return the firm that its domain names ("alderplumbing.test"), else one drawn for it."""
    for sort in SORTS:
        for trade, industry, kind in TRADES:
            if label == (sort + trade).lower():
                return sort, trade, industry, kind
    trade, industry, kind = die.pick(TRADES)
    return label.replace("-", " ").title(), trade, industry, kind


@lru_cache(maxsize=REMEMBERED)
def person_at(phone: str) -> Person:
    """Return the person of a number in E.164; in four of ten they share a firm with many."""
    die = Die(f"person|{phone}")
    first, last = die.pick(FIRST_NAMES), die.pick(LAST_NAMES)
    sort, (trade, _, _) = SORTS[die.below(len(SORTS))], die.pick(TRADES)
    return _person(phone, first, last, firm_at(f"{sort}{trade}.test".lower()), phone, die)


@lru_cache(maxsize=REMEMBERED)
def person_named(first: str, last: str, domain: str) -> Person:
    """Return the person of a name at a firm's domain."""
    key = f"{first}|{last}|{domain}".lower()
    die = Die(f"named|{key}")
    return _person(key, first.title(), last.title(), firm_at(domain), "", die)


def person_with(email: str) -> Person:
    """Return the person who has a mailbox; its local part tells the name, as at every firm here."""
    local, _, domain = email.lower().partition("@")
    first, _, last = local.partition(".")
    return person_named(first or "info", last or "desk", domain or "nowhere.test")


def _person(key: str, first: str, last: str, firm: Firm, phone: str, die: Die) -> Person:
    title, department, seniority = die.pick(TITLES)
    city, state, postal_code = die.pick(TOWNS)
    return Person(
        key=key,
        first_name=first,
        last_name=last,
        title=title,
        department=department,
        seniority=seniority,
        phone=phone or f"+1{212 + die.below(6) * 100}55501{die.below(100):02d}",
        email=f"{first}.{last}@{firm.domain}".lower().replace(" ", ""),
        street=f"{1 + die.below(999)} {die.pick(STREETS)}",
        city=city,
        state=state,
        postal_code=postal_code,
        latitude=round(30 + die.below(1500) / 100, 4),
        longitude=round(-120 + die.below(4000) / 100, 4),
        firm=firm,
    )


def is_known(die: Die, percent: int) -> bool:
    """Tell whether a provider that knows so many of a hundred knows this one."""
    return die.below(100) < percent
