"""Tells which domains can be a company's, so that nobody is asked about any other for money."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache

from integrations.consumer_mail import is_consumer_mail
from integrations.errors import QuestionRejected

LONGEST = 253  # RFC 1035 §2.3.4
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Names that no public DNS answers (RFC 6761, RFC 6762, RFC 8375); `.test` is what we test with.
_PRIVATE = frozenset(("localhost", "local", "internal", "invalid", "lan", "home", "arpa", "onion"))
_OF_NETWORKS = frozenset((
    "facebook.com", "fb.com", "instagram.com", "linkedin.com", "twitter.com", "x.com", "yelp.com",
    "youtube.com", "tiktok.com", "linktr.ee", "sites.google.com", "business.site",
))  # fmt: skip
# Writing systems that one word may mix (Unicode UTS 39, highly restrictive).
_TOGETHER = (
    frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "CJK", "BOPOMOFO")),
    frozenset(("LATIN", "CJK", "HANGUL")),
)
# Letters of other scripts that look Latin: a label of nothing else poses as another one.
_LOOKALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡкмтнвαικνορτυχω")


def firm_domain(domain: str, label: str) -> str:
    """Return the domain as providers want it: lower case, in ASCII, without a last dot.

    `label` names who would be asked. Raises QuestionRejected, which names the field, for an IP
    address, a name without a dot, consumer mail, and punycode that poses as another name.
    """
    found, why = _read(domain.strip())
    if why:
        raise QuestionRejected(f"{label}: company.domain {why}", code="company.domain")
    return found


def claimed_domain(address: str) -> str:
    """Return the domain of a website that a provider gives a firm; "" where it names no firm.

    Many small firms give their page in a social network instead, which is not theirs.
    """
    rest = re.sub(r"^[a-z]+://", "", address.strip().lower())
    host = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2].partition(":")[0]
    domain, why = _read(host.removeprefix("www."))
    is_foreign = any(domain == each or domain.endswith(f".{each}") for each in _OF_NETWORKS)
    return "" if why or is_foreign else domain


def why_unusable(domain: str) -> str:
    """Return why no company can be looked up by this domain, in words; "" when one can."""
    return _read(domain.strip())[1]


@lru_cache(maxsize=20_000)
def _read(text: str) -> tuple[str, str]:
    name = text.lower().removesuffix(".")
    if not name:
        return "", "is empty"
    if _is_ip(name):
        return "", "is an IP address, not a name"
    try:
        name = name.encode("idna").decode("ascii")
        labels = name.split(".")
        shown = [_shown(each) for each in labels]
    except (UnicodeError, ValueError):
        return "", "is not a name that DNS can have"
    why = _why(name, labels) or next(filter(None, map(_why_posing, shown)), "")
    return name, why


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        # 127.1 and 0x7f000001 are addresses to a resolver as well.
        return bool(re.fullmatch(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*", name))
    return True


def _why(name: str, labels: list[str]) -> str:
    if len(labels) < 2:
        return "has no dot, so it is no company's"
    if len(name) > LONGEST or not all(map(_LABEL.fullmatch, labels)) or labels[-1].isdigit():
        return "is not a name that DNS can have"
    if labels[-1] in _PRIVATE:
        return f"ends in .{labels[-1]}, which is no public name"
    if is_consumer_mail(name):
        return "is consumer mail, never a company's"
    return ""


def _shown(label: str) -> str:
    """Return a label as a browser would show it. Raises UnicodeError for broken punycode."""
    if not label.startswith("xn--"):
        return label
    shown = label[4:].encode("ascii").decode("punycode")
    if shown.isascii():
        raise UnicodeError("punycode of nothing but ASCII")
    return shown


def _why_posing(label: str) -> str:
    if label.isascii():
        return ""
    letters = [letter for letter in label.lower() if letter.isalpha()]
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in letters}
    scripts = {"KATAKANA" if name.startswith("KATAKANA") else name for name in scripts}
    if len(scripts) > 1 and not any(scripts <= these for these in _TOGETHER):
        return "mixes scripts to look like another name"
    if letters and all(letter in _LOOKALIKES for letter in letters):
        return "is spelled in letters that look Latin and are not"
    return ""
