"""What Switchboard knows by itself, without asking anybody: names, guessed mailboxes, callers."""

from __future__ import annotations

from integrations.auth import NO_AUTH
from integrations.errors import QuestionRejected
from integrations.firm_domains import firm_domain
from integrations.provider import FREE, Api, Fact, Provider, Question, days
from integrations.providers.own.addresses import parse_address
from integrations.providers.own.callers import firm_of
from integrations.providers.own.coverage import estimate_coverage
from integrations.providers.own.mailboxes import guesses
from integrations.providers.own.names import Name, NoName, read_last, read_name

LABEL = "Switchboard"
# No more than guesses. A pattern that many firms use holds for about one mailbox in three; of a
# name in one word we do not even know whether it is the first or the last.
GUESSED, GUESSED_FROM_ONE_WORD = 0.3, 0.2
CALLER, SPLIT = 0.5, 0.7

# Nobody is asked, so there is no connection to test.
OWN = Provider(
    slug="switchboard",
    label="Switchboard's own",
    docs="",
    base_url="",
    auth=NO_AUTH,
    secrets=(),
    notice="Nothing leaves this machine, and nothing costs anything: these are conclusions from"
    " what is known already, and weak ones.",
)


@OWN.lookup(
    "split_name",
    needs={"full_name"},
    supplies={"first_name", "last_name"},
    price=FREE,
    fresh_for=days(365),
)
async def split_name(api: Api, q: Question) -> list[Fact]:
    """Return first and last name of a full one; one word, and a firm's name, are refused."""
    try:
        name = read_name(q.full_name)
    except NoName as why:
        raise _refused("full_name", str(why)) from why
    if not name.last:
        raise _refused("full_name", "is one word, which may be the first name or the last")
    return [Fact("first_name", name.first, SPLIT), Fact("last_name", name.last, SPLIT)]


@OWN.lookup(
    "guess_email",
    needs={"first_name", "company.domain"},
    uses={"last_name", "company.email_pattern"},
    supplies={"email", "email_status"},
    price=FREE,
    fresh_for=days(90),
    label="Guess e-mail",
    note="A guess by the firm's pattern, else by the most usual one; nobody has verified it.",
)
async def guess_email(api: Api, q: Question) -> list[Fact]:
    """Return the likeliest address of a person at a firm; its status says that it is a guess."""
    domain = firm_domain(q.get("company.domain"), LABEL)
    try:
        first = read_name(q.first_name).first.partition(" ")[0]
    except NoName as why:
        raise _refused("first_name", str(why)) from why
    name = Name(first, read_last(q.get("last_name")))
    found = guesses(name, domain, q.get("company.email_pattern"))
    if not found:
        raise _refused("first_name", "has no letters that an address could have")
    sure = GUESSED if name.last else GUESSED_FROM_ONE_WORD
    return [Fact("email", found[0], sure), Fact("email_status", "guessed", sure)]


@OWN.lookup(
    "caller_as_company",
    needs={"caller_name", "caller_type"},
    supplies={"company.name"},
    price=FREE,
    fresh_for=days(365),
    label="Caller name as company",
    note="Only for callers that the carrier calls a business; it may be the number's last owner.",
)
async def caller_as_company(api: Api, q: Question) -> list[Fact]:
    """Return a business caller's name as that of the company; nothing of any other caller."""
    firm = firm_of(q.caller_name) if q.caller_type.lower() == "business" else ""
    return [Fact("company.name", firm, CALLER)] if firm else []


OWN.lookup(
    "parse_address",
    needs={"address_line"},
    uses={"city", "state", "postal_code", "country"},
    supplies={"address_line", "city", "state", "postal_code", "address_type"},
    price=FREE,
    fresh_for=days(365),
    note="United States only.",
)(parse_address)
OWN.lookup(
    "estimate_coverage",
    needs={"city", "state"},
    supplies={"coverage_estimate"},
    price=FREE,
    fresh_for=days(180),
    note="An estimate by the market; nobody measured it.",
)(estimate_coverage)


def _refused(field: str, why: str) -> QuestionRejected:
    return QuestionRejected(f"{LABEL}: {field} {why}", code=field)
