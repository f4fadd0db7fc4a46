"""The back office of the integrations room."""

from integrations.admin.accounts import AccountAdmin
from integrations.admin.calls import ApiCallAdmin, BudgetAdmin

__all__ = ["AccountAdmin", "ApiCallAdmin", "BudgetAdmin"]
