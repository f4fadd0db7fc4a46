"""Plays ZeroBounce v2: one address, a batch, and the credits; errors come as HTTP 200."""

from __future__ import annotations

from typing import Any

import orjson

from integrations.sandbox.responder import Answer, Asked
from integrations.sandbox.world import Person, person_with

REFUSED = "Invalid API key or your account ran out of credits"
# Keys that are refused, and the credits that they have.
MAGIC_KEYS = {"": "-1", "wrong": "-1", "spent": "0"}
# Local parts with an answer of their own, as those that ZeroBounce keeps for tests.
MAGIC_MAILBOXES = {
    "disposable": ("do_not_mail", "disposable"),
    "toxic": ("do_not_mail", "toxic"),
    "role_based": ("do_not_mail", "role_based"),
    "spamtrap": ("spamtrap", ""),
    "abuse": ("abuse", ""),
    "catch_all": ("catch-all", ""),
    "greylisted": ("unknown", "greylisted"),
    "mailbox_not_found": ("invalid", "mailbox_not_found"),
    "newly": ("something_new", "something_new"),
}
LEFT_OUT, MALFORMED = "left_out", "malformed"


class ZeroBounce:
    """ZeroBounce's part of the sandbox."""

    slug = "zerobounce"

    def answer(self, asked: Asked) -> Answer:
        """Answer one request, at whichever of its addresses, by path and key."""
        given = asked.params()
        name = asked.path.rpartition("/")[2]
        if name == "validatebatch":
            return batch(asked.body)
        key = given.get("api_key", "")
        if name == "getcredits":
            return Answer(200, orjson.dumps({"Credits": MAGIC_KEYS.get(key, "12345")}))
        if name != "validate":
            return Answer(404, b'{"error":"No such resource"}')
        if key in MAGIC_KEYS:
            return Answer(200, orjson.dumps({"error": REFUSED}))
        return one(given.get("email", ""))

    def throttled(self) -> bytes:
        return b'{"error":"Too many requests"}'

    def failed(self) -> bytes:
        return b'{"error":"Something went wrong"}'


def one(email: str) -> Answer:
    if not email or email.startswith(f"{MALFORMED}@"):
        return Answer(200, orjson.dumps({"error": "The email is missing or malformed"}))
    body = said(email)
    charged = () if body["status"] == "unknown" else (email,)
    return Answer(200, orjson.dumps(body), ("validate",), (email,), charged)


def batch(content: bytes) -> Answer:
    """Answer a batch; an address may have an error of its own, or be missing."""
    try:
        wanted = orjson.loads(content)
        emails = [each["email_address"] for each in wanted["email_batch"]]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return Answer(400, b'{"error":"Invalid JSON"}')
    if wanted.get("api_key", "") in MAGIC_KEYS:
        return errors([(REFUSED, "all")])
    answers, wrong = [], []
    for email in emails:
        local = email.partition("@")[0]
        if local == MALFORMED:
            wrong.append(("Invalid email", email))
        elif local != LEFT_OUT:
            answers.append(said(email))
    charged = tuple(each["address"] for each in answers if each["status"] != "unknown")
    found = errors(wrong, answers)
    found.lookups, found.keys, found.charged = ("validate",), tuple(emails), charged
    return found


def errors(wrong: list[tuple[str, str]], answers: list[dict[str, Any]] | None = None) -> Answer:
    listed = [{"error": words, "email_address": email} for words, email in wrong]
    return Answer(200, orjson.dumps({"email_batch": answers or [], "errors": listed}))


def said(email: str) -> dict[str, Any]:
    """Return what is known of an address, with the odd types of the real one."""
    person = person_with(email)
    status, detail = MAGIC_MAILBOXES.get(email.partition("@")[0]) or drawn(person)
    return {
        "address": email,
        "status": status,
        "sub_status": detail,
        "free_email": False,
        "did_you_mean": None,
        "account": None,
        "domain": None,
        "domain_age_days": "9692",
        "smtp_provider": "example",
        "mx_found": "true",
        "mx_record": person.firm.mail_host or None,
        "firstname": person.first_name,
        "lastname": person.last_name,
        "gender": None,
        "country": None,
        "region": None,
        "city": None,
        "zipcode": None,
        "processed_at": "2026-11-01 09:30:27.816",
    }


def drawn(person: Person) -> tuple[str, str]:
    """Four in five mailboxes are valid, as Hunter's part of the sandbox says of the same ones."""
    draw = person.die("hunter.verify").below(100)
    if draw < 80:
        return "valid", ""
    if draw < 90:
        return "catch-all", ""
    return ("invalid", "mailbox_not_found") if draw < 97 else ("unknown", "greylisted")
