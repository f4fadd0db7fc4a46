"""Troubles: why contacts failed and why a run stands still, in words, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils import timezone

from enrichment.models import Run, RunItem
from integrations.models import Account
from integrations.registry import PROVIDERS
from integrations.wording import in_words

LOOKED_AT = 10_000  # the newest failures; all of a million would take seconds
SHOWN = 10

# What an error's text tells, what to do, and where: "account", "held", "circuits", "workers".
ADVICE = (
    ("NotEntitled", "The provider has not enabled this lookup for the account. Have it enabled"
     " there, or switch the lookup off in the account.", "account"),
    ("QuestionRejected", "The provider refuses these numbers. Correct them, or leave them.", ""),
    ("outcome is unknown", "An earlier call may have been paid for, and its answer was lost."
     " Decide whether it may be asked again.", "held"),
    ("ContractBroken", "The provider answers in a form that we do not know. Report it; trying"
     " again will not help before that is mended.", ""),
    ("workers were lost", "Workers died while they had these in hand. Look at the workers, then"
     " try these again.", "workers"),
    ("could not be stored", "The database refused what was learned. Report it.", ""),
    ("in our own code", "This is a mistake of ours. Report it with the number of the run.", ""),
    ("given up after", "The provider kept failing. Try these again when it is well.", "circuits"),
)  # fmt: skip
OTHERWISE = ("Try these again; if the same comes back, look at the API calls.", "")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One error, as it is kept and in words, of how many contacts, what to do, and where."""

    kept: str
    error: str
    count: int
    advice: str
    place: str
    provider: str


def troubles(run: Run) -> list[Trouble]:
    """Return why the newest failures of a run failed, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT error, count(*) FROM (SELECT error FROM enrichment_runitem WHERE run_id = %s"
            " AND state IN ('failed', 'dead') ORDER BY id DESC LIMIT %s) AS newest"
            " GROUP BY error ORDER BY count(*) DESC, error LIMIT %s",
            [run.pk, LOOKED_AT, SHOWN],
        )
        rows = cursor.fetchall()
    return [_trouble(error, count) for error, count in rows]


def _trouble(error: str, count: int) -> Trouble:
    found = ((advice, place) for sign, advice, place in ADVICE if sign in error)
    advice, place = next(found, OTHERWISE)
    return Trouble(error, in_words(error), count, advice, place, _provider_in(error))


def _provider_in(text: str) -> str:
    named = (each.slug for each in PROVIDERS if each.label in text or f"{each.slug}." in text)
    return next(named, "")


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What a run waits for: `why`, what a person can do, and whose page mends it."""

    why: str
    remedy: str
    provider: str = ""
    account_id: int | None = None
    place: str = ""


def obstacle(run: Run) -> Obstacle | None:
    """Return what holds a run up, None when nothing does."""
    if run.state == Run.State.BLOCKED:
        return _of_block(run)
    waits = run.not_before and run.not_before > timezone.now()
    if run.state == Run.State.WORKING and waits:
        remedy = "It goes on by itself when the provider answers again."
        return Obstacle(_sentence(run.reason), remedy, _provider_in(run.reason), place="circuits")
    return _of_parked(run) if run.state == Run.State.WORKING else None


def _of_parked(run: Run) -> Obstacle | None:
    """Some contacts wait for a provider, the others go on."""
    parked = RunItem.objects.filter(run=run, state=RunItem.State.WAITING).exclude(parked_by="")
    slug = parked.order_by("parked_by").values_list("parked_by", flat=True).first()
    if not slug:
        return None
    label = next((each.label for each in PROVIDERS if each.slug == slug), slug)
    count = parked.count()
    why = f"{count:,} contact{'s wait' if count > 1 else ' waits'} for {label}."
    remedy = "The others go on; these follow by themselves when it answers again."
    return Obstacle(why, remedy, slug, place="circuits")


def in_short(blocked_by: str, reason: str) -> str:
    """Return why a blocked run stands still and what to do, in a line, without asking anybody."""
    if blocked_by.startswith("cap:run:"):
        return "Its cap leaves too little for the next call. Raise it, or cancel the run."
    if blocked_by.startswith("cap:"):
        return "A budget of the account is used up. Raise it there, or wait for the next period."
    if blocked_by == "mode":
        return "It was approved in the other mode: go back to that, or cancel the run."
    why = _sentence(in_words(reason))
    return f"{why} Mend the account, and it goes on." if blocked_by else why


def _of_block(run: Run) -> Obstacle:
    kind, _, what = run.blocked_by.partition(":")
    if kind == "provider":
        remedy = "Mend it in the account; the run then goes on within seconds."
        return Obstacle(_sentence(run.reason), remedy, what, place="account")
    if kind == "mode":
        why = "It was approved in the other mode: sandbox or real providers."
        return Obstacle(why, "Go back to that mode, or cancel it and start a new run.")
    if kind == "cap" and what.startswith("run:"):
        why = "Its cap leaves too little for the next call."
        return Obstacle(why, "Raise the cap to let it go on, or cancel it.", place="cap")
    if kind == "cap":
        return _of_budget(what)
    return Obstacle(_sentence(run.reason), "Resume it when that is mended.")


def _of_budget(key: str) -> Obstacle:
    """The budget of an account: "account:3:2026-11" of a month, with "-22" of a day."""
    _, account_id, period = key.split(":")
    is_day = period.count("-") > 1
    account = Account.objects.filter(pk=account_id).first()
    name = next((p.label for p in PROVIDERS if account and p.slug == account.provider), "")
    why = f"The {'daily' if is_day else 'monthly'} budget of {name or 'the account'} is used up."
    next_one = "tomorrow (UTC)" if is_day else "next month"
    remedy = f"Raise it in the account, or wait: the run goes on by itself {next_one}."
    return Obstacle(why, remedy, account_id=int(account_id), place="account")


def _sentence(text: str) -> str:
    text = in_words(text) or "it stands still"
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")
