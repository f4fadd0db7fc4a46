"""What the dashboards keep for themselves: tallies, alerts, hints, passwords due; their pages."""

from dashboards.models.alerts import (
    Alert,
    AlertChannel,
    AlertQuerySet,
    AlertRound,
    AlertRule,
    Notice,
)
from dashboards.models.people import Dismissal, Page, PasswordDue
from dashboards.models.tallies import ContactTally, TallyRound

__all__ = [
    "Alert",
    "AlertChannel",
    "AlertQuerySet",
    "AlertRound",
    "AlertRule",
    "ContactTally",
    "Dismissal",
    "Notice",
    "Page",
    "PasswordDue",
    "TallyRound",
]
