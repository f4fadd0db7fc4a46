"""Tells which names can be a company's domain, in words that follow the name of the field."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from functools import lru_cache

from domains.consumer_mail import is_consumer_mail

CONSUMER = "is consumer mail, never a company's"
LONGEST = 253  # RFC 1035 §2.3.4
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Names that no public DNS answers (RFC 6761, RFC 6762, RFC 8375); `.test` is what we test with.
_PRIVATE = frozenset(("localhost", "local", "internal", "invalid", "lan", "home", "arpa", "onion"))
# Writing systems that one word may mix (Unicode UTS 39, highly restrictive).
_TOGETHER = (
    frozenset(("LATIN", "CJK", "HIRAGANA", "KATAKANA")),
    frozenset(("LATIN", "CJK", "BOPOMOFO")),
    frozenset(("LATIN", "CJK", "HANGUL")),
)
# Letters of other scripts that look Latin: a label of nothing else poses as another one.
_LOOKALIKES = frozenset("асԁеһіјӏорԛѕԝхуъьҽпгѵѡкмтнвαικνορτυχω")


@lru_cache(maxsize=20_000)
def read_firm_domain(text: str) -> tuple[str, str]:
    """Return a name in lower case and in ASCII, and why it is no company's, "" where it can be."""
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
    return CONSUMER if is_consumer_mail(name) else ""


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
