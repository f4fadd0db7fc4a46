"""How errors and lookups are written for people, who know neither our classes nor our slugs."""

from __future__ import annotations

import re
from dataclasses import dataclass

from integrations.registry import PROVIDERS, question_labels

# By class: what happened, in short, and who does what next.
ERRORS = {
    "CircuitOpen": ("Not asked: the circuit is open", "It is asked again when the circuit closes."),
    "RateReached": ("Not asked: the rate is used up", "It is asked again by itself."),
    "OverBudget": ("Not asked: over budget", "Raise the cap, or leave it."),
    "AccountUnusable": ("Not asked: the account is not usable", "Mend the account."),
    "OutcomeHeld": ("Held: perhaps paid for already", "Decide whether it may be asked again."),
    "NotFound": ("Nothing known", ""),
    "Refused": ("Not asked", "Look at the account."),
    "Pending": ("The provider answers later", "It is asked again by itself."),
    "Transient": ("The provider failed", "Try again when it is well."),
    "Unreachable": ("The provider was not reached", "Try again when it is back."),
    "ServerFailed": ("The provider failed", "Try again when it is well."),
    "OutcomeUnknown": ("No answer came back", "Decide whether it may be asked, and paid, again."),
    "Throttled": ("The provider asked us to slow down", "Lower the rate in the account."),
    "Rejected": ("The provider refused", "Look at what it said."),
    "CredentialRejected": ("The provider refused the secret", "Set a new one in the account."),
    "TokenExpired": ("The token has run out", "A new one is fetched by itself."),
    "QuotaExhausted": ("The plan or balance is used up", "Top it up at the provider."),
    "NotEntitled": ("The lookup is not enabled", "Enable it there, or switch it off here."),
    "SenderUnfit": ("The sender can't send", "Mend the sender in the account or at the provider."),
    "QuestionRejected": ("The provider refused the question", "Correct the number, or leave it."),
    "Mending": ("Something has to be mended first", "It is listed with the sync."),
    "LoginNeeded": ("Somebody has to sign in again", "Open the connection and sign in."),
    "ClientRefused": ("Our app was refused", "Correct its id, secret or key in the connection."),
    "StillWaiting": ("Nobody has typed the code yet", "Type it at the address that was shown."),
    "Settled": ("It was answered otherwise by now", ""),
    "ThrottledForLong": ("The provider asked us to wait for long", "It goes on by itself."),
    "ContractBroken": ("The answer has a form that we do not know", "Report it."),
}
SLUGS = re.compile(r"\b[a-z][a-z0-9_]*\.[a-z0-9_]+(?:\+[a-z0-9_]+)*(?=:|$| )")
BUDGETS = re.compile(r"\b(run|campaign|account):(\d+)(?::([\d-]+))?")
PROVIDER_LABELS = {of.slug: of.label for of in PROVIDERS}


@dataclass(frozen=True, slots=True)
class Said:
    """An error in words: what happened, what it was about, and what to do next, "" for none."""

    what: str
    detail: str
    next_step: str


def error_label(name: str) -> str:
    """Return what an error's class is called on pages; an unknown one's own name."""
    return ERRORS[name][0] if name in ERRORS else name


def said(text: str, error_class: str = "") -> Said:
    """Return an error in words, given as it is kept: "ContractBroken: twilio.line_type: …"."""
    kind, _, rest = text.partition(": ")
    if error_class or kind not in ERRORS:
        kind, rest = error_class, text
    what, next_step = ERRORS.get(kind, ("", ""))
    detail = BUDGETS.sub(_budget, SLUGS.sub(lambda found: lookup_names(found[0]), rest))
    return Said(what or _sentence(detail), _sentence(detail) if what else "", next_step)


def in_words(text: str) -> str:
    """Return an error as one line of text, without what to do."""
    words = said(text)
    return f"{words.what}. {words.detail}" if words.detail else words.what


def lookup_names(slugs: str) -> str:
    """Return "Twilio, line type and SIM swap" for "twilio.line_type+sim_swap"."""
    provider, _, names = slugs.partition(".")
    if provider not in PROVIDER_LABELS:
        return slugs
    labels = [_label(f"{provider}.{name}") for name in names.split("+")]
    listed = " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1])))
    return f"{PROVIDER_LABELS[provider]}, {listed}"


def _label(slug: str) -> str:
    return question_labels().get(slug) or slug.partition(".")[2].replace("_", " ")


def _budget(found: re.Match[str]) -> str:
    """Return "run 5", "campaign 5", and "the account, 2026-11" for "account:3:2026-11"."""
    kind, number, period = found.groups()
    return f"the account, {period or 'all'}" if kind == "account" else f"{kind} {number}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
