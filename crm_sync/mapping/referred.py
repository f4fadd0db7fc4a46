"""What referrals say of our companies and of who works there: of several, always the same one.

It is the newest open one, else the newest: the last that Partner Center changed, then the last
that we got (requirement XR-69).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q

from contacts.models import Company, Contact
from crm_sync.connector import COMPANY

# Our field by the column that it is; none is taken back.
FIELDS: Mapping[str, str] = {
    "referral.id": "remote_id", "referral.kind": "kind", "referral.tenant_id": "tenant_id",
}  # fmt: skip
LABELS = {
    "referral.id": "Referral id", "referral.kind": "Referral type",
    "referral.tenant_id": "Azure tenant id",
}  # fmt: skip
OPEN = ("New", "Active")


def referred(obj: str, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return these fields by the id of a contact or company, for those that have a referral."""
    path = "referrals" if obj == COMPANY else "company__referrals"
    way = f"{path}__"
    is_open = ExpressionWrapper(Q(**{f"{way}status__in": OPEN}), output_field=BooleanField())
    rows = (
        (Company if obj == COMPANY else Contact)
        ._default_manager.filter(pk__in=ids, **{f"{path}__isnull": False})
        .order_by("pk", is_open.desc(), F(f"{way}updated_there_at").desc(nulls_last=True),
                  F(f"{way}pk").desc())
        .distinct("pk")
        .values_list("pk", *(way + column for column in FIELDS.values()))
    )  # fmt: skip
    return {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in rows}
