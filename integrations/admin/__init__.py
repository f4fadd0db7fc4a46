"""The back office of the integrations room."""

from integrations.admin.accounts import AccountAdmin
from integrations.admin.budgets import BudgetAdmin
from integrations.admin.calls import ApiCallAdmin

__all__ = ["AccountAdmin", "ApiCallAdmin", "BudgetAdmin"]
