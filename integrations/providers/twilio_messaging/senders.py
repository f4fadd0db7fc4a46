"""Who sends, and where Twilio tells what became of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import blake2b
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlencode, urlsplit

from integrations.errors import SenderUnfit
from integrations.providers.own.refusing import refused

E164 = re.compile(r"\+[1-9]\d{6,14}")
SERVICE = re.compile(r"MG[0-9a-fA-F]{32}")
# A short code, or a name of up to eleven letters where a country allows one.
SHORT_OR_NAME = re.compile(r"\d{5,6}|(?=.*[A-Za-z])[A-Za-z0-9&+_-]{1,11}")
LONGEST_CALLBACK = 2_000


def pool(options: Mapping[str, Any]) -> list[str]:
    """Return the account's numbers for text messages, each once, in their order."""
    return list(dict.fromkeys(re.findall(r"[^\s,;]+", str(options.get("from_numbers") or ""))))


def sender_for(options: Mapping[str, Any], to: str) -> str:
    """Return who writes to this number: the Messaging Service, else the same one of the pool.

    Raises SenderUnfit where the account names neither.
    """
    if service := str(options.get("messaging_service_sid") or "").strip():
        return service
    numbers = pool(options)
    if not numbers:
        raise SenderUnfit("Twilio Messaging: the account names no Messaging Service and no number")
    digest = blake2b(to.encode(), digest_size=8).digest()
    return numbers[int.from_bytes(digest, "big") % len(numbers)]


def voice_for(options: Mapping[str, Any]) -> str:
    """Return the number that calls. Raises SenderUnfit where the account names none."""
    own = str(options.get("voice_number") or "").strip()
    found = own or next(iter(pool(options)), "")
    if not E164.fullmatch(found):
        raise SenderUnfit("Twilio Messaging: the account names no number for calls")
    return found


def checked_number(field: str, phone: str) -> str:
    """Return a number that can be written to. Raises QuestionRejected."""
    if not E164.fullmatch(phone):
        raise refused(field, "a number with + and country code expected")
    return phone


def by_sender(sender: str) -> dict[str, str]:
    """Return the form's part about who sends. Raises SenderUnfit for what is no sender."""
    if SERVICE.fullmatch(sender):
        return {"MessagingServiceSid": sender}
    if E164.fullmatch(sender) or SHORT_OR_NAME.fullmatch(sender):
        return {"From": sender}
    raise SenderUnfit("Twilio Messaging: the sender is no number and no Messaging Service")


def callback_to(base_url: str, kind: str, ticket: str = "") -> str:
    """Return the address for a kind of callback ("sms-status", "voice-status", "amd").

    It carries the ticket as `m`. "" without a `base_url`: statuses are fetched then.
    """
    if not base_url:
        return ""
    return with_ticket(f"{base_url.rstrip('/')}/webhooks/twilio/{kind}", ticket)


def with_ticket(url: str, ticket: str) -> str:
    """Return a callback's address that carries the ticket, unless it does already.

    Raises QuestionRejected for one that is neither https nor this machine's.
    """
    parts = urlsplit(url)
    is_ours = parts.scheme == "http" and _is_loopback(parts.hostname or "")
    if not (parts.scheme == "https" and parts.hostname) and not is_ours:
        raise refused("callback", "an https address expected")
    if len(url) > LONGEST_CALLBACK or not url.isascii() or not url.isprintable() or " " in url:
        raise refused("callback", "is no address that Twilio takes")
    if not ticket or re.search(r"(^|&)m=", parts.query):
        return url
    query = "&".join(filter(None, (parts.query, urlencode({"m": ticket}))))
    return parts._replace(query=query).geturl()


def _is_loopback(host: str) -> bool:
    """Tell whether an address is this machine's, as the sandbox needs it."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
