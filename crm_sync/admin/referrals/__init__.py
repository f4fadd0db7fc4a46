"""Referrals in the back office: the inbox, and one with all that can be done with it."""

from crm_sync.admin.referrals.inbox import ReferralAdmin

__all__ = ["ReferralAdmin"]
