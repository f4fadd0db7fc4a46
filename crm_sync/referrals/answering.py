"""Answers to referrals: decided by a person here, told to Partner Center by the next sync.

What was decided stands in the referral's row until Partner Center has heard it, so that neither a
crash nor a throttled hour loses it; telling it twice does it once.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from crm_sync.connector import Api
from crm_sync.models import Connection, Link, Referral, Sync
from crm_sync.models.sync import OPEN
from crm_sync.referrals import client
from crm_sync.referrals.linking import held, note
from crm_sync.referrals.storing import keep_one
from crm_sync.referrals.syncs import hold
from crm_sync.referrals.transitions import may_answer
from crm_sync.ringing import ring
from integrations.errors import CallError, NotFound, QuestionRejected
from integrations.lanes import Lane

MOST = 100
REASON_MOST = 300
GONE = "Partner Center has no such referral any more."


class AnswerRefused(ValueError):
    """The referral cannot be answered so; the message says why."""


def decide(referral_id: int, answer: str, user: User, reason: str = "") -> Referral:
    """Accept or decline a referral; the next sync tells Partner Center, and is set up here.

    Raises AnswerRefused when it can be answered no more.
    """
    with held(referral_id) as row:
        if row.answer:
            raise AnswerRefused(f"It is being answered already: {row.get_answer_display()}.")
        if not may_answer(row.status, answer):
            now = f"{row.status}, {row.substatus}".strip(", ").lower() or "without a status"
            raise AnswerRefused(f"It can be answered no more: it is {now}.")
        row.answer, row.answer_by, row.answer_error = answer, user, ""
        row.answer_reason = " ".join(reason.split())[:REASON_MOST]
        row.save(update_fields=["answer", "answer_by", "answer_error", "answer_reason"])
        note(row, "answer", row.status, row.get_answer_display(), user)
        ask_for_sync(row.connection, user)
    return row


def withdraw(referral_id: int, user: User) -> Referral:
    """Take an answer back that Partner Center has not been told yet. Raises AnswerRefused."""
    with held(referral_id) as row:
        if not row.answer:
            raise AnswerRefused("Partner Center has been told already.")
        note(row, "answer", row.get_answer_display(), "Taken back", user)
        row.answer, row.answer_by, row.answer_reason = "", None, ""
        row.save(update_fields=["answer", "answer_by", "answer_reason"])
    return row


def ask_for_sync(connection: Connection, user: User | None) -> Sync:
    """Return the connection's open sync, a new one where there is none."""
    with transaction.atomic():
        Sync.objects.bulk_create(
            [Sync(connection=connection, cause=Sync.Cause.PERSON, created_by=user)],
            ignore_conflicts=True,
        )
        ring()
        return Sync.objects.get(connection=connection, state__in=OPEN)


async def tell(api: Api, sync: Sync, lane: Lane) -> None:
    """Tell Partner Center what was decided, and what our numbers of its referrals are.

    What it refuses is kept with its reason; what may pass raises CallError, and is told later.
    """
    for id_, remote_id, answer, reason in await lane.run(_decided, sync):
        try:
            body = await client.respond(api, remote_id, answer, reason)
        except (QuestionRejected, NotFound) as error:
            await lane.run(_refused, id_, error)
        else:
            await lane.run(_told, id_, answer, body)
    for id_, remote_id, reference in await lane.run(_references, sync):
        try:
            body = await client.refer(api, remote_id, reference)
        except (QuestionRejected, NotFound) as error:
            await lane.run(_refused, id_, error)
        else:
            await lane.run(_told, id_, "", body)


def _decided(sync: Sync) -> list[tuple[int, str, str, str]]:
    hold(sync)
    rows = Referral.objects.filter(~Q(answer=""), connection_id=sync.connection_id)
    return list(
        rows.order_by("pk").values_list("pk", "remote_id", "answer", "answer_reason")[:MOST]
    )


def _told(id_: int, answer: str, body: object) -> None:
    """Write what Partner Center made of it; committed twice it is the same."""
    with held(id_) as row:
        if row.answer == answer and answer:
            row.answer = ""
        row.answer_error = ""
        row.save(update_fields=["answer", "answer_error"])
        keep_one(row, body)


def _refused(id_: int, error: CallError) -> None:
    with held(id_) as row:
        row.answer = ""
        row.answer_error = (GONE if isinstance(error, NotFound) else str(error))[:300]
        row.save(update_fields=["answer", "answer_error"])
        note(row, "answer", "", f"Refused: {row.answer_error}", None)


def _references(sync: Sync) -> list[tuple[int, str, str]]:
    """Return leads without our number there, where the connection writes it back (XR-62).

    The number is the record's in the CRM that the lead went to, so it waits until it is there.
    """
    if not sync.connection.options.get("writes_back"):
        return []
    rows = Referral.objects.filter(
        connection_id=sync.connection_id, lead_made_at__isnull=False, external_reference_id="",
        answer_error="",
    )[:MOST]  # fmt: skip
    found = []
    for row in rows:
        links = Link.objects.exclude(remote_id="").order_by("pk")
        if row.contact_id:
            link = links.filter(contact=row.contact_id).first()
        else:
            link = links.filter(company=row.company_id).first() if row.company_id else None
        if link:
            found.append((row.pk, row.remote_id, link.remote_id))
    return found
