"""What syncs came to, in words: one place for every page that tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OBJECTS = {
    "company": "Companies", "contact": "Contacts", "lead": "Leads", "referral": "Referrals",
}  # fmt: skip
SINGULARS = {"company": "company", "contact": "contact", "lead": "lead", "referral": "referral"}
STATE_COLOURS = {
    "done": "success", "failed": "danger", "dead": "danger", "claimed": "info",
    "stopped": "warning",
}  # fmt: skip

# By the keys of `Sync.counts`, in the order in which people want to know: the words, the tone.
OF_SYNCS: Mapping[str, tuple[str, str]] = {
    "created": ("made there", "good"),
    "updated": ("changed there", "info"),
    "deleted": ("deleted there", "info"),
    "rejected": ("refused", "bad"),
    "invalid": ("refused", "bad"),
    "several": ("to choose, several there fit", "bad"),
    "held": ("held back", ""),
    "again": ("put off, to be tried again", ""),
    "unknown": ("sent, but no answer was heard", ""),
    "unchanged": ("unchanged, not sent", ""),
    "same": ("the same there already", ""),
    "gone": ("not there any more", ""),
    "left": ("left alone", ""),
    "taken": ("taken from there", "info"),
    "came in": ("come in from there", "good"),
    "ours stands": ("changed there, ours stands", ""),
    "conflicts": ("changed on both sides", "bad"),
    "does not fit": ("changed there, does not fit here", "bad"),
    "deleted there": ("found deleted there", "bad"),
    "echo": ("our own changes, seen again", ""),
    "not ours": ("there only, left there", ""),
}
OF_DRY_RUNS: Mapping[str, tuple[str, str]] = {
    "create": ("to be made", "good"),
    "update": ("to be changed", "info"),
    "delete": ("to be deleted", "info"),
    "invalid": ("cannot be sent", "bad"),
    "held": ("held back", ""),
    "left": ("left alone, or to choose", ""),
    "unchanged": ("unchanged", ""),
    "gone": ("not chosen any more", ""),
}
OF_REFERRALS: Mapping[str, tuple[str, str]] = {
    "created": ("come in", "good"),
    "updated": ("changed there", "info"),
    "failed": ("could not be kept", "bad"),
    "same": ("unchanged", ""),
    "skipped": ("older than what we have", ""),
}
SHORT_MOST = 3

# What to do, by `Sync.category`; the connection's page is where most of it is done.
ADVICE = {
    "login": "Sign the connection in again.",
    "permission": "Somebody who administers the CRM has to give this connection the right.",
    "mapping": "Mend what is listed, then start it again.",
    "throttled": "The CRM wants fewer requests; it goes on when it may.",
    "unusable": "Look at what the connection signs in with, and at its limits.",
    "held_back": "Calls to this CRM are held back for now; look at the circuits.",
    "unreachable": "The CRM could not be reached; try again later.",
    "contract": "The CRM answers as it never has; the log says more.",
    "rejected": "The CRM did not take the request.",
}


def records_of(obj: str, count: int) -> str:
    """Return what records of an object are called, "contact" or "contacts"."""
    one, many = SINGULARS.get(obj, "record"), OBJECTS.get(obj, "Records").lower()
    return one if count == 1 else many


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with its words; the key stands for it in addresses."""

    key: str
    count: int
    words: str
    tone: str


def told(obj: str, counts: Mapping[str, int], *, is_dry: bool = False) -> list[Told]:
    """Return what records of an object came to, what nobody was left out; zeros are."""
    known = OF_REFERRALS if obj == "referral" else OF_DRY_RUNS if is_dry else OF_SYNCS
    named = [*known, *(key for key in counts if key not in known)]
    return [Told(key, counts[key], *known.get(key, (key, ""))) for key in named if counts.get(key)]


def by_object(
    counts: Mapping[str, Mapping[str, int]], *, is_dry: bool = False
) -> list[tuple[str, str, list[Told]]]:
    """Return (object, its name, what its records came to), in the order in which they go."""
    known = [*(obj for obj in OBJECTS if obj in counts), *(o for o in counts if o not in OBJECTS)]
    found = ((obj, told(obj, counts[obj], is_dry=is_dry)) for obj in known)
    return [(obj, OBJECTS.get(obj, obj), figures) for obj, figures in found if figures]


def in_short(counts: Mapping[str, Mapping[str, int]], *, is_dry: bool = False) -> str:
    """Return the figures that matter most, over all objects: "3 made there, 1 refused"."""
    if set(counts) == {"referral"}:
        return _listed(told("referral", counts["referral"]))
    sums: Counter[str] = Counter()
    for of_one in counts.values():
        sums.update(of_one)
    return _listed(told("", sums, is_dry=is_dry))


def _listed(figures: Iterable[Told]) -> str:
    return ", ".join(f"{one.count:,} {one.words}" for one in list(figures)[:SHORT_MOST])
