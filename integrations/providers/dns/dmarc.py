"""Reads DMARC: what a domain asks receivers to do with mail that is not its own (RFC 7489)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.providers.dns.tags import first_tag, read_tags

POLICIES = ("none", "quarantine", "reject")


@dataclass(frozen=True, slots=True)
class Dmarc:
    """A policy in force: "none", "quarantine" or "reject", for `percent` (0..100) of the mail."""

    policy: str
    percent: int = 100


def dmarc_records(texts: Sequence[str]) -> list[str]:
    """Return those of a name's texts that are DMARC (RFC 7489 §6.6.3)."""
    return [text for text in texts if first_tag(text) == ("v", "DMARC1")]


def read_dmarc(texts: Sequence[str], *, of_subdomain: bool = False) -> Dmarc | None:
    """Return the policy that a name's texts publish, None where none is in force; never raises.

    Several records are none (RFC 7489 §6.6.3). `of_subdomain` is true where the record is that of
    the organisational domain and the mail a subdomain's: `sp` then goes before `p` (§6.3).
    """
    found = dmarc_records(texts)
    if len(found) != 1:
        return None
    tags = read_tags(found[0])
    own, of_subdomains = _policy(tags.get("p")), _policy(tags.get("sp"))
    policy = of_subdomains if of_subdomain and of_subdomains else own
    if policy is None:
        # §6.6.3: without a valid policy, a record that says where reports go means "none".
        policy = "none" if "mailto:" in tags.get("rua", "").lower() else None
    return None if policy is None else Dmarc(policy, _percent(tags.get("pct")))


def _policy(text: str | None) -> str | None:
    word = (text or "").lower()
    return word if word in POLICIES else None


def _percent(text: str | None) -> int:
    """Return 0..100; a value that is none counts as not written (§6.3), which is 100."""
    if text and text.isascii() and text.isdigit() and len(text) <= 3 and int(text) <= 100:
        return int(text)
    return 100
