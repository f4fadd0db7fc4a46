"""Writes a page of referrals: each on its own, what is not new hardly at all.

Rows are locked for the page's transaction, so that what a person links or answers meanwhile waits
for it or is seen by it. A referral that cannot be kept is put back to its savepoint and counted;
the others of its page stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from django.db import Error, transaction
from django.db.models.functions import Now
from django.utils import timezone

from contacts.importing.companies import name_key
from crm_sync.models import Referral, ReferralChange
from crm_sync.referrals.held import without
from crm_sync.referrals.linking import link_by_domain
from crm_sync.referrals.reading import text
from crm_sync.referrals.schema import Parsed, parse
from crm_sync.referrals.transitions import is_legal

log = structlog.get_logger(__name__)
NEW = "a referral"


@dataclass(slots=True)
class Stored:
    """What a page came to; `held_at` is the earliest change among what could not be kept."""

    created: int = 0
    updated: int = 0
    same: int = 0
    skipped: int = 0
    failed: int = 0
    newest_at: datetime | None = None
    held_at: datetime | None = None
    failed_ids: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        names = ("created", "updated", "same", "skipped", "failed")
        return {name: getattr(self, name) for name in names}


@transaction.atomic
def store(connection_id: int, bodies: Sequence[Any]) -> Stored:
    """Write what came for a connection, in one transaction."""
    stored = Stored()
    told = _latest(_read(without(bodies), stored))
    ours = Referral.objects.filter(connection_id=connection_id, remote_id__in=list(told))
    missing = told.keys() - set(ours.values_list("remote_id", flat=True))
    Referral.objects.bulk_create(
        [Referral(connection_id=connection_id, remote_id=id_) for id_ in sorted(missing)],
        ignore_conflicts=True,
    )
    held = ours.select_for_update(of=("self",))
    rows = list(held.order_by("pk"))
    same = [row.pk for row in rows if not _is_news(row, told[row.remote_id])]
    changed: list[int] = []
    for row in rows:
        if _is_news(row, told[row.remote_id]):
            changed += _keep(row, told[row.remote_id], stored)
    Referral.objects.filter(pk__in=same).update(synced_at=Now())
    stored.same = len(same)
    link_by_domain(connection_id, changed)
    return stored


def keep_one(row: Referral, body: Any) -> None:
    """Write what Partner Center said of one that the caller has locked, after a change of ours."""
    (cut,) = without([body])
    write(row, parse(cut))
    link_by_domain(row.connection_id, [row.pk])


def write(row: Referral, parsed: Parsed) -> bool:
    """Write a referral as it was told over its row; tell whether the row was new."""
    is_new = not row.content_hash
    before, was_at = (row.status, row.substatus), row.updated_there_at
    for name, value in parsed.values.items():
        setattr(row, name, value)
    row.name_key = name_key(row.customer_name)
    row.synced_at = row.changed_at = timezone.now()
    row.save(update_fields=[*parsed.values, "name_key", "synced_at", "changed_at"])
    _remember(row, before, is_new=is_new, is_moved=was_at != row.updated_there_at)
    return is_new


def _read(bodies: Iterable[Any], stored: Stored) -> Iterable[Parsed]:
    for body in bodies:
        try:
            parsed = parse(body)
        except (ValueError, RecursionError) as why:
            _fail(stored, text(body, "id", limit=100), why)
            continue
        at = parsed.updated_at
        stored.newest_at = max(filter(None, (stored.newest_at, at)), default=None)
        if parsed.is_incoming:
            yield parsed
        else:
            stored.skipped += 1


def _latest(told: Iterable[Parsed]) -> dict[str, Parsed]:
    """Return the latest word on each: a page may show one twice."""
    found: dict[str, Parsed] = {}
    for one in told:
        known = found.get(one.id)
        if known is None or not _is_older(one.updated_at, known.updated_at):
            found[one.id] = one
    return found


def _is_news(row: Referral, parsed: Parsed) -> bool:
    """Tell whether it says anything new; an older word than ours came late, and does not."""
    if row.content_hash == parsed.values["content_hash"]:
        return False
    return not _is_older(parsed.updated_at, row.updated_there_at)


def _is_older(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and other is not None and one < other


def _keep(row: Referral, parsed: Parsed, stored: Stored) -> list[int]:
    was_new = not row.content_hash
    try:
        with transaction.atomic():
            is_new = write(row, parsed)
    except (Error, ValueError) as why:
        _fail(stored, parsed.id, why)
        stored.held_at = min(filter(None, (stored.held_at, parsed.updated_at)), default=None)
        if was_new:
            Referral.objects.filter(pk=row.pk, content_hash="").delete()
        return []
    stored.created += is_new
    stored.updated += not is_new
    return [row.pk]


def _fail(stored: Stored, id_: str, why: Exception) -> None:
    stored.failed += 1
    stored.failed_ids.append(id_ or "without an id")
    log.warning("referral_not_kept", referral=id_, why=type(why).__name__)


def _remember(row: Referral, before: tuple[str, str], *, is_new: bool, is_moved: bool) -> None:
    """Keep the step that it took."""
    after = (row.status, row.substatus)
    if not is_new and before == after and not is_moved:
        return
    what = "seen" if is_new else "status" if before != after else "changed"
    ReferralChange.objects.create(
        referral=row, what=what, before=_said(before), after=_said(after),
        is_odd=before != after and not is_legal(before, after),
    )  # fmt: skip


def _said(state: tuple[str, str]) -> str:
    return ", ".join(filter(None, state))
