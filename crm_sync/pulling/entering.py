"""Entering: people and companies whom only the CRM knows come in, where the connection wants that.

A contact needs a phone number, a company a name or a domain. Who is here already is linked; a new
record is made with what it is known by, and merged like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils import timezone

from contacts.erasing.keeping_out import Caller, why_held
from contacts.identity import are_plainly_different
from contacts.importing import companies
from contacts.importing.store import take_turn
from contacts.models import Company, Contact
from contacts.phone import PhoneRefused, parse
from crm_sync.connector import COMPANY, Remote, Row
from crm_sync.mapping.reverse import reverse
from crm_sync.models import Link
from crm_sync.pulling.writing import Record, source
from crm_sync.pushing.plan import Plan

# Fields by which a record of ours is known, by what a row may call them.
KNOWN_BY = {
    "phone_e164": "phone_e164", "phone": "phone_e164", "phone_ext": "phone_ext",
    "domain": "domain", "label": "name", "name": "name",
}  # fmt: skip


def enter(plan: Plan, remote: Remote) -> Link | None:
    """Return the link of a record that is ours now, saved; None for one that can't come in.

    In the caller's transaction. A record of ours that has its own record there is not taken.
    """
    rows = [_as_known_by(row) for row in plan.rows]
    values = reverse(plan.object, rows, plan.fields, remote.values, is_new=True).values
    take_turn()
    row = _company(plan, values) if plan.object == COMPANY else _contact(plan, remote, values)
    side = "company" if plan.object == COMPANY else "contact"
    if row is None:
        return None
    mine = {"connection": plan.connection, "object": plan.object, side: row}
    link = Link.objects.filter(**mine).first() or Link(**mine)
    if link.remote_id or link.intended_at:
        return None
    link.remote_id, link.state = remote.id, Link.State.LINKED
    link.save()
    return link


def _as_known_by(row: Row) -> Row:
    """Return the row as it is read of a newcomer: what a record is known by comes in once."""
    ours = KNOWN_BY.get(row.ours)
    return replace(row, ours=ours, direction="both") if ours else row


def _company(plan: Plan, values: Mapping[str, Any]) -> Record | None:
    named = companies.read_name(str(values.get("name") or ""), str(values.get("domain") or ""))
    if named is None:
        return None
    known = companies.Directory()
    known.learn([named])
    found = known.find(named)
    companies.create([found], _fact(plan))
    return Company.objects.select_for_update(no_key=True).get(pk=found.id)


def _contact(plan: Plan, remote: Remote, values: Mapping[str, Any]) -> Record | None:
    raw = str(values.get("phone_e164") or "")
    try:
        phone = parse(raw, settings.DEFAULT_REGION)
    except PhoneRefused:
        return None
    name = str(values.get("full_name") or "") or " ".join(
        str(values.get(part) or "") for part in ("first_name", "last_name")
    )
    if why_held(Caller(phone.e164, str(values.get("email") or ""), name, phone.ext)):
        return None
    there = Contact.objects.filter(phone_e164=phone.e164, phone_ext=phone.ext).order_by("pk")
    for known in there.select_for_update(no_key=True):
        if not are_plainly_different(known.full_name, name):
            return known
    return Contact.objects.create(
        phone_raw=raw[:64], phone_e164=phone.e164, phone_ext=phone.ext,
        phone_country=phone.country, phone_is_valid=phone.is_valid,
        company_id=_belongs_to(plan, remote), provenance={"phone_e164": _fact(plan)},
    )  # fmt: skip


def _belongs_to(plan: Plan, remote: Remote) -> int | None:
    """Return our company of the one that a person belongs to there."""
    there = Link.objects.filter(
        connection=plan.connection, object=COMPANY, remote_id=remote.relations.get(COMPANY) or "-"
    )
    return there.values_list("company_id", flat=True).first()


def _fact(plan: Plan) -> dict[str, Any]:
    at = timezone.now().isoformat(timespec="seconds")
    return {"by": source(plan.connection.label), "at": at, "sure": 1.0}
