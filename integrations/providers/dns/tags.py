"""Reads lists of tags, the form of DMARC and DKIM records: "v=DMARC1; p=none" (RFC 6376 §3.2)."""

from __future__ import annotations


def read_tags(text: str) -> dict[str, str]:
    """Return the tags by name in lower case; of a repeated one the first. Never raises."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if equals and name.strip():
            tags.setdefault(name.strip().lower(), value.strip())
    return tags


def first_tag(text: str) -> tuple[str, str]:
    """Return name and value of what stands first."""
    name, _, value = text.partition(";")[0].partition("=")
    return name.strip().lower(), value.strip()


def is_key(text: str) -> bool:
    """Tell whether a text is a DKIM key in force (RFC 6376 §3.6.1): an empty one is revoked."""
    tags = read_tags(text)
    return tags.get("v", "DKIM1") == "DKIM1" and bool(tags.get("p"))
