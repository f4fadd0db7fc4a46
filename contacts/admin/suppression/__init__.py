"""The back office of who must not be reached: numbers, and do-not-contact lists."""

from contacts.admin.suppression.lists import SuppressionListAdmin
from contacts.admin.suppression.numbers import SuppressionAdmin

__all__ = ["SuppressionAdmin", "SuppressionListAdmin"]
