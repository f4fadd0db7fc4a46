"""The back office of the CRM room."""

from crm_sync.admin.connections import ConnectionAdmin
from crm_sync.admin.referrals import ReferralAdmin
from crm_sync.admin.syncs.listing import SyncAdmin

__all__ = ["ConnectionAdmin", "ReferralAdmin", "SyncAdmin"]
