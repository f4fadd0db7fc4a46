"""What may be written down of a request, an answer or a log line: no secrets, and of people only
what debugging needs.

Keys are judged by their words, not by substrings: `auth_token` and `X-Api-Key` are secrets;
`max_tokens`, `token_count` and `keyword` are not. Secrets become `[secret]`, phone numbers
+1415•••••00, e-mail addresses a•••@domain, persons' names and addresses their first letter.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import quote, unquote, unquote_plus

import orjson

from integrations.exchange import Incoming, Outgoing

HIDDEN = "[secret]"
MASKED = "•••"
LONGEST = 500
SHORTEST_SECRET = 6  # a shorter one would blot out half of a text
DEEPEST = 12


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# A key with one of these words anywhere is a secret.
ALWAYS = _set(
    "password passwd passphrase pwd secret secrets bearer authorization credential credentials "
    "cookie cookies apikey hapikey ssn cvv otp verifier assertion"
)
# A key that ends with one of these words is a secret; `token_count` and `auth_type` do not.
LAST = _set("token auth signature")
# "… key" is a secret after one of these words, as a key that is only "key" is; so is "… code"
# where it is exchanged for a token.
AFTER = {
    "key": _set(
        "api access auth account private secret signing encryption subscription master client"
    ),
    "code": _set("device user authorization auth"),
}
WHOLE = _set("key pw pass pin sig")
# What is hidden of a person besides phone numbers and e-mail addresses, by the whole key.
PERSONAL = _set(
    "first_name last_name middle_name full_name given_name family_name caller_name address "
    "address_line1 address_line2 street date_of_birth birth_date dob national_id"
)

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
# A word, or a host name of words: nothing below finds anything in one.
_PLAIN = re.compile(r"[A-Za-z]*(?:\.[A-Za-z]+)*")
_USERINFO = re.compile(r"(?<=://)[^/@\s:]*:[^@\s]*@(?=[^/\s])")
_SCHEME = re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9+/=._~-]{8,}", re.IGNORECASE)
_PREFIXED = re.compile(r"\b(?:sk|pk|rk|pat|whsec|ghp|xox[abprs])[-_][A-Za-z0-9_-]{16,}")
_PAIR = re.compile(
    r"""(?<![\w.-])(["']?)([A-Za-z][\w.-]*)\1(\s*[=:]\s*)(?!//|\[secret\])"""
    r"""("[^"]*"|'[^']*'|[^\s&;,"'})\]]+)"""
)
# A webhook's address is its secret.
_WEBHOOK = re.compile(r"(hooks\.slack(?:-gov)?\.com/)[\w/.~-]+")
# What a CRM's consent brings back in the query is exchanged for a token.
_CALLBACK = re.compile(r"(/crm/callback\?)\S+")
# PostgreSQL repeats the refused row, names and all, behind these words.
_ROW = re.compile(
    r"\n(DETAIL|CONTEXT):.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
_EMAIL = re.compile(
    r"([A-Za-z0-9])[A-Za-z0-9._%+-]{0,64}(?:@|%40)([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
)
_PHONE = re.compile(
    r"(?:\+|%2B)\d[\d ().-]{6,18}\d"  # international, with or without separators
    r"|(?<![\w.+-])\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}(?![\w-])"  # (415) 555-0100
    r"|(?<![\w.+-])\d{10,15}(?![\w-])"  # bare digits, not a part of an id
)


def redact(value: Any, _depth: int = 0) -> Any:
    """Return a copy of a JSON-like structure, fit to be stored or logged."""
    if isinstance(value, str):
        return scrub(value)
    if isinstance(value, Mapping | list | tuple | set | frozenset):
        return "…" if _depth >= DEEPEST else _inside(value, _depth + 1)
    if isinstance(value, BaseException):
        return f"{type(value).__name__}: {scrub(str(value))}"
    if isinstance(value, bytes):
        return f"<{len(value)} bytes>"
    return value


def scrub(text: str, secrets: Collection[str] = ()) -> str:
    """Return free text without secrets: `secrets` themselves, passwords in addresses, keys and
    tokens by their name or form; phone numbers and e-mail addresses are masked."""
    text = _without(text, secrets)
    if _PLAIN.fullmatch(text):
        return text
    if "://" in text:
        text = _USERINFO.sub(f"{HIDDEN}@", text)
    if "hooks.slack" in text:
        text = _WEBHOOK.sub(rf"\1{HIDDEN}", text)
    if "/crm/callback?" in text:
        text = _CALLBACK.sub(rf"\1{HIDDEN}", text)
    if "\nDETAIL:" in text or "\nCONTEXT:" in text:
        text = _ROW.sub(r"\n\1: [row]", text)
    text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
    text = _PREFIXED.sub(HIDDEN, text)
    if "=" in text or ":" in text:
        text = _PAIR.sub(_hide_pair, text)
    return mask(text)


def mask(text: str) -> str:
    """Return text with its phone numbers and e-mail addresses masked."""
    if "@" in text or "%40" in text:
        text = _EMAIL.sub(rf"\1{MASKED}@\2", text)
    return _PHONE.sub(_mask_phone, text)


def exchange_text(
    outgoing: Outgoing, incoming: Incoming | None = None, secrets: Collection[str] = ()
) -> str:
    """Return an exchange in one line for the ledger, 500 characters at most.

    Method, path and query; of the answer its status and size, and its words where it is no 2xx.
    Never a header.
    """
    path, _, query = outgoing.target.partition("?")
    text = f"{outgoing.method} {mask(_without(unquote(path), secrets))}"
    if query:
        text += "?" + _query_text(query, tuple(secrets))
    if incoming is not None:
        text += f" → {incoming.status}, {len(incoming.content)} bytes"
        if not incoming.is_success:
            text += f": {_excerpt(incoming.content[: 4 * LONGEST], secrets)}"
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def redact_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Redact a structlog event; belongs behind the processor that formats exceptions."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own: the record, the logger's origin
            event[key] = _by_key(key, value, 0)
    return event


@lru_cache(maxsize=4096)
def is_secret_key(key: str) -> bool:
    """Tell whether a key of this name holds a secret, judged by its whole words."""
    words = [word.lower() for word in _WORDS.findall(key)]
    if not words or (len(words) == 1 and words[0] in WHOLE):
        return bool(words)
    if len(words) > 1 and words[-2] in AFTER.get(words[-1], ()):
        return True
    return words[-1] in LAST or not ALWAYS.isdisjoint(words)


@lru_cache(maxsize=4096)
def _is_personal_key(key: str) -> bool:
    return "_".join(word.lower() for word in _WORDS.findall(key)) in PERSONAL


def _inside(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        return {key: _by_key(str(key), held, depth) for key, held in value.items()}
    return [redact(item, depth) for item in value]


def _by_key(key: str, value: Any, depth: int) -> Any:
    if value in (None, "") or isinstance(value, bool):
        return value
    if is_secret_key(key):
        return HIDDEN
    if isinstance(value, str) and _is_personal_key(key):
        return value[0] + MASKED
    return redact(value, depth)


@lru_cache(maxsize=256)
def _query_text(query: str, secrets: tuple[str, ...]) -> str:
    """Return a query, redacted; most requests to a provider have the same one."""
    pairs = (pair.partition("=") for pair in _without(query, secrets).split("&"))
    return "&".join(
        f"{key}={_by_key(key, _without(_plain(held), secrets), 0)}" for key, _, held in pairs
    )


def _hide_pair(found: re.Match[str]) -> str:
    mark, key, sign, value = found.groups()
    if not is_secret_key(key) or value.strip("\"'").lower() in ("", "bearer", "basic"):
        return found.group()
    edge = value[0] if value[0] in "\"'" else ""
    return f"{mark}{key}{mark}{sign}{edge}{HIDDEN}{edge}"


def _plain(encoded: str) -> str:
    return unquote_plus(encoded) if "%" in encoded or "+" in encoded else encoded


def _mask_phone(found: re.Match[str]) -> str:
    text = found.group().replace("%2B", "+")
    digits = "".join(filter(str.isdigit, text))
    kept = max(0, min(4, len(digits) - 7))
    plus = "+" if text.startswith("+") else ""
    return f"{plus}{digits[:kept]}{'•' * (len(digits) - kept - 2)}{digits[-2:]}"


def _without(text: str, secrets: Collection[str]) -> str:
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN).replace(_quoted(secret), HIDDEN)
    return text


@lru_cache(maxsize=256)
def _quoted(secret: str) -> str:
    return quote(secret, safe="")


def _excerpt(content: bytes, secrets: Collection[str]) -> str:
    text = _without(content.decode("utf-8", "replace"), secrets)
    try:
        return orjson.dumps(redact(orjson.loads(text))).decode()
    except orjson.JSONDecodeError:
        return scrub(text)
