"""Conditions: when a step of a waterfall is asked at all, as pure functions over what is known."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

Known = Mapping[str, str]

# Twilio's words for what a phone is carried by (line_type_intelligence).
MOBILE = frozenset({"mobile", "personal"})
LANDLINE = frozenset({"landline", "fixedVoip"})


@dataclass(frozen=True, slots=True)
class Condition:
    """`reads` are the inputs it looks at; `test` is None while they do not tell.

    `words` end the sentence "It is asked …", `why_not` the one "It was not asked: …".
    """

    words: str
    why_not: str
    reads: frozenset[str]
    test: Callable[[Known], bool | None]


def _is(name: str, values: Collection[str]) -> Callable[[Known], bool | None]:
    wanted = frozenset(value.casefold() for value in values)
    return lambda known: known[name].casefold() in wanted if known.get(name) else None


def _is_business(known: Known) -> bool | None:
    """A caller type says it, else a company with a domain does."""
    if caller := known.get("caller_type"):
        return caller.casefold() == "business"
    return True if known.get("company.domain") or known.get("company.name") else None


def _is_person(known: Known) -> bool | None:
    if caller := known.get("caller_type"):
        return caller.casefold() == "consumer"
    named = known.get("full_name") or (known.get("first_name") and known.get("last_name"))
    return True if named else None


def _is_empty(name: str) -> Callable[[Known], bool | None]:
    return lambda known: not known.get(name)


def _is_us(known: Known) -> bool | None:
    country = known.get("phone_country") or known.get("country")
    if country:
        return country.casefold() in ("us", "usa", "united states")
    return None if known.get("phone", "+1").startswith("+1") else False


CONDITIONS: Mapping[str, Condition] = {
    "business": Condition(
        "only of businesses", "it is not known to be a business",
        frozenset({"caller_type", "company.domain", "company.name"}), _is_business),
    "person": Condition(
        "only of people", "it is not known to be a person",
        frozenset({"caller_type", "full_name", "first_name", "last_name"}), _is_person),
    "mobile": Condition(
        "only when the line is mobile", "the line is not known to be mobile",
        frozenset({"line_type"}), _is("line_type", MOBILE)),
    "landline": Condition(
        "only when the line is a landline", "the line is not known to be a landline",
        frozenset({"line_type"}), _is("line_type", LANDLINE)),
    "email_empty": Condition(
        "only while no e-mail address is known", "an e-mail address is known",
        frozenset({"email"}), _is_empty("email")),
    "email_known": Condition(
        "only when an e-mail address is known", "no e-mail address is known",
        frozenset({"email"}), lambda known: True if known.get("email") else None),
    "company_empty": Condition(
        "only while no company domain is known", "the company's domain is known",
        frozenset({"company.domain"}), _is_empty("company.domain")),
    "address_empty": Condition(
        "only while no street is known", "a street is known",
        frozenset({"address_line"}), _is_empty("address_line")),
    "us": Condition(
        "only in the United States", "it is not known to be in the United States",
        frozenset({"phone", "phone_country", "country"}), _is_us),
}  # fmt: skip
CHOICES: tuple[tuple[str, str], ...] = (
    ("", "always"),
    *((name, one.words) for name, one in CONDITIONS.items()),
)


def holds(name: str, known: Known) -> bool | None:
    """Tell whether a condition holds, None while that is not known; "" always does."""
    return CONDITIONS[name].test(known) if name else True


def reads(name: str) -> frozenset[str]:
    """Return the inputs that a condition looks at."""
    return CONDITIONS[name].reads if name else frozenset()
