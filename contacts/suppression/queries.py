"""What stands against numbers: their own suppressions, and the lists that they are on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from contacts.models.suppression import (
    Channel,
    ListedNumber,
    Reason,
    Suppression,
    SuppressionList,
)

_STANDING = """
SELECT phone_e164, reason, channel, since, '', NULL::date, NULL::smallint, note,
 (SELECT username FROM auth_user WHERE id = by_id)
FROM contacts_suppression WHERE phone_e164 = ANY(%(phones)s) AND lifted_at IS NULL
UNION ALL
SELECT listed.phone_e164, 'list', lists.channel, COALESCE(lists.finished_at, lists.created_at),
 lists.name, lists.as_of, lists.max_age_days, '', NULL
FROM contacts_listednumber AS listed JOIN contacts_suppressionlist AS lists
 ON lists.id = listed.source_id AND lists.state = 'standing'
WHERE listed.phone_e164 = ANY(%(phones)s)
ORDER BY 1, 4
"""


# So few numbers are looked up among the contacts; with more, each contact's number among them.
_FEW = 5_000


@dataclass(frozen=True, slots=True)
class Standing:
    """One reason not to reach a number; of a list also its name, its day and whether it is stale.

    A stale list still counts: who is on it said no. It may lack those who said so since.
    """

    reason: Reason
    channel: str
    since: datetime
    list_name: str = ""
    as_of: date | None = None
    is_stale: bool = False
    note: str = ""
    by: str = ""


def standing(phones: Sequence[str]) -> dict[str, list[Standing]]:
    """Return what stands against each number, oldest first; any other number has an empty list."""
    found: dict[str, list[Standing]] = defaultdict(list)
    if not phones:
        return found
    today = timezone.now().date()
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"phones": list(phones)})
        for phone, reason, channel, since, name, as_of, max_age, note, by in cursor.fetchall():
            is_stale = as_of is not None and (today - as_of).days > max_age
            found[phone].append(
                Standing(Reason(reason), channel, since, name, as_of, is_stale, note, by or "")
            )
    return found


def suppressed_among(phones: Sequence[str]) -> set[str]:
    """Return which of the numbers must not be reached, by one way or by all."""
    return {phone for phone, reasons in standing(phones).items() if reasons}


def own_suppressed(phones: Iterable[str]) -> set[str]:
    """Return which of the numbers stand on our own list, for every channel."""
    own = Suppression.objects.filter(
        phone_e164__in=list(phones), reason=Reason.OWN, channel=Channel.ALL, lifted_at=None
    )
    return set(own.values_list("phone_e164", flat=True))


def is_suppressed(wanted: bool) -> Q:
    """Return the condition on contacts whose number must not be reached, or may be.

    A list is shown newest first: where many are meant the next ones are soon found one by one, and
    where few are, by their numbers. (NOT IN over a register would be asked anew for every contact.)
    """
    own = Suppression.objects.filter(lifted_at=None)
    listed = ListedNumber.objects.filter(source_id__in=_standing_lists())
    if wanted and len(few := _numbers(own, listed)) <= _FEW:
        return Q(phone_e164__in=few)
    here = OuterRef("phone_e164")
    found = [Exists(rows.filter(phone_e164=here)) for rows in (own, listed)]
    return Q(found[0]) | Q(found[1]) if wanted else ~Q(found[0]) & ~Q(found[1])


def _standing_lists() -> list[int]:
    standing = SuppressionList.objects.filter(state=SuppressionList.State.STANDING)
    return list(standing.values_list("pk", flat=True))


def _numbers(*parts: QuerySet[Any]) -> set[str]:
    """The numbers, or a few more than `_FEW` of them."""
    rows = (part.values_list("phone_e164", flat=True)[: _FEW + 1] for part in parts)
    return set(chain.from_iterable(rows))


def stale_lists() -> list[SuppressionList]:
    """Return the standing lists that are too old to be relied on."""
    rows = SuppressionList.objects.filter(state=SuppressionList.State.STANDING).order_by("as_of")
    return [one for one in rows if one.is_stale]
