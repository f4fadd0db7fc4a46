"""Connections, mappings, what is owed to a CRM, what is linked, the syncs, and referrals."""

from crm_sync.models.connection import Connection
from crm_sync.models.link import Conflict, Link
from crm_sync.models.mapping import Mapping
from crm_sync.models.outbox import Change, Deletion, OutboxItem
from crm_sync.models.referral import Referral, ReferralChange
from crm_sync.models.sign_in import SignIn
from crm_sync.models.sync import Finding, Position, Sync

__all__ = [
    "Change",
    "Conflict",
    "Connection",
    "Deletion",
    "Finding",
    "Link",
    "Mapping",
    "OutboxItem",
    "Position",
    "Referral",
    "ReferralChange",
    "SignIn",
    "Sync",
]
